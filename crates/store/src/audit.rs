//! The audit trail: one chain of hashes per organization, written in the transaction of the act.
mod chain;
mod event;

pub use chain::{AuditHead, Chain};
pub(crate) use chain::{beginning, hexadecimal};
pub use event::{AuditEvent, Subject};

use crate::{
    Store, StoreError, Tenant,
    tenant::{TenantTx, tenant_sql},
};
use event::{Actor, Record};
use tessera_base::{Instant, RequestId, UserId};

/// Who did it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Author {
    /// The first start, and the demonstration.
    Bootstrap,
    Person {
        user: UserId,
        request: RequestId,
    },
}

impl Tenant<'_> {
    /// Writes down something that changes nothing else: a query that ran, or one that was denied.
    pub async fn record(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let mut transaction = self.store.write().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let author = Author::Person { user: self.context.user().id, request: self.context.request_id() };
        record(&mut tx, self.store.now(), author, event).await?;
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

/// Adds one event, in the transaction that does what it tells.
pub(crate) async fn record(
    tx: &mut TenantTx<'_>,
    at: Instant,
    author: Author,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let (last, previous): (i64, Vec<u8>) = tx
        .query_as(tenant_sql!("SELECT audit_sequence, audit_hash FROM organizations WHERE org_id = $1"))
        .fetch_one(tx.connection())
        .await?;
    let sequence = last + 1;
    let (actor, request) = match author {
        Author::Bootstrap => (Actor::Bootstrap, None),
        Author::Person { user, request } => (Actor::User { id: user }, Some(request)),
    };
    let record = Record { organization: tx.organization(), sequence, at, actor, request, event }.to_canonical_json()?;
    let hash = chain::hash(&previous, &record);
    tx.query(tenant_sql!(
        "INSERT INTO audit_events (org_id, sequence, record_json, prev_hash, hash) VALUES ($1, $2, $3, $4, $5)"
    ))
    .bind(sequence)
    .bind(record)
    .bind(previous)
    .bind(hash.clone())
    .execute(tx.connection())
    .await?;
    tx.query(tenant_sql!("UPDATE organizations SET audit_sequence = $2, audit_hash = $3 WHERE org_id = $1"))
        .bind(sequence)
        .bind(hash)
        .execute(tx.connection())
        .await?;
    Ok(())
}
