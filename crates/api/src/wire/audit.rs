use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(crate) struct AuditEvents {
    pub(crate) events: Vec<AuditEvent>,
    /// For `before`; none at the end.
    pub(crate) next: Option<String>,
}

/// A record of the trail. One of an earlier version of the program says less.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct AuditEvent {
    /// Counted from 1, without gaps.
    sequence: u64,
    /// RFC 3339.
    at: String,
    actor: AuditActor,
    /// The id of the person whose rights were used by the actor.
    on_behalf_of: Option<String>,
    /// Where the request came from.
    address: Option<String>,
    request: Option<String>,
    /// `allowed`, `limited` or `denied`.
    decision: Option<String>,
    /// What decided; of a denial, what it would have taken.
    because: Option<String>,
    /// Its `type`, and what that type of event tells.
    #[schema(value_type = Object)]
    event: Box<RawValue>,
    /// SHA-256 over the hash before and the record, in hexadecimal.
    hash: String,
}

#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct AuditActor {
    /// `bootstrap`, `user`, `service_account`, `job`, `operator` or `embed`.
    kind: String,
    /// Of a person or a program.
    id: Option<String>,
    /// Of a job.
    name: Option<String>,
    /// The support grant that an operator acts under.
    grant: Option<String>,
    /// The embedding application.
    entity: Option<String>,
}
