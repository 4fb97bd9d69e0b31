//! From `ACTOR.yaml` to who asks, as a server would have found them.
use super::{CONNECTION, ORGANIZATION};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    Abilities, AccessContext, Actor, Assignment, ConnectionRole, GroupRef, OrganizationRole, Origin, Snapshot,
    Standing, StandingParts, User,
};
use tessera_base::{Arrival, Instant, RequestId, UserId};
use tessera_model::file::{ActorFile, ActorUser};
use uuid::Uuid;

pub(super) fn establish(file: &ActorFile, now: Instant) -> Arc<AccessContext> {
    let mut roles: Vec<_> = file
        .connection_role
        .iter()
        .map(|role| Assignment::new(role.to_string(), Origin::Direct, role.abilities()))
        .collect();
    let mut organization_roles = Vec::new();
    if file.organization_admin {
        let admin = ConnectionRole::ConnectionAdmin;
        roles.push(Assignment::new(admin.to_string(), Origin::OrganizationAdmin, admin.abilities()));
        let admin = OrganizationRole::Admin;
        organization_roles.push(Assignment::new(admin.name(), Origin::Direct, admin.abilities()));
    }
    let group = |key: &String| GroupRef { key: key.as_str().into(), name: key.as_str().into() };
    let parts = StandingParts {
        groups: file.groups.iter().map(group).collect(),
        organization_admin: file.organization_admin,
        organization_abilities: Abilities::new(organization_roles),
        connection_abilities: BTreeMap::from([(CONNECTION, Abilities::new(roles))]),
        attributes: file.attributes(),
    };
    let nobody_else = Arc::new(Snapshot::empty(ORGANIZATION));
    let standing = Arc::new(Standing::given(nobody_else, Actor::User(user(file)), parts));
    // One process is one request.
    let arrival = Arrival::within(RequestId::new(Uuid::nil()));
    #[expect(clippy::disallowed_methods, reason = "on the command line, this is the gate")]
    Arc::new(AccessContext::establish(arrival, now, standing))
}

/// The id is what the rows hold, and need not be one of ours.
fn user(file: &ActorFile) -> User {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let ActorUser { id, email, name } = &file.user;
    User {
        id: id.as_ref().and_then(|id| id.parse().ok()).unwrap_or(UserId::new(Uuid::nil())),
        known_as: id.clone(),
        email: text(email),
        name: text(name),
        timezone: None,
    }
}
