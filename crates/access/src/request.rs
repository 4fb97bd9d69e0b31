//! What would have to be given to somebody, and no more, so that they may do what they ask for.
use crate::{
    ActionKind, ConnectionRole, ContentRole, Facts, HeldConnectionRole, Requirement, ResourceKind, Snapshot, WhoCan,
};
use tessera_base::{ConnectionId, UserId};

/// The smallest grants that suffice.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct SmallestGrant {
    /// On the folder or document.
    pub content: Option<ContentRole>,
    pub connection: Option<(ConnectionId, ConnectionRole)>,
    /// What no grant gives.
    pub beyond: Vec<Requirement>,
}

impl SmallestGrant {
    /// `None` for somebody who is not there any more; nothing at all for somebody who may already.
    pub fn of(
        snapshot: &Snapshot,
        person: UserId,
        resource: ResourceKind,
        facts: &Facts,
        action: ActionKind,
    ) -> Option<Self> {
        let decision = WhoCan::new(snapshot, resource, facts, action).decision(person)?;
        if decision.allowed() {
            return Some(Self::default());
        }
        let ways = decision.needs.iter().map(|missing| Self::meeting(snapshot, person, facts, &missing.0));
        ways.min_by_key(|way| (way.beyond.len(), way.content, way.connection.map(|(_, role)| role)))
    }

    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    fn meeting(snapshot: &Snapshot, person: UserId, facts: &Facts, missing: &[Requirement]) -> Self {
        let mut grant = Self::default();
        let mut abilities = Vec::new();
        for requirement in missing {
            match *requirement {
                Requirement::Content(role) => grant.content = grant.content.max(Some(role)),
                Requirement::Connection(ability) if facts.connection.is_some() => abilities.push(ability),
                other => grant.beyond.push(other),
            }
        }
        if let Some(connection) = facts.connection.filter(|_| !abilities.is_empty()) {
            // What takes the place of the role that they have gives all that it gave.
            let held = snapshot.person(person).into_iter().flat_map(|person| &person.connection_roles);
            let held = held.filter(|(on, _)| *on == connection).map(|(_, role)| snapshot.connection_role(*role).1);
            let wanted = held.fold(abilities.into_iter().collect(), crate::AbilitySet::with);
            let smallest = ConnectionRole::ALL.into_iter().find(|role| role.abilities().holds(wanted));
            grant.connection = smallest.map(|role| (connection, role));
        }
        grant
    }

    /// The same as what is held, to be given.
    pub fn connection_role(&self) -> Option<(ConnectionId, HeldConnectionRole)> {
        self.connection.map(|(connection, role)| (connection, role.into()))
    }
}
