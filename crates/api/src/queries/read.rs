use super::state::state;
use crate::{extract::Opened, wire};
use axum::Json;
use tessera_access::action::View;
use tessera_app::QueryRun;

/// How far a query has come, and what became of it.
#[utoipa::path(
    get,
    path = "/api/v1/queries/{id}",
    tag = "queries",
    params(("id" = String, Path, description = "the query's id")),
    responses(
        (status = 200, body = wire::query::QueryState),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn read_query(Opened(query): Opened<QueryRun, View>) -> Json<wire::query::QueryState> {
    Json(state(query.resource()))
}
