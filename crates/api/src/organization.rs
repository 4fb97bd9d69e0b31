//! The organization as a whole: taking it along, and removing it.
pub(crate) mod delete;
pub(crate) mod export;
