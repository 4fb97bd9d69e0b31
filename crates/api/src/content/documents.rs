use super::{Page, describe, name, page_of};
use crate::{
    Api,
    extract::{Expected, JsonBody, Once, Opened, SignedIn, etag, open_named},
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::IntoResponse,
};
use tessera_access::{
    Ability, AbilitySet, Connection, ContentThrough, DocumentAbility, Scope,
    action::{CreateDocuments, CreateIn, Edit, SetSwitches, Trash, View},
    role_on, visible,
};
use tessera_app::{Document, Folder};
use wire::content::{CreateDocument, Created, Documents, Rename, SetSlug, Switches};

/// The documents that the person may open, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/documents",
    tag = "content",
    params(Page),
    responses(
        (status = 200, body = Documents),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 400, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_documents(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Documents>, Problem> {
    let (before, limit) = Page::parse(page)?;
    let scope: Scope<Document> = visible(&context);
    let (ids, next) = page_of(scope.nodes(before).map(|node| node.id), limit);
    let documents = api.app.tenant(&context).documents(&scope, &ids).await?;
    Ok(Json(Documents { documents: documents.iter().map(describe::document).collect(), next }))
}

/// What others granted to the person, their groups or everyone: *Shared with me*.
#[utoipa::path(
    get,
    path = "/api/v1/shared-with-me",
    tag = "content",
    params(Page),
    responses(
        (status = 200, body = Documents),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 400, body = wire::problem::Problem),
    )
)]
pub(crate) async fn shared_with_me(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Documents>, Problem> {
    let (before, limit) = Page::parse(page)?;
    let scope: Scope<Document> = visible(&context);
    let shared = scope.nodes(before).filter(|node| {
        let through = role_on(context.standing(), node.id).map(|(_, origin)| origin.through);
        !matches!(through, None | Some(ContentThrough::Owner | ContentThrough::Administrator))
    });
    let (ids, next) = page_of(shared.map(|node| node.id), limit);
    let documents = api.app.tenant(&context).documents(&scope, &ids).await?;
    Ok(Json(Documents { documents: documents.iter().map(describe::document).collect(), next }))
}

/// A document without what is in it, and what the person may do with it.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{document}",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    responses(
        (status = 200, body = wire::content::Document),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_document(Opened(document): Opened<Document, View>) -> impl IntoResponse {
    (etag(document.resource().version), Json(describe::document(&document)))
}

/// Makes an empty document, which belongs to whoever makes it.
#[utoipa::path(
    post,
    path = "/api/v1/documents",
    tag = "content",
    params(("Idempotency-Key" = Option<String>, Header, description = "one creation's name: sent twice, it happens once")),
    request_body = CreateDocument,
    responses(
        (status = 201, body = Created),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn create_document(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    once: Once,
    JsonBody { shape, text }: JsonBody<CreateDocument>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let on = open_named::<Connection, CreateDocuments>(&api, &context, &shape.connection).await?;
    let folder = open_named::<Folder, CreateIn>(&api, &context, &shape.folder).await?;
    let mut act = api.app.act(folder).await?;
    if let Some(id) = act.once(once.of(&text)?).await? {
        return Ok((StatusCode::CREATED, Json(Created { id })));
    }
    let id = act.create_document(name(&shape.name)?, on).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// Gives a document another name.
#[utoipa::path(
    patch,
    path = "/api/v1/documents/{document}",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = Rename,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn rename_document(
    State(api): State<Api>,
    Opened(document): Opened<Document, Edit>,
    expected: Expected,
    JsonBody { shape, .. }: JsonBody<Rename>,
) -> Result<StatusCode, Problem> {
    expected.require(document.resource().version)?;
    api.app.act(document).await?.rename(name(&shape.name)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a document another slug, or none.
#[utoipa::path(
    put,
    path = "/api/v1/documents/{document}/slug",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = SetSlug,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn set_slug(
    State(api): State<Api>,
    Opened(document): Opened<Document, Edit>,
    expected: Expected,
    JsonBody { shape, .. }: JsonBody<SetSlug>,
) -> Result<StatusCode, Problem> {
    expected.require(document.resource().version)?;
    api.app.act(document).await?.set_slug(shape.slug.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a document lets its readers do, before what the organization says.
#[utoipa::path(
    put,
    path = "/api/v1/documents/{document}/switches",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    request_body = Switches,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn set_switches(
    State(api): State<Api>,
    Opened(document): Opened<Document, SetSwitches>,
    JsonBody { shape, .. }: JsonBody<Switches>,
) -> Result<StatusCode, Problem> {
    let (on, off) = (abilities(&shape.on)?, abilities(&shape.off)?);
    if !on.common(off).is_empty() {
        return Err(Problem::new(Kind::InvalidValue, "an ability is either on or off"));
    }
    api.app.act(document).await?.set_switches(tessera_access::Switches { on, off }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn abilities(names: &[String]) -> Result<AbilitySet<DocumentAbility>, Problem> {
    let unknown = |name: &String| Problem::new(Kind::UnknownName, format!("no document ability `{name}`"));
    names.iter().map(|name| DocumentAbility::from_name(name).ok_or_else(|| unknown(name))).collect()
}

/// Throws a document away.
#[utoipa::path(
    delete,
    path = "/api/v1/documents/{document}",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn trash_document(
    State(api): State<Api>,
    Opened(document): Opened<Document, Trash>,
) -> Result<StatusCode, Problem> {
    api.app.act(document).await?.throw_away().await?;
    Ok(StatusCode::NO_CONTENT)
}
