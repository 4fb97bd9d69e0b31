use axum::http::StatusCode;

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "probes", responses((status = 204, description = "the process answers")), security(()))]
pub(crate) async fn healthy() -> StatusCode {
    StatusCode::NO_CONTENT
}
