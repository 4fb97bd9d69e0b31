//! The operator's staff, who are in no organization until one lets them in.
pub(crate) mod organizations;
pub(crate) mod session;
