use super::{PeoplePage, describe, email, name, organization_role, timezone};
use crate::{
    Api,
    extract::{Expected, JsonBody, OfOrganization, Once, Opened, SignedIn, etag, fingerprint},
    problem::{Kind, Problem},
    session::whoami,
    wire,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::IntoResponse,
};
use std::sync::Arc;
use tessera_access::{
    Person,
    action::{AddPerson, Edit, Explain, Remove, SetRole, SetStatus, SignOut, TakeOver, View},
    visible,
};
use tessera_app::{UserEdit, UserStatus};
use wire::{content::Created, people};

/// The people of the organization, by name, as far as this person may know of them.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    tag = "people",
    params(PeoplePage),
    responses(
        (status = 200, body = people::Users),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_users(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    page: Result<Query<PeoplePage>, QueryRejection>,
) -> Result<Json<people::Users>, Problem> {
    let (after, limit, search) = PeoplePage::parse(page)?;
    let scope = visible(&context);
    let tenant = api.app.tenant(&context);
    let mut found = tenant.people(&scope, after, &search);
    let users: Vec<people::User> = found.by_ref().take(limit).map(|permit| describe::user(&permit)).collect();
    let next = found.next().and(users.last().map(|user| user.id.clone()));
    Ok(Json(people::Users { users, next }))
}

/// Adds somebody, who may sign in with this address.
#[utoipa::path(
    post,
    path = "/api/v1/users",
    tag = "people",
    params(("Idempotency-Key" = Option<String>, Header, description = "one creation's name: sent twice, it happens once")),
    request_body = people::AddUser,
    responses(
        (status = 201, body = Created),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn add_user(
    State(api): State<Api>,
    OfOrganization(organization): OfOrganization<AddPerson>,
    once: Once,
    JsonBody { shape, text }: JsonBody<people::AddUser>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let (email, name) = (email(&shape.email)?, name(&shape.name)?);
    let role = organization_role(shape.organization_role.as_deref().unwrap_or("member"))?;
    let timezone = shape.timezone.as_deref().map(timezone).transpose()?;
    let mut act = api.app.act(organization).await?;
    if let Some(id) = act.once(once.of(&text)?).await? {
        return Ok((StatusCode::CREATED, Json(Created { id })));
    }
    let id = act.add_user(&email, &name, role, timezone).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

fn version(person: &Person) -> u64 {
    fingerprint(&(&person.email, &person.name, person.timezone))
}

/// One person, and what may be done with them.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}",
    tag = "people",
    params(("user" = String, Path, description = "a person's id, or `me`")),
    responses(
        (status = 200, body = people::User),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_user(Opened(person): Opened<Arc<Person>, View>) -> impl IntoResponse {
    (etag(version(person.resource())), Json(describe::user(&person)))
}

/// Changes somebody's name, e-mail address or time zone.
#[utoipa::path(
    patch,
    path = "/api/v1/users/{user}",
    tag = "people",
    params(
        ("user" = String, Path, description = "a person's id, or `me`"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = people::EditUser,
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
pub(crate) async fn edit_user(
    State(api): State<Api>,
    Opened(person): Opened<Arc<Person>, Edit>,
    expected: Expected,
    JsonBody { shape, .. }: JsonBody<people::EditUser>,
) -> Result<StatusCode, Problem> {
    expected.require(version(person.resource()))?;
    let edit = UserEdit {
        email: shape.email.as_deref().map(email).transpose()?,
        name: shape.name.as_deref().map(name).transpose()?,
        timezone: shape.timezone.map(|given| given.as_deref().map(timezone).transpose()).transpose()?,
    };
    api.app.act(person).await?.edit_user(edit).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes somebody for good: they hold nothing any more. What they own stays until somebody takes it over.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{user}",
    tag = "people",
    params(("user" = String, Path, description = "a person's id, or `me`")),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn remove_user(
    State(api): State<Api>,
    Opened(person): Opened<Arc<Person>, Remove>,
) -> Result<StatusCode, Problem> {
    api.app.act(person).await?.remove_user().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives somebody another role in the organization; nobody gives what they lack, and the last admin stays.
#[utoipa::path(
    put,
    path = "/api/v1/users/{user}/role",
    tag = "people",
    params(("user" = String, Path, description = "a person's id, or `me`")),
    request_body = people::SetUserRole,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn set_user_role(
    State(api): State<Api>,
    Opened(person): Opened<Arc<Person>, SetRole>,
    JsonBody { shape, .. }: JsonBody<people::SetUserRole>,
) -> Result<StatusCode, Problem> {
    let role = organization_role(&shape.organization_role)?;
    api.app.act(person).await?.set_role(role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Suspends somebody, whose sessions end, or brings them back.
#[utoipa::path(
    put,
    path = "/api/v1/users/{user}/status",
    tag = "people",
    params(("user" = String, Path, description = "a person's id, or `me`")),
    request_body = people::SetStatus,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn set_user_status(
    State(api): State<Api>,
    Opened(person): Opened<Arc<Person>, SetStatus>,
    JsonBody { shape, .. }: JsonBody<people::SetStatus>,
) -> Result<StatusCode, Problem> {
    let status = UserStatus::from_name(&shape.status).ok_or_else(|| {
        Problem::new(Kind::InvalidValue, format!("no status `{}`", shape.status))
            .help("`active` or `suspended`".to_owned())
    })?;
    api.app.act(person).await?.set_status(status).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs somebody out of every browser.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{user}/sessions",
    tag = "people",
    params(("user" = String, Path, description = "a person's id, or `me`")),
    responses(
        (status = 200, body = people::Counted, description = "how many sessions ended"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn sign_out_user(
    State(api): State<Api>,
    Opened(person): Opened<Arc<Person>, SignOut>,
) -> Result<Json<people::Counted>, Problem> {
    let count = api.app.act(person).await?.sign_out().await?;
    Ok(Json(people::Counted { count }))
}

/// Makes somebody the owner of all that a person left behind who was suspended or removed.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/take-over",
    tag = "people",
    params(("user" = String, Path, description = "the id of the person who is gone")),
    request_body = people::TakeOver,
    responses(
        (status = 200, body = people::Counted, description = "how much changed hands"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn take_over(
    State(api): State<Api>,
    Opened(person): Opened<Arc<Person>, TakeOver>,
    JsonBody { shape, .. }: JsonBody<people::TakeOver>,
) -> Result<Json<people::Counted>, Problem> {
    let unknown = || Problem::new(Kind::UnknownName, format!("no person `{}`", shape.owner));
    let owner = shape.owner.parse().map_err(|_| unknown())?;
    let count = api.app.act(person).await?.take_over(owner).await?;
    Ok(Json(people::Counted { count }))
}

/// What somebody holds, and how they came to it.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}/access",
    tag = "people",
    params(("user" = String, Path, description = "a person's id, or `me`")),
    responses(
        (status = 200, body = people::UserAccess),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn user_access(Opened(person): Opened<Arc<Person>, Explain>) -> Json<people::UserAccess> {
    let snapshot = person.context().snapshot();
    let id = person.resource().id;
    let to = person.context().address_of(id);
    let Some(standing) = snapshot.member(id).map(|standing| standing.told(to)) else {
        // Suspended or removed: nothing is in force.
        return Json(people::UserAccess {
            organization_abilities: Vec::new(),
            groups: Vec::new(),
            connections: Vec::new(),
            attributes: Vec::new(),
        });
    };
    Json(people::UserAccess {
        organization_abilities: whoami::origins(standing.organization_abilities(), to),
        groups: standing.groups().iter().map(whoami::group).collect(),
        connections: standing
            .connections()
            .filter_map(|(id, abilities)| {
                Some(wire::session::ConnectionAbilities {
                    name: snapshot.connection(id)?.name.to_string(),
                    abilities: whoami::origins(abilities, to),
                })
            })
            .collect(),
        attributes: snapshot
            .attributes()
            .map(|definition| whoami::attribute(definition, standing.attributes().get(&definition.name).cloned()))
            .collect(),
    })
}
