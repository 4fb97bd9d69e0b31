use crate::{
    Api,
    extract::{JsonBody, LetIn, SignedIn, open_named},
    problem::Problem,
    wire,
};
use axum::{extract::State, http::StatusCode};
use std::sync::Arc;
use tessera_access::{Person, action::ViewAs};
use wire::session::SeeAs;

/// From the next request on, this session sees the product as somebody else does; it changes nothing.
#[utoipa::path(
    put,
    path = "/api/v1/session/view-as",
    tag = "session",
    request_body = SeeAs,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn view_as(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    entry: LetIn,
    JsonBody { shape, .. }: JsonBody<SeeAs>,
) -> Result<StatusCode, Problem> {
    let person = open_named::<Arc<Person>, ViewAs>(&api, &context, &shape.user).await?;
    api.app.view_as(&entry.session()?, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Back to one's own view of the product.
#[utoipa::path(
    delete,
    path = "/api/v1/session/view-as",
    tag = "session",
    responses((status = 204, description = "done"), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn end_viewing(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    entry: LetIn,
) -> Result<StatusCode, Problem> {
    api.app.end_viewing(&entry.session()?, context.arrival()).await?;
    Ok(StatusCode::NO_CONTENT)
}
