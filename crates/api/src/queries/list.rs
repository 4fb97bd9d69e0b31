use super::state::state;
use crate::{Api, extract::SignedIn, wire};
use axum::{Json, extract::State};
use wire::query::Queries;

/// The queries that run and those that ran lately: the person's own, or everybody's for administrators.
#[utoipa::path(
    get,
    path = "/api/v1/queries",
    tag = "queries",
    responses((status = 200, body = Queries), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_queries(State(api): State<Api>, SignedIn(context): SignedIn) -> Json<Queries> {
    let permits = api.app.queries().list(&tessera_access::visible(&context));
    Json(Queries { queries: permits.iter().map(|permit| state(permit.resource())).collect() })
}
