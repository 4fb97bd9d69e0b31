use crate::{Api, problem::Problem};
use axum::{extract::State, http::StatusCode};

/// The server can read its store.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "probes",
    responses((status = 204, description = "requests can be served"), (status = 500, description = "the store cannot be read")),
    security(())
)]
pub(crate) async fn ready(State(api): State<Api>) -> Result<StatusCode, Problem> {
    api.app.ready().await?;
    Ok(StatusCode::NO_CONTENT)
}
