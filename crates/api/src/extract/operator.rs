use super::cookie::Realm;
use crate::{Api, problem::Problem};
use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};
use tessera_app::OperatorSession;

/// One of the operator's staff with a living session, which is in no organization.
pub(crate) struct SignedInOperator(pub(crate) OperatorSession);

impl FromRequestParts<Api> for SignedInOperator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        // Whoever sends a key is nobody else, whatever their cookies say.
        if parts.headers.contains_key(AUTHORIZATION) {
            return Err(Problem::not_signed_in());
        }
        let token = api.settings.cookie.read(Realm::Operator, &parts.headers).ok_or_else(Problem::not_signed_in)?;
        api.app.identify_operator(&token).await?.map(Self).ok_or_else(Problem::not_signed_in)
    }
}
