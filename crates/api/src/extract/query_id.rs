use crate::problem::{Kind, Problem};
use axum::{
    Extension,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tessera_base::{QueryId, RequestId};

const QUERY_ID: HeaderName = HeaderName::from_static("query-id");

/// The id of the query that this request asks: a handler takes it as `Extension<QueryId>`.
pub(crate) type AskedQuery = Extension<QueryId>;

/// Settles the query's id, the client's own or else that of the request, and names it on every answer, failing ones
/// included.
pub(crate) async fn name_query(mut request: Request, next: Next) -> Response {
    let own = request.extensions().get::<RequestId>().map(|request_id| QueryId::new(request_id.uuid()));
    let (id, mut response) = match chosen(request.headers()) {
        Ok(chosen) => {
            let id = chosen.or(own);
            if let Some(id) = id {
                request.extensions_mut().insert(id);
            }
            (id, next.run(request).await)
        }
        Err(problem) => (own, problem.into_response()),
    };
    if let Some(value) = id.and_then(|id| HeaderValue::try_from(id.to_string()).ok()) {
        response.headers_mut().insert(QUERY_ID, value);
    }
    response
}

fn chosen(headers: &HeaderMap) -> Result<Option<QueryId>, Problem> {
    let mut sent = headers.get_all(QUERY_ID).iter();
    let Some(first) = sent.next() else { return Ok(None) };
    let id = first.to_str().ok().filter(|text| text.len() == 36).and_then(|text| text.parse::<QueryId>().ok());
    match (id, sent.next()) {
        (Some(id), None) if !id.uuid().is_nil() => Ok(Some(id)),
        _ => Err(Problem::new(Kind::InvalidRequest, "the header `Query-Id` must be one UUID")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(values: &[&'static str]) -> Result<Option<QueryId>, Problem> {
        chosen(&values.iter().map(|value| (QUERY_ID, HeaderValue::from_static(value))).collect())
    }

    #[test]
    fn a_client_names_its_query_by_one_uuid() {
        let id = "01980000-0000-7000-8000-000000000003";
        assert!(sent(&[]).unwrap().is_none());
        assert_eq!(sent(&[id]).unwrap().unwrap().to_string(), id);
        for broken in [
            &[""][..],
            &["7"],
            &["00000000-0000-0000-0000-000000000000"],
            &[id, id],
            &["{01980000-0000-7000-8000-000000000003}"],
        ] {
            assert!(sent(broken).is_err(), "{broken:?}");
        }
    }
}
