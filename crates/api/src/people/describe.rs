use crate::{
    access::{but, can, lacks, stands_in_the_way},
    wire::people::{AttributeDefinition, GroupDetails, GroupRef, HeldAttribute, RoleDefinition, RoleRef, User},
};
use std::sync::Arc;
use tessera_access::{
    Ability, ActionKind, ConnectionRole, CustomRole, HeldConnectionRole, HeldOrganizationRole, OrganizationRole,
    Permit, Person, PersonKind, Snapshot, action::Action,
};
use tessera_app::write_values;
use tessera_base::GroupId;

pub(super) fn user<A: Action>(permit: &Permit<Arc<Person>, A>) -> User {
    let (person, snapshot) = (permit.resource(), permit.context().snapshot());
    User {
        id: person.id.to_string(),
        kind: match person.kind {
            PersonKind::Member => "member",
            PersonKind::ServiceAccount => "service_account",
        },
        name: person.name.to_string(),
        email: (person.kind == PersonKind::Member && !person.is_removed()).then(|| person.email.to_string()),
        status: person.status.name(),
        organization_role: organization_role(snapshot, person.organization_role),
        timezone: person.timezone.map(|timezone| timezone.name().to_owned()),
        groups: groups(snapshot, &person.groups),
        can: can(permit),
    }
}

fn organization_role(snapshot: &Snapshot, held: HeldOrganizationRole) -> RoleRef {
    match held {
        HeldOrganizationRole::BuiltIn(role) => RoleRef { role: role.name().to_owned(), name: role.title().to_owned() },
        HeldOrganizationRole::Custom(id) => {
            RoleRef { role: id.to_string(), name: snapshot.organization_role(held).0.to_string() }
        }
    }
}

pub(crate) fn connection_role(snapshot: &Snapshot, held: HeldConnectionRole) -> RoleRef {
    let (name, _) = snapshot.connection_role(held);
    let role = match held {
        HeldConnectionRole::BuiltIn(role) => role.name().to_owned(),
        HeldConnectionRole::Custom(id) => id.to_string(),
    };
    RoleRef { role, name: name.to_string() }
}

pub(super) fn groups(snapshot: &Snapshot, ids: &[GroupId]) -> Vec<GroupRef> {
    let groups = ids.iter().filter_map(|id| snapshot.groups().get(*id));
    groups
        .map(|group| GroupRef { id: group.id.to_string(), key: group.key.to_string(), name: group.name.to_string() })
        .collect()
}

pub(super) fn group<A: Action>(permit: &Permit<Arc<tessera_access::Group>, A>) -> GroupDetails {
    let group = permit.resource();
    GroupDetails {
        id: group.id.to_string(),
        key: group.key.to_string(),
        name: group.name.to_string(),
        groups: groups(permit.context().snapshot(), &group.groups),
        can: can(permit),
    }
}

pub(super) fn attribute<A: Action>(
    permit: &Permit<Arc<tessera_access::AttributeDefinition>, A>,
) -> AttributeDefinition {
    let definition = permit.resource();
    let used = permit.context().snapshot().use_of_attribute(&definition.name);
    AttributeDefinition {
        name: definition.name.clone(),
        label: definition.label.clone(),
        description: definition.description.clone(),
        value_type: definition.value_type.name(),
        multiple: definition.multiple,
        default: definition.default.as_deref().map(write_values),
        secures_data: definition.secures_data,
        can: but(can(permit), ActionKind::Remove, used.map(stands_in_the_way)),
    }
}

pub(super) fn held(attribute: &tessera_access::HeldAttribute) -> HeldAttribute {
    HeldAttribute {
        name: attribute.name.to_string(),
        values: write_values(&attribute.values),
        source: attribute.source.name(),
    }
}

pub(super) fn role<A: Action>(permit: &Permit<CustomRole, A>) -> RoleDefinition {
    let (id, name) = (permit.resource().id().to_string(), permit.resource().name().to_string());
    let (kind, tier, abilities) = match permit.resource() {
        CustomRole::Organization(role) => ("organization", None, role.abilities.iter().map(Ability::name).collect()),
        CustomRole::Connection(role) => {
            ("connection", Some(role.tier.name()), role.abilities().iter().map(Ability::name).collect())
        }
    };
    let standing = permit.context().standing();
    let used = permit.context().snapshot().use_of_role(permit.resource());
    let can = but(can(permit), ActionKind::Remove, used.map(stands_in_the_way));
    let can = but(can, ActionKind::Edit, standing.lacks_to_change(permit.resource()).as_ref().map(lacks));
    RoleDefinition { role: id, name, kind, built_in: false, tier, abilities, can: Some(can) }
}

/// The roles that are always there.
pub(super) fn built_in() -> impl Iterator<Item = RoleDefinition> {
    let organization = OrganizationRole::ALL.into_iter().map(|role| {
        built_in_role("organization", role.name(), role.title(), role.abilities().iter().map(Ability::name).collect())
    });
    let connection = ConnectionRole::ALL.into_iter().map(|role| {
        built_in_role("connection", role.name(), role.title(), role.abilities().iter().map(Ability::name).collect())
    });
    organization.chain(connection)
}

fn built_in_role(kind: &'static str, role: &str, name: &str, abilities: Vec<&'static str>) -> RoleDefinition {
    RoleDefinition {
        role: role.to_owned(),
        name: name.to_owned(),
        kind,
        built_in: true,
        tier: None,
        abilities,
        can: None,
    }
}
