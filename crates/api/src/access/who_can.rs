use crate::{
    Api,
    access::requests::action_of,
    extract::{JsonBody, SignedIn, open_named},
    problem::{Kind, Problem},
    wire,
};
use axum::{Json, extract::State};
use std::sync::Arc;
use tessera_access::{
    AccessContext, Facts, Permit, Resource, WhoCan as Question,
    action::{Action, ReadAccess},
};
use tessera_app::{Document, Folder};
use wire::access::{Able, WhoCan, WhoCanAnswer};

/// Most people that one answer names.
const MOST: usize = 200;

/// Who else may do something with a folder or document, and why.
#[utoipa::path(
    post,
    path = "/api/v1/explain/who-can",
    tag = "explain",
    request_body = WhoCan,
    responses(
        (status = 200, body = WhoCanAnswer),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn who_can(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    JsonBody { shape, .. }: JsonBody<WhoCan>,
) -> Result<Json<WhoCanAnswer>, Problem> {
    match (&shape.folder, &shape.document) {
        (Some(folder), None) => {
            answer(&context, &open_named::<Folder, ReadAccess>(&api, &context, folder).await?, &shape.action)
        }
        (None, Some(document)) => {
            answer(&context, &open_named::<Document, ReadAccess>(&api, &context, document).await?, &shape.action)
        }
        _ => Err(Problem::new(Kind::InvalidRequest, "the body holds exactly one of `folder` and `document`")),
    }
}

fn answer<R: Resource, A: Action>(
    context: &Arc<AccessContext>,
    permit: &Permit<R, A>,
    action: &str,
) -> Result<Json<WhoCanAnswer>, Problem> {
    let action = action_of(R::KIND, action)?;
    let facts: &Facts = permit.facts();
    let question = Question::new(context.snapshot(), R::KIND, facts, action);
    let mut people: Vec<_> = question.people().collect();
    people.sort_by(|one, other| one.name.cmp(&other.name).then(one.id.cmp(&other.id)));
    let able = people.iter().take(MOST).filter_map(|person| {
        let because = question.decision(person.id)?.because?.to_string();
        Some(Able { id: person.id.to_string(), name: person.name.to_string(), because })
    });
    Ok(Json(WhoCanAnswer { people: able.collect(), total: people.len() }))
}
