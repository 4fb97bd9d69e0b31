use crate::{
    Api,
    access::{grantee_of, name, written},
    extract::{JsonBody, Opened, SignedIn, open_named},
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
    AccessContext, Connection, ConnectionRole, Grantee, HeldConnectionRole, Permit, action::AssignRoles,
};
use tessera_app::Assignee;
use tessera_base::ConnectionId;
use wire::people;

/// Who was given a role on a connection: people, groups, everyone. Organization admins hold it all without.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{connection}/roles",
    tag = "connections",
    params(("connection" = String, Path, description = "a connection's id or name")),
    responses(
        (status = 200, body = people::Assignments),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_connection_roles(
    Opened(connection): Opened<Connection, AssignRoles>,
) -> Json<people::Assignments> {
    let (id, snapshot) = (connection.resource().id, connection.context().snapshot());
    let of =
        |roles: &[(ConnectionId, HeldConnectionRole)]| roles.iter().find(|(on, _)| *on == id).map(|(_, role)| *role);
    let everyone = snapshot.connection(id).and_then(|connection| connection.base_role);
    let everyone = everyone.map(|role| (Grantee::Everyone, role));
    let groups = snapshot.groups().iter();
    let groups = groups.filter_map(|group| Some((Grantee::Group(group.id), of(&group.connection_roles)?)));
    let people = snapshot.people();
    let people = people.filter_map(|person| Some((Grantee::User(person.id), of(&person.connection_roles)?)));
    let assignment = |(to, role)| people::Assignment {
        assignee: written(to),
        name: name(snapshot, to),
        role: connection_role(snapshot, role),
    };
    let mut assignments: Vec<_> = everyone.into_iter().chain(groups).chain(people).map(assignment).collect();
    assignments.sort_by(|one, other| (&one.name, &one.assignee).cmp(&(&other.name, &other.assignee)));
    Json(people::Assignments { assignments })
}

async fn assigned(
    api: &Api,
    context: &Arc<AccessContext>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<(Permit<Connection, AssignRoles>, Assignee), Problem> {
    let Path((connection, assignee)) = path.map_err(|_| Problem::new(Kind::NotFound, "no such role"))?;
    let connection = open_named::<Connection, AssignRoles>(api, context, &connection).await?;
    let assignee = match grantee_of(context, &assignee)? {
        Grantee::User(id) => Assignee::User(id),
        Grantee::Group(id) => Assignee::Group(id),
        Grantee::Everyone => Assignee::Everyone,
    };
    Ok((connection, assignee))
}

/// Gives a role on a connection, in the place of the one that was given; nobody gives what they lack.
#[utoipa::path(
    put,
    path = "/api/v1/connections/{connection}/roles/{assignee}",
    tag = "connections",
    params(
        ("connection" = String, Path, description = "a connection's id or name"),
        ("assignee" = String, Path, description = "`user:ID`, `group:ID` or `everyone`"),
    ),
    request_body = people::AssignRole,
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn assign_connection_role(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
    JsonBody { shape, .. }: JsonBody<people::AssignRole>,
) -> Result<StatusCode, Problem> {
    let (connection, assignee) = assigned(&api, &context, path).await?;
    let role = role_of(&shape.role)?;
    api.app.act(connection).await?.give_role(assignee, role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a role on a connection away.
#[utoipa::path(
    delete,
    path = "/api/v1/connections/{connection}/roles/{assignee}",
    tag = "connections",
    params(
        ("connection" = String, Path, description = "a connection's id or name"),
        ("assignee" = String, Path, description = "`user:ID`, `group:ID` or `everyone`"),
    ),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn take_connection_role(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let (connection, assignee) = assigned(&api, &context, path).await?;
    api.app.act(connection).await?.take_role(assignee).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One of those that are always there, which the request calls a `noun`.
pub(crate) fn built_in_role(noun: &str, name: &str) -> Result<ConnectionRole, Problem> {
    ConnectionRole::from_name(name).ok_or_else(|| {
        let roles = ConnectionRole::ALL.map(ConnectionRole::name).join(", ");
        Problem::new(Kind::UnknownName, format!("no {noun} `{name}`")).help(format!("one of {roles}"))
    })
}

pub(crate) fn role_of(text: &str) -> Result<HeldConnectionRole, Problem> {
    if let Some(role) = ConnectionRole::from_name(text) {
        return Ok(role.into());
    }
    text.parse().map(HeldConnectionRole::Custom).map_err(|_| {
        let roles = ConnectionRole::ALL.map(ConnectionRole::name).join(", ");
        Problem::new(Kind::UnknownName, format!("no role `{text}`"))
            .help(format!("one of {roles}, or the id of a role on connections"))
    })
}
