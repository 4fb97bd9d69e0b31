//! What a command reads besides its arguments.
use super::{exit::Exit, report};
use std::{
    env, fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};
use tessera_app::Question;
use tessera_base::Instant;
use tessera_engine::{EngineHost, HostOptions};
use tessera_model::{
    file::{Node, Problem},
    request::FieldQuery,
};
use tessera_query::{RowLimit, Settings};
use tessera_store::{Clock as _, SystemClock};

/// An instant as RFC 3339, for `--now`.
pub(crate) fn instant(text: &str) -> Result<Instant, String> {
    text.parse().map_err(|_| "give an instant like 2026-03-01T12:00:00Z".to_owned())
}

pub(crate) fn settings(now: Option<Instant>) -> Settings {
    Settings { now: now.unwrap_or_else(|| SystemClock.now()), timezone: None, rows: RowLimit::CommandLine }
}

/// Files that are no Parquet are converted once, and kept where only this person reads them.
pub(crate) fn host() -> Result<Arc<EngineHost>, Exit> {
    let home = |name: &str| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = home("XDG_CACHE_HOME").or_else(|| Some(home("HOME")?.join(".cache")));
    let cache = cache.unwrap_or_else(env::temp_dir).join("tessera");
    match EngineHost::start(HostOptions { running_queries: 1, cache, follow_links: true }) {
        Ok(host) => Ok(Arc::new(host)),
        Err(error) => Err(report::message(&format!("cannot start the engine: {error}"), Exit::Failed)),
    }
}

/// A question from a file or a text; `-` is standard input.
#[derive(clap::Args, Debug)]
pub(crate) struct QuestionArgs {
    /// A field query as JSON; `-` reads standard input
    #[arg(long, value_name = "REQ.json")]
    request: Option<String>,
    /// A statement; `-` reads standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    sql: Option<String>,
}

impl QuestionArgs {
    /// Nothing, where neither is given.
    pub(crate) fn read(&self) -> Result<Option<Question>, Exit> {
        if let Some(sql) = &self.sql {
            let text = if sql == "-" { read_input()? } else { sql.clone() };
            return Ok(Some(Question::Sql(text)));
        }
        let Some(path) = &self.request else { return Ok(None) };
        let text = if path == "-" { read_input()? } else { read_file(Path::new(path))? };
        let query = Node::from_json(&text).map_err(|problem| vec![problem]).and_then(|node| FieldQuery::parse(&node));
        match query {
            Ok(query) => Ok(Some(Question::Fields(query))),
            Err(problems) => {
                let name = if path == "-" { "standard input" } else { path.as_str() };
                Err(report::problems(problems.into_iter().map(|problem| Problem { file: name.into(), ..problem })))
            }
        }
    }
}

fn read_file(path: &Path) -> Result<String, Exit> {
    fs::read_to_string(path).map_err(|error| unreadable(&path.display().to_string(), &error))
}

fn read_input() -> Result<String, Exit> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map(|_| text).map_err(|error| unreadable("standard input", &error))
}

fn unreadable(name: &str, error: &io::Error) -> Exit {
    report::message(&format!("cannot read `{name}`: {error}"), Exit::Problems)
}
