//! What the command line does: the same questions, asked of a model folder in the place of the store.
mod check;
mod failure;
mod probe;

pub use check::{Checked, check as check_folder};
pub use failure::FolderFailure;

use crate::{
    Explained, Question, What,
    ask::govern,
    explain::{Tells, explain},
};
use std::{path::Path, sync::Arc, time::Duration};
use tessera_access::{
    AccessContext, Connection, Permit, Sealed,
    action::{UseEngine, ViewSql},
    open,
};
use tessera_base::Instant;
use tessera_engine::{Engine, EngineHost, Limits, ResultStream};
use tessera_model::{
    Catalog, CheckedModel, Model,
    file::{self, ActorFile, ModelFiles},
    request::{FieldName, QueryRoot},
};
use tessera_query::{Governed, Settings, ShownSql, verify};
use tessera_store::folder::ModelFolder;
use tokio_util::sync::CancellationToken;

/// A model folder that has been checked against its data, ready for questions.
pub struct Workspace {
    folder: ModelFolder,
    checked: Arc<CheckedModel>,
    host: Arc<EngineHost>,
    data: Option<Data>,
}

/// The folder's data: an engine, and the tables that it found.
#[derive(Clone)]
struct Data {
    engine: Arc<dyn Engine>,
    catalog: Arc<Catalog>,
}

impl Workspace {
    pub async fn open(path: &Path, host: Arc<EngineHost>, now: Instant) -> Result<Self, FolderFailure> {
        Self::of(ModelFolder::open(path)?, host, now).await
    }

    async fn of(folder: ModelFolder, host: Arc<EngineHost>, now: Instant) -> Result<Self, FolderFailure> {
        let data = open_data(&folder, &host, now).await?;
        let catalog = data.as_ref().map(|data| data.catalog.clone());
        let checked = Arc::new(file::check(folder.files(), catalog)?);
        Ok(Self { folder, checked, host, data })
    }

    /// The same data under other model files.
    pub(crate) fn with_files(&self, files: ModelFiles) -> Result<Self, FolderFailure> {
        let catalog = self.data.as_ref().map(|data| data.catalog.clone());
        let checked = Arc::new(file::check(&files, catalog)?);
        Ok(Self { folder: self.folder.with_files(files), checked, host: self.host.clone(), data: self.data.clone() })
    }

    /// The same model over other data.
    pub(crate) async fn with_data(&self, data: &Path, now: Instant) -> Result<Self, FolderFailure> {
        Self::of(self.folder.with_data(&self.checked.connection, data), self.host.clone(), now).await
    }

    /// Whether the model has this field below this root, for whoever may see it.
    pub(crate) fn declares(&self, root: &QueryRoot, name: &FieldName) -> bool {
        let model = &self.checked;
        let view = match root {
            QueryRoot::View(view) => (*view == name.view).then(|| model.views_by_name.get(view)).flatten().copied(),
            QueryRoot::Topic(topic) => {
                let nodes = model.topics_by_name.get(topic).map(|id| &model.topic(*id).nodes);
                nodes.into_iter().flatten().find(|node| node.name == name.view).map(|node| node.view)
            }
        };
        view.is_some_and(|view| model.view(view).fields_by_name.contains_key(&name.field))
    }

    pub(crate) fn checked(&self) -> &CheckedModel {
        &self.checked
    }

    pub(crate) fn files(&self) -> &ModelFiles {
        self.folder.files()
    }

    /// The person that a file describes.
    pub fn actor(&self, file: &Path, now: Instant) -> Result<Arc<AccessContext>, FolderFailure> {
        Ok(self.folder.actor(file, now)?)
    }

    /// The same, of what was read already.
    pub fn actor_of(&self, file: &ActorFile, now: Instant) -> Arc<AccessContext> {
        self.folder.actor_of(file, now)
    }

    /// Applies the data rules to a question.
    pub fn govern(
        &self,
        context: &Arc<AccessContext>,
        question: &Question,
        settings: &Settings,
    ) -> Result<Governed, FolderFailure> {
        Ok(govern(context, &self.checked.connection, self.model(), question, settings)?.0)
    }

    /// The SQL of a governed question, for those who may see it.
    pub fn shown(&self, context: &Arc<AccessContext>, governed: &Governed) -> Result<ShownSql, FolderFailure> {
        let permit: Permit<Model, ViewSql> = open(context, &self.checked.connection, self.model())?;
        Ok(governed.shown(&permit))
    }

    pub async fn run(
        &self,
        context: &Arc<AccessContext>,
        governed: Governed,
        cancel: CancellationToken,
    ) -> Result<ResultStream, FolderFailure> {
        let name = &self.checked.connection;
        let verified = verify(governed)?;
        let Some(data) = &self.data else {
            return Err(FolderFailure::NoData { connection: name.clone() });
        };
        // Whoever asks must be allowed to use the engine, whoever opened it.
        let _permit: Permit<Connection, UseEngine> = open(context, name, self.folder.connection(name))?;
        Ok(data.engine.run(verified, limits(), cancel).await?)
    }

    pub fn explain(
        &self,
        context: &Arc<AccessContext>,
        what: &What,
        settings: &Settings,
    ) -> Result<Explained, FolderFailure> {
        Ok(explain(context, &self.checked.connection, self.model(), what, settings, Tells::All)?)
    }

    fn model(&self) -> Option<Sealed<Model>> {
        Some(self.folder.model(self.checked.clone()))
    }
}

/// Opens the folder's data as whoever keeps the folder; `None` where it names none.
async fn open_data(folder: &ModelFolder, host: &EngineHost, now: Instant) -> Result<Option<Data>, FolderFailure> {
    let Some(name) = folder.connection_name() else { return Ok(None) };
    let Some(connection) = folder.connection(&name) else { return Ok(None) };
    let permit: Permit<Connection, UseEngine> = open(&folder.keeper(now), &name, Some(connection))?;
    let engine = host.connect(&permit, folder).await?;
    let catalog = Arc::new(engine.introspect().await?.catalog);
    Ok(Some(Data { engine, catalog }))
}

/// A terminal has one reader, who can stop the process.
fn limits() -> Limits {
    Limits { timeout: Duration::from_secs(24 * 60 * 60), ..Limits::default() }
}
