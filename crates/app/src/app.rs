use crate::{Error, Queries, engines::Engines, models::Models};
use std::sync::Arc;
use tessera_access::{AccessContext, Denied};
use tessera_base::{OrganizationId, RequestId};
use tessera_engine::EngineHost;
use tessera_query::{RowLimit, Settings};
use tessera_store::{AuditEvent, Clock, Random, Store};
use uuid::Uuid;

/// The use cases, and what they share: the store, compiled models, open engines, running queries.
pub struct App {
    pub(crate) store: Store,
    pub(crate) models: Models,
    pub(crate) engines: Engines,
    queries: Queries,
    pub(crate) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    pub(crate) limits: Limits,
}

/// What one query, and one person, may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub running_per_person: usize,
    pub query: tessera_engine::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self { running_per_person: 8, query: tessera_engine::Limits::default() }
    }
}

impl App {
    pub fn new(store: Store, host: EngineHost, clock: Arc<dyn Clock>, random: Arc<dyn Random>, limits: Limits) -> Self {
        let queries = Queries::new(limits.running_per_person);
        Self { store, models: Models::default(), engines: Engines::new(host), queries, clock, random, limits }
    }

    pub fn queries(&self) -> &Queries {
        &self.queries
    }

    /// Marked as changed whenever this server may have changed what is in force for somebody.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<()> {
        self.store.changes()
    }

    /// Finishes what was begun. Nothing can be asked afterwards.
    pub async fn close(&self) {
        self.store.close().await;
    }

    pub fn new_request_id(&self) -> Result<RequestId, Error> {
        let millis = u64::try_from(self.clock.now().timestamp_millis()).unwrap_or_default();
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes)?;
        Ok(RequestId::new(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()))
    }

    /// Whether the store can be read.
    pub async fn ready(&self) -> Result<(), Error> {
        // An organization that cannot exist: the statement runs, and nobody's data is touched.
        self.store.snapshot(OrganizationId::new(Uuid::nil())).await?;
        Ok(())
    }

    /// Lets go of what only speeds up the next request.
    pub fn close_idle(&self) {
        self.engines.close_idle();
        self.store.forget_idle();
    }

    /// Writes a closed door into the audit log, and answers the error that goes to the person.
    pub async fn deny(&self, context: &AccessContext, denied: Denied) -> Error {
        let event = match &denied {
            Denied::Forbidden { noun, action, decision } => AuditEvent::AccessDenied {
                noun: (*noun).to_owned(),
                asked_as: String::new(),
                action: action.name().to_owned(),
                needs: decision.needs.iter().map(ToString::to_string).collect(),
            },
            Denied::NotFound { noun, asked_as, decision } => AuditEvent::AccessDenied {
                noun: (*noun).to_owned(),
                asked_as: asked_as.clone(),
                action: "view".to_owned(),
                needs: decision.iter().flat_map(|decision| &decision.needs).map(ToString::to_string).collect(),
            },
        };
        match self.store.tenant(context).record(&event).await {
            Ok(()) => denied.into(),
            Err(error) => error.into(),
        }
    }

    pub(crate) fn settings(&self, context: &AccessContext, download: bool) -> Settings {
        let rows = if download { RowLimit::Export } else { RowLimit::Interactive };
        Settings { now: context.now(), timezone: context.user().timezone, rows }
    }
}
