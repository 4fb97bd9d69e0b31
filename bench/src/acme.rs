//! The demonstration's model over data of another scale, asked on the way of the command line.
use crate::Error;
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use tessera_access::AccessContext;
use tessera_app::{Question, Workspace};
use tessera_base::Instant;
use tessera_engine::{EngineHost, HostOptions, ResultStream};
use tessera_model::{
    file::{Node, Problem},
    request::FieldQuery,
};
use tessera_query::{RowLimit, Settings};
use tokio_util::sync::CancellationToken;

pub(crate) struct Acme {
    workspace: Workspace,
    quinn: Arc<AccessContext>,
    settings: Settings,
    /// The model folder; gone with this.
    _folder: TempDir,
}

impl Acme {
    /// `tables` is a folder of Parquet files.
    pub(crate) async fn over(tables: &Path, demo: &Path, now: Instant) -> Result<Self, Error> {
        let folder = tempfile::tempdir()?;
        let model = demo.join("acme");
        fs::copy(model.join("model.yaml"), folder.path().join("model.yaml"))?;
        for part in ["views", "topics"] {
            std::os::unix::fs::symlink(model.join(part).canonicalize()?, folder.path().join(part))?;
        }
        let connections = format!("warehouse: {{engine: files, path: '{}'}}\n", tables.display());
        fs::write(folder.path().join("connections.yaml"), connections)?;
        let options = HostOptions { running_queries: 1, cache: folder.path().join("cache"), follow_links: true };
        let workspace = Workspace::open(folder.path(), Arc::new(EngineHost::start(options)?), now).await?;
        let quinn = workspace.actor(&demo.join("people/quinn.yaml"), now)?;
        let settings = Settings { now, timezone: None, rows: RowLimit::Export };
        Ok(Self { workspace, quinn, settings, _folder: folder })
    }

    pub(crate) async fn ask(&self, question: &Question) -> Result<ResultStream, Error> {
        let governed = self.workspace.govern(&self.quinn, question, &self.settings)?;
        Ok(self.workspace.run(&self.quinn, governed, CancellationToken::new()).await?)
    }
}

pub(crate) fn field_query(json: &str) -> Result<Question, Error> {
    let node = Node::from_json(json).map_err(|problem| problems(vec![problem]))?;
    Ok(Question::Fields(FieldQuery::parse(&node).map_err(problems)?))
}

pub(crate) fn problems(problems: Vec<Problem>) -> Error {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n").into()
}
