//! A creation that is sent twice happens once.
use crate::{Act, StoreError, tenant::tenant_sql};
use aws_lc_rs::digest;
use tessera_access::{Resource, action::Action};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const LONGEST_KEY: usize = 200;

/// What a client calls one creation, and what it asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdempotencyKey {
    key: String,
    request_hash: Vec<u8>,
}

impl IdempotencyKey {
    /// `operation` and `body` are what is asked: the same key for something else is a mistake.
    pub fn new(key: &str, operation: &str, body: &str) -> Result<Self, StoreError> {
        if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(StoreError::IdempotencyKey { longest: LONGEST_KEY });
        }
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&(operation.len() as u64).to_be_bytes());
        context.update(operation.as_bytes());
        context.update(body.as_bytes());
        Ok(Self { key: key.to_owned(), request_hash: context.finish().as_ref().to_vec() })
    }
}

impl<R: Resource, A: Action> Act<R, A> {
    /// The id of what this very creation made before. Otherwise the one that follows is remembered, in its transaction.
    pub async fn once(&mut self, key: Option<IdempotencyKey>) -> Result<Option<String>, StoreError> {
        let Some(key) = key else { return Ok(None) };
        let user = self.permit().context().user().id.to_string();
        let mut administration = self.administration();
        let fresh = administration.store.now().timestamp_millis() - DAY_MS;
        administration
            .tx
            .query(tenant_sql!("DELETE FROM idempotency_keys WHERE org_id = $1 AND created_at_ms < $2"))
            .bind(fresh)
            .execute(administration.tx.connection())
            .await?;
        let before: Option<(Vec<u8>, String)> = administration
            .tx
            .query_as(tenant_sql!(
                "SELECT request_hash, created_id FROM idempotency_keys WHERE org_id = $1 AND user_id = $2 AND key = $3"
            ))
            .bind(user)
            .bind(key.key.clone())
            .fetch_optional(administration.tx.connection())
            .await?;
        match before {
            Some((hash, id)) if hash == key.request_hash => Ok(Some(id)),
            Some(_) => Err(StoreError::KeyReused),
            None => {
                self.remember(key);
                Ok(None)
            }
        }
    }

    /// Ends a creation.
    pub(crate) async fn commit_created(mut self, id: impl ToString) -> Result<(), StoreError> {
        if let Some(key) = self.remembered() {
            let user = self.permit().context().user().id.to_string();
            let mut administration = self.administration();
            administration
                .tx
                .query(tenant_sql!(
                    "INSERT INTO idempotency_keys (org_id, user_id, key, request_hash, created_id, created_at_ms)
                     VALUES ($1, $2, $3, $4, $5, $6)"
                ))
                .bind(user)
                .bind(key.key)
                .bind(key.request_hash)
                .bind(id.to_string())
                .bind(administration.store.now().timestamp_millis())
                .execute(administration.tx.connection())
                .await?;
        }
        self.commit().await
    }
}
