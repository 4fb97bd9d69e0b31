use super::{
    content::Can,
    session::{AbilityOrigin, Attribute, ConnectionAbilities},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(crate) struct User {
    pub(crate) id: String,
    /// `member` or `service_account`.
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// None of somebody who was removed, and of a service account.
    pub(crate) email: Option<String>,
    /// `active`, `suspended` or `removed`.
    pub(crate) status: &'static str,
    pub(crate) organization_role: RoleRef,
    /// By its name in the time zone database; none is that of the model that is asked.
    pub(crate) timezone: Option<String>,
    /// Those that hold the person directly.
    pub(crate) groups: Vec<GroupRef>,
    #[schema(value_type = std::collections::BTreeMap<String, super::access::Verdict>)]
    pub(crate) can: Can,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Users {
    pub(crate) users: Vec<User>,
    /// For `after`; none at the end.
    pub(crate) next: Option<String>,
}

/// A role, as it is named when it is given.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoleRef {
    /// The name of a built-in role, or the id of one that the organization made.
    pub(crate) role: String,
    /// As a person reads it.
    pub(crate) name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct GroupRef {
    pub(crate) id: String,
    /// What model files name; it never changes.
    pub(crate) key: String,
    pub(crate) name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddServiceAccount {
    pub(crate) name: String,
    /// `member` unless said otherwise; `admin`, or the id of a role.
    pub(crate) organization_role: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceAccounts {
    /// By name.
    pub(crate) service_accounts: Vec<User>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateKey {
    pub(crate) name: String,
    /// The id of a service account; oneself unless said otherwise.
    pub(crate) user: Option<String>,
    /// How long it is good for: 1 to 366; 90 unless said otherwise.
    pub(crate) days: Option<u32>,
    /// Needed for a service account; unless said otherwise, all that one holds.
    pub(crate) scopes: Option<KeyScopes>,
}

/// Most that a key lets its holder do; it gives nothing that they lack.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyScopes {
    #[serde(default)]
    pub(crate) organization_abilities: Vec<String>,
    #[serde(default)]
    pub(crate) connections: Vec<KeyConnection>,
    /// The highest role on folders and documents; none unless said otherwise.
    pub(crate) content: Option<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyConnection {
    /// By name or id.
    pub(crate) connection: String,
    pub(crate) abilities: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedKey {
    pub(crate) id: String,
    /// For `Authorization: Bearer …`; it is shown here, and never again.
    pub(crate) key: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ApiKeys {
    /// Newest first; none that was revoked.
    pub(crate) keys: Vec<ApiKey>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ApiKey {
    /// Stands in the key, too: `tsr_` and the id without its hyphens.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) holder: super::content::PersonRef,
    /// None: all that its holder holds.
    pub(crate) scopes: Option<KeyScopes>,
    pub(crate) created_by: super::content::PersonRef,
    /// Instants, in UTC.
    pub(crate) created_at: String,
    pub(crate) expires_at: String,
    pub(crate) last_used_at: Option<String>,
    #[schema(value_type = std::collections::BTreeMap<String, super::access::Verdict>)]
    pub(crate) can: Can,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddUser {
    pub(crate) email: String,
    pub(crate) name: String,
    /// `member` unless said otherwise; `admin`, or the id of a role.
    pub(crate) organization_role: Option<String>,
    pub(crate) timezone: Option<String>,
}

/// What is not there stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditUser {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    /// `null`: that of the model that is asked.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<String>)]
    pub(crate) timezone: Option<Option<String>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUserRole {
    /// `admin`, `member`, or the id of a role.
    pub(crate) organization_role: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetStatus {
    /// `active` or `suspended`.
    pub(crate) status: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeOver {
    /// The id of whoever owns it from now on.
    pub(crate) owner: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Counted {
    pub(crate) count: u64,
}

/// What somebody holds, and how they came to it.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserAccess {
    pub(crate) organization_abilities: Vec<AbilityOrigin>,
    /// All that they are in, directly or through other groups; nearest first.
    pub(crate) groups: Vec<super::session::Group>,
    pub(crate) connections: Vec<ConnectionAbilities>,
    pub(crate) attributes: Vec<Attribute>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct GroupDetails {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) name: String,
    /// The groups that hold this one directly.
    pub(crate) groups: Vec<GroupRef>,
    #[schema(value_type = std::collections::BTreeMap<String, super::access::Verdict>)]
    pub(crate) can: Can,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct GroupList {
    pub(crate) groups: Vec<GroupDetails>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    /// By name; people first.
    pub(crate) members: Vec<Member>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Member {
    /// `user:ID` or `group:ID`.
    pub(crate) member: String,
    pub(crate) name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddGroup {
    /// Small letters, digits, `_` and `-`, beginning with a letter; what model files name, and never changed.
    pub(crate) key: String,
    pub(crate) name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AttributeDefinition {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    /// `string`, `number`, `boolean` or `date`.
    #[serde(rename = "type")]
    pub(crate) value_type: &'static str,
    /// Whether one holder has several values.
    pub(crate) multiple: bool,
    #[schema(value_type = Option<Vec<serde_json::Value>>)]
    pub(crate) default: Option<Vec<serde_json::Value>>,
    /// A data rule uses it, so it has no default.
    pub(crate) secures_data: bool,
    #[schema(value_type = std::collections::BTreeMap<String, super::access::Verdict>)]
    pub(crate) can: Can,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AttributeDefinitions {
    pub(crate) attributes: Vec<AttributeDefinition>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddAttribute {
    /// Small letters, digits and `_`, beginning with a letter.
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    #[serde(rename = "type")]
    pub(crate) value_type: String,
    #[serde(default)]
    pub(crate) multiple: bool,
    #[schema(value_type = Option<Vec<serde_json::Value>>)]
    pub(crate) default: Option<Vec<serde_json::Value>>,
    #[serde(default)]
    pub(crate) secures_data: bool,
}

/// What is not there stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditAttribute {
    pub(crate) label: Option<String>,
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<String>)]
    pub(crate) description: Option<Option<String>>,
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<Vec<serde_json::Value>>)]
    pub(crate) default: Option<Option<Vec<serde_json::Value>>>,
    pub(crate) secures_data: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetValues {
    /// Strings, numbers or booleans, as the attribute's type says; dates as `YYYY-MM-DD`.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub(crate) values: Vec<serde_json::Value>,
}

/// What is set on somebody or on a group itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldValues {
    pub(crate) attributes: Vec<HeldAttribute>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct HeldAttribute {
    pub(crate) name: String,
    #[schema(value_type = Vec<serde_json::Value>)]
    pub(crate) values: Vec<serde_json::Value>,
    /// `administrator`, `sign_in` or `scim`: whoever else sets it later does not replace it.
    pub(crate) source: &'static str,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RoleDefinition {
    /// The name of a built-in role, or the id of one that the organization made.
    pub(crate) role: String,
    pub(crate) name: String,
    /// `organization` or `connection`.
    pub(crate) kind: &'static str,
    pub(crate) built_in: bool,
    /// Of a role on connections that the organization made: the built-in role that it is a part of.
    pub(crate) tier: Option<&'static str>,
    pub(crate) abilities: Vec<&'static str>,
    /// None for a built-in role, which stays as it is.
    #[schema(value_type = Option<std::collections::BTreeMap<String, super::access::Verdict>>)]
    pub(crate) can: Option<Can>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Roles {
    pub(crate) roles: Vec<RoleDefinition>,
}

/// With `abilities` a role in the organization; with `tier` one on connections.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteRole {
    pub(crate) name: String,
    pub(crate) abilities: Option<Vec<String>>,
    pub(crate) tier: Option<String>,
    /// Abilities of the tier that the role does not give.
    pub(crate) switched_off: Option<Vec<String>>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) name: String,
    #[schema(value_type = std::collections::BTreeMap<String, super::access::Verdict>)]
    pub(crate) can: Can,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Connections {
    pub(crate) connections: Vec<Connection>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Assignments {
    pub(crate) assignments: Vec<Assignment>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Assignment {
    /// `user:ID`, `group:ID` or `everyone`.
    pub(crate) assignee: String,
    pub(crate) name: String,
    pub(crate) role: RoleRef,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignRole {
    /// `viewer`, `restricted_querier`, `querier`, `modeler`, `connection_admin`, or the id of a role on connections.
    pub(crate) role: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Settings {
    pub(crate) name: String,
    /// What documents let their readers do, unless they say otherwise.
    pub(crate) document_abilities: Vec<&'static str>,
    /// A session that is left alone for so long ends.
    pub(crate) session_idle_minutes: u32,
    /// A session ends after so long in any case.
    pub(crate) session_absolute_minutes: u32,
    /// For how long the audit trail is kept; none is for ever.
    pub(crate) audit_retention_days: Option<u32>,
}

/// What is not there stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditSettings {
    pub(crate) name: Option<String>,
    pub(crate) document_abilities: Option<Vec<String>>,
    pub(crate) session_idle_minutes: Option<u32>,
    pub(crate) session_absolute_minutes: Option<u32>,
    /// At least 30; `null` is for ever.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<u32>)]
    pub(crate) audit_retention_days: Option<Option<u32>>,
}
