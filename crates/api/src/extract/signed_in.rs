use super::SessionToken;
use crate::{Api, problem::Problem};
use axum::{extract::FromRequestParts, http::request::Parts};
use std::sync::Arc;
use tessera_access::AccessContext;
use tessera_app::{Identified, Session};
use tessera_base::Arrival;

/// A person with a living session, and what they hold at this moment.
pub(crate) struct SignedIn(pub(crate) Arc<AccessContext>);

impl FromRequestParts<Api> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        if let Some(context) = parts.extensions.get::<Arc<AccessContext>>() {
            return Ok(Self(context.clone()));
        }
        let Ok(SessionToken(token)) = SessionToken::from_request_parts(parts, api).await;
        let token = token.ok_or_else(Problem::not_signed_in)?;
        let arrival = parts.extensions.get::<Arrival>().copied().ok_or_else(Problem::not_signed_in)?;
        let found = api.app.identify(&token, arrival).await?;
        let Identified { session, standing, now } = found.ok_or_else(Problem::not_signed_in)?;
        parts.extensions.insert(session);
        #[expect(clippy::disallowed_methods, reason = "this is the gate")]
        let context = Arc::new(AccessContext::establish(arrival, now, standing));
        parts.extensions.insert(context.clone());
        Ok(Self(context))
    }
}

/// The session that the request came with.
pub(crate) struct OfSession(pub(crate) Session);

impl FromRequestParts<Api> for OfSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        SignedIn::from_request_parts(parts, api).await?;
        parts.extensions.get::<Session>().copied().map(Self).ok_or_else(Problem::not_signed_in)
    }
}
