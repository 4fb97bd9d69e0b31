use super::{ability_set, describe, name, organization_role};
use crate::{
    Api,
    access::can,
    content::{content_role, person},
    extract::{JsonBody, OfOrganization, Once, Opened, SignedIn, open_named},
    problem::Problem,
    support::named_twice,
    wire,
};
use axum::{Json, extract::State, http::StatusCode};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    Ability as _, AccessContext, Connection, Permit, Person, PersonKind, Scopes,
    action::{AddServiceAccount, CreateKey, Remove, View},
    visible,
};
use tessera_app::{ApiKey, NewApiKey};
use wire::{
    content::Created,
    people::{self, KeyConnection, KeyScopes},
};

const DAYS: u32 = 90;

/// The programs of the organization, by name.
#[utoipa::path(
    get,
    path = "/api/v1/service-accounts",
    tag = "people",
    responses((status = 200, body = people::ServiceAccounts), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_service_accounts(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
) -> Json<people::ServiceAccounts> {
    let scope = visible(&context);
    let tenant = api.app.tenant(&context);
    let found = tenant.people(&scope, None, "");
    let programs = found.filter(|permit| permit.resource().kind == PersonKind::ServiceAccount);
    Json(people::ServiceAccounts { service_accounts: programs.map(|permit| describe::user(&permit)).collect() })
}

/// Adds a program, which comes by API keys alone; the rest of it is changed as of any of the `users`.
#[utoipa::path(
    post,
    path = "/api/v1/service-accounts",
    tag = "people",
    params(("Idempotency-Key" = Option<String>, Header, description = "one creation's name: sent twice, it happens once")),
    request_body = people::AddServiceAccount,
    responses(
        (status = 201, body = Created),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn add_service_account(
    State(api): State<Api>,
    OfOrganization(organization): OfOrganization<AddServiceAccount>,
    once: Once,
    JsonBody { shape, text }: JsonBody<people::AddServiceAccount>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let name = name(&shape.name)?;
    let role = organization_role(shape.organization_role.as_deref().unwrap_or("member"))?;
    let mut act = api.app.act(organization).await?;
    if let Some(id) = act.once(once.of(&text)?).await? {
        return Ok((StatusCode::CREATED, Json(Created { id })));
    }
    let id = act.add_service_account(&name, role).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// One's own keys; with `manage_api_keys` all of the organization.
#[utoipa::path(
    get,
    path = "/api/v1/api-keys",
    tag = "people",
    responses((status = 200, body = people::ApiKeys), (status = 401, body = wire::problem::Problem))
)]
pub(crate) async fn list_api_keys(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
) -> Result<Json<people::ApiKeys>, Problem> {
    let keys = api.app.tenant(&context).api_keys(&visible(&context)).await?;
    Ok(Json(people::ApiKeys { keys: keys.iter().map(described).collect() }))
}

/// Makes a key of one's own, or of a service account. The answer alone holds it; what is sent twice makes two.
#[utoipa::path(
    post,
    path = "/api/v1/api-keys",
    tag = "people",
    request_body = people::CreateKey,
    responses(
        (status = 201, body = people::CreatedKey),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn create_api_key(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    JsonBody { shape, .. }: JsonBody<people::CreateKey>,
) -> Result<(StatusCode, Json<people::CreatedKey>), Problem> {
    let holder = shape.user.as_deref().unwrap_or("me");
    let holder = open_named::<Arc<Person>, CreateKey>(&api, &context, holder).await?;
    let scopes = match &shape.scopes {
        Some(scopes) => Some(read_scopes(&api, &context, scopes).await?),
        None => None,
    };
    let new = NewApiKey { name: name(&shape.name)?, days: shape.days.unwrap_or(DAYS), scopes };
    let (id, key) = api.app.act(holder).await?.create_key(new).await?;
    Ok((StatusCode::CREATED, Json(people::CreatedKey { id: id.to_string(), key: key.expose().to_owned() })))
}

async fn read_scopes(api: &Api, context: &Arc<AccessContext>, shape: &KeyScopes) -> Result<Scopes, Problem> {
    let mut connections = BTreeMap::new();
    for KeyConnection { connection, abilities } in &shape.connections {
        let abilities = ability_set(abilities)?;
        let connection = open_named::<Connection, View>(api, context, connection).await?;
        if connections.insert(connection.resource().id, abilities).is_some() {
            return Err(named_twice(connection.resource()));
        }
    }
    let content = shape.content.as_deref().map(content_role).transpose()?;
    Ok(Scopes { organization: ability_set(&shape.organization_abilities)?, connections, content })
}

/// One key, but for its secret.
#[utoipa::path(
    get,
    path = "/api/v1/api-keys/{key}",
    tag = "people",
    params(("key" = String, Path, description = "a key's id")),
    responses(
        (status = 200, body = people::ApiKey),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_api_key(Opened(key): Opened<ApiKey, View>) -> Json<people::ApiKey> {
    Json(described(&key))
}

/// Revokes a key: with the next request it lets nobody in, and what runs by it stops.
#[utoipa::path(
    delete,
    path = "/api/v1/api-keys/{key}",
    tag = "people",
    params(("key" = String, Path, description = "a key's id")),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn revoke_api_key(
    State(api): State<Api>,
    Opened(key): Opened<ApiKey, Remove>,
) -> Result<StatusCode, Problem> {
    api.app.act(key).await?.revoke_key().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn described(permit: &Permit<ApiKey, View>) -> people::ApiKey {
    let (key, snapshot) = (permit.resource(), permit.context().snapshot());
    let on = |(id, abilities): (&tessera_base::ConnectionId, &tessera_access::AbilitySet<_>)| KeyConnection {
        connection: snapshot.connection(*id).map_or_else(|| id.to_string(), |connection| connection.name.to_string()),
        abilities: abilities
            .iter()
            .map(|ability: tessera_access::ConnectionAbility| ability.name().to_owned())
            .collect(),
    };
    let scopes = key.scopes.as_ref().map(|scopes| KeyScopes {
        organization_abilities: scopes.organization.iter().map(|ability| ability.name().to_owned()).collect(),
        connections: scopes.connections.iter().map(on).collect(),
        content: scopes.content.map(|role| role.name().to_owned()),
    });
    people::ApiKey {
        id: key.id.to_string(),
        name: key.name.clone(),
        holder: person(snapshot, key.holder),
        scopes,
        created_by: person(snapshot, key.created_by),
        created_at: key.created_at.to_rfc3339(),
        expires_at: key.expires_at.to_rfc3339(),
        last_used_at: key.last_used_at.map(|at| at.to_rfc3339()),
        can: can(permit),
    }
}
