use super::SessionToken;
use crate::{
    Api,
    problem::{Kind, Problem},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use std::sync::Arc;
use tessera_access::{AccessContext, Requirement};
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
        let found = match parts.headers.contains_key(AUTHORIZATION) {
            true => api.app.identify_key(bearer(&parts.headers).ok_or_else(Problem::not_signed_in)?, arrival).await?,
            false => {
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

/// The key, unless it is sent twice.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let (scheme, token) = sent.next()?.to_str().ok()?.split_once(' ')?;
    (sent.next().is_none() && scheme.eq_ignore_ascii_case("bearer")).then_some(token.trim())
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
        let Entry::Session(session) = self.by_browser()? else { return Err(Problem::not_signed_in()) };
        Ok(session)
    }

    /// Whatever ends by signing out.
    pub(crate) fn by_browser(self) -> Result<Entry, Problem> {
        match self.0 {
            Entry::Key(_) => Err(Problem::new(Kind::Forbidden, "there is no session to end or to change")
                .needs(vec![Requirement::OwnSession.to_string()])),
            entry => Ok(entry),
        }
    }
}
