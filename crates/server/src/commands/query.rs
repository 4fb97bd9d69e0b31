//! `tessera query`: asks a model folder as somebody.
mod output;

use super::{
    exit::Exit,
    input::{self, QuestionArgs},
    report, serve,
};
use output::Output;
use std::{path::PathBuf, time::Instant as Clock};
use tessera_app::{FolderFailure, Workspace};
use tessera_base::Instant;

#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("question").required(true).args(["request", "sql"]))]
pub(crate) struct QueryArgs {
    /// The model folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Who asks
    #[arg(long = "as", value_name = "ACTOR.yaml")]
    actor: PathBuf,
    #[command(flatten)]
    question: QuestionArgs,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print the SQL first, with the rules in it, to standard error
    #[arg(long)]
    show_sql: bool,
    /// The instant that counts as now, like 2026-03-01T12:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    now: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum, Debug)]
enum Format {
    Table,
    Json,
    Csv,
    Arrow,
}

pub(crate) async fn run(args: &QueryArgs) -> Exit {
    match ask(args).await {
        Ok(exit) => exit,
        Err(Failure::Told(exit)) => exit,
        Err(Failure::Ask(failure)) => report::failure(failure),
    }
}

enum Failure {
    /// The person has been told.
    Told(Exit),
    Ask(FolderFailure),
}

impl<E: Into<FolderFailure>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Ask(error.into())
    }
}

async fn ask(args: &QueryArgs) -> Result<Exit, Failure> {
    let started = Clock::now();
    // From the start, so that an interruption is never too early to be heard.
    let stop = serve::stop_signal();
    let Some(question) = args.question.read().map_err(Failure::Told)? else {
        return Ok(Exit::Usage);
    };
    let settings = input::settings(args.now);
    let host = input::host().map_err(Failure::Told)?;
    let workspace = Workspace::open(&args.folder, host, settings.now).await?;
    let actor = workspace.actor(&args.actor, settings.now)?;
    let governed = workspace.govern(&actor, &question, &settings)?;
    if args.show_sql {
        report::message(&workspace.shown(&actor, &governed)?.text, Exit::Done);
    }
    let explanation = governed.explanation().clone();
    let mut rows = workspace.run(&actor, governed, stop).await?;
    let mut output = Output::new(args.format, &rows, explanation)?;
    while let Some(batch) = rows.next().await {
        if let Exit::Failed = report::print(output.rows(&batch?)?) {
            return Ok(Exit::Failed);
        }
    }
    let summary = rows.summary().unwrap_or_default();
    Ok(report::print(output.end(summary, started.elapsed())?))
}
