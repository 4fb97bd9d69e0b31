//! `tessera explain`: what somebody may see, and why.
use super::{
    exit::Exit,
    input::{self, QuestionArgs},
    report,
};
use std::{path::PathBuf, sync::Arc};
use tessera_app::{Decision, Explained, FolderFailure, Question, What, Workspace};
use tessera_base::Instant;
use tessera_engine::EngineHost;
use tessera_model::request::FieldName;
use tessera_query::Shown;

#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["topic", "view", "field", "request", "sql"]))]
pub(crate) struct ExplainArgs {
    /// The model folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Who asks
    #[arg(long = "as", value_name = "ACTOR.yaml")]
    actor: PathBuf,
    #[arg(long)]
    topic: Option<String>,
    #[arg(long)]
    view: Option<String>,
    /// A field by its full name
    #[arg(long, value_name = "VIEW.FIELD", value_parser = field_name)]
    field: Option<FieldName>,
    #[command(flatten)]
    question: QuestionArgs,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The instant that counts as now, like 2026-03-01T12:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = input::instant)]
    now: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum, Debug)]
enum Format {
    Text,
    Json,
}

fn field_name(text: &str) -> Result<FieldName, String> {
    FieldName::parse(text, None)
}

pub(crate) async fn run(args: &ExplainArgs) -> Exit {
    let what = match what(args) {
        Ok(what) => what,
        Err(exit) => return exit,
    };
    let host = match input::host() {
        Ok(host) => host,
        Err(exit) => return exit,
    };
    match explain(args, &what, host).await {
        Ok(explained) => report::print(match args.format {
            Format::Text => text(&explained),
            Format::Json => format!("{}\n", tessera_api::text::explained(explained)),
        }),
        Err(failure) => report::failure(failure),
    }
}

fn what(args: &ExplainArgs) -> Result<What, Exit> {
    Ok(match (&args.topic, &args.view, &args.field, args.question.read()?) {
        (Some(topic), ..) => What::Topic(topic.clone()),
        (_, Some(view), ..) => What::View(view.clone()),
        (_, _, Some(field), _) => What::Field(field.clone()),
        (_, _, _, Some(Question::Fields(request))) => What::Request(request),
        (_, _, _, Some(Question::Sql(sql))) => What::Sql(sql),
        // The argument parser asks for one of them.
        (None, None, None, None) => return Err(Exit::Usage),
    })
}

async fn explain(args: &ExplainArgs, what: &What, host: Arc<EngineHost>) -> Result<Explained, FolderFailure> {
    let settings = input::settings(args.now);
    let workspace = Workspace::open(&args.folder, host, settings.now).await?;
    let actor = workspace.actor(&args.actor, settings.now)?;
    workspace.explain(&actor, what, &settings)
}

fn text(explained: &Explained) -> String {
    let decision = match explained.decision {
        Decision::Allowed => "allowed",
        Decision::Limited => "limited",
        Decision::Denied => "denied",
    };
    let mut text = format!("{decision}: {}\n", explained.summary);
    for reason in &explained.because {
        text.push_str(&format!("because  {reason}\n"));
    }
    for need in &explained.needs {
        text.push_str(&format!("needs    {need}\n"));
    }
    for rule in &explained.governed_by {
        let because = if rule.because.is_empty() { String::new() } else { format!(" ({})", rule.because) };
        text.push_str(&format!("rows     {}: {}{because}\n", rule.relation, rule.rule));
    }
    for field in &explained.fields {
        match &field.state {
            Shown::Visible => {}
            Shown::Masked { how } => {
                text.push_str(&format!("masked   {} ({how}): {}\n", field.name, field.because));
            }
        }
    }
    if let Some(sql) = &explained.sql {
        text.push_str(&format!("\n{}\n", sql.text));
    }
    text
}
