use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// One tenant. Leads the primary key of every tenant table.
    OrganizationId,
    UserId,
    GroupId,
    /// A custom role, of an organization or on connections.
    RoleId,
    /// A folder or a document.
    NodeId,
    /// Somebody's wish for access to what was closed to them.
    AccessRequestId,
    /// What an organization's admin allows the operator's staff.
    SupportGrantId,
    /// One of the operator's staff, who is in no organization.
    OperatorId,
    ConnectionId,
    ModelVersionId,
    SessionId,
    /// The part of an API key that may be seen.
    ApiKeyId,
    /// Whatever an audit event names: any of these.
    SubjectId,
    /// One request, from its arrival to its last byte. Printed in every problem and audit event.
    RequestId,
    /// One running or finished query. A client may choose it, so that it can cancel before the first byte.
    QueryId,
}
