//! What a change would do before it is made: who gains or loses what.
use crate::{
    AbilitySet, ConnectionAbility, ContentRole, OrganizationAbility, Person, Snapshot,
    reach::{Bystander, Holder, content_role, is_trashed},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tessera_base::{ConnectionId, NodeId, UserId};

/// What one person would gain and lose. Somebody for whom nothing differs is not in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    pub person: Arc<Person>,
    pub organization_gained: AbilitySet<OrganizationAbility>,
    pub organization_lost: AbilitySet<OrganizationAbility>,
    pub connections: Vec<ConnectionDifference>,
    /// Of the folders and documents that were asked about.
    pub content: Vec<ContentDifference>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectionDifference {
    pub connection: ConnectionId,
    pub gained: AbilitySet<ConnectionAbility>,
    pub lost: AbilitySet<ConnectionAbility>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ContentDifference {
    pub node: NodeId,
    pub before: Option<ContentRole>,
    pub after: Option<ContentRole>,
}

/// Compares two snapshots for everybody in either of them, by their ids, and for the roles on `nodes`.
pub fn what_if(before: &Snapshot, after: &Snapshot, nodes: &[NodeId]) -> Vec<Difference> {
    let ids: BTreeSet<UserId> = before.people().chain(after.people()).map(|person| person.id).collect();
    ids.into_iter().filter_map(|id| difference(before, after, nodes, id)).collect()
}

fn difference(before: &Snapshot, after: &Snapshot, nodes: &[NodeId], id: UserId) -> Option<Difference> {
    let person = after.person(id).or_else(|| before.person(id))?.clone();
    let [old, new] = [before, after].map(|snapshot| Held::of(snapshot, nodes, id));
    let connections: BTreeSet<ConnectionId> = old.connections.keys().chain(new.connections.keys()).copied().collect();
    let connections = connections.into_iter().filter_map(|connection| {
        let [had, has] =
            [&old, &new].map(|held| held.connections.get(&connection).copied().unwrap_or(AbilitySet::NONE));
        let (gained, lost) = (has.without(had), had.without(has));
        (had != has).then_some(ConnectionDifference { connection, gained, lost })
    });
    let content = nodes.iter().zip(old.content.iter().zip(&new.content));
    let content = content.filter(|(_, (before, after))| before != after);
    let difference = Difference {
        person,
        organization_gained: new.organization.without(old.organization),
        organization_lost: old.organization.without(new.organization),
        connections: connections.collect(),
        content: content
            .map(|(node, (before, after))| ContentDifference { node: *node, before: *before, after: *after })
            .collect(),
    };
    let same = difference.organization_gained.is_empty()
        && difference.organization_lost.is_empty()
        && difference.connections.is_empty()
        && difference.content.is_empty();
    (!same).then_some(difference)
}

struct Held {
    organization: AbilitySet<OrganizationAbility>,
    connections: BTreeMap<ConnectionId, AbilitySet<ConnectionAbility>>,
    content: Vec<Option<ContentRole>>,
}

impl Held {
    /// Somebody who is not there, or not active, holds nothing.
    fn of(snapshot: &Snapshot, nodes: &[NodeId], id: UserId) -> Self {
        let Some(person) = snapshot.person(id).filter(|person| person.is_active()) else {
            return Self {
                organization: AbilitySet::NONE,
                connections: BTreeMap::new(),
                content: vec![None; nodes.len()],
            };
        };
        let below = BTreeSet::new();
        let holder = Bystander { snapshot, person, below: &below };
        let abilities = |connection: ConnectionId| -> AbilitySet<ConnectionAbility> {
            let all = <ConnectionAbility as crate::Ability>::ALL.iter().copied();
            all.filter(|ability| holder.has_connection_ability(connection, *ability)).collect()
        };
        let role = |node: &NodeId| {
            let place = snapshot.nodes().place(*node).filter(|place| !is_trashed(snapshot, *place))?;
            content_role(&holder, place).map(|held| held.role)
        };
        Self {
            organization: holder.organization_abilities(),
            connections: snapshot.connections().map(|connection| (connection.id, abilities(connection.id))).collect(),
            content: nodes.iter().map(role).collect(),
        }
    }
}
