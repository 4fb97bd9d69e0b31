//! Explanations, and what every answer says of rights.
mod can;
pub(crate) mod explain;
mod grantee;
pub(crate) mod requests;
pub(crate) mod what_if;
pub(crate) mod who_can;

pub(crate) use can::{but, can, lacks, stands_in_the_way};
pub(crate) use grantee::{grantee_of, knows, name, written};
