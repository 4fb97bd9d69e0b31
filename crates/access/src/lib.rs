//! Who asks, what they may do, and why: facts in, decision with reasons out.
//!
//! The way of every request: [`AccessContext`] (made once, at the gate) → [`open`] on a [`Sealed`] row → [`Permit`].
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
mod ability;
mod attribute;
mod connection;
mod context;
mod decide;
mod permit;
mod rights;
mod role;
mod scope;

pub use ability::{Abilities, Ability, Assignment, ConnectionAbility, OrganizationAbility, Origin};
pub use attribute::{AttributeState, AttributeValues, Attributes, resolve_attribute};
pub use connection::{Connection, CredentialSource, Credentials, EngineKind};
pub use context::{AccessContext, Actor, ContextParts, GroupRef, User};
pub use decide::{Decision, Reason, Requirement, decide};
pub use permit::{Denied, Facts, Permit, Resource, Sealed, open};
pub use rights::{ActionKind, ResourceKind, action, matrix};
pub use role::{ConnectionRole, OrganizationRole};
pub use scope::{Limit, Scope, visible};
