//! The operator's staff: people of the whole instance, who are in no organization.
use crate::{
    SessionToken, Store, StoreError,
    database::{Routing, Statement, Transaction},
    error::{one_row, taken},
    tenant::stored_id,
};
use tessera_access::User;
use tessera_base::{Arrival, EmailAddress, Name, OperatorId, SessionId, UserId};

const HOUR_MS: i64 = 60 * 60 * 1000;
/// Whoever may enter organizations of others signs in often.
pub(crate) const IDLE_LIMIT_MS: i64 = HOUR_MS;
const ABSOLUTE_LIMIT_MS: i64 = 12 * HOUR_MS;
const CODE_LIMIT_MS: i64 = 10 * 60 * 1000;
const TOUCH_EVERY_MS: i64 = 60_000;

#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
struct Row {
    id: String,
    email: String,
    name: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operator {
    pub id: OperatorId,
    pub email: String,
    pub name: String,
}

impl Operator {
    /// As an organization's decisions and its trail know them.
    pub fn user(&self) -> User {
        let id = UserId::new(self.id.uuid());
        User { id, known_as: None, email: self.email.clone(), name: self.name.clone(), timezone: None }
    }
}

/// An operator who is signed in, and in no organization by that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OperatorSession {
    pub id: SessionId,
    pub operator: Operator,
}

/// Who the staff is. Holding it is the permission.
pub struct Operators<'s>(&'s Store);

impl Store {
    /// INVARIANT: called by the command line and the demonstration alone (`clippy.toml` disallows it elsewhere).
    pub fn operators(&self) -> Operators<'_> {
        Operators(self)
    }

    /// Exchanges a code for a session; `None` for one that never was, was used, or is too old.
    pub async fn redeem_operator_code(&self, code: &SessionToken) -> Result<Option<SessionToken>, StoreError> {
        let mut transaction = self.write().await?;
        let operator: Option<String> = Statement::new(
            "DELETE FROM operator_codes WHERE code_hash = $1 AND expires_at_ms > $2 RETURNING operator_id",
        )
        .bind(code.hash())
        .bind(self.now().timestamp_millis())
        .scalars()
        .fetch_optional(transaction.finding(Routing::Instance))
        .await?;
        let Some(operator) = operator else { return Ok(None) };
        let token = self.write_operator_session(&mut transaction, &operator).await?;
        self.finish(transaction).await?;
        Ok(Some(token))
    }

    /// Whose token this is, unless the session ended, was left alone for too long, or has lasted for too long.
    pub async fn operator_session(&self, token: &SessionToken) -> Result<Option<OperatorSession>, StoreError> {
        let mut transaction = self.read().await?;
        let id: Option<String> = Statement::new("SELECT id FROM operator_sessions WHERE token_hash = $1")
            .bind(token.hash())
            .scalars()
            .fetch_optional(transaction.finding(Routing::Instance))
            .await?;
        let session = match id {
            Some(id) => self.living_operator_session(&mut transaction, stored_id(&id, "session id")?).await?,
            None => None,
        };
        transaction.commit().await?;
        let Some(session) = session else { return Ok(None) };
        self.touch_operator_session(session.id).await?;
        Ok(Some(session))
    }

    pub(crate) async fn living_operator_session(
        &self,
        transaction: &mut Transaction,
        session: SessionId,
    ) -> Result<Option<OperatorSession>, StoreError> {
        let row: Option<Row> = Statement::new(
            "SELECT operators.id, operators.email, operators.name FROM operator_sessions
             JOIN operators ON operators.id = operator_sessions.operator_id
             WHERE operator_sessions.id = $1 AND operator_sessions.expires_at_ms > $2
               AND operator_sessions.last_seen_at_ms > $3",
        )
        .bind(session.to_string())
        .bind(self.now().timestamp_millis())
        .bind(self.now().timestamp_millis() - IDLE_LIMIT_MS)
        .rows()
        .fetch_optional(transaction.finding(Routing::Instance))
        .await?;
        row.map(|row| Ok(OperatorSession { id: session, operator: operator(row)? })).transpose()
    }

    /// A reading request writes at most once a minute.
    pub(crate) async fn touch_operator_session(&self, session: SessionId) -> Result<(), StoreError> {
        let now_ms = self.now().timestamp_millis();
        let mut transaction = self.read().await?;
        let due: Option<String> =
            Statement::new("SELECT id FROM operator_sessions WHERE id = $1 AND last_seen_at_ms <= $2")
                .bind(session.to_string())
                .bind(now_ms - TOUCH_EVERY_MS)
                .scalars()
                .fetch_optional(transaction.finding(Routing::Instance))
                .await?;
        transaction.commit().await?;
        if due.is_none() {
            return Ok(());
        }
        let mut transaction = self.write().await?;
        Statement::new("UPDATE operator_sessions SET last_seen_at_ms = $2 WHERE id = $1")
            .bind(session.to_string())
            .bind(now_ms)
            .execute(transaction.finding(Routing::Instance))
            .await?;
        transaction.commit().await
    }

    /// Signs out, and so out of every organization.
    pub async fn end_operator_session(&self, session: &OperatorSession, arrival: Arrival) -> Result<(), StoreError> {
        for inside in self.visits_of(&session.operator).await?.iter().filter(|visit| visit.is_of(session)) {
            self.leave_organization(inside, Some(arrival)).await?;
        }
        let mut transaction = self.write().await?;
        Statement::new("DELETE FROM operator_sessions WHERE id = $1")
            .bind(session.id.to_string())
            .execute(transaction.finding(Routing::Instance))
            .await?;
        self.finish(transaction).await
    }

    async fn write_operator_session(
        &self,
        transaction: &mut Transaction,
        operator: &str,
    ) -> Result<SessionToken, StoreError> {
        let token = SessionToken::new(self.random())?;
        let now_ms = self.now().timestamp_millis();
        Statement::new("DELETE FROM operator_sessions WHERE expires_at_ms <= $1")
            .bind(now_ms)
            .execute(transaction.finding(Routing::Instance))
            .await?;
        Statement::new(
            "INSERT INTO operator_sessions (id, operator_id, token_hash, created_at_ms, last_seen_at_ms, expires_at_ms)
             VALUES ($1, $2, $3, $4, $4, $5)",
        )
        .bind(self.new_id()?.to_string())
        .bind(operator)
        .bind(token.hash())
        .bind(now_ms)
        .bind(now_ms + ABSOLUTE_LIMIT_MS)
        .execute(transaction.finding(Routing::Instance))
        .await?;
        Ok(token)
    }
}

impl Operators<'_> {
    pub async fn add(&self, email: &EmailAddress, name: &Name) -> Result<OperatorId, StoreError> {
        let id = OperatorId::new(self.0.new_id()?);
        let mut transaction = self.0.write().await?;
        Statement::new("INSERT INTO operators (id, email, name, created_at_ms) VALUES ($1, $2, $3, $4)")
            .bind(id.to_string())
            .bind(email.as_str())
            .bind(name.as_str())
            .bind(self.0.now().timestamp_millis())
            .execute(transaction.finding(Routing::Instance))
            .await
            .map_err(taken("operator", email.as_str()))?;
        self.0.finish(transaction).await?;
        Ok(id)
    }

    /// By their addresses.
    pub async fn list(&self) -> Result<Vec<Operator>, StoreError> {
        let mut transaction = self.0.read().await?;
        let rows: Vec<Row> = Statement::new("SELECT id, email, name FROM operators ORDER BY email")
            .rows()
            .fetch_all(transaction.finding(Routing::Instance))
            .await?;
        rows.into_iter().map(operator).collect()
    }

    /// Ends every session of theirs, in organizations too. The trails of organizations still name them.
    pub async fn remove(&self, email: &EmailAddress) -> Result<(), StoreError> {
        let operator = self.list().await?.into_iter().find(|operator| operator.email == email.as_str());
        let operator = operator.ok_or_else(|| StoreError::Unknown { noun: "operator", name: email.to_string() })?;
        for inside in self.0.visits_of(&operator).await? {
            self.0.leave_organization(&inside, None).await?;
        }
        let mut transaction = self.0.write().await?;
        for statement in [
            "DELETE FROM operator_codes WHERE operator_id IN (SELECT id FROM operators WHERE email = $1)",
            "DELETE FROM operator_sessions WHERE operator_id IN (SELECT id FROM operators WHERE email = $1)",
        ] {
            Statement::new(statement).bind(email.as_str()).execute(transaction.finding(Routing::Instance)).await?;
        }
        let removed = Statement::new("DELETE FROM operators WHERE email = $1")
            .bind(email.as_str())
            .execute(transaction.finding(Routing::Instance))
            .await?;
        one_row(removed, "operator", email)?;
        self.0.finish(transaction).await
    }

    /// A code that signs the operator in once, soon.
    pub async fn sign_in_code(&self, email: &EmailAddress) -> Result<SessionToken, StoreError> {
        let code = SessionToken::new(self.0.random())?;
        let now_ms = self.0.now().timestamp_millis();
        let mut transaction = self.0.write().await?;
        Statement::new("DELETE FROM operator_codes WHERE expires_at_ms <= $1")
            .bind(now_ms)
            .execute(transaction.finding(Routing::Instance))
            .await?;
        let written = Statement::new(
            "INSERT INTO operator_codes (code_hash, operator_id, expires_at_ms)
             SELECT $2, id, $3 FROM operators WHERE email = $1",
        )
        .bind(email.as_str())
        .bind(code.hash())
        .bind(now_ms + CODE_LIMIT_MS)
        .execute(transaction.finding(Routing::Instance))
        .await?;
        one_row(written, "operator", email)?;
        transaction.commit().await?;
        Ok(code)
    }

    /// Signs somebody in whom the caller has identified.
    pub async fn begin_session(&self, operator: OperatorId) -> Result<SessionToken, StoreError> {
        let mut transaction = self.0.write().await?;
        let token = self.0.write_operator_session(&mut transaction, &operator.to_string()).await?;
        self.0.finish(transaction).await?;
        Ok(token)
    }
}

fn operator(row: Row) -> Result<Operator, StoreError> {
    Ok(Operator { id: stored_id(&row.id, "operator id")?, email: row.email, name: row.name })
}
