use crate::{
    Api,
    extract::{JsonBody, SignedIn, read_field_name},
    problem::Problem,
    wire,
};
use axum::{Json, extract::State};
use tessera_base::QueryId;
use wire::query::{Suggest, Suggestions};

/// Values to choose from in a filter.
#[utoipa::path(
    post,
    path = "/api/v1/queries/suggest",
    tag = "queries",
    request_body = Suggest,
    responses(
        (status = 200, body = Suggestions),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 429, body = wire::problem::Problem),
    )
)]
pub(crate) async fn suggest(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    JsonBody { shape, .. }: JsonBody<Suggest>,
) -> Result<Json<Suggestions>, Problem> {
    let Suggest { model, topic, field, contains, limit } = shape;
    let field = read_field_name(&field)?;
    let id = QueryId::new(context.request_id().uuid());
    let suggest = tessera_app::Suggest { model, topic, field, contains, limit };
    let tessera_app::Suggestions { values, truncated } = api.app.suggest(&context, id, &suggest).await?;
    Ok(Json(Suggestions { values, truncated }))
}
