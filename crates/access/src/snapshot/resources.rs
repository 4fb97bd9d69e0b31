//! What of a snapshot is reached through a decision of its own.
use super::{Group, Person, Profile};
use crate::{AttributeDefinition, CustomConnectionRole, CustomOrganizationRole, Resource, ResourceKind};
use std::sync::Arc;
use tessera_base::RoleId;

/// The organization itself.
impl Resource for Arc<Profile> {
    const KIND: ResourceKind = ResourceKind::Organization;
}

impl Resource for Arc<Person> {
    const KIND: ResourceKind = ResourceKind::Person;
}

impl Resource for Arc<Group> {
    const KIND: ResourceKind = ResourceKind::Group;
}

impl Resource for Arc<AttributeDefinition> {
    const KIND: ResourceKind = ResourceKind::Attribute;
}

/// A role that the organization made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CustomRole {
    Organization(Arc<CustomOrganizationRole>),
    Connection(Arc<CustomConnectionRole>),
}

impl CustomRole {
    pub fn id(&self) -> RoleId {
        match self {
            Self::Organization(role) => role.id,
            Self::Connection(role) => role.id,
        }
    }

    pub fn name(&self) -> &Arc<str> {
        match self {
            Self::Organization(role) => &role.name,
            Self::Connection(role) => &role.name,
        }
    }
}

impl Resource for CustomRole {
    const KIND: ResourceKind = ResourceKind::Role;
}
