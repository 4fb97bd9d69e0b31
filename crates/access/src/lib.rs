//! Who asks, what they may do, and why: facts in, decision with reasons out.
//!
//! The way of every request: a [`Snapshot`] of the organization → the actor's [`Standing`] → [`AccessContext`] (made once,
//! at the gate) → [`open`] on a [`Sealed`] row → [`Permit`].
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
mod ability;
mod actor;
mod address;
mod attribute;
mod connection;
mod content;
mod context;
mod decide;
mod giving;
mod matrix;
mod permit;
mod proposal;
mod reach;
mod request;
mod rights;
mod role;
mod scope;
mod scopes;
mod snapshot;
mod standing;
mod support;
mod what_if;
mod who_can;

pub use ability::{
    Abilities, Ability, AbilitySet, Assignment, ConnectionAbility, DocumentAbility, OrganizationAbility, Origin,
};
pub use actor::{Actor, ActorKind, Embed, User};
pub use address::Address;
pub use attribute::{
    AttributeDefinition, AttributeSource, AttributeState, AttributeValues, Attributes, HeldAttribute, resolve_attribute,
};
pub use connection::{Connection, CredentialSource, Credentials, EngineKind};
pub use content::{ContentRole, DEEPEST, Grant, Grantee, Node, NodeKind, Switches};
pub use context::AccessContext;
pub use decide::{ContentOrigin, ContentThrough, Decision, Missing, Reason, decide};
pub use matrix::matrix;
pub use permit::{Denied, Facts, Permit, Resource, Sealed, Wish, open};
pub use proposal::Proposal;
pub use request::SmallestGrant;
pub use rights::{ActionKind, Requirement, ResourceKind, action, alternatives};
pub use role::{
    ConnectionRole, CustomConnectionRole, CustomOrganizationRole, HeldConnectionRole, HeldOrganizationRole,
    OrganizationRole,
};
pub use scope::{Limit, Scope, visible};
pub use scopes::Scopes;
pub use snapshot::{
    Change, ConnectionAccess, CustomRole, Group, Groups, Nodes, Person, PersonKind, PersonStatus, Place, Profile,
    Snapshot,
};
pub use standing::{EmbedClaims, GroupRef, Restraint, Standing, StandingParts};
pub use support::{SupportGrant, SupportScope};
pub use what_if::{ConnectionDifference, ContentDifference, Difference, what_if};
pub use who_can::{ContentAccess, WhoCan, access_list, role_on, support_who_can};
