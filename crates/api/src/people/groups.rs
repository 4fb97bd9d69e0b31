use super::{describe, name};
use crate::{
    Api,
    access::{grantee_of, name as name_of, written},
    extract::{Expected, JsonBody, OfOrganization, Once, Opened, SignedIn, etag, fingerprint, open_named},
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::IntoResponse,
};
use std::sync::Arc;
use tessera_access::{
    AccessContext, Grantee, Group,
    action::{AddGroup, Edit, Remove, SetMembers, View},
    visible,
};
use tessera_app::{GroupKey, GroupMember};
use wire::{
    content::{Created, Rename},
    people,
};

/// The groups of the organization, by name.
#[utoipa::path(
    get,
    path = "/api/v1/groups",
    tag = "people",
    responses((status = 200, body = people::GroupList), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_groups(State(api): State<Api>, SignedIn(context): SignedIn) -> Json<people::GroupList> {
    let groups = api.app.tenant(&context).groups(&visible(&context));
    Json(people::GroupList { groups: groups.iter().map(describe::group).collect() })
}

/// Makes a group, in which nobody is.
#[utoipa::path(
    post,
    path = "/api/v1/groups",
    tag = "people",
    params(("Idempotency-Key" = Option<String>, Header, description = "one creation's name: sent twice, it happens once")),
    request_body = people::AddGroup,
    responses(
        (status = 201, body = Created),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn add_group(
    State(api): State<Api>,
    OfOrganization(organization): OfOrganization<AddGroup>,
    once: Once,
    JsonBody { shape, text }: JsonBody<people::AddGroup>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let (key, name) = (GroupKey::parse(&shape.key)?, name(&shape.name)?);
    let mut act = api.app.act(organization).await?;
    if let Some(id) = act.once(once.of(&text)?).await? {
        return Ok((StatusCode::CREATED, Json(Created { id })));
    }
    let id = act.add_group(&key, &name).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

fn version(group: &Group) -> u64 {
    fingerprint(&group.name)
}

/// One group, and what may be done with it.
#[utoipa::path(
    get,
    path = "/api/v1/groups/{group}",
    tag = "people",
    params(("group" = String, Path, description = "a group's id or key")),
    responses(
        (status = 200, body = people::GroupDetails),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_group(Opened(group): Opened<Arc<Group>, View>) -> impl IntoResponse {
    (etag(version(group.resource())), Json(describe::group(&group)))
}

/// Gives a group another name.
#[utoipa::path(
    patch,
    path = "/api/v1/groups/{group}",
    tag = "people",
    params(
        ("group" = String, Path, description = "a group's id or key"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = Rename,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn rename_group(
    State(api): State<Api>,
    Opened(group): Opened<Arc<Group>, Edit>,
    expected: Expected,
    JsonBody { shape, .. }: JsonBody<Rename>,
) -> Result<StatusCode, Problem> {
    expected.require(version(group.resource()))?;
    api.app.act(group).await?.rename_group(&name(&shape.name)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a group, with all that it gave to its members.
#[utoipa::path(
    delete,
    path = "/api/v1/groups/{group}",
    tag = "people",
    params(("group" = String, Path, description = "a group's id or key")),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn remove_group(
    State(api): State<Api>,
    Opened(group): Opened<Arc<Group>, Remove>,
) -> Result<StatusCode, Problem> {
    api.app.act(group).await?.remove_group().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is in a group directly.
#[utoipa::path(
    get,
    path = "/api/v1/groups/{group}/members",
    tag = "people",
    params(("group" = String, Path, description = "a group's id or key")),
    responses(
        (status = 200, body = people::Members),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_members(Opened(group): Opened<Arc<Group>, View>) -> Json<people::Members> {
    let (id, snapshot) = (group.resource().id, group.context().snapshot());
    let people = snapshot.people().filter(|person| person.groups.contains(&id)).map(|p| Grantee::User(p.id));
    let inner = snapshot.groups().iter().filter(|inner| inner.groups.contains(&id)).map(|g| Grantee::Group(g.id));
    let member = |one| people::Member { member: written(one), name: name_of(snapshot, one) };
    let sorted = |mut members: Vec<people::Member>| {
        members.sort_by(|one, other| (&one.name, &one.member).cmp(&(&other.name, &other.member)));
        members
    };
    let people = sorted(people.map(member).collect());
    let inner = sorted(inner.map(member).collect());
    Json(people::Members { members: people.into_iter().chain(inner).collect() })
}

/// The group, and a person or group of the same organization.
async fn members_of(
    api: &Api,
    context: &Arc<AccessContext>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<(tessera_access::Permit<Arc<Group>, SetMembers>, GroupMember), Problem> {
    let Path((group, member)) = path.map_err(|_| Problem::new(Kind::NotFound, "no such member"))?;
    let group = open_named::<Arc<Group>, SetMembers>(api, context, &group).await?;
    let member = match grantee_of(context, &member)? {
        Grantee::User(id) => GroupMember::User(id),
        Grantee::Group(id) => GroupMember::Group(id),
        Grantee::Everyone => {
            return Err(
                Problem::new(Kind::UnknownName, "everyone is no member").help("`user:ID` or `group:ID`".to_owned())
            );
        }
    };
    Ok((group, member))
}

/// Puts somebody, or another group with all that are in it, into a group. Nobody lets others into what they lack.
#[utoipa::path(
    put,
    path = "/api/v1/groups/{group}/members/{member}",
    tag = "people",
    params(
        ("group" = String, Path, description = "a group's id or key"),
        ("member" = String, Path, description = "`user:ID` or `group:ID`"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn add_member(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let (group, member) = members_of(&api, &context, path).await?;
    api.app.act(group).await?.add_member(member).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody, or another group, out of a group.
#[utoipa::path(
    delete,
    path = "/api/v1/groups/{group}/members/{member}",
    tag = "people",
    params(
        ("group" = String, Path, description = "a group's id or key"),
        ("member" = String, Path, description = "`user:ID` or `group:ID`"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn remove_member(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let (group, member) = members_of(&api, &context, path).await?;
    api.app.act(group).await?.remove_member(member).await?;
    Ok(StatusCode::NO_CONTENT)
}
