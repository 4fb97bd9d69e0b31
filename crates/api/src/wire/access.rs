use super::query::Rule;
use serde::{Deserialize, Serialize};
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
    /// As `can` names it.
    pub(crate) action: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WhoCanAnswer {
    /// By name; at most 200.
    pub(crate) people: Vec<Able>,
    pub(crate) total: usize,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Able {
    pub(crate) id: String,
    pub(crate) name: String,
    /// As each of them would read it.
    pub(crate) because: String,
}
