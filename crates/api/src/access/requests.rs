//! Asking for access, and deciding about it.
use crate::{
    Api,
    access::can,
    extract::{JsonBody, Once, Opened, SignedIn, open_named},
    people::connection_role,
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use std::sync::Arc;
use tessera_access::{
    AccessContext, ActionKind, Facts, Permit, Person, ResourceKind,
    action::{Action, Approve, Decline, RequestAccess, View, Withdraw},
    alternatives, decide, role_on, visible,
};
use tessera_app::{AccessRequest, WantedKind};
use tessera_base::{UserId, is_invisible};
use wire::{
    access::{Approved, Needed, RequestForAccess, Requested, Requests},
    content::{Created, PersonRef},
};

const LONGEST_MESSAGE: usize = 500;

/// Asks for what one may not do yet. What is hidden and what never was are asked for alike, with the same answer.
#[utoipa::path(
    post,
    path = "/api/v1/access-requests",
    tag = "access",
    params(("Idempotency-Key" = Option<String>, Header, description = "one creation's name: sent twice, it happens once")),
    request_body = RequestForAccess,
    responses(
        (status = 201, body = Created),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn request_access(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    once: Once,
    JsonBody { shape, text }: JsonBody<RequestForAccess>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let (kind, asked_as) = match (&shape.folder, &shape.document, &shape.connection) {
        (Some(folder), None, None) => (WantedKind::Folder, folder),
        (None, Some(document), None) => (WantedKind::Document, document),
        (None, None, Some(connection)) => (WantedKind::Connection, connection),
        _ => {
            let detail = "the body holds exactly one of `folder`, `document` and `connection`";
            return Err(Problem::new(Kind::InvalidRequest, detail));
        }
    };
    let action = action_of(kind.resource(), &shape.action)?;
    let message = shape.message.unwrap_or_default();
    let strange = |c: char| is_invisible(c) && c != '\n';
    if message.chars().count() > LONGEST_MESSAGE
        || asked_as.chars().count() > LONGEST_MESSAGE
        || message.contains(strange)
        || asked_as.contains(strange)
    {
        let detail = format!("a message has at most {LONGEST_MESSAGE} characters, and none that cannot be seen");
        return Err(Problem::new(Kind::InvalidValue, detail));
    }
    let wanted = api.app.tenant(&context).wanted(kind, asked_as, action).await?;
    let requester = open_named::<Arc<Person>, RequestAccess>(&api, &context, "me").await?;
    let mut act = api.app.act(requester).await?;
    if let Some(id) = act.once(once.of(&text)?).await? {
        return Ok((StatusCode::CREATED, Json(Created { id })));
    }
    let id = act.request_access(wanted, &message).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// One's own requests, and those that wait for one's decision; newest first.
#[utoipa::path(
    get,
    path = "/api/v1/access-requests",
    tag = "access",
    responses((status = 200, body = Requests), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_access_requests(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
) -> Result<Json<Requests>, Problem> {
    let requests = api.app.tenant(&context).access_requests(&visible(&context)).await?;
    Ok(Json(Requests { requests: requests.iter().map(described).collect() }))
}

/// One request.
#[utoipa::path(
    get,
    path = "/api/v1/access-requests/{request}",
    tag = "access",
    params(("request" = String, Path, description = "a request's id")),
    responses(
        (status = 200, body = Requested),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_access_request(Opened(request): Opened<AccessRequest, View>) -> Json<Requested> {
    Json(described(&request))
}

/// Gives what is asked for, and no more, as far as it is this person's to give.
#[utoipa::path(
    post,
    path = "/api/v1/access-requests/{request}/approval",
    tag = "access",
    params(("request" = String, Path, description = "a request's id")),
    responses(
        (status = 200, body = Approved),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn approve_access_request(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Approved>, Problem> {
    let request = of_somebody_else::<Approve>(&api, &context, path).await?;
    let complete = api.app.act(request).await?.approve().await?;
    Ok(Json(Approved { complete }))
}

/// Declines a request.
#[utoipa::path(
    post,
    path = "/api/v1/access-requests/{request}/refusal",
    tag = "access",
    params(("request" = String, Path, description = "a request's id")),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn decline_access_request(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let request = of_somebody_else::<Decline>(&api, &context, path).await?;
    api.app.act(request).await?.decline().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a request of one's own back.
#[utoipa::path(
    delete,
    path = "/api/v1/access-requests/{request}",
    tag = "access",
    params(("request" = String, Path, description = "a request's id")),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn withdraw_access_request(
    State(api): State<Api>,
    Opened(request): Opened<AccessRequest, Withdraw>,
) -> Result<StatusCode, Problem> {
    api.app.act(request).await?.withdraw().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Nobody decides about their own request; what it would take is not told them, because it depends on what is hidden.
async fn of_somebody_else<A: Action>(
    api: &Api,
    context: &Arc<AccessContext>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Permit<AccessRequest, A>, Problem> {
    let Path(asked_as) = path.map_err(|_| Problem::new(Kind::NotFound, "no such access request"))?;
    let seen = open_named::<AccessRequest, View>(api, context, &asked_as).await?;
    if is_own(&seen) {
        return Err(Problem::new(Kind::Forbidden, "nobody decides about their own request"));
    }
    open_named(api, context, &asked_as).await
}

fn is_own(request: &Permit<AccessRequest, View>) -> bool {
    request.resource().requester == request.context().user().id
}

fn described(permit: &Permit<AccessRequest, View>) -> Requested {
    let (request, context, own) = (permit.resource(), permit.context(), is_own(permit));
    let snapshot = context.snapshot();
    let person = |id: UserId| PersonRef {
        id: id.to_string(),
        name: snapshot.person(id).map(|person| person.name.to_string()).unwrap_or_default(),
    };
    let node = request.node().filter(|node| role_on(context.standing(), *node).is_some());
    let connection = request.connection().filter(|id| {
        let facts = Facts { connection: Some(*id), ..Facts::of(context.organization()) };
        decide(context, ResourceKind::Connection, &facts, ActionKind::View).allowed()
    });
    let node_name = node.and_then(|id| snapshot.nodes().get(id)).map(|node| node.name.to_string());
    let name = node_name.or_else(|| Some(snapshot.connection(connection?)?.name.to_string()));
    let needed = request.needed(snapshot).filter(|_| !own).map(|needed| Needed {
        content_role: needed.content.map(|role| role.name()),
        connection_role: needed.connection_role().map(|(_, role)| connection_role(snapshot, role)),
        connection: needed.connection.and_then(|(id, _)| Some(snapshot.connection(id)?.name.to_string())),
    });
    let mut can = can(permit);
    if own {
        can.retain(|action, _| *action == ActionKind::Withdraw.name());
    }
    Requested {
        id: request.id.to_string(),
        requester: person(request.requester),
        kind: request.wanted.what.name(),
        asked_as: request.wanted.asked_as.clone(),
        name,
        action: request.wanted.action.name(),
        message: request.message.clone(),
        state: request.state.name(),
        created_at: request.created_at.to_rfc3339(),
        decided_at: request.decided_at.map(|at| at.to_rfc3339()),
        decided_by: request.decided_by.map(person),
        needed,
        can,
    }
}

pub(crate) fn action_of(resource: ResourceKind, name: &str) -> Result<ActionKind, Problem> {
    let exists = |action: &ActionKind| !alternatives(resource, *action).is_empty();
    ActionKind::from_name(name).filter(exists).ok_or_else(|| {
        let names: Vec<&str> = ActionKind::ALL.iter().filter(|action| exists(action)).map(|a| a.name()).collect();
        Problem::new(Kind::UnknownName, format!("no action `{name}` on a {}", resource.noun()))
            .help(format!("one of {}", names.join(", ")))
    })
}
