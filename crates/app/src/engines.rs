//! One open engine per connection, opened by whoever asks first and closed when nobody has asked for a while.
use crate::{App, Error};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tessera_access::{AccessContext, Connection, Permit, action::UseEngine, open};
use tessera_base::ConnectionId;
use tessera_engine::{Engine, EngineHost};
use tessera_model::Catalog;
use tokio::{
    sync::{Mutex as AsyncMutex, OnceCell},
    time::Instant,
};

pub(crate) struct Engines {
    host: EngineHost,
    open: Mutex<HashMap<ConnectionId, Entry>>,
}

struct Entry {
    /// Of the connection; a change of it opens another engine.
    version: u64,
    used: Instant,
    opened: Arc<OnceCell<OpenEngine>>,
}

struct OpenEngine {
    engine: Arc<dyn Engine>,
    tables: AsyncMutex<Tables>,
}

/// What an engine found when it was asked last.
struct Tables {
    asked: Instant,
    catalog: Arc<Catalog>,
}

/// An engine, and the tables that it holds.
pub(crate) struct Opened {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) catalog: Arc<Catalog>,
}

const IDLE: Duration = Duration::from_secs(10 * 60);
/// How long new and changed tables may go unnoticed.
const CATALOG_AGE: Duration = Duration::from_secs(30);

impl Engines {
    pub(crate) fn new(host: EngineHost) -> Self {
        Self { host, open: Mutex::default() }
    }

    fn entry(&self, connection: &Connection) -> Arc<OnceCell<OpenEngine>> {
        let mut entries = self.lock();
        let fresh = || Entry { version: connection.version, used: Instant::now(), opened: Arc::default() };
        let entry = entries.entry(connection.id).or_insert_with(fresh);
        if entry.version != connection.version {
            *entry = fresh();
        }
        entry.used = Instant::now();
        entry.opened.clone()
    }

    pub(crate) fn close_idle(&self) {
        self.lock().retain(|_, entry| entry.used.elapsed() < IDLE);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, Entry>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The engine of a connection, for somebody who may use it.
    pub(crate) async fn engine(&self, context: &Arc<AccessContext>, connection: ConnectionId) -> Result<Opened, Error> {
        let sealed = self.store.tenant(context).connection_by_id(connection).await?;
        let permit = open::<Connection, UseEngine>(context, &connection.to_string(), sealed)?;
        let entry = self.engines.entry(permit.resource());
        let open = entry.get_or_try_init(|| self.open_engine(&permit)).await?;
        let mut tables = open.tables.lock().await;
        if tables.asked.elapsed() > CATALOG_AGE {
            let catalog = open.engine.introspect().await?.catalog;
            tables.asked = Instant::now();
            if *tables.catalog != catalog {
                tables.catalog = Arc::new(catalog);
                self.models.forget(connection);
            }
        }
        Ok(Opened { engine: open.engine.clone(), catalog: tables.catalog.clone() })
    }

    async fn open_engine(&self, permit: &Permit<Connection, UseEngine>) -> Result<OpenEngine, Error> {
        let engine = self.engines.host.connect(permit, &self.store).await.map_err(Arc::new)?;
        let found = engine.introspect().await?;
        for (table, problem) in &found.problems {
            let (schema, name) = (&table.schema, &table.name);
            tracing::warn!(connection.id = %permit.resource().id, "table `{schema}.{name}` cannot be read: {problem}");
        }
        self.models.forget(permit.resource().id);
        let tables = Tables { asked: Instant::now(), catalog: Arc::new(found.catalog) };
        Ok(OpenEngine { engine, tables: AsyncMutex::new(tables) })
    }
}
