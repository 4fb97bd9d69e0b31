//! The audit trail, for those who may read it.
mod ask;
mod export;
pub(crate) mod list;
