use crate::{
    Api,
    access::can,
    extract::{Opened, SignedIn},
    problem::Problem,
    wire,
};
use axum::{Json, extract::State};
use tessera_access::{Connection, Permit, action::View, visible};
use wire::people;

fn described(permit: &Permit<Connection, View>) -> people::Connection {
    let connection = permit.resource();
    people::Connection { id: connection.id.to_string(), name: connection.name.clone(), can: can(permit) }
}

/// The connections that this person may know of, by name.
#[utoipa::path(
    get,
    path = "/api/v1/connections",
    tag = "connections",
    responses((status = 200, body = people::Connections), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_connections(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
) -> Result<Json<people::Connections>, Problem> {
    let connections = api.app.tenant(&context).connections(&visible(&context)).await?;
    Ok(Json(people::Connections { connections: connections.iter().map(described).collect() }))
}

/// One connection, and what may be done with it.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{connection}",
    tag = "connections",
    params(("connection" = String, Path, description = "a connection's id or name")),
    responses(
        (status = 200, body = people::Connection),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_connection(Opened(connection): Opened<Connection, View>) -> Json<people::Connection> {
    Json(described(&connection))
}
