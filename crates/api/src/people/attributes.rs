use super::{describe, name};
use crate::{
    Api,
    extract::{Expected, JsonBody, OfOrganization, Opened, SignedIn, etag, fingerprint},
    problem::{Kind, Problem},
    wire,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use std::sync::Arc;
use tessera_access::{
    AttributeDefinition,
    action::{AddAttribute, Edit, Remove, View},
    visible,
};
use tessera_app::read_values;
use tessera_base::ValueType;
use wire::people;

const LONGEST_DESCRIPTION: usize = 2000;

/// The attributes that the organization declares, by name.
#[utoipa::path(
    get,
    path = "/api/v1/attributes",
    tag = "people",
    responses((status = 200, body = people::AttributeDefinitions), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_attributes(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
) -> Json<people::AttributeDefinitions> {
    let attributes = api.app.tenant(&context).attributes(&visible(&context));
    Json(people::AttributeDefinitions { attributes: attributes.iter().map(describe::attribute).collect() })
}

/// Declares an attribute. Its name, its type and whether it holds several values stay.
#[utoipa::path(
    post,
    path = "/api/v1/attributes",
    tag = "people",
    request_body = people::AddAttribute,
    responses(
        (status = 201, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn add_attribute(
    State(api): State<Api>,
    OfOrganization(organization): OfOrganization<AddAttribute>,
    JsonBody { shape, .. }: JsonBody<people::AddAttribute>,
) -> Result<StatusCode, Problem> {
    let value_type = ValueType::from_name(&shape.value_type).ok_or_else(|| {
        Problem::new(Kind::InvalidValue, format!("no type `{}`", shape.value_type))
            .help("`string`, `number`, `boolean` or `date`".to_owned())
    })?;
    let mut definition = AttributeDefinition {
        name: shape.name,
        label: name(&shape.label)?.to_string(),
        description: description(shape.description)?,
        value_type,
        multiple: shape.multiple,
        default: None,
        secures_data: shape.secures_data,
    };
    definition.default = shape.default.map(|values| read_values(&definition, &values)).transpose()?;
    api.app.act(organization).await?.define_attribute(&definition).await?;
    Ok(StatusCode::CREATED)
}

/// One attribute, and what may be done with it.
#[utoipa::path(
    get,
    path = "/api/v1/attributes/{attribute}",
    tag = "people",
    params(("attribute" = String, Path, description = "an attribute's name")),
    responses(
        (status = 200, body = people::AttributeDefinition),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_attribute(Opened(attribute): Opened<Arc<AttributeDefinition>, View>) -> impl IntoResponse {
    (etag(fingerprint(attribute.resource())), Json(describe::attribute(&attribute)))
}

/// Changes how an attribute is called, its default, and whether it secures data.
#[utoipa::path(
    patch,
    path = "/api/v1/attributes/{attribute}",
    tag = "people",
    params(
        ("attribute" = String, Path, description = "an attribute's name"),
        ("If-Match" = String, Header, description = "the version that is changed"),
    ),
    request_body = people::EditAttribute,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn edit_attribute(
    State(api): State<Api>,
    Opened(attribute): Opened<Arc<AttributeDefinition>, Edit>,
    expected: Expected,
    JsonBody { shape, .. }: JsonBody<people::EditAttribute>,
) -> Result<StatusCode, Problem> {
    expected.require(fingerprint(attribute.resource()))?;
    let mut edited = attribute.resource().as_ref().clone();
    if let Some(label) = shape.label {
        edited.label = name(&label)?.to_string();
    }
    if let Some(given) = shape.description {
        edited.description = description(given)?;
    }
    if let Some(given) = shape.default {
        edited.default = given.map(|values| read_values(&edited, &values)).transpose()?;
    }
    edited.secures_data = shape.secures_data.unwrap_or(edited.secures_data);
    api.app.act(attribute).await?.edit_attribute(&edited).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes an attribute of which nobody has a value.
#[utoipa::path(
    delete,
    path = "/api/v1/attributes/{attribute}",
    tag = "people",
    params(("attribute" = String, Path, description = "an attribute's name")),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn remove_attribute(
    State(api): State<Api>,
    Opened(attribute): Opened<Arc<AttributeDefinition>, Remove>,
) -> Result<StatusCode, Problem> {
    api.app.act(attribute).await?.remove_attribute().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn description(text: Option<String>) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.chars().count() > LONGEST_DESCRIPTION || text.contains('\0') => {
            Err(Problem::new(Kind::InvalidValue, format!("a description has at most {LONGEST_DESCRIPTION} characters")))
        }
        text => Ok(text),
    }
}
