use crate::{extract::Opened, wire};
use axum::http::StatusCode;
use tessera_access::action::Cancel;
use tessera_app::{Queries, QueryRun};

/// Stops a query; its own request answers `cancelled`.
#[utoipa::path(
    delete,
    path = "/api/v1/queries/{id}",
    tag = "queries",
    params(("id" = String, Path, description = "the query's id")),
    responses(
        (status = 204, description = "the query stops"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn cancel_query(Opened(query): Opened<QueryRun, Cancel>) -> StatusCode {
    Queries::cancel(&query);
    StatusCode::NO_CONTENT
}
