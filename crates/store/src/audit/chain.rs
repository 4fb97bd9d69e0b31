use crate::{
    StoreError,
    tenant::{TenantTx, tenant_sql},
};
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
    Broken {
        sequence: u64,
    },
}

/// What an organization's first event follows: two organizations never share a chain.
pub(crate) fn beginning(organization: OrganizationId) -> Vec<u8> {
    hash(&[0; 32], &organization.to_string())
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
            if found != sequence
                || follows != previous
                || stored_hash != hash(&previous, &record)
                || !numbered(&record, sequence)
            {
                return Ok(Chain::Broken { sequence: sequence.unsigned_abs() });
            }
            previous = stored_hash;
        }
    }
    if sequence != last || previous != last_hash {
        return Ok(Chain::Broken { sequence: sequence.unsigned_abs() + 1 });
    }
    Ok(Chain::Intact(AuditHead { sequence: sequence.unsigned_abs(), hash: hexadecimal(&previous) }))
}

/// The number inside the record, which the hash covers, is the number of its row.
fn numbered(record: &str, sequence: i64) -> bool {
    serde_json::from_str::<serde_json::Value>(record)
        .is_ok_and(|record| record.get("sequence").and_then(|n| n.as_i64()) == Some(sequence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, KeyFile, Store, SystemClock, SystemRandom};
    use std::sync::Arc;
    use tempfile::TempDir;

    /// A company whose trail has the events 1 to 4.
    async fn company(folder: &TempDir) -> (Store, OrganizationId) {
        let key_file = KeyFile::open_or_create(&folder.path().join("key"), &SystemRandom).unwrap();
        let store = Store::open(
            &Database::File(folder.path().join("db")),
            &key_file,
            Arc::new(SystemClock),
            Arc::new(SystemRandom),
        )
        .await
        .unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test is its own first start")]
        let mut bootstrap = store.bootstrap().await.unwrap();
        let organization = bootstrap.create_organization("acme", "Acme").await.unwrap();
        for key in ["a", "b", "c"] {
            bootstrap.organization(organization).add_group(key, key).await.unwrap();
        }
        bootstrap.commit().await.unwrap();
        (store, organization)
    }

    async fn run(store: &Store, statements: &'static str) -> Result<(), sqlx::Error> {
        let mut transaction = store.write().await.unwrap();
        transaction.raw(statements).await?;
        transaction.commit().await.unwrap();
        Ok(())
    }

    #[tokio::test]
    async fn the_database_only_lets_events_be_added() {
        let folder = TempDir::new().unwrap();
        let (store, organization) = company(&folder).await;
        for statement in ["UPDATE audit_events SET record_json = '{}'", "DELETE FROM audit_events WHERE sequence = 4"] {
            let refused = run(&store, statement).await.unwrap_err();
            assert!(refused.to_string().contains("audit events are only added"), "{refused}");
        }
        let chain = store.verify_audit(organization).await.unwrap();
        assert!(matches!(chain, Chain::Intact(AuditHead { sequence: 4, .. })), "{chain:?}");
    }

    #[tokio::test]
    async fn whoever_gets_around_the_database_breaks_the_chain() {
        for (tampering, broken_at) in [
            (
                "UPDATE audit_events SET record_json = replace(record_json, 'group_added', 'group_taken') WHERE sequence = 3",
                3,
            ),
            ("UPDATE audit_events SET record_json = record_json || ' ' WHERE sequence = 1", 1),
            ("UPDATE audit_events SET hash = zeroblob(32) WHERE sequence = 2", 2),
            ("UPDATE audit_events SET prev_hash = zeroblob(32) WHERE sequence = 2", 2),
            ("DELETE FROM audit_events WHERE sequence = 2", 2),
            ("DELETE FROM audit_events WHERE sequence = 4", 4),
            ("DELETE FROM audit_events", 1),
            (
                "INSERT INTO audit_events (org_id, sequence, record_json, prev_hash, hash)
                 SELECT org_id, 5, record_json, hash, hash FROM audit_events WHERE sequence = 4",
                5,
            ),
            ("UPDATE organizations SET audit_sequence = 5", 5),
        ] {
            let folder = TempDir::new().unwrap();
            let (store, organization) = company(&folder).await;
            run(&store, "DROP TRIGGER audit_events_are_not_changed; DROP TRIGGER audit_events_are_not_removed")
                .await
                .unwrap();
            run(&store, tampering).await.unwrap();
            assert_eq!(
                store.verify_audit(organization).await.unwrap(),
                Chain::Broken { sequence: broken_at },
                "{tampering}"
            );
        }
    }

    #[tokio::test]
    async fn a_record_tells_who_did_what_when_and_in_which_organization() {
        let folder = TempDir::new().unwrap();
        let (store, organization) = company(&folder).await;
        let mut transaction = store.read().await.unwrap();
        let record: String = TenantTx::new(organization, &mut transaction)
            .query_scalar(tenant_sql!("SELECT record_json FROM audit_events WHERE org_id = $1 AND sequence = 1"))
            .fetch_one(transaction.within(organization))
            .await
            .unwrap();
        let at = serde_json::from_str::<serde_json::Value>(&record).unwrap()["at"].clone();
        let expected = format!(
            r#"{{"actor":{{"kind":"bootstrap"}},"at":{at},"event":{{"key":"acme","type":"organization_created"}},"organization":"{organization}","request":null,"sequence":1}}"#
        );
        assert_eq!(record, expected);
    }
}
