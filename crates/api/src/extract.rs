//! The gate: what a handler may ask for. Who asks is settled here, and nowhere after.
mod body;
mod client;
mod cookie;
mod expected;
mod of_organization;
mod once;
mod opened;
mod operator;
mod query_id;
mod request;
mod signed_in;

pub(crate) use body::{JsonBody, read_field_name, read_field_query};
pub(crate) use client::client_address;
pub use cookie::SessionCookie;
pub(crate) use cookie::{Realm, SessionToken};
pub(crate) use expected::{Expected, ExpectedIfAny, etag, fingerprint};
pub(crate) use of_organization::OfOrganization;
pub(crate) use once::Once;
pub(crate) use opened::{Addressed, Opened, open_named};
pub(crate) use operator::SignedInOperator;
pub(crate) use query_id::{AskedQuery, name_query};
pub(crate) use request::{number, recognize};
pub(crate) use signed_in::{LetIn, SignedIn};
