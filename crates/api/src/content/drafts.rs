//! What is being written, what readers see, and what was published before.
use super::describe::person;
use crate::{
    Api,
    extract::{ExpectedIfAny, JsonBody, Opened, etag},
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};
use serde_json::value::RawValue;
use tessera_access::action::{Edit, Open, Publish};
use tessera_app::{Body, Document};
use wire::content::{Draft, DraftVersion, History, PublishedNumber, PublishedVersion};

/// What readers see.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{document}/body",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    responses(
        (status = 200, description = "the body that was published last", body = Object),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn read_body(
    State(api): State<Api>,
    Opened(document): Opened<Document, Open>,
) -> Result<impl IntoResponse, Problem> {
    let body = api.app.tenant(document.context()).published_body(&document).await?;
    let body = body.ok_or_else(|| Problem::new(Kind::NotFound, "nothing of this document was published yet"))?;
    Ok(json(&body))
}

fn json(body: &Body) -> impl IntoResponse + use<> {
    ([(CONTENT_TYPE, "application/json")], body.as_str().to_owned())
}

/// What is being written.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{document}/draft",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    responses(
        (status = 200, body = Draft),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn read_draft(
    State(api): State<Api>,
    Opened(document): Opened<Document, Edit>,
) -> Result<impl IntoResponse, Problem> {
    let draft = api.app.tenant(document.context()).draft(&document).await?;
    let draft = draft.ok_or_else(|| Problem::new(Kind::NotFound, "this document has no draft yet"))?;
    let body = RawValue::from_string(draft.body.as_str().to_owned());
    let body = body.map_err(|_| Problem::new(Kind::Internal, "something went wrong here"))?;
    let saved_by = person(document.context().snapshot(), draft.saved_by);
    let wire = Draft { version: draft.version, saved_at: draft.saved_at.to_rfc3339(), saved_by, body };
    Ok((etag(draft.version), Json(wire)))
}

/// Saves what is being written.
#[utoipa::path(
    put,
    path = "/api/v1/documents/{document}/draft",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    request_body = Object,
    responses(
        (status = 200, body = DraftVersion),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 413, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn save_draft(
    State(api): State<Api>,
    Opened(document): Opened<Document, Edit>,
    ExpectedIfAny(expected): ExpectedIfAny,
    JsonBody { text, .. }: JsonBody<serde::de::IgnoredAny>,
) -> Result<impl IntoResponse, Problem> {
    let body = Body::parse(&text)?;
    let version = api.app.act(document).await?.save_draft(expected, &body).await?;
    Ok((etag(version), Json(DraftVersion { version })))
}

/// Shows the draft to the readers.
#[utoipa::path(
    post,
    path = "/api/v1/documents/{document}/publish",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
        ("If-Match" = String, Header, description = "the version of the draft"),
    ),
    responses(
        (status = 200, body = PublishedNumber),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn publish_document(
    State(api): State<Api>,
    Opened(document): Opened<Document, Publish>,
    crate::extract::Expected(draft): crate::extract::Expected,
) -> Result<Json<PublishedNumber>, Problem> {
    let number = api.app.act(document).await?.publish(draft).await?;
    Ok(Json(PublishedNumber { number }))
}

/// What was published, latest first.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{document}/versions",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
    ),
    responses(
        (status = 200, body = History),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_versions(
    State(api): State<Api>,
    Opened(document): Opened<Document, Edit>,
) -> Result<Json<History>, Problem> {
    let versions = api.app.tenant(document.context()).history(&document).await?;
    let snapshot = document.context().snapshot();
    let wire = |version: tessera_app::PublishedVersion| PublishedVersion {
        number: version.number,
        published_at: version.published_at.to_rfc3339(),
        published_by: person(snapshot, version.published_by),
    };
    Ok(Json(History { versions: versions.into_iter().map(wire).collect() }))
}

/// What was published under a number.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{document}/versions/{number}",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
        ("number" = String, Path, description = "the number of a version"),
    ),
    responses(
        (status = 200, description = "the body", body = Object),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn read_version(
    State(api): State<Api>,
    Opened(document): Opened<Document, Edit>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<impl IntoResponse, Problem> {
    let number = number(path)?;
    let body = api.app.tenant(document.context()).version_body(&document, number).await;
    Ok(json(&body.map_err(in_address)?))
}

/// Makes what was published under a number the draft.
#[utoipa::path(
    post,
    path = "/api/v1/documents/{document}/versions/{number}/restore",
    tag = "content",
    params(
        ("document" = String, Path, description = "a document's id or slug"),
        ("number" = String, Path, description = "the number of a version"),
    ),
    responses(
        (status = 200, body = DraftVersion),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 412, body = wire::problem::Problem),
        (status = 428, body = wire::problem::Problem),
    )
)]
pub(crate) async fn restore_version(
    State(api): State<Api>,
    Opened(document): Opened<Document, Edit>,
    ExpectedIfAny(expected): ExpectedIfAny,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<(StatusCode, Json<DraftVersion>), Problem> {
    let number = number(path)?;
    let version = api.app.act(document).await?.restore_version(expected, number).await.map_err(in_address)?;
    Ok((StatusCode::OK, Json(DraftVersion { version })))
}

fn number(path: Result<Path<(String, String)>, PathRejection>) -> Result<u64, Problem> {
    let number = path.ok().and_then(|Path((_, number))| number.parse().ok());
    number.ok_or_else(|| Problem::new(Kind::NotFound, "no such version"))
}

/// In an address, an unknown number is a page that does not exist.
fn in_address(error: tessera_app::StoreError) -> Problem {
    match error {
        tessera_app::StoreError::Unknown { .. } => Problem::new(Kind::NotFound, error.to_string()),
        error => error.into(),
    }
}
