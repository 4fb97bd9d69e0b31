//! API keys: what lets a person or a service account in without a browser.
use crate::{
    Act, Administration, AuditEvent, Random, Store, StoreError, Tenant,
    audit::hexadecimal,
    database::{Routing, Statement},
    entropy::random_bytes,
    tenant::{TenantTx, stored_id, stored_instant, tenant_sql},
};
use aws_lc_rs::{constant_time::verify_slices_are_equal, digest};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt, sync::Arc};
use tessera_access::{
    Ability, AbilitySet, ContentRole, Facts, Permit, Person, PersonKind, Resource, ResourceKind, Scope, Scopes, Sealed,
    action::{CreateKey, Remove, View},
};
use tessera_base::{ApiKeyId, Instant, Name, OrganizationId, UserId};
use uuid::Uuid;
use zeroize::Zeroizing;

const PREFIX: &str = "tsr";
const SECRET_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const LONGEST_DAYS: u32 = 366;
/// Of one holder, that are in force.
const MOST: i64 = 50;
const TOUCH_EVERY_MS: i64 = 60_000;

/// `tsr_<id>_<secret><checksum>`, in small hexadecimal digits. The database knows only its hash.
pub struct ApiKeyToken {
    id: ApiKeyId,
    text: Zeroizing<String>,
}

impl ApiKeyToken {
    fn new(id: ApiKeyId, random: &dyn Random) -> Result<Self, StoreError> {
        let secret: Zeroizing<[u8; SECRET_BYTES]> = Zeroizing::new(random_bytes(random)?);
        let mut text = Zeroizing::new(format!("{PREFIX}_{}_{}", id.uuid().simple(), hexadecimal(secret.as_slice())));
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Ok(Self { id, text })
    }

    /// `None` is a text that never was a key, so that a mistyped one costs nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.strip_prefix('_')?.split_once('_')?;
        let digits = |text: &str, count: usize| {
            text.len() == count && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        if !digits(id, 32) || !digits(secret, 2 * (SECRET_BYTES + CHECKSUM_BYTES)) {
            return None;
        }
        let (body, sum) = text.split_at(text.len() - 2 * CHECKSUM_BYTES);
        let id = ApiKeyId::new(Uuid::try_parse(id).ok()?);
        (checksum(body) == sum).then(|| Self { id, text: Zeroizing::new(text.to_owned()) })
    }

    /// Shown once, to whoever made it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.text.as_bytes()).as_ref().to_vec()
    }
}

/// Tells a mistyped key from a wrong one; it proves nothing.
fn checksum(body: &str) -> String {
    let digest = digest::digest(&digest::SHA256, body.as_bytes());
    hexadecimal(digest.as_ref().get(..CHECKSUM_BYTES).unwrap_or_default())
}

impl fmt::Debug for ApiKeyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyToken({}, …)", self.id)
    }
}

/// A key that somebody came by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyUse {
    pub id: ApiKeyId,
    pub organization: OrganizationId,
    pub holder: UserId,
    pub scopes: Option<Scopes>,
}

/// A key, as its holder and its organization's keepers of keys know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub holder: UserId,
    pub name: String,
    /// `None`: all that its holder holds.
    pub scopes: Option<Scopes>,
    pub created_by: UserId,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub last_used_at: Option<Instant>,
}

impl Resource for ApiKey {
    const KIND: ResourceKind = ResourceKind::ApiKey;
}

/// A key that is yet to be made.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    pub name: Name,
    pub days: u32,
    pub scopes: Option<Scopes>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    user_id: String,
    name: String,
    scopes_json: Option<String>,
    created_by: String,
    created_at_ms: i64,
    expires_at_ms: i64,
    last_used_at_ms: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Living {
    user_id: String,
    secret_hash: Vec<u8>,
    scopes_json: Option<String>,
    last_used_at_ms: Option<i64>,
}

impl Row {
    fn key(self) -> Result<ApiKey, StoreError> {
        Ok(ApiKey {
            id: stored_id(&self.id, "API key id")?,
            holder: stored_id(&self.user_id, "user id")?,
            name: self.name,
            scopes: self.scopes_json.as_deref().map(stored_scopes).transpose()?,
            created_by: stored_id(&self.created_by, "user id")?,
            created_at: stored_instant(self.created_at_ms)?,
            expires_at: stored_instant(self.expires_at_ms)?,
            last_used_at: self.last_used_at_ms.map(stored_instant).transpose()?,
        })
    }
}

const UNREADABLE: StoreError = StoreError::Unreadable { what: "scopes of an API key" };

fn names<A: Ability>(abilities: AbilitySet<A>) -> Vec<&'static str> {
    abilities.iter().map(Ability::name).collect()
}

fn abilities<A: Ability>(names: &Value) -> Result<AbilitySet<A>, StoreError> {
    let names = names.as_array().ok_or(UNREADABLE)?;
    names.iter().map(|name| name.as_str().and_then(A::from_name).ok_or(UNREADABLE)).collect()
}

fn written_scopes(scopes: &Scopes) -> String {
    let connections: BTreeMap<String, Vec<&str>> =
        scopes.connections.iter().map(|(id, abilities)| (id.to_string(), names(*abilities))).collect();
    let content = scopes.content.map(ContentRole::name);
    json!({"organization": names(scopes.organization), "connections": connections, "content": content}).to_string()
}

fn stored_scopes(json: &str) -> Result<Scopes, StoreError> {
    let value: Value = serde_json::from_str(json).map_err(|_| UNREADABLE)?;
    let connections = value["connections"].as_object().ok_or(UNREADABLE)?;
    let on = |(id, names): (&String, &Value)| Ok((stored_id(id, "connection id")?, abilities(names)?));
    Ok(Scopes {
        organization: abilities(&value["organization"])?,
        connections: connections.iter().map(on).collect::<Result<_, StoreError>>()?,
        content: match &value["content"] {
            Value::Null => None,
            role => Some(role.as_str().and_then(ContentRole::from_name).ok_or(UNREADABLE)?),
        },
    })
}

impl Store {
    /// Whose key this is, unless it was revoked, is over, or is of somebody who may not come in.
    pub async fn key_use(&self, token: &ApiKeyToken) -> Result<Option<KeyUse>, StoreError> {
        let mut transaction = self.read().await?;
        let organization: Option<String> = Statement::new("SELECT org_id FROM api_keys WHERE id = $1")
            .bind(token.id.to_string())
            .scalars()
            .fetch_optional(transaction.finding(Routing::ApiKey(token.id)))
            .await?;
        transaction.commit().await?;
        let Some(organization) = organization else { return Ok(None) };
        self.living_key(stored_id(&organization, "organization id")?, token.id, Some(&token.hash())).await
    }

    /// The same key as it is now.
    pub async fn key_use_now(&self, key: &KeyUse) -> Result<Option<KeyUse>, StoreError> {
        self.living_key(key.organization, key.id, None).await
    }

    async fn living_key(
        &self,
        organization: OrganizationId,
        id: ApiKeyId,
        hash: Option<&[u8]>,
    ) -> Result<Option<KeyUse>, StoreError> {
        let now_ms = self.now().timestamp_millis();
        let mut transaction = self.read().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        let row: Option<Living> = tx
            .query_as(tenant_sql!(
                "SELECT api_keys.user_id, api_keys.secret_hash, api_keys.scopes_json, api_keys.last_used_at_ms
                 FROM api_keys JOIN users ON users.org_id = api_keys.org_id AND users.id = api_keys.user_id
                 WHERE api_keys.org_id = $1 AND api_keys.id = $2 AND api_keys.revoked_at_ms IS NULL
                   AND api_keys.expires_at_ms > $3 AND users.status = 'active'"
            ))
            .bind(id.to_string())
            .bind(now_ms)
            .fetch_optional(tx.connection())
            .await?;
        transaction.commit().await?;
        let Some(row) = row else { return Ok(None) };
        if hash.is_some_and(|hash| verify_slices_are_equal(hash, &row.secret_hash).is_err()) {
            return Ok(None);
        }
        if hash.is_some() && row.last_used_at_ms.is_none_or(|used| now_ms - used >= TOUCH_EVERY_MS) {
            self.touch_key(organization, id, now_ms).await?;
        }
        let scopes = row.scopes_json.as_deref().map(stored_scopes).transpose()?;
        Ok(Some(KeyUse { id, organization, holder: stored_id(&row.user_id, "user id")?, scopes }))
    }

    /// At most once a minute.
    async fn touch_key(&self, organization: OrganizationId, id: ApiKeyId, now_ms: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        tx.query(tenant_sql!("UPDATE api_keys SET last_used_at_ms = $3 WHERE org_id = $1 AND id = $2"))
            .bind(id.to_string())
            .bind(now_ms)
            .execute(tx.connection())
            .await?;
        transaction.commit().await
    }
}

impl Tenant<'_> {
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<Sealed<ApiKey>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let row: Option<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, user_id, name, scopes_json, created_by, created_at_ms, expires_at_ms, last_used_at_ms
                 FROM api_keys WHERE org_id = $1 AND id = $2 AND revoked_at_ms IS NULL"
            ))
            .bind(id.to_string())
            .fetch_optional(tx.connection())
            .await?;
        Ok(row.map(Row::key).transpose()?.map(|key| self.seal_key(key)))
    }

    /// Newest first; none that was revoked.
    pub async fn api_keys(&self, scope: &Scope<ApiKey>) -> Result<Vec<Permit<ApiKey, View>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let rows: Vec<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, user_id, name, scopes_json, created_by, created_at_ms, expires_at_ms, last_used_at_ms
                 FROM api_keys WHERE org_id = $1 AND revoked_at_ms IS NULL ORDER BY api_keys.id DESC"
            ))
            .fetch_all(tx.connection())
            .await?;
        let keys = rows.into_iter().map(Row::key).collect::<Result<Vec<_>, _>>()?;
        Ok(scope.open_all(keys.into_iter().map(|key| self.seal_key(key))))
    }

    #[expect(clippy::disallowed_methods, reason = "rows are read in this crate, and sealed here")]
    fn seal_key(&self, key: ApiKey) -> Sealed<ApiKey> {
        let facts = Facts { owner: Some(key.holder), ..Facts::of(self.context.organization()) };
        Sealed::new(key, facts)
    }
}

impl Act<Arc<Person>, CreateKey> {
    /// Whoever has the key has what its holder holds, or is given later, within its scopes: nobody lets through more than
    /// they hold. It is shown here, and never again.
    pub async fn create_key(mut self, new: NewApiKey) -> Result<(ApiKeyId, ApiKeyToken), StoreError> {
        let person = self.person()?;
        let by = self.permit().context().user().id;
        if !(1..=LONGEST_DAYS).contains(&new.days) {
            return Err(StoreError::KeyTime { most_days: LONGEST_DAYS });
        }
        match &new.scopes {
            None if person.kind == PersonKind::ServiceAccount => return Err(StoreError::KeyWithoutScopes),
            Some(scopes) if person.id != by => {
                if let Some(missing) = self.standing().lacks_to_hand_out(scopes) {
                    return Err(self.refuse(missing).await);
                }
            }
            _ => {}
        }
        let mut administration = self.administration();
        administration.require_room_for_key(person.id).await?;
        let made = administration.create_key(person.id, &new, by).await?;
        self.commit().await?;
        Ok(made)
    }
}

impl Act<ApiKey, Remove> {
    /// In force for every request that starts afterwards; what runs by the key stops.
    pub async fn revoke_key(mut self) -> Result<(), StoreError> {
        let (id, holder) = (self.resource().id, self.resource().holder);
        self.administration().revoke_key(id, holder).await?;
        self.commit().await
    }
}

impl Administration<'_> {
    async fn require_room_for_key(&mut self, holder: UserId) -> Result<(), StoreError> {
        let held: i64 = self
            .tx
            .query_scalar(tenant_sql!(
                "SELECT count(*) FROM api_keys
                 WHERE org_id = $1 AND user_id = $2 AND revoked_at_ms IS NULL AND expires_at_ms > $3"
            ))
            .bind(holder.to_string())
            .bind(self.store.now().timestamp_millis())
            .fetch_one(self.tx.connection())
            .await?;
        if held < MOST { Ok(()) } else { Err(StoreError::TooManyKeys { most: MOST }) }
    }

    async fn create_key(
        &mut self,
        holder: UserId,
        new: &NewApiKey,
        by: UserId,
    ) -> Result<(ApiKeyId, ApiKeyToken), StoreError> {
        let id = ApiKeyId::new(self.store.new_id()?);
        let token = ApiKeyToken::new(id, self.store.random())?;
        let now_ms = self.store.now().timestamp_millis();
        let expires_at_ms = now_ms + i64::from(new.days) * DAY_MS;
        let scopes = new.scopes.as_ref().map(written_scopes);
        self.tx
            .query(tenant_sql!(
                "INSERT INTO api_keys (org_id, id, user_id, name, secret_hash, scopes_json, created_by, created_at_ms,
                        expires_at_ms)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            ))
            .bind(id.to_string())
            .bind(holder.to_string())
            .bind(new.name.as_str())
            .bind(token.hash())
            .bind(scopes.clone())
            .bind(by.to_string())
            .bind(now_ms)
            .bind(expires_at_ms)
            .execute(self.tx.connection())
            .await?;
        self.done(AuditEvent::ApiKeyCreated {
            key: id,
            user: holder,
            name: new.name.to_string(),
            scopes,
            expires_at: stored_instant(expires_at_ms)?.to_rfc3339(),
        })
        .await?;
        Ok((id, token))
    }

    async fn revoke_key(&mut self, id: ApiKeyId, holder: UserId) -> Result<(), StoreError> {
        let revoked = self
            .tx
            .query(tenant_sql!(
                "UPDATE api_keys SET revoked_at_ms = $3 WHERE org_id = $1 AND id = $2 AND revoked_at_ms IS NULL"
            ))
            .bind(id.to_string())
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        crate::error::one_row(revoked, "API key", id)?;
        self.done(AuditEvent::ApiKeyRevoked { key: id, user: holder }).await
    }

    /// Of somebody who is gone.
    pub(crate) async fn revoke_keys_of(&mut self, holder: UserId) -> Result<(), StoreError> {
        self.tx
            .query(tenant_sql!(
                "UPDATE api_keys SET revoked_at_ms = $3 WHERE org_id = $1 AND user_id = $2 AND revoked_at_ms IS NULL"
            ))
            .bind(holder.to_string())
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        Ok(())
    }
}
