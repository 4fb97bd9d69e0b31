use super::{Page, describe, page_of};
use crate::{
    Api,
    extract::{Opened, SignedIn},
    problem::Problem,
    wire,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use tessera_access::{
    Scope,
    action::{Purge, Restore},
    visible,
};
use tessera_app::Trashed;
use wire::content::Trash;

/// What was thrown away, as far as the person may restore it.
#[utoipa::path(
    get,
    path = "/api/v1/trash",
    tag = "content",
    params(Page),
    responses(
        (status = 200, body = Trash),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 400, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_trash(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Trash>, Problem> {
    let (before, limit) = Page::parse(page)?;
    let scope: Scope<Trashed> = visible(&context);
    let (ids, next) = page_of(scope.nodes(before).map(|node| node.id), limit);
    let items = api.app.tenant(&context).all_trashed(&scope, &ids).await?;
    Ok(Json(Trash { items: items.iter().map(describe::trashed).collect(), next }))
}

/// Puts it back where it was.
#[utoipa::path(
    post,
    path = "/api/v1/trash/{item}/restore",
    tag = "content",
    params(
        ("item" = String, Path, description = "the id of what was thrown away"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn restore_trashed(
    State(api): State<Api>,
    Opened(item): Opened<Trashed, Restore>,
) -> Result<StatusCode, Problem> {
    api.app.act(item).await?.restore().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes it for ever.
#[utoipa::path(
    delete,
    path = "/api/v1/trash/{item}",
    tag = "content",
    params(
        ("item" = String, Path, description = "the id of what was thrown away"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn purge_trashed(
    State(api): State<Api>,
    Opened(item): Opened<Trashed, Purge>,
) -> Result<StatusCode, Problem> {
    api.app.act(item).await?.purge().await?;
    Ok(StatusCode::NO_CONTENT)
}
