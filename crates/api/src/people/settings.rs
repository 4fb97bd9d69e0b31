use super::{name, roles::ability_set};
use crate::{
    Api,
    extract::{Expected, JsonBody, OfOrganization, SignedIn, etag, fingerprint},
    problem::Problem,
    wire,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use tessera_access::{Ability, action::ChangeSettings};
use tessera_app::SettingsEdit;
use wire::people;

/// What the organization's admins chose.
#[utoipa::path(
    get,
    path = "/api/v1/settings",
    tag = "people",
    responses(
        (status = 200, body = people::Settings),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn read_settings(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    OfOrganization(organization): OfOrganization<ChangeSettings>,
) -> Result<impl IntoResponse, Problem> {
    let settings = api.app.tenant(&context).settings(&organization).await?;
    let version = fingerprint(&settings);
    let written = people::Settings {
        name: settings.name,
        document_abilities: settings.document_abilities.iter().map(Ability::name).collect(),
        session_idle_minutes: settings.session_idle_minutes,
        session_absolute_minutes: settings.session_absolute_minutes,
        audit_retention_days: settings.audit_retention_days,
    };
    Ok((etag(version), Json(written)))
}

/// Changes what the organization's admins choose; in force with everybody's next request.
#[utoipa::path(
    patch,
    path = "/api/v1/settings",
    tag = "people",
    params(("If-Match" = String, Header, description = "the version that is changed")),
    request_body = people::EditSettings,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn change_settings(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    OfOrganization(organization): OfOrganization<ChangeSettings>,
    expected: Expected,
    JsonBody { shape, .. }: JsonBody<people::EditSettings>,
) -> Result<StatusCode, Problem> {
    let seen = api.app.tenant(&context).settings(&organization).await?;
    expected.require(fingerprint(&seen))?;
    let edit = SettingsEdit {
        name: shape.name.as_deref().map(name).transpose()?,
        document_abilities: shape.document_abilities.as_deref().map(ability_set).transpose()?,
        session_idle_minutes: shape.session_idle_minutes,
        session_absolute_minutes: shape.session_absolute_minutes,
        audit_retention_days: shape.audit_retention_days,
    };
    api.app.act(organization).await?.change_settings(&seen, edit).await?;
    Ok(StatusCode::NO_CONTENT)
}
