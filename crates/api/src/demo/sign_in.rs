use crate::{
    Api,
    extract::JsonBody,
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use tessera_base::Arrival;

/// Signs in as one of the demonstration's people, with an ordinary session.
pub(super) async fn sign_in(
    State(api): State<Api>,
    Extension(arrival): Extension<Arrival>,
    JsonBody { shape, .. }: JsonBody<wire::demo::SignIn>,
) -> Result<Response, Problem> {
    let mut people = api.settings.demo.iter().flatten();
    let person = people.find(|person| person.person == shape.person);
    let person = person.ok_or_else(|| Problem::new(Kind::NotFound, format!("no person `{}`", shape.person)))?;
    let token = api.app.sign_in(person.organization_id, person.user, arrival).await?;
    let cookie = api.settings.cookie.set(&token.expose()).map(|cookie| [(SET_COOKIE, cookie)]);
    Ok((StatusCode::NO_CONTENT, cookie, ()).into_response())
}
