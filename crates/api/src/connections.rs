//! Connections, and who holds which role on them.
pub(crate) mod list;
pub(crate) mod roles;

pub(crate) use roles::{built_in_role, role_of};
