use crate::{
    Api,
    access::{knows, requests::action_of},
    extract::{JsonBody, SignedIn, open_named},
    problem::{Kind, Problem},
    wire,
};
use axum::{Json, extract::State};
use std::sync::Arc;
use tessera_access::{
    AccessContext, ActionKind, Address, Connection, Facts, Grantee, Person, ResourceKind, WhoCan as Question,
    action::{AssignRoles, Explain, ReadAccess},
    alternatives, support_who_can,
};
use tessera_app::{Document, Folder};
use wire::access::{Able, AbleForSupport, WhoCan, WhoCanAnswer};

/// Most people that one answer names.
const MOST: usize = 200;

/// Who else may do something with a folder or document, on a connection, or with a person, and why.
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
    match (&shape.folder, &shape.document, &shape.connection, &shape.user) {
        (Some(folder), None, None, None) => {
            let folder = open_named::<Folder, ReadAccess>(&api, &context, folder).await?;
            answer(&context, ResourceKind::Folder, folder.facts(), &shape.action)
        }
        (None, Some(document), None, None) => {
            let document = open_named::<Document, ReadAccess>(&api, &context, document).await?;
            answer(&context, ResourceKind::Document, document.facts(), &shape.action)
        }
        (None, None, Some(connection), None) => {
            let connection = open_named::<Connection, AssignRoles>(&api, &context, connection).await?;
            // What its model may be asked, or what may be done with the connection itself.
            let of_model = ActionKind::from_name(&shape.action).is_some_and(|action| {
                action != ActionKind::View && !alternatives(ResourceKind::Model, action).is_empty()
            });
            let resource = if of_model { ResourceKind::Model } else { ResourceKind::Connection };
            answer(&context, resource, connection.facts(), &shape.action)
        }
        (None, None, None, Some(user)) => {
            let person = open_named::<Arc<Person>, Explain>(&api, &context, user).await?;
            answer(&context, ResourceKind::Person, person.facts(), &shape.action)
        }
        _ => {
            let detail = "the body holds exactly one of `folder`, `document`, `connection` and `user`";
            Err(Problem::new(Kind::InvalidRequest, detail))
        }
    }
}

fn answer(
    context: &Arc<AccessContext>,
    resource: ResourceKind,
    facts: &Facts,
    action: &str,
) -> Result<Json<WhoCanAnswer>, Problem> {
    let action = action_of(resource, action)?;
    let question = Question::new(context.snapshot(), resource, facts, action);
    let mut people: Vec<_> = question.people().filter(|one| knows(context, Grantee::User(one.id))).collect();
    people.sort_by(|one, other| one.name.cmp(&other.name).then(one.id.cmp(&other.id)));
    let able = people.iter().take(MOST).filter_map(|person| {
        let because = question.decision(person.id)?.because?.told(context.address_of(person.id));
        Some(Able { id: person.id.to_string(), name: person.name.to_string(), because })
    });
    let support = support_who_can(context.snapshot(), resource, facts, action, context.now()).into_iter().map(
        |(grant, because)| AbleForSupport {
            grant: grant.id.to_string(),
            expires_at: grant.expires_at.to_rfc3339(),
            because: because.told(Address::They),
        },
    );
    Ok(Json(WhoCanAnswer { people: able.collect(), total: people.len(), support: support.collect() }))
}
