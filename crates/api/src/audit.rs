//! The audit trail, for those who may read it.
mod ask;
pub(crate) mod list;
