use crate::{
    Api,
    extract::{LetIn, Realm, SignedIn},
    problem::Problem,
};
use axum::{
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};

/// Ends the session.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    tag = "session",
    responses(
        (status = 204, description = "signed out"),
        (status = 401, body = crate::wire::problem::Problem),
        (status = 403, body = crate::wire::problem::Problem),
    )
)]
pub(crate) async fn end_session(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    entry: LetIn,
) -> Result<Response, Problem> {
    api.app.sign_out(&entry.by_browser()?, context.arrival()).await?;
    let cleared = api.settings.cookie.clear(Realm::Organization).map(|cookie| [(SET_COOKIE, cookie)]);
    Ok((StatusCode::NO_CONTENT, cleared, ()).into_response())
}
