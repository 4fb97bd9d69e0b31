use crate::{ConnectionAbility, OrganizationAbility, ability::Ability};
use std::fmt;

/// The built-in roles of an organization.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OrganizationRole {
    Admin,
    /// May sign in; nothing else until granted.
    Member,
}

impl OrganizationRole {
    pub const ALL: [Self; 2] = [Self::Admin, Self::Member];

    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    pub fn abilities(self) -> &'static [OrganizationAbility] {
        match self {
            Self::Admin => OrganizationAbility::ALL,
            Self::Member => &[],
        }
    }
}

/// The built-in roles on a connection: tiers, each including the one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ConnectionRole {
    Viewer,
    RestrictedQuerier,
    Querier,
    Modeler,
    ConnectionAdmin,
}

impl ConnectionRole {
    pub const ALL: [Self; 5] =
        [Self::Viewer, Self::RestrictedQuerier, Self::Querier, Self::Modeler, Self::ConnectionAdmin];

    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::RestrictedQuerier => "restricted_querier",
            Self::Querier => "querier",
            Self::Modeler => "modeler",
            Self::ConnectionAdmin => "connection_admin",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    pub fn abilities(self) -> &'static [ConnectionAbility] {
        let included = match self {
            Self::Viewer => 4,
            Self::RestrictedQuerier => 8,
            Self::Querier => 13,
            Self::Modeler => 17,
            Self::ConnectionAdmin => 20,
        };
        // The abilities are declared in the order of the tiers.
        ConnectionAbility::ALL.get(..included).unwrap_or_default()
    }
}

/// As a person reads it: `Restricted Querier`.
impl fmt::Display for ConnectionRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Viewer => "Viewer",
            Self::RestrictedQuerier => "Restricted Querier",
            Self::Querier => "Querier",
            Self::Modeler => "Modeler",
            Self::ConnectionAdmin => "Connection Admin",
        })
    }
}
