use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteOrganization {
    /// The organization's key, so that nobody deletes another one by mistake.
    pub(crate) key: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AuditHead {
    pub(crate) sequence: u64,
    /// In hexadecimal.
    pub(crate) hash: String,
}
