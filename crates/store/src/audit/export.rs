//! The trail on its way out: every event that fits, oldest first.
use super::{
    AuditDecision, AuditEvent, AuditFilter, Author, EventType, Ruling, StoredEvent,
    read::{Order, Range, select},
    record,
};
use crate::{Store, StoreError, Tenant, tenant::TenantTx};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{AccessContext, Permit, Profile, action::ReadAudit};

/// Events that are read at once.
const BATCH: usize = 500;

/// What is left of an export. It ends with the event that tells of it, whatever is added meanwhile.
pub struct AuditExport {
    store: Store,
    permit: Permit<Arc<Profile>, ReadAudit>,
    filter: AuditFilter,
    left: Range,
}

impl Tenant<'_> {
    /// Begins an export, which the trail tells of before its first event leaves.
    pub async fn export_audit(
        &self,
        permit: Permit<Arc<Profile>, ReadAudit>,
        filter: AuditFilter,
    ) -> Result<AuditExport, StoreError> {
        let mut transaction = self.store.write().await?;
        let mut tx = TenantTx::new(permit.context().organization(), &mut transaction);
        let author = Author::of(permit.context(), Ruling::allowed(permit.because()));
        let event = AuditEvent::AuditExported { filter: told(&filter) };
        let itself = record(&mut tx, self.store.now(), &author, &event).await?;
        let range = Range::of(&mut tx, &filter).await?;
        transaction.commit().await?;
        let left = Range { first: range.first, last: range.last.min(itself) };
        Ok(AuditExport { store: self.store.clone(), permit, filter, left })
    }
}

impl AuditExport {
    pub fn context(&self) -> &Arc<AccessContext> {
        self.permit.context()
    }

    /// The next events; none after the last.
    pub async fn next(&mut self) -> Result<Vec<StoredEvent>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.permit.context().organization(), &mut transaction);
        let events = select(&mut tx, &self.filter, self.left, Order::OldestFirst, BATCH).await?;
        if let Some(last) = events.last() {
            self.left.first = last.sequence + 1;
        }
        Ok(events)
    }
}

/// What was asked for, in the words of the request.
fn told(filter: &AuditFilter) -> BTreeMap<&'static str, String> {
    let AuditFilter { event_type, actor, subject, decision, since, until } = filter;
    let parts = [
        ("type", event_type.as_ref().map(EventType::name).map(str::to_owned)),
        ("actor", actor.map(|id| id.to_string())),
        ("subject", subject.map(|id| id.to_string())),
        ("decision", decision.map(AuditDecision::name).map(str::to_owned)),
        ("since", since.map(|at| at.to_rfc3339())),
        ("until", until.map(|at| at.to_rfc3339())),
    ];
    parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
