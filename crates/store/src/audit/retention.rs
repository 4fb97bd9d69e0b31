//! For how long an organization keeps its trail.
use super::{AuditEvent, Author, hexadecimal, read::first_from, record};
use crate::{
    Administration, Store, StoreError,
    tenant::{TenantTx, stored_instant, tenant_sql},
};
use tessera_base::{Instant, OrganizationId};

/// Fewer days would let somebody outwait the trail.
const LEAST_DAYS: u32 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Most events that one transaction removes, so that nobody waits long for it.
const AT_ONCE: i64 = 20_000;
const JOB: &str = "audit_retention";

impl Administration<'_> {
    /// For how many days events are kept; `None` is for ever.
    pub async fn set_audit_retention(&mut self, days: Option<u32>) -> Result<(), StoreError> {
        if days.is_some_and(|days| days < LEAST_DAYS) {
            return Err(StoreError::AuditRetention { least_days: LEAST_DAYS });
        }
        let before = retention(&mut self.tx).await?;
        let after = days.map(i64::from);
        if before == after {
            return Ok(());
        }
        self.tx
            .query(tenant_sql!("UPDATE organizations SET audit_retention_days = $2 WHERE org_id = $1"))
            .bind(after)
            .execute(self.tx.connection())
            .await?;
        self.done(AuditEvent::AuditRetentionChanged { before, after }).await
    }
}

impl Store {
    /// Removes the events that the organization does not keep any longer; answers how many those were.
    pub async fn prune_audit(&self, organization: OrganizationId) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let mut transaction = self.write().await?;
            let mut tx = TenantTx::new(organization, &mut transaction);
            let count = prune(&mut tx, self.now()).await?;
            transaction.commit().await?;
            removed += count;
            if count < AT_ONCE.unsigned_abs() {
                return Ok(removed);
            }
        }
    }
}

async fn retention(tx: &mut TenantTx<'_>) -> Result<Option<i64>, StoreError> {
    Ok(tx
        .query_scalar(tenant_sql!("SELECT audit_retention_days FROM organizations WHERE org_id = $1"))
        .fetch_one(tx.connection())
        .await?)
}

/// INVARIANT: what goes is the beginning of the chain, and what stays begins with the hash that it follows, of which an
/// event tells.
async fn prune(tx: &mut TenantTx<'_>, now: Instant) -> Result<u64, StoreError> {
    let Some(days) = retention(tx).await? else { return Ok(0) };
    let (kept_from, last): (i64, i64) = tx
        .query_as(tenant_sql!("SELECT audit_kept_from, audit_sequence FROM organizations WHERE org_id = $1"))
        .fetch_one(tx.connection())
        .await?;
    let oldest = stored_instant(now.timestamp_millis() - days * DAY_MS)?;
    let keep = first_from(tx, oldest).await?.unwrap_or(last + 1).min(kept_from + AT_ONCE);
    if keep <= kept_from {
        return Ok(0);
    }
    let through = keep - 1;
    let (at_ms, hash): (i64, Vec<u8>) = tx
        .query_as(tenant_sql!("SELECT at_ms, hash FROM audit_events WHERE org_id = $1 AND sequence = $2"))
        .bind(through)
        .fetch_one(tx.connection())
        .await?;
    tx.query(tenant_sql!("UPDATE organizations SET audit_kept_from = $2, audit_kept_hash = $3 WHERE org_id = $1"))
        .bind(keep)
        .bind(hash.clone())
        .execute(tx.connection())
        .await?;
    for statement in [
        tenant_sql!("DELETE FROM audit_subjects WHERE org_id = $1 AND sequence < $2"),
        tenant_sql!("DELETE FROM audit_events WHERE org_id = $1 AND sequence < $2"),
    ] {
        tx.query(statement).bind(keep).execute(tx.connection()).await?;
    }
    let events = (keep - kept_from).unsigned_abs();
    let event = AuditEvent::AuditPruned {
        events,
        through,
        until: stored_instant(at_ms)?.to_rfc3339(),
        hash: hexadecimal(&hash),
    };
    record(tx, now, &Author::housekeeping(JOB), &event).await?;
    Ok(events)
}
