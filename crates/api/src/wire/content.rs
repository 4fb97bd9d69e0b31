use super::access::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Whether each thing that can be done may be done, with the reason, or with what it would take.
pub(crate) type Can = BTreeMap<&'static str, Verdict>;

#[derive(Serialize, ToSchema)]
pub(crate) struct PersonRef {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Folder {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The folder that it is in; none for *Shared* and *My documents*.
    pub(crate) parent: Option<String>,
    pub(crate) owner: Option<PersonRef>,
    /// It inherits no grants from the folders above it.
    pub(crate) restricted: bool,
    /// What is below it is shared by its managers alone.
    pub(crate) locked: bool,
    pub(crate) role: Option<Role>,
    pub(crate) version: u64,
    /// RFC 3339.
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    #[schema(value_type = std::collections::BTreeMap<String, Verdict>)]
    pub(crate) can: Can,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) slug: Option<String>,
    pub(crate) name: String,
    pub(crate) folder: String,
    /// By its name; none for somebody who may not know of it.
    pub(crate) connection: Option<String>,
    pub(crate) owner: Option<PersonRef>,
    pub(crate) restricted: bool,
    pub(crate) role: Option<Role>,
    /// The number of the version that readers see.
    pub(crate) published: Option<u64>,
    pub(crate) switches: Switches,
    pub(crate) version: u64,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    #[schema(value_type = std::collections::BTreeMap<String, Verdict>)]
    pub(crate) can: Can,
}

/// What one may do, and how one came to it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Role {
    /// `viewer`, `explorer`, `editor` or `manager`.
    pub(crate) role: &'static str,
    pub(crate) origin: Origin,
    /// The same in words.
    pub(crate) because: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Origin {
    /// `owner`, `direct`, `group`, `organization`, `administrator`, `embed` or `support`.
    pub(crate) kind: &'static str,
    pub(crate) group: Option<String>,
    /// The folder that gave it, where that is another one.
    pub(crate) inherited_from: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Children {
    pub(crate) folders: Vec<Folder>,
    pub(crate) documents: Vec<Document>,
    /// For `after`; none at the end.
    pub(crate) next: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Documents {
    pub(crate) documents: Vec<Document>,
    /// For `before`; none at the end.
    pub(crate) next: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Trash {
    pub(crate) items: Vec<TrashedItem>,
    pub(crate) next: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TrashedItem {
    pub(crate) id: String,
    /// `folder` or `document`.
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) trashed_at: String,
    #[schema(value_type = std::collections::BTreeMap<String, Verdict>)]
    pub(crate) can: Can,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Created {
    pub(crate) id: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateFolder {
    pub(crate) name: String,
    /// A folder's id, `shared` or `mine`.
    pub(crate) parent: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateDocument {
    pub(crate) name: String,
    /// A folder's id, `shared` or `mine`.
    pub(crate) folder: String,
    /// The id or the name of the connection that its queries ask.
    pub(crate) connection: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rename {
    pub(crate) name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetSlug {
    /// Null takes it away.
    pub(crate) slug: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetLock {
    pub(crate) locked: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetRestriction {
    pub(crate) restricted: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveTo {
    pub(crate) folder: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetOwner {
    /// A person's id.
    pub(crate) owner: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetGrant {
    /// `viewer`, `explorer`, `editor` or `manager`.
    pub(crate) role: String,
}

/// What a document says itself; what it does not mention is as the organization says.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switches {
    #[serde(default)]
    pub(crate) on: Vec<String>,
    #[serde(default)]
    pub(crate) off: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Grants {
    pub(crate) grants: Vec<Grant>,
}

/// What the folder or document itself grants.
#[derive(Serialize, ToSchema)]
pub(crate) struct Grant {
    /// `user:ID`, `group:ID` or `everyone`.
    pub(crate) grantee: String,
    pub(crate) name: String,
    pub(crate) role: &'static str,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AccessList {
    /// By name.
    pub(crate) people: Vec<PersonAccess>,
    /// The operator's staff, as far as the organization lets them in now.
    pub(crate) support: Vec<ForSupport>,
}

/// What a support grant gives on something.
#[derive(Serialize, ToSchema)]
pub(crate) struct ForSupport {
    /// The id of the grant.
    pub(crate) grant: String,
    /// An instant, in UTC.
    pub(crate) expires_at: String,
    #[serde(flatten)]
    pub(crate) access: Role,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PersonAccess {
    pub(crate) person: PersonRef,
    #[serde(flatten)]
    pub(crate) access: Role,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Draft {
    pub(crate) version: u64,
    pub(crate) saved_at: String,
    pub(crate) saved_by: PersonRef,
    #[schema(value_type = Object)]
    pub(crate) body: Box<serde_json::value::RawValue>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DraftVersion {
    pub(crate) version: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PublishedNumber {
    pub(crate) number: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct History {
    pub(crate) versions: Vec<PublishedVersion>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PublishedVersion {
    pub(crate) number: u64,
    pub(crate) published_at: String,
    pub(crate) published_by: PersonRef,
}
