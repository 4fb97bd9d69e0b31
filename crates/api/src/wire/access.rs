use super::query::Rule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Whether something is allowed: the reason when it is, what is missing when it is not.
#[derive(Serialize, ToSchema, Debug)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) because: String,
    pub(crate) needs: Vec<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Explain {
    /// The id of somebody else; oneself unless said otherwise.
    pub(crate) who: Option<String>,
    /// Had they these attributes, in the place of those that they have: the values by the attribute's name.
    #[schema(value_type = Option<std::collections::BTreeMap<String, Vec<serde_json::Value>>>)]
    pub(crate) attributes: Option<BTreeMap<String, Vec<serde_json::Value>>>,
    pub(crate) model: String,
    pub(crate) what: What,
}

/// Exactly one of its keys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct What {
    pub(crate) topic: Option<String>,
    pub(crate) view: Option<String>,
    /// `view.field`
    pub(crate) field: Option<String>,
    /// A field query.
    #[schema(value_type = Option<Object>)]
    pub(crate) request: Option<serde::de::IgnoredAny>,
    pub(crate) sql: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Explanation {
    pub(crate) decision: Decision,
    pub(crate) summary: String,
    pub(crate) because: Vec<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) governed_by: Vec<Rule>,
    pub(crate) fields: Vec<FieldExplanation>,
    pub(crate) sql: Option<ShownSql>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    Allowed,
    Limited,
    Denied,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FieldExplanation {
    pub(crate) name: String,
    pub(crate) state: FieldState,
    pub(crate) how: Option<String>,
    pub(crate) because: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FieldState {
    Visible,
    Masked,
}

/// The governed statement. `start` and `end` of its rules are offsets in UTF-16 code units.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShownSql {
    pub(crate) text: String,
    pub(crate) rules: Vec<ShownRule>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ShownRule {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) relation: String,
    pub(crate) label: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhoCan {
    /// Of this folder; or of a document.
    pub(crate) folder: Option<String>,
    pub(crate) document: Option<String>,
    /// By name or id.
    pub(crate) connection: Option<String>,
    /// The id of a person.
    pub(crate) user: Option<String>,
    /// As `can` names it.
    pub(crate) action: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WhoCanAnswer {
    /// By name; at most 200.
    pub(crate) people: Vec<Able>,
    pub(crate) total: usize,
    /// The support grants under which the operator's staff can, too.
    pub(crate) support: Vec<AbleForSupport>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AbleForSupport {
    /// The id of the grant.
    pub(crate) grant: String,
    /// An instant, in UTC.
    pub(crate) expires_at: String,
    pub(crate) because: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Able {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) because: String,
}

/// Exactly one of `folder`, `document` and `connection`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestForAccess {
    pub(crate) folder: Option<String>,
    pub(crate) document: Option<String>,
    pub(crate) connection: Option<String>,
    /// As `can` names it, as in `open` or `edit`; of a connection `query`, `query_views`, `write_sql`, `view_sql`,
    /// `explain_others` or `download`.
    pub(crate) action: String,
    /// Read by those who decide.
    pub(crate) message: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Requests {
    pub(crate) requests: Vec<Requested>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Requested {
    pub(crate) id: String,
    pub(crate) requester: super::content::PersonRef,
    /// `folder`, `document` or `connection`.
    pub(crate) kind: &'static str,
    /// As the requester called it.
    pub(crate) asked_as: String,
    /// For those who may know of it.
    pub(crate) name: Option<String>,
    pub(crate) action: &'static str,
    pub(crate) message: String,
    /// `open`, `approved`, `declined` or `withdrawn`.
    pub(crate) state: &'static str,
    pub(crate) created_at: String,
    pub(crate) decided_at: Option<String>,
    pub(crate) decided_by: Option<super::content::PersonRef>,
    /// The smallest grant that suffices; not for the requester.
    pub(crate) needed: Option<Needed>,
    #[schema(value_type = std::collections::BTreeMap<String, Verdict>)]
    pub(crate) can: super::content::Can,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Needed {
    /// On the folder or document.
    pub(crate) content_role: Option<&'static str>,
    pub(crate) connection: Option<String>,
    /// On that connection.
    pub(crate) connection_role: Option<super::people::RoleRef>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Approved {
    /// Whether nothing is lacking any more; what is not this person's to give waits for somebody else.
    pub(crate) complete: bool,
}

/// Exactly one change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhatIf {
    pub(crate) member: Option<WhatIfMember>,
    pub(crate) connection_role: Option<WhatIfConnectionRole>,
    pub(crate) organization_role: Option<WhatIfOrganizationRole>,
    pub(crate) status: Option<WhatIfStatus>,
    pub(crate) grant: Option<WhatIfGrant>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhatIfMember {
    pub(crate) group: String,
    /// `user:ID` or `group:ID`.
    pub(crate) member: String,
    /// Put into it, or taken out.
    pub(crate) inside: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhatIfConnectionRole {
    pub(crate) connection: String,
    /// `user:ID`, `group:ID` or `everyone`.
    pub(crate) assignee: String,
    /// None takes it away.
    pub(crate) role: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhatIfOrganizationRole {
    pub(crate) user: String,
    pub(crate) organization_role: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhatIfStatus {
    pub(crate) user: String,
    /// `active`, `suspended` or `removed`.
    pub(crate) status: String,
}

/// Of one of `folder` and `document`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhatIfGrant {
    pub(crate) folder: Option<String>,
    pub(crate) document: Option<String>,
    /// `user:ID`, `group:ID` or `everyone`.
    pub(crate) grantee: String,
    /// None takes it away.
    pub(crate) role: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WhatIfAnswer {
    /// By name; those for whom nothing would differ are not in it.
    pub(crate) people: Vec<ChangedPerson>,
    /// How many they are, of whom at most 200 are named.
    pub(crate) total: usize,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ChangedPerson {
    pub(crate) person: super::content::PersonRef,
    pub(crate) organization_gained: Vec<&'static str>,
    pub(crate) organization_lost: Vec<&'static str>,
    pub(crate) connections: Vec<ChangedConnection>,
    pub(crate) content: Vec<ChangedContent>,
}

impl ChangedPerson {
    /// What changes is not the asker's to know.
    pub(crate) fn is_nothing(&self) -> bool {
        let organization = self.organization_gained.is_empty() && self.organization_lost.is_empty();
        organization && self.connections.is_empty() && self.content.is_empty()
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ChangedConnection {
    pub(crate) name: String,
    pub(crate) gained: Vec<&'static str>,
    pub(crate) lost: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ChangedContent {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) before: Option<&'static str>,
    pub(crate) after: Option<&'static str>,
}
