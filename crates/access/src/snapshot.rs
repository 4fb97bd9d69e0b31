//! All that decides about the people of one organization, as it was at one version.
mod by_id;
mod change;
mod groups;
mod nodes;
mod resources;
mod uses;

pub use change::Change;
pub use groups::{Group, Groups};
pub use nodes::{Nodes, Place};
pub use resources::CustomRole;

use crate::{
    AbilitySet, AttributeDefinition, ConnectionAbility, ConnectionRole, CustomConnectionRole, CustomOrganizationRole,
    DocumentAbility, HeldAttribute, HeldConnectionRole, HeldOrganizationRole, OrganizationAbility, OrganizationRole,
    SupportGrant,
};
use std::{collections::BTreeMap, sync::Arc};
use tessera_base::{ConnectionId, GroupId, OrganizationId, RoleId, SupportGrantId, TimeZone, UserId};

/// Somebody who can hold roles, be in groups and own content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    pub id: UserId,
    pub kind: PersonKind,
    pub status: PersonStatus,
    pub email: Arc<str>,
    pub name: Arc<str>,
    pub timezone: Option<TimeZone>,
    pub organization_role: HeldOrganizationRole,
    /// Those that hold the person directly.
    pub groups: Vec<GroupId>,
    pub connection_roles: Vec<(ConnectionId, HeldConnectionRole)>,
    pub attributes: Vec<HeldAttribute>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PersonKind {
    Member,
    /// A program, which signs in with an API key of the organization.
    ServiceAccount,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PersonStatus {
    Active,
    /// May not sign in; has no access, and no session.
    Suspended,
    /// Gone for good. What they made, and the audit trail, still name them.
    Removed,
}

impl PersonStatus {
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Removed];

    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Removed => "removed",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What decides about a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectionAccess {
    pub id: ConnectionId,
    pub name: Arc<str>,
    /// What everyone in the organization holds on it.
    pub base_role: Option<HeldConnectionRole>,
}

/// What an organization says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// Short and immutable, for addresses and configuration.
    pub key: Arc<str>,
    pub name: Arc<str>,
    /// What documents let their readers do, unless they say otherwise.
    pub document_abilities: AbilitySet<DocumentAbility>,
}

impl Default for Profile {
    fn default() -> Self {
        Self { key: Arc::from(""), name: Arc::from(""), document_abilities: AbilitySet::all() }
    }
}

/// Cheap to clone; a changed one shares what did not change.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) organization: OrganizationId,
    pub(crate) version: u64,
    pub(crate) profile: Arc<Profile>,
    pub(crate) people: Arc<BTreeMap<UserId, Arc<Person>>>,
    pub(crate) groups: Arc<Groups>,
    pub(crate) organization_roles: Arc<BTreeMap<RoleId, Arc<CustomOrganizationRole>>>,
    pub(crate) connection_roles: Arc<BTreeMap<RoleId, Arc<CustomConnectionRole>>>,
    pub(crate) connections: Arc<BTreeMap<ConnectionId, Arc<ConnectionAccess>>>,
    pub(crate) attributes: Arc<BTreeMap<String, Arc<AttributeDefinition>>>,
    pub(crate) nodes: Nodes,
    pub(crate) support: Arc<BTreeMap<SupportGrantId, Arc<SupportGrant>>>,
}

impl Snapshot {
    /// Of an organization in which nobody is and nothing is shared.
    pub fn empty(organization: OrganizationId) -> Self {
        Self {
            organization,
            version: 0,
            profile: Arc::default(),
            people: Arc::default(),
            groups: Arc::default(),
            organization_roles: Arc::default(),
            connection_roles: Arc::default(),
            connections: Arc::default(),
            attributes: Arc::default(),
            nodes: Nodes::default(),
            support: Arc::default(),
        }
    }

    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    pub fn person(&self, id: UserId) -> Option<&Arc<Person>> {
        self.people.get(&id)
    }

    /// By their ids.
    pub fn people(&self) -> impl Iterator<Item = &Arc<Person>> {
        self.people.values()
    }

    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    pub fn connection(&self, id: ConnectionId) -> Option<&Arc<ConnectionAccess>> {
        self.connections.get(&id)
    }

    pub fn connections(&self) -> impl Iterator<Item = &Arc<ConnectionAccess>> {
        self.connections.values()
    }

    pub fn organization_roles(&self) -> impl Iterator<Item = &Arc<CustomOrganizationRole>> {
        self.organization_roles.values()
    }

    pub fn connection_roles(&self) -> impl Iterator<Item = &Arc<CustomConnectionRole>> {
        self.connection_roles.values()
    }

    /// By name.
    pub fn attributes(&self) -> impl Iterator<Item = &Arc<AttributeDefinition>> {
        self.attributes.values()
    }

    pub fn attribute(&self, name: &str) -> Option<&Arc<AttributeDefinition>> {
        self.attributes.get(name)
    }

    /// The roles that the organization made.
    pub fn roles(&self) -> impl Iterator<Item = CustomRole> {
        let organization = self.organization_roles.values().cloned().map(CustomRole::Organization);
        organization.chain(self.connection_roles.values().cloned().map(CustomRole::Connection))
    }

    pub fn role(&self, id: RoleId) -> Option<CustomRole> {
        let organization = self.organization_roles.get(&id).cloned().map(CustomRole::Organization);
        organization.or_else(|| self.connection_roles.get(&id).cloned().map(CustomRole::Connection))
    }

    pub fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// The name and the abilities of an organization role. A role that is not there gives nothing.
    pub fn organization_role(&self, held: HeldOrganizationRole) -> (Arc<str>, AbilitySet<OrganizationAbility>) {
        match held {
            HeldOrganizationRole::BuiltIn(role) => (Arc::from(role.name()), role.abilities()),
            HeldOrganizationRole::Custom(id) => match self.organization_roles.get(&id) {
                Some(role) => (role.name.clone(), role.abilities),
                None => (Arc::from(""), AbilitySet::NONE),
            },
        }
    }

    /// The name and the abilities of a role on connections. A role that is not there gives nothing.
    pub fn connection_role(&self, held: HeldConnectionRole) -> (Arc<str>, AbilitySet<ConnectionAbility>) {
        match held {
            HeldConnectionRole::BuiltIn(role) => (Arc::from(role.title()), role.abilities()),
            HeldConnectionRole::Custom(id) => match self.connection_roles.get(&id) {
                Some(role) => (role.name.clone(), role.abilities()),
                None => (Arc::from(""), AbilitySet::NONE),
            },
        }
    }

    pub(crate) fn connection_role_gives(&self, held: HeldConnectionRole) -> AbilitySet<ConnectionAbility> {
        match held {
            HeldConnectionRole::BuiltIn(role) => role.abilities(),
            HeldConnectionRole::Custom(id) => {
                self.connection_roles.get(&id).map_or(AbilitySet::NONE, |role| role.abilities())
            }
        }
    }

    pub(crate) fn organization_role_gives(&self, held: HeldOrganizationRole) -> AbilitySet<OrganizationAbility> {
        match held {
            HeldOrganizationRole::BuiltIn(role) => role.abilities(),
            HeldOrganizationRole::Custom(id) => {
                self.organization_roles.get(&id).map_or(AbilitySet::NONE, |role| role.abilities)
            }
        }
    }
}

impl Person {
    pub fn is_active(&self) -> bool {
        self.status == PersonStatus::Active
    }

    pub fn is_removed(&self) -> bool {
        self.status == PersonStatus::Removed
    }

    pub fn is_admin(&self) -> bool {
        self.organization_role == HeldOrganizationRole::BuiltIn(OrganizationRole::Admin)
    }
}

/// What an organization admin holds on every connection.
pub(crate) const ADMIN_ON_CONNECTIONS: ConnectionRole = ConnectionRole::ConnectionAdmin;
