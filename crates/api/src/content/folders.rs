use super::{Page, describe, name, page_of};
use crate::{
    Api,
    extract::{Expected, JsonBody, Once, Opened, SignedIn, etag, open_named},
    problem::Problem,
    wire,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::IntoResponse,
};
use tessera_access::{
    Scope,
    action::{CreateIn, Edit, Lock, Trash, View},
    visible,
};
use tessera_app::{Document, Folder};
use tessera_base::NodeId;
use wire::content::{Children, CreateFolder, Created, Rename, SetLock};

/// A folder, and what the person may do with it.
#[utoipa::path(
    get,
    path = "/api/v1/folders/{folder}",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
    ),
    responses(
        (status = 200, body = wire::content::Folder),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_folder(Opened(folder): Opened<Folder, View>) -> impl IntoResponse {
    (etag(folder.resource().version), Json(describe::folder(&folder)))
}

/// What is in a folder, as far as the person may know of it: newest first, folders before documents.
#[utoipa::path(
    get,
    path = "/api/v1/folders/{folder}/children",
    tag = "content",
    params(
        Page,
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
    ),
    responses(
        (status = 200, body = Children),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 400, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_children(
    State(api): State<Api>,
    Opened(folder): Opened<Folder, View>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Children>, Problem> {
    let (before, limit) = Page::parse(page)?;
    let (parent, context) = (folder.resource().id, folder.context());
    let (folders, documents): (Scope<Folder>, Scope<Document>) = (visible(context), visible(context));
    let inside = |node: &&tessera_access::Node| node.parent == Some(parent);
    let past_folders = before.is_some_and(|id| context.snapshot().nodes().get(id).is_some_and(is_document));
    let inner_folders = folders.nodes(before).filter(|_| !past_folders).filter(inside);
    let inner_documents = documents.nodes(before.filter(|_| past_folders)).filter(inside);
    let (ids, next) = page_of(inner_folders.chain(inner_documents).map(|node| node.id), limit);
    let tenant = api.app.tenant(context);
    Ok(Json(Children {
        folders: tenant.folders(&folders, &ids).await?.iter().map(describe::folder).collect(),
        documents: tenant.documents(&documents, &ids).await?.iter().map(describe::document).collect(),
        next,
    }))
}

fn is_document(node: &tessera_access::Node) -> bool {
    node.kind == tessera_access::NodeKind::Document
}

/// Makes a folder, which belongs to whoever makes it.
#[utoipa::path(
    post,
    path = "/api/v1/folders",
    tag = "content",
    params(("Idempotency-Key" = Option<String>, Header, description = "one creation's name: sent twice, it happens once")),
    request_body = CreateFolder,
    responses(
        (status = 201, body = Created),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn create_folder(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    once: Once,
    JsonBody { shape, text }: JsonBody<CreateFolder>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let parent = open_named::<Folder, CreateIn>(&api, &context, &shape.parent).await?;
    let mut act = api.app.act(parent).await?;
    if let Some(id) = act.once(once.of(&text)?).await? {
        return Ok((StatusCode::CREATED, Json(Created { id })));
    }
    let id: NodeId = act.create_folder(name(&shape.name)?).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// Gives a folder another name.
#[utoipa::path(
    patch,
    path = "/api/v1/folders/{folder}",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = Rename,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn rename_folder(
    State(api): State<Api>,
    Opened(folder): Opened<Folder, Edit>,
    expected: Expected,
    JsonBody { shape, .. }: JsonBody<Rename>,
) -> Result<StatusCode, Problem> {
    expected.require(folder.resource().version)?;
    api.app.act(folder).await?.rename(name(&shape.name)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Locks or unlocks a folder: below a locked one, its managers alone share.
#[utoipa::path(
    put,
    path = "/api/v1/folders/{folder}/lock",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
    ),
    request_body = SetLock,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn lock_folder(
    State(api): State<Api>,
    Opened(folder): Opened<Folder, Lock>,
    JsonBody { shape, .. }: JsonBody<SetLock>,
) -> Result<StatusCode, Problem> {
    api.app.act(folder).await?.set_locked(shape.locked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Throws a folder away, with all that is in it.
#[utoipa::path(
    delete,
    path = "/api/v1/folders/{folder}",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn trash_folder(
    State(api): State<Api>,
    Opened(folder): Opened<Folder, Trash>,
) -> Result<StatusCode, Problem> {
    api.app.act(folder).await?.throw_away().await?;
    Ok(StatusCode::NO_CONTENT)
}
