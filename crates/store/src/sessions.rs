use crate::{
    Act, AuditEvent, Random, Ruling, Store, StoreError, Tenant,
    audit::{self, Author, hexadecimal},
    database::{Routing, Statement},
    entropy::random_bytes,
    tenant::{TenantTx, stored_id, tenant_sql},
};
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{fmt, sync::Arc};
use tessera_access::{Person, action::ViewAs};
use tessera_base::{Arrival, OrganizationId, SessionId, UserId};
use zeroize::Zeroizing;

const TOUCH_EVERY_MS: i64 = 60_000;

/// What a browser keeps: 32 random bytes. The database knows only their hash.
pub struct SessionToken(Zeroizing<[u8; 32]>);

impl SessionToken {
    pub(crate) fn new(random: &dyn Random) -> Result<Self, StoreError> {
        Ok(Self(Zeroizing::new(random_bytes(random)?)))
    }

    /// As a cookie carries it; `None` is a text that never was a token.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        let length = URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()).ok()?;
        (length == bytes.len()).then_some(Self(bytes))
    }

    /// For the cookie, and for nothing else.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    pub(crate) fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.0.as_slice()).as_ref().to_vec()
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// Who is signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Session {
    pub id: SessionId,
    pub organization: OrganizationId,
    pub user: UserId,
    /// As whom the person sees the product.
    pub viewing: Option<UserId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    org_id: String,
    id: String,
    user_id: String,
    viewing_id: Option<String>,
    last_seen_at_ms: i64,
}

impl Row {
    fn session(&self) -> Result<Session, StoreError> {
        Ok(Session {
            id: stored_id(&self.id, "session id")?,
            organization: stored_id(&self.org_id, "organization id")?,
            user: stored_id(&self.user_id, "user id")?,
            viewing: self.viewing_id.as_deref().map(|id| stored_id(id, "user id")).transpose()?,
        })
    }
}

/// Sessions are found before anybody is known, by a hash that is unique over all organizations.
impl Store {
    /// Signs in a person whom the caller has identified. Someone suspended is unknown here.
    pub async fn begin_session(
        &self,
        organization: OrganizationId,
        user: UserId,
        arrival: Arrival,
    ) -> Result<SessionToken, StoreError> {
        let token = SessionToken::new(self.random())?;
        let session = SessionId::new(self.new_id()?);
        let now = self.now();
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        tx.query(tenant_sql!("DELETE FROM sessions WHERE org_id = $1 AND expires_at_ms <= $2"))
            .bind(now.timestamp_millis())
            .execute(tx.connection())
            .await?;
        let begun = tx
            .query(tenant_sql!(
                "INSERT INTO sessions (org_id, id, user_id, token_hash, created_at_ms, last_seen_at_ms, expires_at_ms)
                 SELECT users.org_id, $2, users.id, $4, $5, $5, $5 + organizations.session_absolute_limit_ms
                 FROM users JOIN organizations ON organizations.org_id = users.org_id
                 WHERE users.org_id = $1 AND users.id = $3 AND users.status = 'active'"
            ))
            .bind(session.to_string())
            .bind(user.to_string())
            .bind(token.hash())
            .bind(now.timestamp_millis())
            .execute(tx.connection())
            .await?;
        crate::error::one_row(begun, "person", user)?;
        let author = Author::at_the_door(user, arrival);
        audit::record(&mut tx, now, &author, &AuditEvent::SignedIn { session }).await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// Whose token this is, unless the session ended, was left alone for too long, or has lasted for too long.
    pub async fn session(&self, token: &SessionToken) -> Result<Option<Session>, StoreError> {
        let now_ms = self.now().timestamp_millis();
        let mut reading = self.read().await?;
        let hash = token.hash();
        let organization: Option<String> = Statement::new("SELECT org_id FROM sessions WHERE token_hash = $1")
            .bind(hash.clone())
            .scalars()
            .fetch_optional(reading.finding(Routing::SessionHash(hexadecimal(&hash))))
            .await?;
        let Some(organization) = organization else {
            return Ok(None);
        };
        let mut tx = TenantTx::new(stored_id(&organization, "organization id")?, &mut reading);
        let row: Option<Row> = tx
            .query_as(tenant_sql!(
                "SELECT sessions.org_id, sessions.id, sessions.user_id, sessions.viewing_id, sessions.last_seen_at_ms
                 FROM sessions
                 JOIN organizations ON organizations.org_id = sessions.org_id
                 JOIN users ON users.org_id = sessions.org_id AND users.id = sessions.user_id
                 WHERE sessions.org_id = $1 AND sessions.token_hash = $2 AND users.status = 'active'
                   AND sessions.expires_at_ms > $3
                   AND sessions.created_at_ms + organizations.session_absolute_limit_ms > $3
                   AND sessions.last_seen_at_ms + organizations.session_idle_limit_ms > $3"
            ))
            .bind(hash)
            .bind(now_ms)
            .fetch_optional(tx.connection())
            .await?;
        reading.commit().await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let session = row.session()?;
        if now_ms - row.last_seen_at_ms >= TOUCH_EVERY_MS {
            self.touch(&session, now_ms).await?;
        }
        Ok(Some(session))
    }

    /// The same session as it is now, however long it has been left alone; `None` once it ended.
    pub async fn session_now(&self, session: &Session) -> Result<Option<Session>, StoreError> {
        let mut reading = self.read().await?;
        let mut tx = TenantTx::new(session.organization, &mut reading);
        let row: Option<Row> = tx
            .query_as(tenant_sql!(
                "SELECT org_id, id, user_id, viewing_id, last_seen_at_ms FROM sessions WHERE org_id = $1 AND id = $2"
            ))
            .bind(session.id.to_string())
            .fetch_optional(tx.connection())
            .await?;
        row.map(|row| row.session()).transpose()
    }

    /// Back to one's own view of the product.
    pub async fn end_viewing(&self, session: &Session, arrival: Arrival) -> Result<(), StoreError> {
        let Some(viewed) = session.viewing else { return Ok(()) };
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(session.organization, &mut transaction);
        tx.query(tenant_sql!("UPDATE sessions SET viewing_id = NULL WHERE org_id = $1 AND id = $2"))
            .bind(session.id.to_string())
            .execute(tx.connection())
            .await?;
        let author = Author::at_the_door(session.user, arrival);
        audit::record(&mut tx, self.now(), &author, &AuditEvent::ViewingEnded { user: viewed }).await?;
        self.finish(transaction).await
    }

    /// A reading request writes at most once a minute.
    async fn touch(&self, session: &Session, now_ms: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(session.organization, &mut transaction);
        tx.query(tenant_sql!(
            "UPDATE sessions SET last_seen_at_ms = $3 WHERE org_id = $1 AND id = $2 AND last_seen_at_ms < $3"
        ))
        .bind(session.id.to_string())
        .bind(now_ms)
        .execute(tx.connection())
        .await?;
        transaction.commit().await
    }

    /// Signs out; a session that has already ended stays ended.
    pub async fn end_session(&self, session: &Session, arrival: Arrival) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(session.organization, &mut transaction);
        let ended = tx
            .query(tenant_sql!("DELETE FROM sessions WHERE org_id = $1 AND id = $2"))
            .bind(session.id.to_string())
            .execute(tx.connection())
            .await?;
        if ended.rows_affected() > 0 {
            let author = Author::at_the_door(session.user, arrival);
            audit::record(&mut tx, self.now(), &author, &AuditEvent::SignedOut { session: session.id }).await?;
        }
        self.finish(transaction).await
    }
}

impl Act<Arc<Person>, ViewAs> {
    /// Lets a session of the person see the product as somebody else does. It only reads, and both names are in the trail.
    pub async fn view_as(mut self, session: &Session) -> Result<(), StoreError> {
        let viewed = self.person()?;
        let mut administration = self.administration();
        let changed = administration
            .tx
            .query(tenant_sql!("UPDATE sessions SET viewing_id = $3 WHERE org_id = $1 AND id = $2 AND user_id = $4"))
            .bind(session.id.to_string())
            .bind(viewed.id.to_string())
            .bind(session.user.to_string())
            .execute(administration.tx.connection())
            .await?;
        crate::error::one_row(changed, "session", session.id)?;
        administration.done(AuditEvent::ViewingBegan { user: viewed.id }).await?;
        self.commit().await
    }
}

impl Tenant<'_> {
    /// Signs the person out of every browser; answers how many sessions that were.
    pub async fn sign_out_everywhere(&self) -> Result<u64, StoreError> {
        let user = self.context.user().id;
        let mut transaction = self.store.write().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let ended = tx
            .query(tenant_sql!("DELETE FROM sessions WHERE org_id = $1 AND user_id = $2"))
            .bind(user.to_string())
            .execute(tx.connection())
            .await?;
        let sessions = ended.rows_affected();
        let author = Author::of(self.context, Ruling::Unguarded);
        audit::record(&mut tx, self.store.now(), &author, &AuditEvent::SignedOutEverywhere { user, sessions }).await?;
        self.store.finish(transaction).await?;
        Ok(sessions)
    }
}
