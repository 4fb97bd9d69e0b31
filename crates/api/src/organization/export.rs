use crate::{
    Api,
    extract::{LetIn, OfOrganization},
    lines,
    problem::Problem,
    wire,
};
use axum::{extract::State, response::Response};
use tessera_access::action::Leave;

/// Everything that the organization has in this product, one row of a table a line; all of it is of one moment. Keys are
/// left out. Rows of connected data are where they were: with the organization.
#[utoipa::path(
    get,
    path = "/api/v1/organization/export",
    tag = "organization",
    responses(
        (status = 200, description = "JSON Lines: `{\"table\": …, \"row\": {…}}`", body = String, content_type = "application/x-ndjson"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn export_organization(
    State(api): State<Api>,
    OfOrganization(organization): OfOrganization<Leave>,
    LetIn(entry): LetIn,
) -> Result<Response, Problem> {
    let context = organization.context().clone();
    let export = api.app.tenant(&context).export_organization(organization).await?;
    Ok(lines::stream(api, entry, export))
}
