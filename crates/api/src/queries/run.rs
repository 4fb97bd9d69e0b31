use super::{answer, format::Format};
use crate::{
    Api,
    extract::{AskedQuery, JsonBody, LetIn, SignedIn, read_field_query},
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use tessera_app::{Ask, Question};
use wire::query::{Answer, RunQuery};

/// Runs a query: a field query of a topic or a view, or SQL.
#[utoipa::path(
    post,
    path = "/api/v1/queries",
    tag = "queries",
    params(("Query-Id" = Option<String>, Header, description = "a fresh UUID, so that the query can be cancelled before its first byte")),
    request_body = RunQuery,
    responses(
        (
            status = 200,
            description = "the rows",
            headers(("Query-Id" = String, description = "the query's id")),
            content(
                (Answer = "application/json"),
                (Vec<u8> = "application/vnd.apache.arrow.stream"),
                (String = "text/csv"),
            ),
        ),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 406, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 413, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
        (status = 429, body = wire::problem::Problem),
        (status = 502, body = wire::problem::Problem),
        (status = 504, body = wire::problem::Problem),
    )
)]
pub(crate) async fn run_query(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    LetIn(entry): LetIn,
    Extension(id): AskedQuery,
    headers: HeaderMap,
    JsonBody { shape, text }: JsonBody<RunQuery>,
) -> Result<Response, Problem> {
    let format = Format::negotiate(&headers)?;
    let question = match (shape.request, shape.sql) {
        (Some(_), None) => Question::Fields(read_field_query(&text, &["request"])?),
        (None, Some(sql)) => Question::Sql(sql),
        _ => return Err(Problem::new(Kind::InvalidRequest, "the body holds exactly one of `request` and `sql`")),
    };
    let ask = Ask { id, model: shape.model, question, download: shape.download };
    let body = answer::stream(api, entry, context, ask, format).await?;
    Ok(([(CONTENT_TYPE, format.content_type())], body).into_response())
}
