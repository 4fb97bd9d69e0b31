use crate::{StoreError, tenant::{TenantTx, tenant_sql}};
use aws_lc_rs::digest;
use tessera_base::OrganizationId;

const DOMAIN: &[u8] = b"tessera audit event v1\0";
const PAGE: i64 = 1000;

/// The last event of a chain. Kept elsewhere, it shows later that nothing before it was changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditHead {
    pub sequence: u64,
    /// Lower-case hexadecimal.
    pub hash: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Chain {
    Intact(AuditHead),
    /// The first event that is missing, added, or not what was written.
    Broken { sequence: u64 },
}

/// What an organization's first event follows: two organizations never share a chain.
pub(crate) fn beginning(organization: OrganizationId) -> Vec<u8> {
    hash(&[0; 32], &organization.to_string())
}

/// `previous` has a fixed length, so that the parts cannot run into one another.
pub(super) fn hash(previous: &[u8], record: &str) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(DOMAIN);
    context.update(previous);
    context.update(record.as_bytes());
    context.finish().as_ref().to_vec()
}

pub(super) async fn verify(tx: &mut TenantTx<'_>) -> Result<Chain, StoreError> {
    let (last, last_hash): (i64, Vec<u8>) = tx
        .query_as(tenant_sql!("SELECT audit_sequence, audit_hash FROM organizations WHERE org_id = $1"))
        .fetch_optional(tx.connection())
        .await?
        .ok_or_else(|| StoreError::Unknown { noun: "organization", name: tx.organization().to_string() })?;
    let mut sequence = 0;
    let mut previous = beginning(tx.organization());
    loop {
        let page: Vec<(i64, String, Vec<u8>, Vec<u8>)> = tx
            .query_as(tenant_sql!(
                "SELECT sequence, record_json, prev_hash, hash FROM audit_events
                 WHERE org_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"
            ))
            .bind(sequence)
            .bind(PAGE)
            .fetch_all(tx.connection())
            .await?;
        if page.is_empty() {
            break;
        }
        for (found, record, follows, stored_hash) in page {
            sequence += 1;
            if found != sequence || follows != previous || stored_hash != hash(&previous, &record) || !numbered(&record, sequence) {
                return Ok(Chain::Broken { sequence: sequence.unsigned_abs() });
            }
            previous = stored_hash;
        }
    }
    if sequence != last || previous != last_hash {
        return Ok(Chain::Broken { sequence: sequence.unsigned_abs() + 1 });
    }
    let hash = previous.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Chain::Intact(AuditHead { sequence: sequence.unsigned_abs(), hash }))
}

/// The number inside the record, which the hash covers, is the number of its row.
fn numbered(record: &str, sequence: i64) -> bool {
    serde_json::from_str::<serde_json::Value>(record).is_ok_and(|record| record.get("sequence").and_then(|n| n.as_i64()) == Some(sequence))
}
