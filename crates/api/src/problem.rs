//! The one form in which an error leaves the server.
mod from_app;
mod render;

pub(crate) use render::render;
pub use render::unreadable;

use crate::wire;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::{error::Error, sync::Arc};
use tessera_base::RequestId;
use tessera_query::Position;

/// An error as its reader meets it. It becomes a body at the outermost layer, which knows the request's id.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Content>);

#[derive(Clone, Debug)]
struct Content {
    kind: Kind,
    detail: String,
    help: Option<String>,
    position: Option<Position>,
    field: Option<String>,
    needs: Vec<String>,
    /// For the log, never for the answer.
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// Every kind of problem there is: its name, title and status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    InvalidRequest,
    NotSignedIn,
    Forbidden,
    Closed,
    CrossOrigin,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    Timeout,
    Cancelled,
    QueryIdInUse,
    Taken,
    Conflict,
    Stale,
    VersionNeeded,
    InvalidValue,
    TooLarge,
    AddressTooLong,
    HeadTooLarge,
    UnsupportedMediaType,
    Misdirected,
    UnknownName,
    InvalidQuery,
    Unsupported,
    QueryTooLarge,
    QueryFailed,
    TooManyQueries,
    Internal,
    EngineFailed,
    Unavailable,
    QueryTimeout,
}

impl Kind {
    fn describe(self) -> (&'static str, &'static str, StatusCode) {
        use StatusCode as S;
        match self {
            Self::InvalidRequest => ("invalid-request", "Invalid request", S::BAD_REQUEST),
            Self::NotSignedIn => ("not-signed-in", "Not signed in", S::UNAUTHORIZED),
            Self::Forbidden => ("forbidden", "Not allowed", S::FORBIDDEN),
            Self::Closed => ("closed", "Closed for you", S::FORBIDDEN),
            Self::CrossOrigin => ("cross-origin", "Request from another site", S::FORBIDDEN),
            Self::NotFound => ("not-found", "Not found", S::NOT_FOUND),
            Self::MethodNotAllowed => ("method-not-allowed", "Method not allowed", S::METHOD_NOT_ALLOWED),
            Self::NotAcceptable => ("not-acceptable", "Not acceptable", S::NOT_ACCEPTABLE),
            Self::Timeout => ("timeout", "The request took too long to arrive", S::REQUEST_TIMEOUT),
            Self::Cancelled => ("cancelled", "Cancelled", S::CONFLICT),
            Self::QueryIdInUse => ("query-id-in-use", "Query id in use", S::CONFLICT),
            Self::Taken => ("taken", "Name in use", S::CONFLICT),
            Self::Conflict => ("conflict", "Not as things are", S::CONFLICT),
            Self::Stale => ("stale", "Changed in the meantime", S::PRECONDITION_FAILED),
            Self::VersionNeeded => ("version-needed", "Version needed", S::PRECONDITION_REQUIRED),
            Self::InvalidValue => ("invalid-value", "Invalid value", S::UNPROCESSABLE_ENTITY),
            Self::TooLarge => ("too-large", "Too large", S::PAYLOAD_TOO_LARGE),
            Self::AddressTooLong => ("address-too-long", "Address too long", S::URI_TOO_LONG),
            Self::HeadTooLarge => ("head-too-large", "Head too large", S::REQUEST_HEADER_FIELDS_TOO_LARGE),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", "Unsupported media type", S::UNSUPPORTED_MEDIA_TYPE)
            }
            Self::Misdirected => ("misdirected", "Not the address of this server", S::MISDIRECTED_REQUEST),
            Self::UnknownName => ("unknown-name", "Unknown name", S::UNPROCESSABLE_ENTITY),
            Self::InvalidQuery => ("invalid-query", "Invalid query", S::UNPROCESSABLE_ENTITY),
            Self::Unsupported => ("unsupported", "Not supported", S::UNPROCESSABLE_ENTITY),
            Self::QueryTooLarge => ("query-too-large", "Query too large", S::UNPROCESSABLE_ENTITY),
            Self::QueryFailed => ("query-failed", "The query failed", S::UNPROCESSABLE_ENTITY),
            Self::TooManyQueries => ("too-many-queries", "Too many running queries", S::TOO_MANY_REQUESTS),
            Self::Internal => ("internal", "Internal error", S::INTERNAL_SERVER_ERROR),
            Self::EngineFailed => ("engine-failed", "The engine failed", S::BAD_GATEWAY),
            Self::Unavailable => ("unavailable", "Not available", S::SERVICE_UNAVAILABLE),
            Self::QueryTimeout => ("query-timeout", "Time limit reached", S::GATEWAY_TIMEOUT),
        }
    }

    fn status(self) -> StatusCode {
        self.describe().2
    }
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let (help, position, field, needs, cause) = (None, None, None, Vec::new(), None);
        Self(Box::new(Content { kind, detail, help, position, field, needs, cause }))
    }

    /// A failure of ours. INVARIANT: the body of a 5xx is constant; the cause is logged.
    fn failure(kind: Kind, detail: &'static str, cause: Arc<dyn Error + Send + Sync>) -> Self {
        let mut problem = Self::new(kind, detail);
        problem.0.cause = Some(cause);
        problem
    }

    pub(crate) fn not_signed_in() -> Self {
        Self::new(Kind::NotSignedIn, "sign in first")
    }

    pub(crate) fn no_route(path: &str) -> Self {
        Self::new(Kind::NotFound, format!("no route `{path}`"))
    }

    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.0.help = help.into();
        self
    }

    pub(crate) fn at(mut self, position: Option<Position>) -> Self {
        self.0.position = position;
        self
    }

    fn field(mut self, field: Option<String>) -> Self {
        self.0.field = field;
        self
    }

    pub(crate) fn needs(mut self, needs: Vec<String>) -> Self {
        self.0.needs = needs;
        self
    }

    pub(crate) fn wire(&self, request: RequestId) -> wire::problem::Problem {
        let Content { kind, detail, help, position, field, needs, cause: _ } = self.0.as_ref().clone();
        let (name, title, status) = kind.describe();
        wire::problem::Problem {
            problem_type: format!("https://tessera.dev/problems/{name}"),
            title,
            status: status.as_u16(),
            detail,
            help,
            position: position.map(|Position { line, column }| wire::problem::Position { line, column }),
            field,
            needs,
            request_id: request.to_string(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
