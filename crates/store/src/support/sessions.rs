//! The operator's staff inside an organization.
use super::SupportVisit;
use crate::{
    Administration, AuditEvent, Operator, OperatorSession, Ruling, SessionToken, Store, StoreError,
    audit::{self, Author, hexadecimal},
    database::{Routing, Statement, Transaction},
    tenant::{TenantTx, stored_id, stored_instant, tenant_sql},
};
use std::{collections::HashMap, sync::Arc};
use tessera_access::{AccessContext, SupportGrant, User};
use tessera_base::{Arrival, OrganizationId, SessionId, SupportGrantId};

/// An organization that lets an operator in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenOrganization {
    pub key: String,
    pub name: String,
    pub grants: Vec<Arc<SupportGrant>>,
}

/// One of the operator's staff, in an organization, under its grant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupportSession {
    pub id: SessionId,
    pub organization: OrganizationId,
    pub operator: User,
    pub grant: SupportGrantId,
    operator_session: SessionId,
}

#[derive(sqlx::FromRow)]
struct Row {
    org_id: String,
    id: String,
    grant_id: String,
    operator_session_id: String,
}

impl Row {
    fn session(&self, operator: User) -> Result<SupportSession, StoreError> {
        Ok(SupportSession {
            id: stored_id(&self.id, "session id")?,
            organization: stored_id(&self.org_id, "organization id")?,
            operator,
            grant: stored_id(&self.grant_id, "support grant id")?,
            operator_session: stored_id(&self.operator_session_id, "session id")?,
        })
    }
}

impl SupportSession {
    pub(crate) fn is_of(&self, session: &OperatorSession) -> bool {
        self.operator_session == session.id
    }
}

/// Those that did not end, under grants that are in force at `$2`.
macro_rules! sessions_in_force {
    ($which:literal) => {
        tenant_sql!(
            "SELECT support_sessions.org_id, support_sessions.id, support_sessions.grant_id,
                    support_sessions.operator_session_id
             FROM support_sessions JOIN support_grants
               ON support_grants.org_id = support_sessions.org_id AND support_grants.id = support_sessions.grant_id
             WHERE support_sessions.org_id = $1 AND support_sessions.left_at_ms IS NULL
               AND support_grants.revoked_at_ms IS NULL AND support_grants.expires_at_ms > $2 AND ",
            $which
        )
    };
}

impl Store {
    /// The organizations that let this operator in now, by their keys.
    pub async fn organizations_open_to(&self, session: &OperatorSession) -> Result<Vec<OpenOrganization>, StoreError> {
        let now = self.now();
        let mut transaction = self.read().await?;
        let organizations: Vec<(String,)> = Statement::new(
            "SELECT DISTINCT org_id FROM support_grants
             WHERE revoked_at_ms IS NULL AND expires_at_ms > $1 AND (operator_email IS NULL OR operator_email = $2)",
        )
        .bind(now.timestamp_millis())
        .bind(session.operator.email.as_str())
        .rows()
        .fetch_all(transaction.finding(Routing::Instance))
        .await?;
        transaction.commit().await?;
        let mut open = Vec::new();
        for (id,) in organizations {
            let Some(snapshot) = self.snapshot(stored_id(&id, "organization id")?).await? else { continue };
            let user = session.operator.user();
            let grants = snapshot.support_grants().filter(|grant| grant.is_for(&user) && grant.expires_at > now);
            let grants: Vec<Arc<SupportGrant>> = grants.cloned().collect();
            let profile = snapshot.profile();
            if !grants.is_empty() {
                open.push(OpenOrganization { key: profile.key.to_string(), name: profile.name.to_string(), grants });
            }
        }
        open.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(open)
    }

    /// Lets an operator in: under the grant that is named, or the one that lasts longest. The same `None` for an
    /// organization that does not let them in and for one that is not there.
    pub async fn enter_organization(
        &self,
        session: &OperatorSession,
        key: &str,
        grant: Option<SupportGrantId>,
        arrival: Arrival,
    ) -> Result<Option<SessionToken>, StoreError> {
        let Some(organization) = self.organization_by_key(key).await? else { return Ok(None) };
        let now = self.now();
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(organization.id, &mut transaction);
        let Some(snapshot) = self.snapshot_in(&mut tx).await? else { return Ok(None) };
        let operator = session.operator.user();
        let open = snapshot.support_grants().filter(|one| one.is_for(&operator) && one.expires_at > now);
        let named = open.filter(|one| grant.is_none_or(|grant| grant == one.id));
        let Some(grant) = named.max_by_key(|one| (one.expires_at, one.id)).map(|one| one.id) else { return Ok(None) };
        let (id, token) = (SessionId::new(self.new_id()?), SessionToken::new(self.random())?);
        tx.query(tenant_sql!(
            "INSERT INTO support_sessions (org_id, id, grant_id, operator_id, operator_name, operator_session_id,
                    token_hash, entered_at_ms, last_seen_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)"
        ))
        .bind(id.to_string())
        .bind(grant.to_string())
        .bind(operator.id.to_string())
        .bind(operator.name.as_str())
        .bind(session.id.to_string())
        .bind(token.hash())
        .bind(now.timestamp_millis())
        .execute(tx.connection())
        .await?;
        let author = Author::of_support(operator.id, grant, Some(arrival));
        let event = AuditEvent::SupportEntered { grant, session: id, name: operator.name };
        audit::record(&mut tx, now, &author, &event).await?;
        self.finish(transaction).await?;
        Ok(Some(token))
    }

    /// Whose token this is, for as long as the grant is in force and the operator signed in.
    pub async fn support_session(&self, token: &SessionToken) -> Result<Option<SupportSession>, StoreError> {
        let mut transaction = self.read().await?;
        let hash = token.hash();
        let organization: Option<String> = Statement::new("SELECT org_id FROM support_sessions WHERE token_hash = $1")
            .bind(hash.clone())
            .scalars()
            .fetch_optional(transaction.finding(Routing::SessionHash(hexadecimal(&hash))))
            .await?;
        let Some(organization) = organization else { return Ok(None) };
        let mut tx = TenantTx::new(stored_id(&organization, "organization id")?, &mut transaction);
        let row: Option<Row> = tx
            .query_as(sessions_in_force!("support_sessions.token_hash = $3"))
            .bind(self.now().timestamp_millis())
            .bind(hash)
            .fetch_optional(tx.connection())
            .await?;
        self.living_support_session(transaction, row).await
    }

    /// The same session as it is now; `None` once it ended.
    pub async fn support_session_now(&self, session: &SupportSession) -> Result<Option<SupportSession>, StoreError> {
        let mut transaction = self.read().await?;
        let mut tx = TenantTx::new(session.organization, &mut transaction);
        let row: Option<Row> = tx
            .query_as(sessions_in_force!("support_sessions.id = $3"))
            .bind(self.now().timestamp_millis())
            .bind(session.id.to_string())
            .fetch_optional(tx.connection())
            .await?;
        self.living_support_session(transaction, row).await
    }

    /// INVARIANT: a session in an organization lives no longer than the operator's own.
    async fn living_support_session(
        &self,
        mut transaction: Transaction,
        row: Option<Row>,
    ) -> Result<Option<SupportSession>, StoreError> {
        let Some(row) = row else { return Ok(None) };
        let operator_session = stored_id(&row.operator_session_id, "session id")?;
        let own = self.living_operator_session(&mut transaction, operator_session).await?;
        transaction.commit().await?;
        own.map(|own| row.session(own.operator.user())).transpose()
    }

    /// Those that an operator has not left, wherever they are.
    pub(crate) async fn visits_of(&self, operator: &Operator) -> Result<Vec<SupportSession>, StoreError> {
        let mut transaction = self.read().await?;
        let rows: Vec<Row> = Statement::new(
            "SELECT org_id, id, grant_id, operator_session_id FROM support_sessions
             WHERE operator_id = $1 AND left_at_ms IS NULL",
        )
        .bind(operator.id.to_string())
        .rows()
        .fetch_all(transaction.finding(Routing::Instance))
        .await?;
        rows.iter().map(|row| row.session(operator.user())).collect()
    }

    /// `None` arrived nowhere: they were removed.
    pub async fn leave_organization(
        &self,
        session: &SupportSession,
        arrival: Option<Arrival>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(session.organization, &mut transaction);
        let left = tx
            .query(tenant_sql!(
                "UPDATE support_sessions SET left_at_ms = $3 WHERE org_id = $1 AND id = $2 AND left_at_ms IS NULL"
            ))
            .bind(session.id.to_string())
            .bind(now.timestamp_millis())
            .execute(tx.connection())
            .await?;
        if left.rows_affected() > 0 {
            let author = Author::of_support(session.operator.id, session.grant, arrival);
            let event = AuditEvent::SupportLeft { grant: session.grant, session: session.id };
            audit::record(&mut tx, now, &author, &event).await?;
        }
        self.finish(transaction).await
    }

    /// Writes down a request of the operator's staff, before it is answered: every step of theirs is in the trail.
    pub async fn record_support_step(
        &self,
        session: &SupportSession,
        context: &AccessContext,
        method: &str,
        path: &str,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(session.organization, &mut transaction);
        tx.query(tenant_sql!("UPDATE support_sessions SET last_seen_at_ms = $3 WHERE org_id = $1 AND id = $2"))
            .bind(session.id.to_string())
            .bind(now.timestamp_millis())
            .execute(tx.connection())
            .await?;
        let event = AuditEvent::SupportRequested {
            grant: session.grant,
            session: session.id,
            method: method.to_owned(),
            path: path.to_owned(),
        };
        audit::record(&mut tx, now, &Author::of(context, Ruling::Unguarded), &event).await?;
        transaction.commit().await?;
        self.touch_operator_session(session.operator_session).await
    }
}

impl Administration<'_> {
    /// Answers how many those were.
    pub(super) async fn end_support_sessions(&mut self, grant: SupportGrantId) -> Result<u64, StoreError> {
        let ended = self
            .tx
            .query(tenant_sql!(
                "UPDATE support_sessions SET left_at_ms = $3 WHERE org_id = $1 AND grant_id = $2 AND left_at_ms IS NULL"
            ))
            .bind(grant.to_string())
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        Ok(ended.rows_affected())
    }
}

/// By grant, newest first.
pub(super) async fn visits(
    tx: &mut TenantTx<'_>,
    only: Option<SupportGrantId>,
) -> Result<HashMap<SupportGrantId, Vec<SupportVisit>>, StoreError> {
    type Row = (String, String, String, String, i64, i64, Option<i64>);
    let rows: Vec<Row> = tx
        .query_as(tenant_sql!(
            "SELECT grant_id, id, operator_id, operator_name, entered_at_ms, last_seen_at_ms, left_at_ms
             FROM support_sessions WHERE org_id = $1 AND ($2 IS NULL OR grant_id = $2) ORDER BY id DESC"
        ))
        .bind(only.map(|id| id.to_string()))
        .fetch_all(tx.connection())
        .await?;
    let mut visits: HashMap<SupportGrantId, Vec<SupportVisit>> = HashMap::new();
    for (grant, session, operator, name, entered, seen, left) in rows {
        let visit = SupportVisit {
            session: stored_id(&session, "session id")?,
            operator: stored_id(&operator, "operator id")?,
            name,
            entered_at: stored_instant(entered)?,
            last_seen_at: stored_instant(seen)?,
            left_at: left.map(stored_instant).transpose()?,
        };
        visits.entry(stored_id(&grant, "support grant id")?).or_default().push(visit);
    }
    Ok(visits)
}
