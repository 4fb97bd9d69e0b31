use super::content::{Can, PersonRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// At least one ability, connection, folder or document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowSupport {
    /// Why; the operator's staff reads it, too.
    pub(crate) reason: String,
    /// How long it lasts: 5 minutes to 30 days.
    pub(crate) minutes: u32,
    /// The e-mail address of the one operator whom it is for; unless said otherwise, any of the operator's staff.
    pub(crate) operator: Option<String>,
    #[serde(default)]
    pub(crate) organization_abilities: Vec<String>,
    #[serde(default)]
    pub(crate) connections: Vec<SupportConnection>,
    /// The ids of folders that may be read, with all that is in them.
    #[serde(default)]
    pub(crate) folders: Vec<String>,
    /// The ids or slugs of documents that may be read.
    #[serde(default)]
    pub(crate) documents: Vec<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SupportConnection {
    /// By name or id.
    pub(crate) connection: String,
    /// A built-in role.
    pub(crate) role: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SupportGrants {
    pub(crate) grants: Vec<SupportGrant>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SupportGrant {
    pub(crate) id: String,
    /// `active`, `expired` or `revoked`.
    pub(crate) state: &'static str,
    pub(crate) reason: String,
    /// None: any of the operator's staff.
    pub(crate) operator: Option<String>,
    pub(crate) organization_abilities: Vec<&'static str>,
    pub(crate) connections: Vec<SupportConnection>,
    pub(crate) content: Vec<SupportContent>,
    pub(crate) granted_by: PersonRef,
    /// Instants, in UTC.
    pub(crate) granted_at: String,
    pub(crate) expires_at: String,
    pub(crate) revoked_at: Option<String>,
    pub(crate) revoked_by: Option<PersonRef>,
    /// Whether any of the operator's staff is in the organization by it now.
    pub(crate) entered: bool,
    /// Newest first.
    pub(crate) visits: Vec<SupportVisit>,
    #[schema(value_type = std::collections::BTreeMap<String, super::access::Verdict>)]
    pub(crate) can: Can,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SupportContent {
    pub(crate) id: String,
    /// None of what was deleted meanwhile.
    pub(crate) name: Option<String>,
}

/// One of the operator's staff who is in the organization, or was.
#[derive(Serialize, ToSchema)]
pub(crate) struct SupportVisit {
    /// As the audit trail names it.
    pub(crate) session: String,
    pub(crate) operator: PersonRef,
    pub(crate) entered_at: String,
    pub(crate) last_seen_at: String,
    pub(crate) left_at: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperatorCode {
    pub(crate) code: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OperatorSelf {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OpenOrganizations {
    /// By their keys.
    pub(crate) organizations: Vec<OpenOrganization>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OpenOrganization {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) grants: Vec<OpenGrant>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OpenGrant {
    pub(crate) id: String,
    pub(crate) expires_at: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnterOrganization {
    /// Its key.
    pub(crate) organization: String,
    /// The id of one of its grants; unless said otherwise, the one that lasts longest.
    pub(crate) grant: Option<String>,
}
