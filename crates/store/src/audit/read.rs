//! Events of the trail, for those who may read it.
use super::{AuditDecision, EventType};
use crate::{
    StoreError, Tenant,
    tenant::{TenantSql, TenantTx, tenant_sql},
};
use std::sync::Arc;
use tessera_access::{Permit, Profile, action::ReadAudit};
use tessera_base::{Instant, SubjectId, UserId};

/// Which events are asked for: those that fit all of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AuditFilter {
    pub event_type: Option<EventType>,
    pub actor: Option<UserId>,
    /// Anything that the event names, or somebody on whose behalf it was done.
    pub subject: Option<SubjectId>,
    pub decision: Option<AuditDecision>,
    /// From this millisecond on.
    pub since: Option<Instant>,
    /// Before this millisecond.
    pub until: Option<Instant>,
}

/// One event as it is stored.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct StoredEvent {
    pub(super) sequence: i64,
    record_json: String,
    hash: Vec<u8>,
}

/// A part of the trail, newest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditPage {
    pub events: Vec<StoredEvent>,
    /// There are older ones.
    pub more: bool,
}

impl StoredEvent {
    pub fn sequence(&self) -> u64 {
        self.sequence.unsigned_abs()
    }

    /// What was hashed, byte for byte.
    pub fn record(&self) -> &str {
        &self.record_json
    }

    /// Lower-case hexadecimal.
    pub fn hash(&self) -> String {
        super::hexadecimal(&self.hash)
    }

    /// The record with its hash as the last key: taking that away again leaves what was hashed.
    pub fn with_hash(&self) -> String {
        let open = self.record_json.strip_suffix('}').unwrap_or(&self.record_json);
        format!("{open},\"hash\":\"{}\"}}", self.hash())
    }
}

impl Tenant<'_> {
    /// The events before the one of number `before`.
    pub async fn audit_events(
        &self,
        permit: &Permit<Arc<Profile>, ReadAudit>,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(permit.context().organization(), &mut transaction);
        let mut range = Range::of(&mut tx, filter).await?;
        if let Some(before) = before {
            range.last = range.last.min(i64::try_from(before).unwrap_or(i64::MAX) - 1);
        }
        let mut events = select(&mut tx, filter, range, Order::NewestFirst, limit.saturating_add(1)).await?;
        let more = events.len() > limit;
        events.truncate(limit);
        Ok(AuditPage { events, more })
    }
}

/// The numbers of some events, the last one included.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Range {
    const EMPTY: Self = Self { first: 1, last: 0 };

    /// Those within the filter's times, which never run backwards along the chain.
    pub(super) async fn of(tx: &mut TenantTx<'_>, filter: &AuditFilter) -> Result<Self, StoreError> {
        let first = match filter.since {
            Some(since) => match first_from(tx, since).await? {
                Some(first) => first,
                None => return Ok(Self::EMPTY),
            },
            None => 1,
        };
        let beyond = match filter.until {
            Some(until) => first_from(tx, until).await?,
            None => None,
        };
        Ok(Self { first, last: beyond.map_or(i64::MAX, |beyond| beyond - 1) })
    }
}

/// The number of the first event that is not before this time.
pub(super) async fn first_from(tx: &mut TenantTx<'_>, at: Instant) -> Result<Option<i64>, StoreError> {
    Ok(tx
        .query_scalar(tenant_sql!(
            "SELECT sequence FROM audit_events WHERE org_id = $1 AND at_ms >= $2 ORDER BY at_ms, sequence LIMIT 1"
        ))
        .bind(at.timestamp_millis())
        .fetch_optional(tx.connection())
        .await?)
}

#[derive(Clone, Copy)]
pub(super) enum Order {
    NewestFirst,
    OldestFirst,
}

pub(super) async fn select(
    tx: &mut TenantTx<'_>,
    filter: &AuditFilter,
    range: Range,
    order: Order,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut rows = tx
        .query_as(statement(filter, order))
        .bind(range.first)
        .bind(range.last)
        .bind(filter.actor.map(|id| id.to_string()))
        .bind(filter.event_type.as_ref().map(EventType::name))
        .bind(filter.decision.map(AuditDecision::name))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    if let Some(subject) = filter.subject {
        rows = rows.bind(subject.to_string());
    }
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// The events that fit, found by one index, in the order of that index.
macro_rules! events {
    ($tables:literal, $by:literal, $sequence:literal, $order:literal) => {
        tenant_sql!(
            "SELECT events.sequence, events.record_json, events.hash FROM ",
            $tables,
            " WHERE events.org_id = $1 AND ",
            $by,
            $sequence,
            " BETWEEN $2 AND $3 AND ($4 IS NULL OR events.actor_id = $4) AND ($5 IS NULL OR events.event_type = $5)
               AND ($6 IS NULL OR events.decision = $6) ORDER BY ",
            $sequence,
            $order,
            " LIMIT $7"
        )
    };
    ($tables:literal, $by:literal, $sequence:literal) => {
        [events!($tables, $by, $sequence, " DESC"), events!($tables, $by, $sequence, "")]
    };
}

/// By what is likely to be rarest of what the filter says; a page costs what it holds, and not what the trail holds.
fn statement(filter: &AuditFilter, order: Order) -> TenantSql {
    let [newest_first, oldest_first] = match filter {
        AuditFilter { subject: Some(_), .. } => events!(
            "audit_subjects AS subjects CROSS JOIN audit_events AS events",
            "subjects.org_id = $1 AND subjects.subject_id = $8 AND events.sequence = subjects.sequence AND ",
            "subjects.sequence"
        ),
        AuditFilter { actor: Some(_), .. } => {
            events!("audit_events AS events", "events.actor_id = $4 AND ", "events.sequence")
        }
        AuditFilter { event_type: Some(_), .. } => {
            events!("audit_events AS events", "events.event_type = $5 AND ", "events.sequence")
        }
        AuditFilter { decision: Some(_), .. } => {
            events!("audit_events AS events", "events.decision = $6 AND ", "events.sequence")
        }
        _ => events!("audit_events AS events", "", "events.sequence"),
    };
    match order {
        Order::NewestFirst => newest_first,
        Order::OldestFirst => oldest_first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, KeyFile, Store, SystemClock, SystemRandom, database::Statement};
    use tempfile::TempDir;
    use tessera_base::OrganizationId;
    use uuid::Uuid;

    async fn plan(store: &Store, filter: &AuditFilter, order: Order) -> String {
        let organization = OrganizationId::new(Uuid::nil());
        let mut transaction = store.read().await.unwrap();
        let explained = format!("EXPLAIN QUERY PLAN {}", statement(filter, order).text());
        let mut rows = Statement::new(explained.leak()).bind(organization.to_string()).rows().bind(1).bind(i64::MAX);
        rows = rows.bind(filter.actor.map(|id| id.to_string()));
        rows = rows.bind(filter.event_type.as_ref().map(EventType::name));
        rows = rows.bind(filter.decision.map(AuditDecision::name)).bind(50);
        if let Some(subject) = filter.subject {
            rows = rows.bind(subject.to_string());
        }
        let rows: Vec<(i64, i64, i64, String)> = rows.fetch_all(transaction.within(organization)).await.unwrap();
        rows.into_iter().map(|(.., step)| step).collect::<Vec<_>>().join("\n")
    }

    #[tokio::test]
    async fn a_page_is_found_by_an_index_in_its_order() {
        let folder = TempDir::new().unwrap();
        let key_file = KeyFile::open_or_create(&folder.path().join("key"), &SystemRandom).unwrap();
        let database = Database::File(folder.path().join("db"));
        let store = Store::open(&database, &key_file, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap();
        let (actor, subject) = (UserId::new(Uuid::nil()), SubjectId::new(Uuid::nil()));
        let everything = AuditFilter {
            event_type: EventType::from_name("signed_in"),
            actor: Some(actor),
            subject: Some(subject),
            decision: Some(AuditDecision::Denied),
            ..AuditFilter::default()
        };
        let by_actor = AuditFilter { subject: None, ..everything.clone() };
        let by_type = AuditFilter { actor: None, ..by_actor.clone() };
        let by_decision = AuditFilter { event_type: None, ..by_type.clone() };
        for (filter, used) in [
            (everything, "(org_id=? AND subject_id=? AND sequence>? AND sequence<?)"),
            (by_actor, "audit_events_by_actor (org_id=? AND actor_id=? AND sequence>? AND sequence<?)"),
            (by_type, "audit_events_by_type (org_id=? AND event_type=? AND sequence>? AND sequence<?)"),
            (by_decision, "audit_events_by_decision (org_id=? AND decision=? AND sequence>? AND sequence<?)"),
            (AuditFilter::default(), "(org_id=? AND sequence>? AND sequence<?)"),
        ] {
            for order in [Order::NewestFirst, Order::OldestFirst] {
                let plan = plan(&store, &filter, order).await;
                assert!(plan.contains(used) && !plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
            }
        }
        store.close().await;
    }
}
