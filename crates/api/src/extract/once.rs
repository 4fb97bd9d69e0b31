use crate::{Api, problem::Problem};
use axum::{extract::FromRequestParts, http::request::Parts};
use tessera_app::IdempotencyKey;

/// What `Idempotency-Key` calls a creation, so that one which is sent twice happens once.
pub(crate) struct Once {
    key: Option<String>,
    operation: String,
}

impl Once {
    pub(crate) fn of(&self, body: &str) -> Result<Option<IdempotencyKey>, Problem> {
        let key = self.key.as_deref().map(|key| IdempotencyKey::new(key, &self.operation, body));
        Ok(key.transpose()?)
    }
}

impl FromRequestParts<Api> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        let key = parts.headers.get("idempotency-key");
        let key = key.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
        Ok(Self { key, operation: format!("{} {}", parts.method, parts.uri.path()) })
    }
}
