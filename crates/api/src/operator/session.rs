use crate::{
    Api,
    extract::{JsonBody, Realm, SignedInOperator},
    problem::Problem,
    wire,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use tessera_base::Arrival;
use wire::support::{OperatorCode, OperatorSelf};

/// Signs one of the operator's staff in with a code, which `tessera operators sign-in-code` prints and which works once.
#[utoipa::path(
    post,
    path = "/api/v1/operator/session",
    tag = "operator",
    request_body = OperatorCode,
    responses((status = 204, description = "signed in"), (status = 401, body = wire::problem::Problem)),
    security(())
)]
pub(crate) async fn begin_operator_session(
    State(api): State<Api>,
    JsonBody { shape, .. }: JsonBody<OperatorCode>,
) -> Result<Response, Problem> {
    let token = api.app.redeem_operator_code(&shape.code).await?.ok_or_else(Problem::not_signed_in)?;
    let cookie = api.settings.cookie.set(Realm::Operator, &token.expose()).map(|cookie| [(SET_COOKIE, cookie)]);
    Ok((StatusCode::NO_CONTENT, cookie, ()).into_response())
}

/// Who of the operator's staff is signed in.
#[utoipa::path(
    get,
    path = "/api/v1/operator/session",
    tag = "operator",
    responses((status = 200, body = OperatorSelf), (status = 401, body = wire::problem::Problem)),
    security(("operator" = []))
)]
pub(crate) async fn describe_operator_session(SignedInOperator(session): SignedInOperator) -> Json<OperatorSelf> {
    let operator = session.operator;
    Json(OperatorSelf { id: operator.id.to_string(), email: operator.email, name: operator.name })
}

/// Signs out, and so out of every organization.
#[utoipa::path(
    delete,
    path = "/api/v1/operator/session",
    tag = "operator",
    responses((status = 204, description = "signed out"), (status = 401, body = wire::problem::Problem)),
    security(("operator" = []))
)]
pub(crate) async fn end_operator_session(
    State(api): State<Api>,
    SignedInOperator(session): SignedInOperator,
    Extension(arrival): Extension<Arrival>,
) -> Result<Response, Problem> {
    api.app.sign_out_operator(&session, arrival).await?;
    let cleared = api.settings.cookie.clear(Realm::Operator).map(|cookie| [(SET_COOKIE, cookie)]);
    Ok((StatusCode::NO_CONTENT, cleared, ()).into_response())
}
