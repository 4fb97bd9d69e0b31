//! Nobody gives what they lack: what an actor would need besides, to give a role, or a place in a group.
use crate::{
    ConnectionAbility, CustomRole, Grantee, HeldConnectionRole, HeldOrganizationRole, Missing, OrganizationAbility,
    OrganizationRole, Requirement, Snapshot, Standing,
};
use std::collections::{BTreeMap, BTreeSet};
use tessera_base::{ConnectionId, GroupId, RoleId, UserId};

impl Standing {
    /// `None`: nothing. Only an admin makes an admin, whatever else somebody holds.
    pub fn lacks_to_give(&self, role: HeldOrganizationRole) -> Option<Missing> {
        let given = self.snapshot().organization_role(role).1;
        let admin = role == HeldOrganizationRole::BuiltIn(OrganizationRole::Admin) && !self.is_organization_admin();
        let missing = given.iter().filter(|ability| !self.organization_abilities().has(*ability));
        let missing = missing.map(Requirement::Organization);
        found(missing.chain(admin.then_some(Requirement::OrganizationAdmin)).collect())
    }

    /// The same of abilities, for a role that is yet to be made.
    pub fn lacks_of(&self, given: impl IntoIterator<Item = OrganizationAbility>) -> Option<Missing> {
        let missing = given.into_iter().filter(|ability| !self.organization_abilities().has(*ability));
        found(missing.map(Requirement::Organization).collect())
    }

    pub fn lacks_to_give_on(&self, connection: ConnectionId, role: HeldConnectionRole) -> Option<Missing> {
        self.lacks_on(connection, self.snapshot().connection_role(role).1.iter())
    }

    pub fn lacks_on(
        &self,
        connection: ConnectionId,
        given: impl IntoIterator<Item = ConnectionAbility>,
    ) -> Option<Missing> {
        let own = self.connection_abilities(connection);
        let missing = given.into_iter().filter(|ability| !own.is_some_and(|own| own.has(*ability)));
        found(missing.map(Requirement::Connection).collect())
    }

    /// What comes with being in the group: the roles on connections that it and those that hold it have.
    pub fn lacks_to_give_group(&self, group: GroupId) -> Option<Missing> {
        let groups = self.snapshot().groups();
        let given = groups.holders(group).iter().filter_map(|id| groups.get(*id));
        let mut missing = BTreeSet::new();
        for (connection, role) in given.flat_map(|group| &group.connection_roles) {
            missing.extend(self.lacks_to_give_on(*connection, *role).into_iter().flat_map(|missing| missing.0));
        }
        found(missing.into_iter().collect())
    }

    /// What comes with being able to come in as somebody else: all that they hold.
    pub fn lacks_to_be(&self, person: UserId) -> Option<Missing> {
        let theirs = self.snapshot().member(person)?;
        let mut missing = BTreeSet::new();
        missing.extend(self.lacks_of(theirs.organization_abilities().iter()).into_iter().flat_map(|missing| missing.0));
        for (connection, abilities) in theirs.connections() {
            missing.extend(self.lacks_on(connection, abilities.iter()).into_iter().flat_map(|missing| missing.0));
        }
        found(missing.into_iter().collect())
    }

    /// What comes with changing a role: on every connection where somebody has it, what it gives.
    pub fn lacks_to_change(&self, role: &CustomRole) -> Option<Missing> {
        match role {
            CustomRole::Organization(role) => self.lacks_of(role.abilities.iter()),
            CustomRole::Connection(role) => {
                let mut missing = BTreeSet::new();
                for connection in self.snapshot().connections_of_role(role.id).keys() {
                    let lacks = self.lacks_on(*connection, role.abilities().iter());
                    missing.extend(lacks.into_iter().flat_map(|missing| missing.0));
                }
                found(missing.into_iter().collect())
            }
        }
    }
}

fn found(mut missing: Vec<Requirement>) -> Option<Missing> {
    missing.sort();
    missing.dedup();
    (!missing.is_empty()).then_some(Missing(missing))
}

impl Snapshot {
    /// What somebody was given on a connection itself.
    pub fn held_on(&self, connection: ConnectionId, to: Grantee) -> Option<HeldConnectionRole> {
        let of = |roles: &[(ConnectionId, HeldConnectionRole)]| {
            roles.iter().find(|(on, _)| *on == connection).map(|(_, role)| *role)
        };
        match to {
            Grantee::User(id) => of(&self.person(id)?.connection_roles),
            Grantee::Group(id) => of(&self.groups().get(id)?.connection_roles),
            Grantee::Everyone => self.connection(connection)?.base_role,
        }
    }

    /// Where a role on connections is held, and by how many people and groups; everyone counts as one.
    pub fn connections_of_role(&self, role: RoleId) -> BTreeMap<ConnectionId, usize> {
        let held = HeldConnectionRole::Custom(role);
        let of_people = self.people().flat_map(|person| &person.connection_roles);
        let of_groups = self.groups().iter().flat_map(|group| &group.connection_roles);
        let named = of_people.chain(of_groups).filter(|(_, role)| *role == held).map(|(connection, _)| *connection);
        let of_everyone = self.connections().filter(|connection| connection.base_role == Some(held));
        let mut connections = BTreeMap::new();
        for connection in named.chain(of_everyone.map(|connection| connection.id)) {
            *connections.entry(connection).or_default() += 1;
        }
        connections
    }

    /// How many people have a role in the organization.
    pub fn holders_of_role(&self, role: RoleId) -> usize {
        self.people().filter(|person| person.organization_role == HeldOrganizationRole::Custom(role)).count()
    }
}
