use super::{describe, name};
use crate::{
    Api,
    connections::built_in_role,
    extract::{Expected, JsonBody, OfOrganization, Once, Opened, SignedIn, etag, fingerprint},
    problem::{Kind, Problem},
    wire,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use tessera_access::{
    Ability, AbilitySet, CustomRole,
    action::{AddRole, Edit, Remove, View},
    visible,
};
use tessera_app::RoleAbilities;
use wire::{content::Created, people};

/// All roles: those that are always there, and those that the organization made.
#[utoipa::path(
    get,
    path = "/api/v1/roles",
    tag = "people",
    responses((status = 200, body = people::Roles), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_roles(State(api): State<Api>, SignedIn(context): SignedIn) -> Json<people::Roles> {
    let made = api.app.tenant(&context).roles(&visible(&context));
    Json(people::Roles { roles: describe::built_in().chain(made.iter().map(describe::role)).collect() })
}

/// Makes a role: one in the organization gives no more than its maker holds.
#[utoipa::path(
    post,
    path = "/api/v1/roles",
    tag = "people",
    params(("Idempotency-Key" = Option<String>, Header, description = "one creation's name: sent twice, it happens once")),
    request_body = people::WriteRole,
    responses(
        (status = 201, body = Created),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn add_role(
    State(api): State<Api>,
    OfOrganization(organization): OfOrganization<AddRole>,
    once: Once,
    JsonBody { shape, text }: JsonBody<people::WriteRole>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let (name, abilities) = (name(&shape.name)?, abilities(&shape)?);
    let mut act = api.app.act(organization).await?;
    if let Some(id) = act.once(once.of(&text)?).await? {
        return Ok((StatusCode::CREATED, Json(Created { id })));
    }
    let id = act.add_role(&name, abilities).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// A role that the organization made, and what may be done with it.
#[utoipa::path(
    get,
    path = "/api/v1/roles/{role}",
    tag = "people",
    params(("role" = String, Path, description = "a role's id")),
    responses(
        (status = 200, body = people::RoleDefinition),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_role(Opened(role): Opened<CustomRole, View>) -> impl IntoResponse {
    (etag(fingerprint(role.resource())), Json(describe::role(&role)))
}

/// Changes what a role gives to all who hold it; neither before nor after is that more than its editor holds.
#[utoipa::path(
    put,
    path = "/api/v1/roles/{role}",
    tag = "people",
    params(
        ("role" = String, Path, description = "a role's id"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = people::WriteRole,
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
pub(crate) async fn edit_role(
    State(api): State<Api>,
    Opened(role): Opened<CustomRole, Edit>,
    expected: Expected,
    JsonBody { shape, .. }: JsonBody<people::WriteRole>,
) -> Result<StatusCode, Problem> {
    expected.require(fingerprint(role.resource()))?;
    let (name, abilities) = (name(&shape.name)?, abilities(&shape)?);
    api.app.act(role).await?.edit_role(&name, abilities).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a role that nobody holds.
#[utoipa::path(
    delete,
    path = "/api/v1/roles/{role}",
    tag = "people",
    params(("role" = String, Path, description = "a role's id")),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn remove_role(
    State(api): State<Api>,
    Opened(role): Opened<CustomRole, Remove>,
) -> Result<StatusCode, Problem> {
    api.app.act(role).await?.remove_role().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn abilities(role: &people::WriteRole) -> Result<RoleAbilities, Problem> {
    match (&role.abilities, &role.tier, &role.switched_off) {
        (Some(abilities), None, None) => Ok(RoleAbilities::Organization(ability_set(abilities)?)),
        (None, Some(tier), switched_off) => {
            let tier = built_in_role("tier", tier)?;
            let switched_off = ability_set(switched_off.as_deref().unwrap_or_default())?;
            Ok(RoleAbilities::Connection { tier, switched_off })
        }
        _ => Err(Problem::new(
            Kind::InvalidRequest,
            "a role has either `abilities`, or a `tier` and what is `switched_off`",
        )),
    }
}

pub(crate) fn ability_set<A: Ability>(names: &[String]) -> Result<AbilitySet<A>, Problem> {
    let ability = |name: &String| {
        A::from_name(name).ok_or_else(|| {
            let names: Vec<&str> = A::ALL.iter().map(|ability| ability.name()).collect();
            Problem::new(Kind::UnknownName, format!("no ability `{name}`")).help(format!("one of {}", names.join(", ")))
        })
    };
    names.iter().map(ability).collect()
}
