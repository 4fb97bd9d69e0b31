//! Grants and who has access: alike for folders and documents.
use super::describe;
use crate::{
    Api,
    access::{grantee_of, knows, name, written},
    extract::{Addressed, JsonBody, Opened, SignedIn, open_named},
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use std::sync::Arc;
use tessera_access::{
    AccessContext, Address, ContentAccess, ContentRole, Grantee, Permit, access_list,
    action::{CreateIn, Move, ReadAccess, Share, Transfer, Unshare},
    role_on,
};
use tessera_app::{Content, Document, Folder};
use wire::content::{AccessList, ForSupport, Grant, Grants, MoveTo, PersonAccess, SetGrant, SetOwner, SetRestriction};

fn grants<N: Content>(permit: &Permit<N, ReadAccess>) -> Json<Grants> {
    let snapshot = permit.context().snapshot();
    let node = snapshot.nodes().get(permit.resource().id());
    let grants = node.map(|node| node.grants.clone()).unwrap_or_default();
    let grant = |grant: &tessera_access::Grant| Grant {
        grantee: written(grant.to),
        name: name(snapshot, grant.to),
        role: grant.role.name(),
    };
    let known = grants.iter().filter(|grant| knows(permit.context(), grant.to));
    Json(Grants { grants: known.map(grant).collect() })
}

fn everybody<N: Content>(permit: &Permit<N, ReadAccess>) -> Json<AccessList> {
    let mut found: Vec<ContentAccess> = access_list(permit.context().snapshot(), permit.resource().id()).collect();
    found.retain(|one| knows(permit.context(), Grantee::User(one.person.id)));
    found.sort_by(|one, other| one.person.name.cmp(&other.person.name).then(one.person.id.cmp(&other.person.id)));
    let person = |access: &ContentAccess| PersonAccess {
        person: describe::person(permit.context().snapshot(), access.person.id),
        access: describe::role(access.role, &access.origin, permit.context().address_of(access.person.id)),
    };
    let support = permit.context().snapshot().supporters(permit.context().now());
    let support = support.filter_map(|(grant, standing)| {
        let (role, origin) = role_on(&standing, permit.resource().id())?;
        let access = describe::role(role, &origin, Address::They);
        Some(ForSupport { grant: grant.id.to_string(), expires_at: grant.expires_at.to_rfc3339(), access })
    });
    Json(AccessList { people: found.iter().map(person).collect(), support: support.collect() })
}

/// Raising takes more than lowering, where a folder above is locked.
async fn set_grant<N: Content + Addressed>(
    api: &Api,
    context: &Arc<AccessContext>,
    path: Result<Path<(String, String)>, PathRejection>,
    role: Option<ContentRole>,
) -> Result<StatusCode, Problem> {
    let Path((asked_as, grantee)) = path.map_err(|_| Problem::new(Kind::NotFound, "no such grant"))?;
    let unshare = open_named::<N, Unshare>(api, context, &asked_as).await?;
    let to = grantee_of(context, &grantee)?;
    let node = context.snapshot().nodes().get(unshare.resource().id());
    let before = node.and_then(|node| node.grants.iter().find(|grant| grant.to == to)).map(|grant| grant.role);
    match (role, before) {
        (None, None) => return Err(Problem::new(Kind::NotFound, format!("nothing is granted to `{grantee}` here"))),
        (role, Some(before)) if role <= Some(before) => api.app.act(unshare).await?.lower(to, role).await?,
        (Some(role), _) => {
            let share = open_named::<N, Share>(api, context, &asked_as).await?;
            api.app.act(share).await?.grant(to, role).await?;
        }
        (None, Some(_)) => {}
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn set_restricted<N: Content + Addressed>(
    api: &Api,
    context: &Arc<AccessContext>,
    asked_as: &str,
    restricted: bool,
) -> Result<StatusCode, Problem> {
    if restricted {
        let node = open_named::<N, Unshare>(api, context, asked_as).await?;
        api.app.act(node).await?.restrict().await?;
    } else {
        let node = open_named::<N, Share>(api, context, asked_as).await?;
        api.app.act(node).await?.inherit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn move_to<N: Content>(api: &Api, node: Permit<N, Move>, folder: &str) -> Result<StatusCode, Problem> {
    let into = open_named::<Folder, CreateIn>(api, node.context(), folder).await?;
    api.app.act(node).await?.move_to(into).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn transfer<N: Content>(api: &Api, node: Permit<N, Transfer>, owner: &str) -> Result<StatusCode, Problem> {
    let unknown = || Problem::new(Kind::UnknownName, format!("no person `{owner}`"));
    let to = owner.parse().map_err(|_| unknown())?;
    if !knows(node.context(), Grantee::User(to)) {
        return Err(unknown());
    }
    api.app.act(node).await?.transfer(to).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) fn content_role(name: &str) -> Result<ContentRole, Problem> {
    let roles = ContentRole::ALL.map(ContentRole::name).join(", ");
    ContentRole::from_name(name).ok_or_else(|| {
        Problem::new(Kind::UnknownName, format!("no content role `{name}`")).help(format!("one of {roles}"))
    })
}

/// What a folder itself grants.
#[utoipa::path(
    get,
    path = "/api/v1/folders/{folder}/grants",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
    ),
    responses(
        (status = 200, body = Grants),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_folder_grants(Opened(folder): Opened<Folder, ReadAccess>) -> Json<Grants> {
    grants(&folder)
}

/// Everybody who has access to a folder, and how they came to it.
#[utoipa::path(
    get,
    path = "/api/v1/folders/{folder}/access-list",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
    ),
    responses(
        (status = 200, body = AccessList),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn folder_access_list(Opened(folder): Opened<Folder, ReadAccess>) -> Json<AccessList> {
    everybody(&folder)
}

/// Grants a role on a folder, in the place of the one that was granted.
#[utoipa::path(
    put,
    path = "/api/v1/folders/{folder}/grants/{grantee}",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
        ("grantee" = String, Path, description = "`user:ID`, `group:ID` or `everyone`"),
    ),
    request_body = SetGrant,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn set_folder_grant(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
    JsonBody { shape, .. }: JsonBody<SetGrant>,
) -> Result<StatusCode, Problem> {
    set_grant::<Folder>(&api, &context, path, Some(content_role(&shape.role)?)).await
}

/// Takes a grant on a folder away.
#[utoipa::path(
    delete,
    path = "/api/v1/folders/{folder}/grants/{grantee}",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
        ("grantee" = String, Path, description = "`user:ID`, `group:ID` or `everyone`"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn take_folder_grant(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Problem> {
    set_grant::<Folder>(&api, &context, path, None).await
}

/// Cuts a folder off from what the folders above it grant, or lets it inherit that.
#[utoipa::path(
    put,
    path = "/api/v1/folders/{folder}/restriction",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
    ),
    request_body = SetRestriction,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn restrict_folder(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<String>, PathRejection>,
    JsonBody { shape, .. }: JsonBody<SetRestriction>,
) -> Result<StatusCode, Problem> {
    let Path(asked_as) = path.map_err(|_| Problem::new(Kind::NotFound, "no such folder"))?;
    set_restricted::<Folder>(&api, &context, &asked_as, shape.restricted).await
}

/// Puts a folder into another folder.
#[utoipa::path(
    put,
    path = "/api/v1/folders/{folder}/location",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = MoveTo,
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
pub(crate) async fn move_folder(
    State(api): State<Api>,
    Opened(folder): Opened<Folder, Move>,
    expected: crate::extract::Expected,
    JsonBody { shape, .. }: JsonBody<MoveTo>,
) -> Result<StatusCode, Problem> {
    expected.require(folder.resource().version)?;
    move_to(&api, folder, &shape.folder).await
}

/// Names another owner of a folder.
#[utoipa::path(
    put,
    path = "/api/v1/folders/{folder}/owner",
    tag = "content",
    params(
        ("folder" = String, Path, description = "a folder's id, `shared` or `mine`"),
    ),
    request_body = SetOwner,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn transfer_folder(
    State(api): State<Api>,
    Opened(folder): Opened<Folder, Transfer>,
    JsonBody { shape, .. }: JsonBody<SetOwner>,
) -> Result<StatusCode, Problem> {
    transfer(&api, folder, &shape.owner).await
}

/// What a document itself grants.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{document}/grants",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    responses(
        (status = 200, body = Grants),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_document_grants(Opened(document): Opened<Document, ReadAccess>) -> Json<Grants> {
    grants(&document)
}

/// Everybody who has access to a document, and how they came to it.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{document}/access-list",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    responses(
        (status = 200, body = AccessList),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn document_access_list(Opened(document): Opened<Document, ReadAccess>) -> Json<AccessList> {
    everybody(&document)
}

/// Grants a role on a document, in the place of the one that was granted.
#[utoipa::path(
    put,
    path = "/api/v1/documents/{document}/grants/{grantee}",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
        ("grantee" = String, Path, description = "`user:ID`, `group:ID` or `everyone`"),
    ),
    request_body = SetGrant,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn set_document_grant(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
    JsonBody { shape, .. }: JsonBody<SetGrant>,
) -> Result<StatusCode, Problem> {
    set_grant::<Document>(&api, &context, path, Some(content_role(&shape.role)?)).await
}

/// Takes a grant on a document away.
#[utoipa::path(
    delete,
    path = "/api/v1/documents/{document}/grants/{grantee}",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
        ("grantee" = String, Path, description = "`user:ID`, `group:ID` or `everyone`"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn take_document_grant(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Problem> {
    set_grant::<Document>(&api, &context, path, None).await
}

/// Cuts a document off from what the folders above it grant, or lets it inherit that.
#[utoipa::path(
    put,
    path = "/api/v1/documents/{document}/restriction",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    request_body = SetRestriction,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn restrict_document(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<String>, PathRejection>,
    JsonBody { shape, .. }: JsonBody<SetRestriction>,
) -> Result<StatusCode, Problem> {
    let Path(asked_as) = path.map_err(|_| Problem::new(Kind::NotFound, "no such document"))?;
    set_restricted::<Document>(&api, &context, &asked_as, shape.restricted).await
}

/// Puts a document into another folder.
#[utoipa::path(
    put,
    path = "/api/v1/documents/{document}/location",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = MoveTo,
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
pub(crate) async fn move_document(
    State(api): State<Api>,
    Opened(document): Opened<Document, Move>,
    expected: crate::extract::Expected,
    JsonBody { shape, .. }: JsonBody<MoveTo>,
) -> Result<StatusCode, Problem> {
    expected.require(document.resource().version)?;
    move_to(&api, document, &shape.folder).await
}

/// Names another owner of a document.
#[utoipa::path(
    put,
    path = "/api/v1/documents/{document}/owner",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    request_body = SetOwner,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn transfer_document(
    State(api): State<Api>,
    Opened(document): Opened<Document, Transfer>,
    JsonBody { shape, .. }: JsonBody<SetOwner>,
) -> Result<StatusCode, Problem> {
    transfer(&api, document, &shape.owner).await
}
