use crate::{
    Api, DemoIdentity,
    extract::{JsonBody, Realm},
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
    let (realm, token) = match person.identity {
        DemoIdentity::Member { organization, user } => {
            (Realm::Organization, api.app.sign_in(organization, user, arrival).await?)
        }
        DemoIdentity::Operator(operator) => (Realm::Operator, api.app.sign_in_operator(operator).await?),
    };
    let cookie = api.settings.cookie.set(realm, &token.expose()).map(|cookie| [(SET_COOKIE, cookie)]);
    Ok((StatusCode::NO_CONTENT, cookie, ()).into_response())
}
