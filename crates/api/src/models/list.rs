use crate::{Api, extract::SignedIn, problem::Problem, wire};
use axum::{Json, extract::State};
use tessera_app::ListedModel;
use wire::model::{Model, ModelCan, Models};

/// The models that the person may see, and what they may do with each.
#[utoipa::path(
    get,
    path = "/api/v1/models",
    tag = "models",
    responses((status = 200, body = Models), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_models(State(api): State<Api>, SignedIn(context): SignedIn) -> Result<Json<Models>, Problem> {
    let models = api.app.list_models(&context).await?;
    Ok(Json(Models { models: models.into_iter().map(model).collect() }))
}

fn model(listed: ListedModel) -> Model {
    let can = ModelCan {
        query_topics: listed.query_topics.into(),
        query_all_views: listed.query_all_views.into(),
        write_sql: listed.write_sql.into(),
        view_sql: listed.view_sql.into(),
        download: listed.download.into(),
    };
    Model { id: listed.name, label: listed.label, connection: listed.connection, version: listed.version, can }
}
