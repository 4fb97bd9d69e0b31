//! Values of attributes, set on people and groups.
use super::describe;
use crate::{
    Api,
    extract::{JsonBody, Opened, SignedIn, open_named},
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
    AccessContext, Group, Person,
    action::{Explain, SetAttributes},
};
use tessera_app::read_values;
use tessera_base::Value;
use wire::people;

/// Whose values, and of which attribute.
fn named(path: Result<Path<(String, String)>, PathRejection>) -> Result<(String, String), Problem> {
    let Path(named) = path.map_err(|_| Problem::new(Kind::NotFound, "no such value"))?;
    Ok(named)
}

fn values(context: &AccessContext, attribute: &str, given: &[serde_json::Value]) -> Result<Vec<Value>, Problem> {
    let definition = context.snapshot().attribute(attribute);
    let definition =
        definition.ok_or_else(|| Problem::new(Kind::UnknownName, format!("no attribute `{attribute}`")))?;
    Ok(read_values(definition, given)?)
}

/// What is set on somebody themselves.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}/attributes",
    tag = "people",
    params(("user" = String, Path, description = "a person's id, or `me`")),
    responses(
        (status = 200, body = people::HeldValues),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_user_attributes(Opened(person): Opened<Arc<Person>, Explain>) -> Json<people::HeldValues> {
    Json(people::HeldValues { attributes: person.resource().attributes.iter().map(describe::held).collect() })
}

/// Sets an attribute of somebody, in the place of the values that they had.
#[utoipa::path(
    put,
    path = "/api/v1/users/{user}/attributes/{attribute}",
    tag = "people",
    params(
        ("user" = String, Path, description = "a person's id, or `me`"),
        ("attribute" = String, Path, description = "an attribute's name"),
    ),
    request_body = people::SetValues,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn set_user_attribute(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
    JsonBody { shape, .. }: JsonBody<people::SetValues>,
) -> Result<StatusCode, Problem> {
    let (user, attribute) = named(path)?;
    let person = open_named::<Arc<Person>, SetAttributes>(&api, &context, &user).await?;
    let values = values(&context, &attribute, &shape.values)?;
    api.app.act(person).await?.set_attribute(&attribute, &values).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes away what is set of an attribute on somebody themselves.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{user}/attributes/{attribute}",
    tag = "people",
    params(
        ("user" = String, Path, description = "a person's id, or `me`"),
        ("attribute" = String, Path, description = "an attribute's name"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn clear_user_attribute(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let (user, attribute) = named(path)?;
    let person = open_named::<Arc<Person>, SetAttributes>(&api, &context, &user).await?;
    api.app.act(person).await?.clear_attribute(&attribute).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is set on a group, and so on everybody in it.
#[utoipa::path(
    get,
    path = "/api/v1/groups/{group}/attributes",
    tag = "people",
    params(("group" = String, Path, description = "a group's id or key")),
    responses(
        (status = 200, body = people::HeldValues),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_group_attributes(
    Opened(group): Opened<Arc<Group>, SetAttributes>,
) -> Json<people::HeldValues> {
    Json(people::HeldValues { attributes: group.resource().attributes.iter().map(describe::held).collect() })
}

/// Sets an attribute of a group, in the place of the values that it had.
#[utoipa::path(
    put,
    path = "/api/v1/groups/{group}/attributes/{attribute}",
    tag = "people",
    params(
        ("group" = String, Path, description = "a group's id or key"),
        ("attribute" = String, Path, description = "an attribute's name"),
    ),
    request_body = people::SetValues,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn set_group_attribute(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
    JsonBody { shape, .. }: JsonBody<people::SetValues>,
) -> Result<StatusCode, Problem> {
    let (group, attribute) = named(path)?;
    let group = open_named::<Arc<Group>, SetAttributes>(&api, &context, &group).await?;
    let values = values(&context, &attribute, &shape.values)?;
    api.app.act(group).await?.set_attribute(&attribute, &values).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes away what is set of an attribute on a group.
#[utoipa::path(
    delete,
    path = "/api/v1/groups/{group}/attributes/{attribute}",
    tag = "people",
    params(
        ("group" = String, Path, description = "a group's id or key"),
        ("attribute" = String, Path, description = "an attribute's name"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn clear_group_attribute(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let (group, attribute) = named(path)?;
    let group = open_named::<Arc<Group>, SetAttributes>(&api, &context, &group).await?;
    api.app.act(group).await?.clear_attribute(&attribute).await?;
    Ok(StatusCode::NO_CONTENT)
}
