//! Support by invitation: what an organization's admins let the operator's staff do, and who of them is there.
mod sessions;

pub use sessions::{OpenOrganization, SupportSession};

use crate::{
    Act, Administration, AuditEvent, StoreError, Tenant,
    abilities::{list_abilities, listed_abilities},
    changes::Changed,
    operators::IDLE_LIMIT_MS,
    tenant::{TenantTx, stored_id, stored_instant, tenant_sql},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tessera_access::{
    ConnectionRole, Facts, Permit, Profile, Resource, ResourceKind, Scope, Sealed, SupportGrant, SupportScope,
    action::{AllowSupport, Remove, View},
};
use tessera_base::{ConnectionId, EmailAddress, Instant, NodeId, SessionId, SupportGrantId, UserId};

const SHORTEST_MINUTES: u32 = 5;
const LONGEST_MINUTES: u32 = 30 * 24 * 60;
/// How many that are over are still listed.
const REMEMBERED: i64 = 50;

/// What is granted, yet to be.
#[derive(Clone, Debug)]
pub struct NewSupportGrant {
    pub scope: SupportScope,
    /// `None`: any of the operator's staff.
    pub operator: Option<EmailAddress>,
    pub reason: String,
    pub minutes: u32,
}

/// A grant, with what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupportAccess {
    pub grant: SupportGrant,
    pub reason: String,
    pub granted_by: UserId,
    pub granted_at: Instant,
    pub revoked: Option<(Instant, UserId)>,
    /// Newest first.
    pub visits: Vec<SupportVisit>,
}

/// Somebody of the operator's staff who was in the organization, or is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupportVisit {
    pub session: SessionId,
    pub operator: UserId,
    pub name: String,
    pub entered_at: Instant,
    pub last_seen_at: Instant,
    pub left_at: Option<Instant>,
}

impl SupportAccess {
    pub fn is_active(&self, now: Instant) -> bool {
        self.revoked.is_none() && self.grant.expires_at > now
    }

    /// Whether any of them is there; whoever rested for too long is not.
    pub fn is_entered(&self, now: Instant) -> bool {
        let awake_ms = now.timestamp_millis() - IDLE_LIMIT_MS;
        let there = |visit: &SupportVisit| visit.left_at.is_none() && visit.last_seen_at.timestamp_millis() > awake_ms;
        self.is_active(now) && self.visits.iter().any(there)
    }
}

impl Resource for SupportAccess {
    const KIND: ResourceKind = ResourceKind::SupportGrant;
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    organization_abilities: String,
    connections_json: String,
    content_json: String,
    operator_email: Option<String>,
    reason: String,
    granted_by: String,
    granted_at_ms: i64,
    expires_at_ms: i64,
    revoked_at_ms: Option<i64>,
    revoked_by: Option<String>,
}

/// Every column of [`Row`].
macro_rules! grants {
    ($rest:literal) => {
        tenant_sql!(
            "SELECT id, organization_abilities, connections_json, content_json, operator_email, reason, granted_by,
                    granted_at_ms, expires_at_ms, revoked_at_ms, revoked_by FROM support_grants WHERE org_id = $1 ",
            $rest
        )
    };
}

impl Row {
    fn grant(&self) -> Result<SupportGrant, StoreError> {
        Ok(SupportGrant {
            id: stored_id(&self.id, "support grant id")?,
            scope: SupportScope {
                organization: listed_abilities(&self.organization_abilities)?,
                connections: stored_connections(&self.connections_json)?,
                content: stored_content(&self.content_json)?,
            },
            operator: self.operator_email.as_deref().map(Arc::from),
            expires_at: stored_instant(self.expires_at_ms)?,
        })
    }

    fn access(self, visits: Vec<SupportVisit>) -> Result<SupportAccess, StoreError> {
        let revoked = match (self.revoked_at_ms, &self.revoked_by) {
            (Some(at), Some(by)) => Some((stored_instant(at)?, stored_id(by, "user id")?)),
            _ => None,
        };
        Ok(SupportAccess {
            grant: self.grant()?,
            granted_by: stored_id(&self.granted_by, "user id")?,
            granted_at: stored_instant(self.granted_at_ms)?,
            reason: self.reason,
            revoked,
            visits,
        })
    }
}

const UNREADABLE: StoreError = StoreError::Unreadable { what: "scope of a support grant" };

fn stored_connections(json: &str) -> Result<BTreeMap<ConnectionId, ConnectionRole>, StoreError> {
    let roles: BTreeMap<String, String> = serde_json::from_str(json).map_err(|_| UNREADABLE)?;
    let role = |(id, role): (String, String)| {
        Ok((stored_id(&id, "connection id")?, ConnectionRole::from_name(&role).ok_or(UNREADABLE)?))
    };
    roles.into_iter().map(role).collect()
}

fn stored_content(json: &str) -> Result<Vec<NodeId>, StoreError> {
    let ids: Vec<String> = serde_json::from_str(json).map_err(|_| UNREADABLE)?;
    ids.iter().map(|id| stored_id(id, "node id")).collect()
}

/// Those that were not taken back, for a snapshot.
pub(crate) async fn standing_grants(
    tx: &mut TenantTx<'_>,
    only: Option<SupportGrantId>,
) -> Result<Vec<SupportGrant>, StoreError> {
    let rows: Vec<Row> = match only {
        None => tx.query_as(grants!("AND revoked_at_ms IS NULL")).fetch_all(tx.connection()).await?,
        Some(id) => {
            let one = tx.query_as(grants!("AND revoked_at_ms IS NULL AND id = $2")).bind(id.to_string());
            one.fetch_all(tx.connection()).await?
        }
    };
    rows.iter().map(Row::grant).collect()
}

impl Tenant<'_> {
    pub async fn support_grant(&self, id: SupportGrantId) -> Result<Option<Sealed<SupportAccess>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let row: Option<Row> =
            tx.query_as(grants!("AND id = $2")).bind(id.to_string()).fetch_optional(tx.connection()).await?;
        let Some(row) = row else { return Ok(None) };
        let mut visits = sessions::visits(&mut tx, Some(id)).await?;
        let visits = visits.remove(&id).unwrap_or_default();
        Ok(Some(self.seal_support(row.access(visits)?)))
    }

    /// Newest first: those that are in force, and the last that were.
    pub async fn support_grants(
        &self,
        scope: &Scope<SupportAccess>,
    ) -> Result<Vec<Permit<SupportAccess, View>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let now_ms = self.context.now().timestamp_millis();
        let mut rows: Vec<Row> = tx
            .query_as(grants!("AND revoked_at_ms IS NULL AND expires_at_ms > $2 ORDER BY id DESC"))
            .bind(now_ms)
            .fetch_all(tx.connection())
            .await?;
        let over: Vec<Row> = tx
            .query_as(grants!("AND (revoked_at_ms IS NOT NULL OR expires_at_ms <= $2) ORDER BY id DESC LIMIT $3"))
            .bind(now_ms)
            .bind(REMEMBERED)
            .fetch_all(tx.connection())
            .await?;
        rows.extend(over);
        let mut visits: HashMap<_, _> = sessions::visits(&mut tx, None).await?;
        let mut found = Vec::new();
        for row in rows {
            let visits = visits.remove(&stored_id(&row.id, "support grant id")?).unwrap_or_default();
            found.push(row.access(visits)?);
        }
        Ok(scope.open_all(found.into_iter().map(|access| self.seal_support(access))))
    }

    #[expect(clippy::disallowed_methods, reason = "rows are read in this crate, and sealed here")]
    fn seal_support(&self, access: SupportAccess) -> Sealed<SupportAccess> {
        Sealed::new(access, Facts::of(self.context.organization()))
    }
}

impl Act<Arc<Profile>, AllowSupport> {
    /// Nobody lets anybody do what they may not do themselves.
    pub async fn allow_support(mut self, new: NewSupportGrant) -> Result<SupportGrantId, StoreError> {
        let (least_minutes, most_minutes) = (SHORTEST_MINUTES, LONGEST_MINUTES);
        if !(least_minutes..=most_minutes).contains(&new.minutes) {
            return Err(StoreError::SupportTime { least_minutes, most_minutes });
        }
        if new.scope.is_empty() {
            return Err(StoreError::SupportForNothing);
        }
        let never = new.scope.organization.common(SupportScope::never());
        if !never.is_empty() {
            return Err(StoreError::NotForSupport { abilities: list_abilities(never) });
        }
        if let Some(missing) = self.standing().lacks_to_let_in(&new.scope) {
            return Err(self.refuse(missing).await);
        }
        let by = self.permit().context().user().id;
        let id = self.administration().allow_support(new, by).await?;
        self.commit_created(id).await?;
        Ok(id)
    }
}

impl Act<SupportAccess, Remove> {
    /// In force for every request that starts afterwards; whoever is in the organization by it is out.
    pub async fn revoke_support(mut self) -> Result<(), StoreError> {
        let (id, by) = (self.resource().grant.id, self.permit().context().user().id);
        self.administration().revoke_support(id, by).await?;
        self.commit().await
    }
}

impl Administration<'_> {
    pub async fn allow_support(&mut self, new: NewSupportGrant, by: UserId) -> Result<SupportGrantId, StoreError> {
        let id = SupportGrantId::new(self.store.new_id()?);
        let now = self.store.now();
        let expires_at_ms = now.timestamp_millis() + i64::from(new.minutes) * 60_000;
        let NewSupportGrant { scope, operator, reason, .. } = new;
        let abilities = list_abilities(scope.organization);
        let connections: BTreeMap<String, &str> =
            scope.connections.iter().map(|(id, role)| (id.to_string(), role.name())).collect();
        let content: Vec<String> = scope.content.iter().map(ToString::to_string).collect();
        let json = |value| serde_json::Value::to_string(&value);
        self.tx
            .query(tenant_sql!(
                "INSERT INTO support_grants (org_id, id, organization_abilities, connections_json, content_json,
                        operator_email, reason, granted_by, granted_at_ms, expires_at_ms)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            ))
            .bind(id.to_string())
            .bind(abilities.clone())
            .bind(json(serde_json::json!(connections)))
            .bind(json(serde_json::json!(content)))
            .bind(operator.as_ref().map(|email| email.as_str().to_owned()))
            .bind(reason)
            .bind(by.to_string())
            .bind(now.timestamp_millis())
            .bind(expires_at_ms)
            .execute(self.tx.connection())
            .await?;
        let event = AuditEvent::SupportAllowed {
            grant: id,
            organization_abilities: abilities,
            connections: connections.into_iter().map(|(id, role)| (id, role.to_owned())).collect(),
            content,
            any_operator: operator.is_none(),
            expires_at: stored_instant(expires_at_ms)?.to_rfc3339(),
        };
        self.access_changed(&[Changed::Support(id)], event).await?;
        Ok(id)
    }

    async fn revoke_support(&mut self, id: SupportGrantId, by: UserId) -> Result<(), StoreError> {
        let revoked = self
            .tx
            .query(tenant_sql!(
                "UPDATE support_grants SET revoked_at_ms = $3, revoked_by = $4
                 WHERE org_id = $1 AND id = $2 AND revoked_at_ms IS NULL AND expires_at_ms > $3"
            ))
            .bind(id.to_string())
            .bind(self.store.now().timestamp_millis())
            .bind(by.to_string())
            .execute(self.tx.connection())
            .await?;
        if revoked.rows_affected() == 0 {
            return Err(StoreError::SupportOver);
        }
        let ended = self.end_support_sessions(id).await?;
        self.access_changed(&[Changed::Support(id)], AuditEvent::SupportRevoked { grant: id, sessions: ended }).await
    }
}
