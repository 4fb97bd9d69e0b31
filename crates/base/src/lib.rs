//! Ids, typed values and time, shared by every crate. No I/O, no clock, no randomness.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
mod arrival;
mod email;
mod id;
mod name;
mod number;
mod value;

pub use arrival::Arrival;
pub use email::{EmailAddress, EmailAddressError};
pub use id::{
    AccessRequestId, ApiKeyId, ConnectionId, GroupId, ModelVersionId, NodeId, OperatorId, OrganizationId, QueryId,
    RequestId, RoleId, SessionId, SubjectId, SupportGrantId, UserId,
};
pub use name::{Name, NameError, is_invisible};
pub use number::{Number, ParseNumberError};
pub use value::{ParseValueError, Value, ValueType, local_time};

/// An instant in UTC. Passed in by the edge that received the request; nothing in the pure crates reads a clock.
pub type Instant = chrono::DateTime<chrono::Utc>;
pub use chrono::{NaiveDate, NaiveDateTime};
pub use chrono_tz::Tz as TimeZone;
