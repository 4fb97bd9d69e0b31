use crate::{Error, Queries, engines::Engines, models::Models};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tessera_access::{AccessContext, Denied};
use tessera_base::{OrganizationId, RequestId};
use tessera_engine::EngineHost;
use tessera_query::{RowLimit, Settings};
use tessera_store::{AuditEvent, Clock, Random, Ruling, Store};
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
    /// When audit trails are looked through next, in milliseconds since 1970.
    audit_due_ms: AtomicI64,
}

const AUDIT_EVERY_MS: i64 = 60 * 60 * 1000;

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
        let (models, engines, audit_due_ms) = (Models::default(), Engines::new(host), AtomicI64::new(i64::MIN));
        Self { store, models, engines, queries, clock, random, limits, audit_due_ms }
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

    /// Removes what organizations do not keep any longer of their audit trails. However often it is called, it looks once
    /// an hour.
    pub async fn tidy_audit(&self) -> Result<(), Error> {
        let now_ms = self.clock.now().timestamp_millis();
        if now_ms < self.audit_due_ms.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.audit_due_ms.store(now_ms + AUDIT_EVERY_MS, Ordering::Relaxed);
        for organization in self.store.organizations().await? {
            let id = organization.id;
            match self.store.prune_audit(id).await {
                Ok(0) => {}
                Ok(events) => tracing::info!(organization.id = %id, events, "removed audit events of an earlier time"),
                Err(error) => tracing::warn!(organization.id = %id, cause = %error, "cannot tidy an audit trail"),
            }
        }
        Ok(())
    }

    /// Writes a closed door into the audit log, and answers the error that goes to the person.
    pub async fn deny(&self, context: &AccessContext, denied: Denied) -> Error {
        match self.store.tenant(context).record(&AuditEvent::denied(&denied), Ruling::denied(&denied)).await {
            Ok(()) => denied.into(),
            Err(error) => error.into(),
        }
    }

    pub(crate) fn settings(&self, context: &AccessContext, download: bool) -> Settings {
        let rows = if download { RowLimit::Export } else { RowLimit::Interactive };
        Settings { now: context.now(), timezone: context.user().timezone, rows }
    }
}
