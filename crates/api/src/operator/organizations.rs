use crate::{
    Api,
    extract::{JsonBody, Realm, SignedInOperator},
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use tessera_base::Arrival;
use wire::support::{EnterOrganization, OpenGrant, OpenOrganization, OpenOrganizations};

/// The organizations that let this operator in now, and until when.
#[utoipa::path(
    get,
    path = "/api/v1/operator/organizations",
    tag = "operator",
    responses((status = 200, body = OpenOrganizations), (status = 401, body = wire::problem::Problem)),
    security(("operator" = []))
)]
pub(crate) async fn list_open_organizations(
    State(api): State<Api>,
    SignedInOperator(session): SignedInOperator,
) -> Result<Json<OpenOrganizations>, Problem> {
    let open = api.app.organizations_open_to(&session).await?.into_iter().map(|organization| OpenOrganization {
        grants: organization
            .grants
            .iter()
            .map(|grant| OpenGrant { id: grant.id.to_string(), expires_at: grant.expires_at.to_rfc3339() })
            .collect(),
        key: organization.key,
        name: organization.name,
    });
    Ok(Json(OpenOrganizations { organizations: open.collect() }))
}

/// Enters an organization that lets the operator in: from the next request on, this browser is there, with what the grant
/// gives. One that lets nobody in answers like one that never was.
#[utoipa::path(
    post,
    path = "/api/v1/operator/support-sessions",
    tag = "operator",
    request_body = EnterOrganization,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    ),
    security(("operator" = []))
)]
pub(crate) async fn enter_organization(
    State(api): State<Api>,
    SignedInOperator(session): SignedInOperator,
    Extension(arrival): Extension<Arrival>,
    JsonBody { shape, .. }: JsonBody<EnterOrganization>,
) -> Result<Response, Problem> {
    let absent = || Problem::new(Kind::NotFound, format!("no organization `{}`", shape.organization));
    let named = shape.grant.as_deref().map(str::parse).transpose().map_err(|_| absent())?;
    // Nothing is called by what no database holds.
    let key = Some(shape.organization.as_str()).filter(|key| !key.contains('\0')).ok_or_else(absent)?;
    let token = api.app.enter_organization(&session, key, named, arrival).await?.ok_or_else(absent)?;
    let cookie = api.settings.cookie.set(Realm::Organization, &token.expose()).map(|cookie| [(SET_COOKIE, cookie)]);
    Ok((StatusCode::NO_CONTENT, cookie, ()).into_response())
}
