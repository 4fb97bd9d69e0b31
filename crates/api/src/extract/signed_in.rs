use super::SessionToken;
use crate::{Api, problem::Problem};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header::AUTHORIZATION, request::Parts},
};
use std::sync::Arc;
use tessera_access::AccessContext;
use tessera_app::{Entry, Identified, Session};
use tessera_base::Arrival;

/// A person with a living session, and what they hold at this moment.
pub(crate) struct SignedIn(pub(crate) Arc<AccessContext>);

impl FromRequestParts<Api> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        if let Some(context) = parts.extensions.get::<Arc<AccessContext>>() {
            return Ok(Self(context.clone()));
        }
        let arrival = parts.extensions.get::<Arrival>().copied().ok_or_else(Problem::not_signed_in)?;
        // INVARIANT: whoever sends a key is nobody else, whatever their cookies say.
        let found = match parts.headers.get(AUTHORIZATION) {
            Some(sent) => api.app.identify_key(bearer(sent).ok_or_else(Problem::not_signed_in)?, arrival).await?,
            None => {
                let Ok(SessionToken(token)) = SessionToken::from_request_parts(parts, api).await;
                api.app.identify(&token.ok_or_else(Problem::not_signed_in)?, arrival).await?
            }
        };
        let Identified { entry, standing, now } = found.ok_or_else(Problem::not_signed_in)?;
        #[expect(clippy::disallowed_methods, reason = "this is the gate")]
        let context = Arc::new(AccessContext::establish(arrival, now, standing));
        if let Entry::Support(session) = &entry {
            let (method, path) = (parts.method.as_str(), parts.uri.path());
            api.app.record_support_step(session, &context, method, path).await?;
        }
        parts.extensions.insert(entry);
        parts.extensions.insert(context.clone());
        Ok(Self(context))
    }
}

fn bearer(sent: &HeaderValue) -> Option<&str> {
    let (scheme, token) = sent.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// What let the request in.
pub(crate) struct LetIn(pub(crate) Entry);

impl FromRequestParts<Api> for LetIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        SignedIn::from_request_parts(parts, api).await?;
        parts.extensions.get::<Entry>().cloned().map(Self).ok_or_else(Problem::not_signed_in)
    }
}

impl LetIn {
    /// A person's own session.
    pub(crate) fn session(self) -> Result<Session, Problem> {
        match self.0 {
            Entry::Session(session) => Ok(session),
            Entry::Support(_) | Entry::Key(_) => Err(Problem::not_signed_in()),
        }
    }
}
