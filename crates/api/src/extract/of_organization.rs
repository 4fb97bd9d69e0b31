use super::SignedIn;
use crate::{Api, problem::Problem};
use axum::{extract::FromRequestParts, http::request::Parts};
use std::sync::Arc;
use tessera_access::{Permit, Profile, action::Action, open};

/// The person's own organization, for one action: a handler that asks for it runs only for those who may.
pub(crate) struct OfOrganization<A>(pub(crate) Permit<Arc<Profile>, A>);

impl<A: Action> FromRequestParts<Api> for OfOrganization<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let SignedIn(context) = SignedIn::from_request_parts(parts, api).await?;
        let sealed = api.app.tenant(&context).organization();
        let denied = match open(&context, &context.organization().to_string(), Some(sealed)) {
            Ok(permit) => return Ok(Self(permit)),
            Err(denied) => denied,
        };
        Err(api.app.deny(&context, denied).await.into())
    }
}
