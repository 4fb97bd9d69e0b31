use crate::{
    Api,
    problem::{Kind, Problem},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;
use tessera_app::Error;
use tessera_model::{
    file::Node,
    request::{FieldName, FieldQuery},
};
use tessera_query::Position;

/// A JSON body, read strictly: unknown keys and keys given twice are refused. The text is kept for the parts that have a
/// reader of their own.
pub(crate) struct JsonBody<T> {
    pub(crate) shape: T,
    pub(crate) text: String,
}

impl<T: DeserializeOwned> FromRequest<Api> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        // Only JSON: a form of another site cannot send it without asking first.
        if !is_json(request.headers()) {
            return Err(Problem::new(Kind::UnsupportedMediaType, "the body must be `application/json`"));
        }
        let bytes =
            Bytes::from_request(request, api).await.map_err(|rejection| match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge, "the body is too large"),
                _ => Problem::new(Kind::Timeout, "the body did not arrive completely"),
            })?;
        let text =
            String::from_utf8(bytes.into()).map_err(|_| Problem::new(Kind::InvalidRequest, "the body is not UTF-8"))?;
        // A list would be taken for the values of the keys in their order.
        if text.trim_start().starts_with('[') {
            return Err(Problem::new(Kind::InvalidRequest, "the body is a list, and this operation reads an object"));
        }
        let shape = serde_json::from_str(&text).map_err(|error| {
            let message = error.to_string();
            let message = message.split_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            let position = Position { line: error.line() as u64, column: error.column() as u64 };
            Problem::new(Kind::InvalidRequest, format!("the body is not what this operation reads: {message}"))
                .at(Some(position))
        })?;
        Ok(Self { shape, text })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Reads the field query that stands at `path` in a body.
pub(crate) fn read_field_query(body: &str, path: &[&str]) -> Result<FieldQuery, Problem> {
    let unreadable = |problem| Problem::from(Error::Unreadable(vec![problem]));
    let node = Node::from_json(body).map_err(unreadable)?;
    let request = path.iter().try_fold(&node, |node, key| node.get(key));
    let request = request.ok_or_else(|| Problem::new(Kind::InvalidRequest, "the body holds no field query"))?;
    FieldQuery::parse(request).map_err(|problems| Problem::from(Error::Unreadable(problems)))
}

/// Reads the name of a field.
pub(crate) fn read_field_name(text: &str) -> Result<FieldName, Problem> {
    FieldName::parse(text, None).map_err(|message| Problem::new(Kind::InvalidQuery, message))
}
