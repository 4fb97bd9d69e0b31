//! Models compiled from their stored files: once per version, never per person.
use crate::{App, Error, Verdict};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tessera_access::{AccessContext, ActionKind, Resource, ResourceKind, Sealed, visible};
use tessera_base::{ConnectionId, OrganizationId};
use tessera_model::Model;
use tessera_store::{ModelCompiler, ModelError, ModelKey, StoredModel};

/// The latest version of each model that compiled.
#[derive(Default)]
pub(crate) struct Models(Mutex<HashMap<(OrganizationId, ConnectionId), Compiled>>);

struct Compiled {
    model: Model,
    /// A later version, which does not compile: this one stays in its place.
    broken: Option<u64>,
}

impl Models {
    fn get(&self, key: &ModelKey) -> Option<Model> {
        let models = self.lock();
        let compiled = models.get(&(key.organization, key.connection))?;
        let stands_for_it = compiled.model.version == key.version || compiled.broken == Some(key.version);
        stands_for_it.then(|| compiled.model.clone())
    }

    fn put(&self, key: &ModelKey, model: Model) {
        self.lock().insert((key.organization, key.connection), Compiled { model, broken: None });
    }

    /// The last version that compiled takes the place of this one.
    fn replace_broken(&self, key: &ModelKey) -> Option<Model> {
        let mut models = self.lock();
        let compiled = models.get_mut(&(key.organization, key.connection))?;
        compiled.broken = Some(key.version);
        Some(compiled.model.clone())
    }

    /// Forgets the model of a connection whose tables have changed: it was checked against the old ones.
    pub(crate) fn forget(&self, connection: ConnectionId) {
        self.lock().retain(|(_, of), _| *of != connection);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(OrganizationId, ConnectionId), Compiled>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The model called `name`, sealed; the store looks only among those that the person may see.
    pub async fn find_model(&self, context: &Arc<AccessContext>, name: &str) -> Result<Option<Sealed<Model>>, Error> {
        let compiler = Compiler { app: self, context };
        Ok(self.store.tenant(context).model(&visible(context), &compiler, name).await?)
    }

    /// The models that the person may see, and what they may do with each.
    pub async fn list_models(&self, context: &Arc<AccessContext>) -> Result<Vec<ListedModel>, Error> {
        let permits = self.store.tenant(context).models(&visible(context), &Listing).await?;
        let connections = self.store.tenant(context).connections(&visible(context)).await?;
        let name_of = |id: ConnectionId| {
            connections.iter().map(|permit| permit.resource()).find(|connection| connection.id == id)
        };
        let listed = permits.iter().filter_map(|permit| {
            let ModelEntry { name, label, connection, version } = permit.resource();
            let can = |action| Verdict::on_connection(context, ResourceKind::Model, *connection, action);
            Some(ListedModel {
                name: name.clone(),
                label: label.clone(),
                connection: name_of(*connection)?.name.clone(),
                version: *version,
                query_topics: can(ActionKind::Query),
                query_all_views: can(ActionKind::QueryViews),
                write_sql: can(ActionKind::WriteSql),
                view_sql: can(ActionKind::ViewSql),
                download: can(ActionKind::Download),
            })
        });
        Ok(listed.collect())
    }
}

/// A model in a list, and what the person may do with it.
#[derive(Clone, Debug)]
pub struct ListedModel {
    pub name: String,
    pub label: String,
    pub connection: String,
    pub version: u64,
    pub query_topics: Verdict,
    pub query_all_views: Verdict,
    pub write_sql: Verdict,
    pub view_sql: Verdict,
    pub download: Verdict,
}

/// What a list says of a model: nothing that needs its files, so that one that does not compile is listed too.
struct ModelEntry {
    name: String,
    label: String,
    connection: ConnectionId,
    version: u64,
}

impl Resource for ModelEntry {
    const KIND: ResourceKind = ResourceKind::Model;
}

struct Listing;

impl ModelCompiler for Listing {
    type Model = ModelEntry;
    type Error = std::convert::Infallible;

    fn compiled(&self, _: &ModelKey) -> Option<ModelEntry> {
        None
    }

    async fn compile(&self, stored: StoredModel) -> Result<ModelEntry, Self::Error> {
        let StoredModel { key, name, label, .. } = stored;
        Ok(ModelEntry { name, label, connection: key.connection, version: key.version })
    }
}

/// Compiles against the tables of the connection, which it opens as the person who asks.
struct Compiler<'a> {
    app: &'a App,
    context: &'a Arc<AccessContext>,
}

impl ModelCompiler for Compiler<'_> {
    type Model = Model;
    type Error = Error;

    fn compiled(&self, key: &ModelKey) -> Option<Model> {
        self.app.models.get(key)
    }

    async fn compile(&self, stored: StoredModel) -> Result<Model, Error> {
        let StoredModel { key, name, label, files } = stored;
        let engine = self.app.engine(self.context, key.connection).await?;
        let files: BTreeMap<String, Vec<u8>> =
            files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        match tessera_model::file::check(&files, Some(engine.catalog.clone())) {
            Ok(checked) => {
                let checked = Arc::new(checked);
                let model = Model { name, label, connection: key.connection, version: key.version, checked };
                self.app.models.put(&key, model.clone());
                Ok(model)
            }
            Err(problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                tracing::error!(model = name, version = key.version, "a model in force does not load: {first}");
                self.app.models.replace_broken(&key).ok_or(Error::ModelBroken(problems))
            }
        }
    }
}

impl From<ModelError<Self>> for Error {
    fn from(error: ModelError<Self>) -> Self {
        match error {
            ModelError::Store(error) => error.into(),
            ModelError::Compile(error) => error,
        }
    }
}

impl From<ModelError<std::convert::Infallible>> for Error {
    fn from(error: ModelError<std::convert::Infallible>) -> Self {
        match error {
            ModelError::Store(error) => error.into(),
            ModelError::Compile(never) => match never {},
        }
    }
}
