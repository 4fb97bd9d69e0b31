//! Effective roles once more, as the documentation says them: sets that grow until nothing is added.
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};
use tessera_access::{ContentRole, Grantee, HeldOrganizationRole, Node, OrganizationAbility, OrganizationRole, Person};
use tessera_base::{GroupId, NodeId, UserId};

pub(crate) fn groups_of(world: &World, person: &Person) -> BTreeSet<GroupId> {
    let mut groups: BTreeSet<GroupId> =
        person.groups.iter().filter(|id| world.groups.iter().any(|group| group.id == **id)).copied().collect();
    loop {
        let more: BTreeSet<GroupId> = world
            .groups
            .iter()
            .filter(|group| groups.contains(&group.id))
            .flat_map(|group| group.groups.iter().copied())
            .collect();
        let before = groups.len();
        groups.extend(more);
        if groups.len() == before {
            return groups;
        }
    }
}

fn find(world: &World, id: NodeId) -> &Node {
    world.nodes.iter().find(|node| node.id == id).unwrap()
}

fn root(world: &World, id: NodeId) -> &Node {
    let node = find(world, id);
    node.parent.map_or(node, |parent| root(world, parent))
}

pub(crate) fn is_trashed(world: &World, id: NodeId) -> bool {
    let node = find(world, id);
    node.trashed || node.parent.is_some_and(|parent| is_trashed(world, parent))
}

pub(crate) fn role(world: &World, person: &Person, id: NodeId) -> Option<ContentRole> {
    let node = find(world, id);
    let groups = groups_of(world, person);
    let granted = node.grants.iter().filter(|grant| match grant.to {
        Grantee::User(id) => id == person.id,
        Grantee::Group(id) => groups.contains(&id),
        Grantee::Everyone => true,
    });
    let mut role = granted.map(|grant| grant.role).max();
    if node.owner == Some(person.id) {
        role = Some(ContentRole::Manager);
    }
    if let (false, Some(parent)) = (node.restricted, node.parent) {
        role = role.max(self::role(world, person, parent));
    }
    if root(world, id).owner.is_none() && administers(world, person) {
        role = Some(ContentRole::Manager);
    }
    role
}

fn administers(world: &World, person: &Person) -> bool {
    match person.organization_role {
        HeldOrganizationRole::BuiltIn(role) => role == OrganizationRole::Admin,
        HeldOrganizationRole::Custom(id) => {
            let role = world.organization_roles.iter().find(|role| role.id == id).unwrap();
            role.abilities.has(OrganizationAbility::ManageContentAccess)
        }
    }
}

/// Everything that is there for this person.
pub(crate) fn visible(world: &World, person: &Person) -> BTreeSet<NodeId> {
    let mut visible = BTreeSet::new();
    for node in &world.nodes {
        if is_trashed(world, node.id) || role(world, person, node.id).is_none() {
            continue;
        }
        let mut next = Some(node.id);
        while let Some(id) = next {
            visible.insert(id);
            next = find(world, id).parent;
        }
    }
    visible
}

pub(crate) fn roles(world: &World, id: NodeId) -> BTreeMap<UserId, ContentRole> {
    let active = world.people.iter().filter(|person| person.is_active());
    active.filter_map(|person| Some((person.id, role(world, person, id)?))).collect()
}

/// Whether `shown` is the node, or a folder that it takes its access from.
pub(crate) fn is_shown(world: &World, shown: Option<NodeId>, id: NodeId) -> bool {
    let node = world.nodes.iter().find(|node| node.id == id).unwrap();
    let inherited = || !node.restricted && node.parent.is_some_and(|parent| is_shown(world, shown, parent));
    !is_trashed(world, id) && (shown == Some(id) || inherited())
}
