use super::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Either a field query or SQL.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunQuery {
    pub(crate) model: String,
    /// A field query. Its own reader reads it, with a place for each of its problems.
    #[schema(value_type = Option<Object>)]
    pub(crate) request: Option<serde::de::IgnoredAny>,
    pub(crate) sql: Option<String>,
    /// Without the interactive limit of rows.
    #[serde(default)]
    pub(crate) download: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Queries {
    pub(crate) queries: Vec<QueryState>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct QueryState {
    pub(crate) query_id: String,
    pub(crate) model: String,
    pub(crate) person: String,
    pub(crate) state: RunState,
    pub(crate) row_count: u64,
    pub(crate) truncated: bool,
    pub(crate) elapsed_ms: u64,
    pub(crate) problem: Option<Problem>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunState {
    Running,
    Done,
    Failed,
    Cancelled,
}

/// The answer of a query as JSON. Documentation only: the rows are streamed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Answer {
    query_id: String,
    columns: Vec<Column>,
    /// Decimals and 64-bit integers are strings.
    #[schema(value_type = Vec<Vec<Object>>)]
    rows: Vec<Vec<serde_json::Value>>,
    row_count: u64,
    truncated: bool,
    governed_by: Vec<Rule>,
    notices: Vec<String>,
    cached_at: Option<String>,
    elapsed_ms: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) value_type: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) format: Option<String>,
    pub(crate) masked: bool,
}

/// One rule that limited the rows.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rule {
    pub(crate) relation: String,
    pub(crate) rule: String,
    pub(crate) because: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suggest {
    pub(crate) model: String,
    pub(crate) topic: String,
    /// `view.field`
    pub(crate) field: String,
    pub(crate) contains: Option<String>,
    #[serde(default = "Suggest::default_limit")]
    pub(crate) limit: u64,
}

impl Suggest {
    fn default_limit() -> u64 {
        50
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Suggestions {
    pub(crate) values: Vec<Option<String>>,
    pub(crate) truncated: bool,
}
