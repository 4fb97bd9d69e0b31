//! A change that nobody has made yet.
use crate::{
    Change, ContentRole, Grant, Grantee, Group, HeldConnectionRole, HeldOrganizationRole, Person, PersonStatus,
    Snapshot,
};
use std::sync::Arc;
use tessera_base::{ConnectionId, GroupId, NodeId, UserId};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proposal {
    /// A person or a group in a group, or not.
    Member {
        group: GroupId,
        member: Grantee,
        inside: bool,
    },
    /// `None` takes it away.
    ConnectionRole {
        connection: ConnectionId,
        to: Grantee,
        role: Option<HeldConnectionRole>,
    },
    OrganizationRole {
        person: UserId,
        role: HeldOrganizationRole,
    },
    Status {
        person: UserId,
        status: PersonStatus,
    },
    /// What a folder or document itself grants; `None` takes it away.
    Content {
        node: NodeId,
        to: Grantee,
        role: Option<ContentRole>,
    },
}

impl Snapshot {
    /// As it would be; `None` when what is named is not there, or cannot be done.
    pub fn proposed(&self, proposal: &Proposal) -> Option<Self> {
        let change = match *proposal {
            Proposal::Member { group, member, inside } => {
                self.groups().get(group)?;
                // A cycle is no change that could be made.
                let cycle = |id: GroupId| inside && self.groups().holders(group).contains(&id);
                match member {
                    Grantee::User(id) => self.with_person(id, |person| place(&mut person.groups, group, inside))?,
                    Grantee::Group(id) if !cycle(id) => {
                        self.with_group(id, |inner| place(&mut inner.groups, group, inside))?
                    }
                    Grantee::Group(_) | Grantee::Everyone => return None,
                }
            }
            Proposal::ConnectionRole { connection, to, role } => {
                let mut access = self.connection(connection)?.as_ref().clone();
                match to {
                    Grantee::User(id) => {
                        self.with_person(id, |person| assign(&mut person.connection_roles, connection, role))?
                    }
                    Grantee::Group(id) => {
                        self.with_group(id, |group| assign(&mut group.connection_roles, connection, role))?
                    }
                    Grantee::Everyone => {
                        access.base_role = role;
                        Change::Connection(access)
                    }
                }
            }
            Proposal::OrganizationRole { person, role } => {
                self.with_person(person, |person| person.organization_role = role)?
            }
            Proposal::Status { person, status } => self.with_person(person, |person| person.status = status)?,
            Proposal::Content { node, to, role } => {
                let mut node = self.nodes().get(node)?.clone();
                let others = node.grants.iter().copied().filter(|grant| grant.to != to);
                node.grants = others.chain(role.map(|role| Grant { to, role })).collect::<Vec<_>>().into();
                Change::Node(node)
            }
        };
        Some(self.with(self.version() + 1, [change]))
    }

    fn with_person(&self, id: UserId, edit: impl FnOnce(&mut Person)) -> Option<Change> {
        let mut person: Person = self.person(id).filter(|person| !person.is_removed())?.as_ref().clone();
        edit(&mut person);
        Some(Change::Person(person))
    }

    fn with_group(&self, id: GroupId, edit: impl FnOnce(&mut Group)) -> Option<Change> {
        let mut group: Group = Arc::unwrap_or_clone(self.groups().get(id)?.clone());
        edit(&mut group);
        Some(Change::Group(group))
    }
}

fn place(groups: &mut Vec<GroupId>, group: GroupId, inside: bool) {
    groups.retain(|other| *other != group);
    if inside {
        groups.push(group);
    }
}

fn assign(
    roles: &mut Vec<(ConnectionId, HeldConnectionRole)>,
    connection: ConnectionId,
    role: Option<HeldConnectionRole>,
) {
    roles.retain(|(on, _)| *on != connection);
    roles.extend(role.map(|role| (connection, role)));
}
