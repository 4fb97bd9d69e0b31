use crate::{Api, router};
use axum::Json;
use utoipa::{
    OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(info(title = "Tessera", description = "Every answer is governed: whoever asks sees what they may see."))]
struct Document;

/// The document without its operations; the routes bring them along.
pub(crate) fn document() -> OpenApiRouter<Api> {
    let mut document = Document::openapi();
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "__Host-tessera",
        "The session cookie; `tessera_session` on loopback.",
    )));
    let operator = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "__Host-tessera-operator",
        "The session cookie of the operator's staff; `tessera_operator_session` on loopback.",
    )));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("session", cookie);
    components.add_security_scheme("operator", operator);
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key: `tsr_…`.")).build();
    components.add_security_scheme("key", SecurityScheme::Http(key));
    document.security = Some(["session", "key"].map(|one| SecurityRequirement::new(one, Vec::<String>::new())).into());
    OpenApiRouter::with_openapi(document)
}

/// The description of the whole API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    router::described().into_openapi()
}

pub(crate) async fn serve() -> Json<utoipa::openapi::OpenApi> {
    Json(openapi())
}
