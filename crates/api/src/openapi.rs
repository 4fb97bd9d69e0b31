use crate::{Api, router};
use axum::Json;
use utoipa::{
    OpenApi,
    openapi::{
        Content, Ref, RefOr, Response,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

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
    let mut document = router::described().into_openapi();
    for item in document.paths.paths.values_mut() {
        let of_methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        of_methods.into_iter().flatten().for_each(complete);
    }
    document
}

/// What every operation has in common: whoever reads a body refuses some, and an error is a problem document.
fn complete(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    if operation.request_body.is_some() {
        let problem = Ref::from_schema_name("Problem");
        let response = || Response::builder().content(JSON, Content::new(Some(problem.clone()))).build();
        for status in ["400", "413", "415"] {
            responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(response()));
        }
    }
    for (status, response) in responses {
        let RefOr::T(response) = response else { continue };
        if status.starts_with(['4', '5'])
            && let Some(body) = response.content.shift_remove(JSON)
        {
            response.content.insert(PROBLEM.to_owned(), body);
        }
    }
}

pub(crate) async fn serve() -> Json<utoipa::openapi::OpenApi> {
    Json(openapi())
}
