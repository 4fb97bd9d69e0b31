//! Support by invitation, as an organization's admins give it, watch it and take it back.
use crate::{
    Api,
    access::{but, can, stands_in_the_way},
    connections::built_in_role,
    content::person,
    extract::{JsonBody, OfOrganization, Once, Opened, SignedIn, open_named},
    people::ability_set,
    problem::{Kind, Problem},
    wire,
};
use axum::{Json, extract::State, http::StatusCode};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    AccessContext, Connection, ConnectionRole, Permit, SupportScope,
    action::{Action as _, AllowSupport, Remove, Share, View},
    visible,
};
use tessera_app::{Document, Folder, NewSupportGrant, SupportAccess};
use tessera_base::{EmailAddress, is_invisible};
use wire::{
    content::{Created, PersonRef},
    support::{SupportConnection, SupportContent, SupportGrant, SupportGrants, SupportVisit},
};

const LONGEST_REASON: usize = 500;

/// Lets the operator's staff in: with what it gives, for as long as it says, and no longer than until it is taken back.
/// Nobody gives what they lack, and nothing that would let anybody in who stays.
#[utoipa::path(
    post,
    path = "/api/v1/support-access",
    tag = "support",
    params(("Idempotency-Key" = Option<String>, Header, description = "one creation's name: sent twice, it happens once")),
    request_body = wire::support::AllowSupport,
    responses(
        (status = 201, body = Created),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn allow_support(
    State(api): State<Api>,
    OfOrganization(organization): OfOrganization<AllowSupport>,
    once: Once,
    JsonBody { shape, text }: JsonBody<wire::support::AllowSupport>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let context = organization.context().clone();
    let new = NewSupportGrant {
        scope: scope(&api, &context, &shape).await?,
        operator: shape.operator.as_deref().map(address).transpose()?,
        reason: reason(&shape.reason)?,
        minutes: shape.minutes,
    };
    let mut act = api.app.act(organization).await?;
    if let Some(id) = act.once(once.of(&text)?).await? {
        return Ok((StatusCode::CREATED, Json(Created { id })));
    }
    let id = act.allow_support(new).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

async fn scope(
    api: &Api,
    context: &Arc<AccessContext>,
    shape: &wire::support::AllowSupport,
) -> Result<SupportScope, Problem> {
    let mut scope =
        SupportScope { organization: ability_set(&shape.organization_abilities)?, ..SupportScope::default() };
    for SupportConnection { connection, role } in &shape.connections {
        let role = built_in_role("role", role)?;
        let connection = open_named::<Connection, View>(api, context, connection).await?;
        if scope.connections.insert(connection.resource().id, role).is_some() {
            return Err(named_twice(connection.resource()));
        }
    }
    for folder in &shape.folders {
        scope.content.push(open_named::<Folder, Share>(api, context, folder).await?.resource().id);
    }
    for document in &shape.documents {
        scope.content.push(open_named::<Document, Share>(api, context, document).await?.resource().id);
    }
    Ok(scope)
}

pub(crate) fn named_twice(connection: &Connection) -> Problem {
    Problem::new(Kind::InvalidValue, format!("connection `{}` is named twice", connection.name))
}

fn address(text: &str) -> Result<EmailAddress, Problem> {
    EmailAddress::parse(text).map_err(|error| Problem::new(Kind::InvalidValue, error.to_string()))
}

fn reason(text: &str) -> Result<String, Problem> {
    let reason = text.trim();
    let strange = |c: char| is_invisible(c) && c != '\n';
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.contains(strange) {
        let detail = format!("a reason has 1 to {LONGEST_REASON} characters, and none that cannot be seen");
        return Err(Problem::new(Kind::InvalidValue, detail));
    }
    Ok(reason.to_owned())
}

/// What the operator's staff may do now, with who of them is there; then the last that is over. Newest first.
#[utoipa::path(
    get,
    path = "/api/v1/support-access",
    tag = "support",
    responses(
        (status = 200, body = SupportGrants),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_support_access(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    OfOrganization(_): OfOrganization<AllowSupport>,
) -> Result<Json<SupportGrants>, Problem> {
    let grants = api.app.tenant(&context).support_grants(&visible(&context)).await?;
    Ok(Json(SupportGrants { grants: grants.iter().map(|permit| described(&context, permit)).collect() }))
}

/// One grant of support access, and who came by it.
#[utoipa::path(
    get,
    path = "/api/v1/support-access/{grant}",
    tag = "support",
    params(("grant" = String, Path, description = "a support grant's id")),
    responses(
        (status = 200, body = SupportGrant),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_support_access(
    SignedIn(context): SignedIn,
    Opened(grant): Opened<SupportAccess, View>,
) -> Json<SupportGrant> {
    Json(described(&context, &grant))
}

/// Takes support access back: whoever is in the organization by it is out with their next request, and what runs for them
/// stops.
#[utoipa::path(
    delete,
    path = "/api/v1/support-access/{grant}",
    tag = "support",
    params(("grant" = String, Path, description = "a support grant's id")),
    responses(
        (status = 204, description = "done"),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 409, body = wire::problem::Problem),
    )
)]
pub(crate) async fn revoke_support_access(
    State(api): State<Api>,
    Opened(grant): Opened<SupportAccess, Remove>,
) -> Result<StatusCode, Problem> {
    api.app.act(grant).await?.revoke_support().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn described(context: &AccessContext, permit: &Permit<SupportAccess, View>) -> SupportGrant {
    let snapshot = context.snapshot();
    let SupportAccess { grant, reason, granted_by, granted_at, revoked, visits } = permit.resource();
    let active = permit.resource().is_active(context.now());
    let state = match (active, revoked) {
        (true, _) => "active",
        (false, Some(_)) => "revoked",
        (false, None) => "expired",
    };
    let connections: BTreeMap<_, _> = grant.scope.connections.iter().collect();
    let connection = |(id, role): (&tessera_base::ConnectionId, &ConnectionRole)| SupportConnection {
        connection: snapshot.connection(*id).map_or_else(|| id.to_string(), |connection| connection.name.to_string()),
        role: role.name().to_owned(),
    };
    let content = grant.scope.content.iter().map(|id| SupportContent {
        id: id.to_string(),
        name: snapshot.nodes().get(*id).map(|node| node.name.to_string()),
    });
    SupportGrant {
        id: grant.id.to_string(),
        state,
        reason: reason.clone(),
        operator: grant.operator.as_deref().map(str::to_owned),
        organization_abilities: grant.scope.organization.iter().map(tessera_access::Ability::name).collect(),
        connections: connections.into_iter().map(connection).collect(),
        content: content.collect(),
        granted_by: person(snapshot, *granted_by),
        granted_at: granted_at.to_rfc3339(),
        expires_at: grant.expires_at.to_rfc3339(),
        revoked_at: revoked.as_ref().map(|(at, _)| at.to_rfc3339()),
        revoked_by: revoked.as_ref().map(|(_, by)| person(snapshot, *by)),
        entered: permit.resource().is_entered(context.now()),
        visits: visits
            .iter()
            .map(|visit| SupportVisit {
                session: visit.session.to_string(),
                operator: PersonRef { id: visit.operator.to_string(), name: visit.name.clone() },
                entered_at: visit.entered_at.to_rfc3339(),
                last_seen_at: visit.last_seen_at.to_rfc3339(),
                left_at: visit.left_at.map(|at| at.to_rfc3339()),
            })
            .collect(),
        can: but(can(permit), Remove::KIND, (!active).then(|| stands_in_the_way("it is over".to_owned()))),
    }
}
