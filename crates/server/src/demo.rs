//! The demonstration: two organizations, their data, models and people.
pub(crate) mod generate;
pub(crate) mod globex;
pub(crate) mod script;
pub(crate) mod seed;
pub(crate) mod story;
