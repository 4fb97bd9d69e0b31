//! The audit trail: one chain of hashes per organization, written in the transaction of the act.
mod author;
mod chain;
mod event;
mod export;
mod read;
mod record;
mod retention;

pub(crate) use author::Author;
pub use author::Ruling;
#[cfg(test)]
pub(crate) use chain::hash;
pub use chain::{AuditHead, Chain};
pub(crate) use chain::{beginning, hexadecimal};
pub use event::{AuditEvent, Given, LimitedBy, Subject, Switched};
pub use export::AuditExport;
pub use read::{AuditFilter, AuditPage, StoredEvent};
pub use record::{AuditDecision, EventType};

use crate::{
    Store, StoreError, Tenant,
    tenant::{TenantTx, tenant_sql},
};
use record::{Keys, Record};
use tessera_base::Instant;

impl Tenant<'_> {
    /// Writes down something that changes nothing else, and how it was decided: a query that ran, or a closed door.
    pub async fn record(&self, event: &AuditEvent, ruling: Ruling) -> Result<(), StoreError> {
        let mut transaction = self.store.write().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        record(&mut tx, self.store.now(), &Author::of(self.context, ruling), event).await?;
        transaction.commit().await
    }
}

impl Store {
    /// Reads the whole chain of an organization, and says where it breaks.
    pub async fn verify_audit(&self, organization: tessera_base::OrganizationId) -> Result<Chain, StoreError> {
        let mut transaction = self.read().await?;
        chain::verify(&mut TenantTx::new(organization, &mut transaction)).await
    }
}

/// Adds one event, in the transaction that does what it tells. Answers its number.
pub(crate) async fn record(
    tx: &mut TenantTx<'_>,
    at: Instant,
    author: &Author,
    event: &AuditEvent,
) -> Result<i64, StoreError> {
    let (last, previous, last_at_ms): (i64, Vec<u8>, Option<i64>) = tx
        .query_as(tenant_sql!(
            "SELECT audit_sequence, audit_hash,
                    (SELECT at_ms FROM audit_events WHERE org_id = $1 AND sequence = audit_sequence)
             FROM organizations WHERE org_id = $1"
        ))
        .fetch_one(tx.connection())
        .await?;
    let sequence = last + 1;
    let record = Record { organization: tx.organization(), sequence, at, author, event }.to_canonical_json()?;
    let keys = Keys::of(&record).ok_or(StoreError::Unreadable { what: "audit event" })?;
    let hash = chain::hash(&previous, &record);
    tx.query(tenant_sql!(
        "INSERT INTO audit_events
         (org_id, sequence, event_type, actor_id, decision, at_ms, record_json, prev_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(sequence)
    .bind(keys.event_type)
    .bind(keys.actor)
    .bind(keys.decision)
    .bind(last_at_ms.map_or(keys.at_ms, |last| last.max(keys.at_ms)))
    .bind(record)
    .bind(previous)
    .bind(hash.clone())
    .execute(tx.connection())
    .await?;
    if !keys.subjects.is_empty() {
        tx.query(tenant_sql!(
            "INSERT INTO audit_subjects (org_id, subject_id, sequence) SELECT $1, value, $2 FROM json_each($3)"
        ))
        .bind(sequence)
        .bind(crate::tenant::id_list(keys.subjects))
        .execute(tx.connection())
        .await?;
    }
    tx.query(tenant_sql!("UPDATE organizations SET audit_sequence = $2, audit_hash = $3 WHERE org_id = $1"))
        .bind(sequence)
        .bind(hash)
        .execute(tx.connection())
        .await?;
    Ok(sequence)
}
