//! From `ACTOR.yaml` to who asks, as a server would have found them.
use super::{CONNECTION, FolderError, ORGANIZATION};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    Abilities, AccessContext, Actor, Assignment, ConnectionRole, ContextParts, GroupRef, OrganizationRole, Origin, User,
};
use tessera_base::{Instant, RequestId, UserId};
use tessera_model::file::ActorFile;
use uuid::Uuid;

pub(super) fn establish(file: &ActorFile, now: Instant) -> Result<Arc<AccessContext>, FolderError> {
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
    let parts = ContextParts {
        // One process is one request.
        request_id: RequestId::new(Uuid::nil()),
        organization: ORGANIZATION,
        actor: Actor::User(user(file)?),
        groups: file.groups.iter().map(|key| GroupRef { key: key.clone(), name: key.clone() }).collect(),
        organization_admin: file.organization_admin,
        organization_abilities: Abilities::new(organization_roles),
        connection_abilities: BTreeMap::from([(CONNECTION, Abilities::new(roles))]),
        attributes: file.attributes(),
        now,
    };
    #[expect(clippy::disallowed_methods, reason = "on the command line, this is the gate")]
    Ok(Arc::new(AccessContext::establish(parts)))
}

fn user(file: &ActorFile) -> Result<User, FolderError> {
    let id = match &file.user.id {
        Some(id) => id.parse().map_err(|_| FolderError::UserId { id: id.chars().take(80).collect() })?,
        None => UserId::new(Uuid::nil()),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(User { id, email: text(&file.user.email), name: text(&file.user.name), timezone: None })
}
