use super::{Kind, Problem};
use crate::headers;
use axum::{
    body::Body,
    extract::Request,
    http::{self, HeaderValue, StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    response::Response,
};
use tessera_app::App;
use tessera_base::RequestId;

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Gives every error its body: the handlers' own problems, and the bare statuses of the layers around them.
pub(crate) async fn render(request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<RequestId>().copied();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let Some(request_id) = request_id else { return response };
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None => match bare(response.status(), &path) {
            Some(problem) => problem,
            None => return response,
        },
    };
    log(&problem, request_id);
    let (mut parts, _) = response.into_parts();
    parts.headers.remove("content-length");
    parts.headers.insert(CONTENT_TYPE, PROBLEM);
    match serde_json::to_vec(&problem.wire(request_id)) {
        Ok(body) => Response::from_parts(parts, Body::from(body)),
        // A problem is strings and numbers; were it ever not writable, its status must do.
        Err(_) => Response::from_parts(parts, Body::empty()),
    }
}

/// The answer to what no route sees, because its head cannot be read. `None`: the system has no randomness to give.
pub fn unreadable(app: &App, status: StatusCode) -> Option<http::Response<Vec<u8>>> {
    let problem = bare(status, "")?;
    let body = serde_json::to_vec(&problem.wire(app.new_request_id().ok()?)).ok()?;
    let mut answer = http::Response::new(body);
    *answer.status_mut() = problem.0.kind.status();
    answer.headers_mut().extend(headers::every());
    answer.headers_mut().insert(CONTENT_TYPE, PROBLEM);
    Some(answer)
}

/// What a layer says with a status alone.
fn bare(status: StatusCode, path: &str) -> Option<Problem> {
    Some(match status {
        StatusCode::NOT_FOUND => Problem::no_route(path),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(Kind::MethodNotAllowed, "this route does not answer to this method")
        }
        StatusCode::FORBIDDEN => Problem::new(Kind::CrossOrigin, "the request comes from another site"),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge, "the body is too large"),
        StatusCode::URI_TOO_LONG => Problem::new(Kind::AddressTooLong, "the address is too long"),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            Problem::new(Kind::HeadTooLarge, "the headers are too many, or too long")
        }
        StatusCode::REQUEST_TIMEOUT => Problem::new(Kind::Timeout, "the body took too long to arrive"),
        status if status.is_server_error() => Problem::new(Kind::Internal, "something went wrong here"),
        status if status.is_client_error() => Problem::new(Kind::InvalidRequest, "the request cannot be read"),
        _ => return None,
    })
}

fn log(problem: &Problem, request_id: RequestId) {
    if problem.0.kind.status().is_server_error() {
        let cause = problem.0.cause.as_deref().map(chain).unwrap_or_default();
        tracing::error!(request.id = %request_id, cause, "{}", problem.0.detail);
    }
}

/// An error with everything that caused it.
fn chain(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
