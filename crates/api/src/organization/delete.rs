use crate::{
    Api,
    extract::{JsonBody, OfOrganization},
    problem::Problem,
    wire,
};
use axum::{Json, extract::State};
use tessera_access::action::Leave;
use wire::organization::{AuditHead, DeleteOrganization};

/// Removes the organization with all that is in it, its keys and its audit trail among them. There is no way back.
#[utoipa::path(
    delete,
    path = "/api/v1/organization",
    tag = "organization",
    request_body = DeleteOrganization,
    responses(
        (status = 200, body = AuditHead, description = "the last event of the trail, that of the removal"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn delete_organization(
    State(api): State<Api>,
    OfOrganization(organization): OfOrganization<Leave>,
    JsonBody { shape, .. }: JsonBody<DeleteOrganization>,
) -> Result<Json<AuditHead>, Problem> {
    let (id, user) = (organization.context().organization(), organization.context().user().id);
    let head = api.app.act(organization).await?.delete_organization(&shape.key).await?;
    tracing::warn!(organization = %id, %user, "an organization was deleted by one of its admins");
    Ok(Json(AuditHead { sequence: head.sequence, hash: head.hash }))
}
