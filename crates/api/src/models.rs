pub(crate) mod list;
pub(crate) mod topic;
pub(crate) mod topics;
