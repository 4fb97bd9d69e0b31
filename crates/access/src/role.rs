use crate::{Ability, AbilitySet, ConnectionAbility, OrganizationAbility};
use std::{fmt, sync::Arc};
use tessera_base::RoleId;

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

    /// As a person reads it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Member => "Member",
        }
    }

    pub fn abilities(self) -> AbilitySet<OrganizationAbility> {
        match self {
            Self::Admin => AbilitySet::all(),
            Self::Member => AbilitySet::NONE,
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

    /// As a person reads it: `Restricted Querier`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::RestrictedQuerier => "Restricted Querier",
            Self::Querier => "Querier",
            Self::Modeler => "Modeler",
            Self::ConnectionAdmin => "Connection Admin",
        }
    }

    pub fn abilities(self) -> AbilitySet<ConnectionAbility> {
        let included = match self {
            Self::Viewer => 4,
            Self::RestrictedQuerier => 8,
            Self::Querier => 13,
            Self::Modeler => 17,
            Self::ConnectionAdmin => 20,
        };
        // The abilities are declared in the order of the tiers.
        ConnectionAbility::ALL.iter().copied().take(included).collect()
    }
}

impl fmt::Display for ConnectionRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// A role that an organization made: some of the abilities that one may hold in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomOrganizationRole {
    pub id: RoleId,
    pub name: Arc<str>,
    pub abilities: AbilitySet<OrganizationAbility>,
}

/// A role on connections that an organization made: a tier, with some of its abilities switched off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomConnectionRole {
    pub id: RoleId,
    pub name: Arc<str>,
    pub tier: ConnectionRole,
    pub switched_off: AbilitySet<ConnectionAbility>,
}

impl CustomConnectionRole {
    pub fn abilities(&self) -> AbilitySet<ConnectionAbility> {
        self.tier.abilities().without(self.switched_off)
    }
}

/// Which organization role somebody has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HeldOrganizationRole {
    BuiltIn(OrganizationRole),
    Custom(RoleId),
}

impl From<OrganizationRole> for HeldOrganizationRole {
    fn from(role: OrganizationRole) -> Self {
        Self::BuiltIn(role)
    }
}

impl From<ConnectionRole> for HeldConnectionRole {
    fn from(role: ConnectionRole) -> Self {
        Self::BuiltIn(role)
    }
}

/// Which role on a connection somebody has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HeldConnectionRole {
    BuiltIn(ConnectionRole),
    Custom(RoleId),
}
