use super::record::Keys;
use crate::{
    StoreError,
    tenant::{TenantTx, tenant_sql},
};
use aws_lc_rs::digest;
use std::collections::{BTreeMap, BTreeSet};
use tessera_base::OrganizationId;

const DOMAIN: &[u8] = b"tessera audit event v1\0";
const PAGE: i64 = 1000;

/// The last event of a chain. Kept elsewhere, it shows later that nothing before it was changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditHead {
    /// The number of the first event that is still there.
    pub kept_from: u64,
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
pub(crate) fn hash(previous: &[u8], record: &str) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(DOMAIN);
    context.update(previous);
    context.update(record.as_bytes());
    context.finish().as_ref().to_vec()
}

/// Where a chain begins and ends, as its organization says.
#[derive(sqlx::FromRow)]
struct Ends {
    audit_sequence: i64,
    audit_hash: Vec<u8>,
    audit_kept_from: i64,
    /// What the first event that is still there follows.
    audit_kept_hash: Option<Vec<u8>>,
}

/// An event with all that is stored beside it.
#[derive(sqlx::FromRow)]
struct Link {
    sequence: i64,
    event_type: String,
    actor_id: Option<String>,
    decision: String,
    at_ms: i64,
    record_json: String,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl Link {
    /// The keys in the record, which the hash covers, are those that it is found by.
    fn holds(&self, keys: &Keys, previous: &[u8], last_at_ms: Option<i64>, subjects: &BTreeSet<String>) -> bool {
        // Of the first event that is still there, it is not known which time it follows.
        let at_ms = last_at_ms.map_or(self.at_ms.max(keys.at_ms), |last| last.max(keys.at_ms));
        self.prev_hash == previous
            && self.hash == hash(previous, &self.record_json)
            && self.sequence == keys.sequence
            && self.event_type == keys.event_type
            && self.actor_id == keys.actor
            && self.decision == keys.decision
            && self.at_ms == at_ms
            && *subjects == keys.subjects
    }
}

pub(super) async fn verify(tx: &mut TenantTx<'_>) -> Result<Chain, StoreError> {
    let ends: Ends = tx
        .query_as(tenant_sql!(
            "SELECT audit_sequence, audit_hash, audit_kept_from, audit_kept_hash FROM organizations WHERE org_id = $1"
        ))
        .fetch_optional(tx.connection())
        .await?
        .ok_or_else(|| StoreError::Unknown { noun: "organization", name: tx.organization().to_string() })?;
    let broken = |sequence: i64| Ok(Chain::Broken { sequence: sequence.unsigned_abs() });
    let mut sequence = ends.audit_kept_from - 1;
    let mut previous = ends.audit_kept_hash.clone().unwrap_or_else(|| beginning(tx.organization()));
    let (mut read, mut last_at_ms, mut pruned) = (0, None, None);
    loop {
        let page = page(tx, read).await?;
        let Some((last, _)) = page.last() else { break };
        read = last.sequence;
        for (link, subjects) in page {
            sequence += 1;
            let Some(keys) = Keys::of(&link.record_json) else { return broken(sequence) };
            if link.sequence != sequence || !link.holds(&keys, &previous, last_at_ms, &subjects) {
                return broken(sequence);
            }
            (previous, last_at_ms) = (link.hash, Some(link.at_ms));
            pruned = keys.pruned.or(pruned);
        }
    }
    if sequence != ends.audit_sequence || previous != ends.audit_hash {
        return broken(sequence + 1);
    }
    // What is gone went by the rules: the last event that tells of it says the same.
    let kept = ends.audit_kept_hash.map(|hash| (ends.audit_kept_from - 1, hexadecimal(&hash)));
    if pruned != kept {
        return broken(ends.audit_kept_from);
    }
    Ok(Chain::Intact(AuditHead {
        kept_from: ends.audit_kept_from.unsigned_abs(),
        sequence: sequence.unsigned_abs(),
        hash: hexadecimal(&previous),
    }))
}

/// The events after `read`, each with what the trail finds it by.
async fn page(tx: &mut TenantTx<'_>, read: i64) -> Result<Vec<(Link, BTreeSet<String>)>, StoreError> {
    let links: Vec<Link> = tx
        .query_as(tenant_sql!(
            "SELECT sequence, event_type, actor_id, decision, at_ms, record_json, prev_hash, hash FROM audit_events
             WHERE org_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"
        ))
        .bind(read)
        .bind(PAGE)
        .fetch_all(tx.connection())
        .await?;
    let last = links.last().map_or(read, |link| link.sequence);
    let rows: Vec<(i64, String)> = tx
        .query_as(tenant_sql!(
            "SELECT sequence, subject_id FROM audit_subjects WHERE org_id = $1 AND sequence > $2 AND sequence <= $3"
        ))
        .bind(read)
        .bind(last)
        .fetch_all(tx.connection())
        .await?;
    let mut subjects: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for (sequence, subject) in rows {
        subjects.entry(sequence).or_default().insert(subject);
    }
    Ok(links
        .into_iter()
        .map(|link| {
            let subjects = subjects.remove(&link.sequence).unwrap_or_default();
            (link, subjects)
        })
        .collect())
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
        for (statement, why) in [
            ("UPDATE audit_events SET record_json = '{}'", "audit events are only added"),
            ("DELETE FROM audit_events WHERE sequence = 4", "audit events are only added"),
            ("UPDATE audit_subjects SET subject_id = 'x'", "audit events are only added"),
            ("DELETE FROM audit_subjects", "audit events are only added"),
            ("UPDATE organizations SET audit_kept_from = 3, audit_kept_hash = audit_hash", "audit events are kept"),
            (
                "UPDATE organizations SET audit_retention_days = 30, audit_kept_from = 6, audit_kept_hash = audit_hash",
                "audit events are kept",
            ),
            (
                "UPDATE organizations SET audit_retention_days = 30;
                 UPDATE organizations SET audit_kept_from = 1, audit_kept_hash = audit_hash",
                "audit events are kept",
            ),
        ] {
            let refused = run(&store, statement).await.unwrap_err();
            assert!(refused.to_string().contains(why), "{statement}: {refused}");
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
            ("UPDATE audit_events SET event_type = 'group_taken' WHERE sequence = 3", 3),
            ("UPDATE audit_events SET actor_id = 'x' WHERE sequence = 3", 3),
            ("UPDATE audit_events SET decision = 'denied' WHERE sequence = 3", 3),
            ("UPDATE audit_events SET at_ms = at_ms - 1 WHERE sequence = 3", 3),
            ("UPDATE audit_events SET at_ms = at_ms + 1 WHERE sequence = 3", 3),
            ("DELETE FROM audit_subjects WHERE sequence = 3", 3),
            ("UPDATE audit_subjects SET subject_id = 'x' WHERE sequence = 4", 4),
            ("INSERT INTO audit_subjects (org_id, subject_id, sequence) SELECT org_id, 'x', 1 FROM organizations", 1),
            ("DELETE FROM audit_subjects; DELETE FROM audit_events WHERE sequence = 2", 2),
            ("DELETE FROM audit_subjects WHERE sequence = 4; DELETE FROM audit_events WHERE sequence = 4", 4),
            ("DELETE FROM audit_subjects; DELETE FROM audit_events", 1),
            (
                "INSERT INTO audit_events (org_id, sequence, event_type, actor_id, decision, at_ms, record_json, prev_hash, hash)
                 SELECT org_id, 5, event_type, actor_id, decision, at_ms, record_json, hash, hash FROM audit_events WHERE sequence = 4",
                5,
            ),
            ("UPDATE organizations SET audit_sequence = 5", 5),
            // As if they were not kept any longer, of which no event tells.
            (
                "UPDATE organizations SET audit_kept_from = 3, audit_kept_hash = (SELECT hash FROM audit_events WHERE sequence = 2);
                 DELETE FROM audit_subjects WHERE sequence < 3; DELETE FROM audit_events WHERE sequence < 3",
                3,
            ),
            ("UPDATE organizations SET audit_kept_from = 3", 3),
        ] {
            let folder = TempDir::new().unwrap();
            let (store, organization) = company(&folder).await;
            run(
                &store,
                "DROP TRIGGER audit_events_are_not_changed; DROP TRIGGER audit_events_are_not_removed;
                 DROP TRIGGER audit_subjects_are_not_changed; DROP TRIGGER audit_subjects_are_not_removed;
                 DROP TRIGGER audit_events_are_kept",
            )
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
            r#"{{"actor":{{"kind":"bootstrap"}},"address":null,"at":{at},"because":null,"decision":"allowed","event":{{"key":"acme","type":"organization_created"}},"on_behalf_of":null,"organization":"{organization}","request":null,"sequence":1}}"#
        );
        assert_eq!(record, expected);
    }
}
