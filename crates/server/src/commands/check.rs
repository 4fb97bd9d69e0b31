//! `tessera check`: whether a model folder loads.
use super::{exit::Exit, input, report};
use serde_json::json;
use std::path::PathBuf;
use tessera_app::{Checked, FolderFailure, check_folder};
use tessera_model::file::Problem;
use tessera_store::folder::FolderError;

#[derive(clap::Args, Debug)]
pub(crate) struct CheckArgs {
    /// The model folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Also look into the data: are primary keys unique, and never null?
    #[arg(long)]
    data: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum, Debug)]
enum Format {
    Text,
    Json,
}

pub(crate) async fn run(args: &CheckArgs) -> Exit {
    let host = match input::host() {
        Ok(host) => host,
        Err(exit) => return exit,
    };
    match check_folder(&args.folder, args.data, host, input::settings(None).now).await {
        Ok(checked) => report::print(match args.format {
            Format::Text => text(args, &checked),
            Format::Json => format!("{}\n", json!({"problems": []})),
        }),
        Err(FolderFailure::Folder(FolderError::Problems(problems))) if args.format == Format::Json => {
            let problems: Vec<_> = problems.iter().map(problem).collect();
            report::print(format!("{}\n", json!({"problems": problems})));
            Exit::Problems
        }
        Err(failure) => report::failure(failure),
    }
}

fn text(args: &CheckArgs, checked: &Checked) -> String {
    let mut text = format!(
        "{} loads: {} views, {} fields, {} topics\n",
        args.folder.display(),
        checked.views,
        checked.fields,
        checked.topics
    );
    if checked.without_data {
        text.push_str("`connections.yaml` names no data: whether the tables exist was not checked\n");
    }
    text
}

/// What is not known is null.
fn problem(problem: &Problem) -> serde_json::Value {
    let position = |number: u32| (number > 0).then_some(number);
    json!({
        "file": (!problem.file.is_empty()).then_some(&*problem.file),
        "line": position(problem.line),
        "column": position(problem.column),
        "code": problem.code,
        "message": problem.message,
        "help": problem.help,
    })
}
