use crate::{StoreError, tenant::stored_id};
use std::borrow::Cow;
use tessera_base::{ConnectionId, GroupId, NodeId, RoleId, SupportGrantId, UserId};

/// What a write changed that may decide about somebody's access. Written down beside the version that it made.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Changed {
    /// What the organization says of itself.
    Organization,
    Person(UserId),
    Group(GroupId),
    OrganizationRole(RoleId),
    ConnectionRole(RoleId),
    Connection(ConnectionId),
    Attribute(String),
    Node(NodeId),
    Support(SupportGrantId),
}

impl Changed {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Person(_) => "person",
            Self::Group(_) => "group",
            Self::OrganizationRole(_) => "organization_role",
            Self::ConnectionRole(_) => "connection_role",
            Self::Connection(_) => "connection",
            Self::Attribute(_) => "attribute",
            Self::Node(_) => "node",
            Self::Support(_) => "support",
        }
    }

    pub(crate) fn id(&self) -> Cow<'_, str> {
        match self {
            Self::Organization => Cow::Borrowed(""),
            Self::Attribute(name) => Cow::Borrowed(name),
            Self::Person(id) => id.to_string().into(),
            Self::Group(id) => id.to_string().into(),
            Self::OrganizationRole(id) | Self::ConnectionRole(id) => id.to_string().into(),
            Self::Connection(id) => id.to_string().into(),
            Self::Node(id) => id.to_string().into(),
            Self::Support(id) => id.to_string().into(),
        }
    }

    pub(crate) fn stored(kind: &str, id: &str) -> Result<Self, StoreError> {
        const WHAT: &str = "change of access";
        Ok(match kind {
            "organization" => Self::Organization,
            "person" => Self::Person(stored_id(id, WHAT)?),
            "group" => Self::Group(stored_id(id, WHAT)?),
            "organization_role" => Self::OrganizationRole(stored_id(id, WHAT)?),
            "connection_role" => Self::ConnectionRole(stored_id(id, WHAT)?),
            "connection" => Self::Connection(stored_id(id, WHAT)?),
            "attribute" => Self::Attribute(id.to_owned()),
            "node" => Self::Node(stored_id(id, WHAT)?),
            "support" => Self::Support(stored_id(id, WHAT)?),
            _ => return Err(StoreError::Unreadable { what: WHAT }),
        })
    }
}
