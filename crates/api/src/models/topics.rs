use crate::{extract::Opened, problem::Problem, wire};
use axum::Json;
use tessera_access::action::Query;
use tessera_model::Model;
use wire::model::{TopicEntry, Topics};

/// The topics of a model that the person may query.
#[utoipa::path(
    get,
    path = "/api/v1/models/{model}/topics",
    tag = "models",
    params(("model" = String, Path, description = "the model's id")),
    responses(
        (status = 200, body = Topics),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_topics(Opened(model): Opened<Model, Query>) -> Result<Json<Topics>, Problem> {
    let entry = |topic: tessera_query::TopicEntry| TopicEntry {
        name: topic.name,
        label: topic.label,
        description: topic.description,
        base_view: topic.base_view,
    };
    Ok(Json(Topics { topics: tessera_query::topics(&model).into_iter().map(entry).collect() }))
}
