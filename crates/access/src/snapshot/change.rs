use super::{ConnectionAccess, Group, Person, Profile, Snapshot};
use crate::{AttributeDefinition, CustomConnectionRole, CustomOrganizationRole, Node, SupportGrant};
use std::sync::Arc;
use tessera_base::{ConnectionId, GroupId, NodeId, RoleId, SupportGrantId, UserId};

/// One thing as it is now. What is told of it replaces all that was known of it.
#[derive(Clone, Debug)]
pub enum Change {
    Profile(Profile),
    Person(Person),
    PersonGone(UserId),
    Group(Group),
    GroupGone(GroupId),
    OrganizationRole(CustomOrganizationRole),
    ConnectionRole(CustomConnectionRole),
    RoleGone(RoleId),
    Connection(ConnectionAccess),
    ConnectionGone(ConnectionId),
    Attribute(AttributeDefinition),
    AttributeGone(String),
    Node(Node),
    NodeGone(NodeId),
    Support(SupportGrant),
    SupportGone(SupportGrantId),
}

impl Snapshot {
    /// This snapshot with `changes`, at `version`.
    pub fn with(&self, version: u64, changes: impl IntoIterator<Item = Change>) -> Self {
        let mut new = self.clone();
        new.version = version;
        let mut groups = Vec::new();
        let mut nodes = Vec::new();
        for change in changes {
            match change {
                Change::Profile(profile) => new.profile = Arc::new(profile),
                Change::Person(person) => drop(Arc::make_mut(&mut new.people).insert(person.id, Arc::new(person))),
                Change::PersonGone(id) => drop(Arc::make_mut(&mut new.people).remove(&id)),
                Change::Group(group) => groups.push((group.id, Some(group))),
                Change::GroupGone(id) => groups.push((id, None)),
                Change::OrganizationRole(role) => {
                    drop(Arc::make_mut(&mut new.organization_roles).insert(role.id, Arc::new(role)))
                }
                Change::ConnectionRole(role) => {
                    drop(Arc::make_mut(&mut new.connection_roles).insert(role.id, Arc::new(role)))
                }
                Change::RoleGone(id) => {
                    Arc::make_mut(&mut new.organization_roles).remove(&id);
                    Arc::make_mut(&mut new.connection_roles).remove(&id);
                }
                Change::Connection(connection) => {
                    drop(Arc::make_mut(&mut new.connections).insert(connection.id, Arc::new(connection)))
                }
                Change::ConnectionGone(id) => drop(Arc::make_mut(&mut new.connections).remove(&id)),
                Change::Attribute(definition) => {
                    drop(Arc::make_mut(&mut new.attributes).insert(definition.name.clone(), Arc::new(definition)));
                }
                Change::AttributeGone(name) => drop(Arc::make_mut(&mut new.attributes).remove(&name)),
                Change::Node(node) => nodes.push(node),
                Change::NodeGone(id) => new.nodes.remove(id),
                Change::Support(grant) => drop(Arc::make_mut(&mut new.support).insert(grant.id, Arc::new(grant))),
                Change::SupportGone(id) => drop(Arc::make_mut(&mut new.support).remove(&id)),
            }
        }
        new.nodes.set(nodes);
        if !groups.is_empty() {
            Arc::make_mut(&mut new.groups).set(groups);
        }
        new
    }
}
