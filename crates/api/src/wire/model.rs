use super::access::Verdict;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(crate) struct Models {
    pub(crate) models: Vec<Model>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Model {
    /// What a request calls it.
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) connection: String,
    pub(crate) version: u64,
    pub(crate) can: ModelCan,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ModelCan {
    pub(crate) query_topics: Verdict,
    pub(crate) query_all_views: Verdict,
    pub(crate) write_sql: Verdict,
    pub(crate) view_sql: Verdict,
    pub(crate) download: Verdict,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Topics {
    pub(crate) topics: Vec<TopicEntry>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TopicEntry {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    pub(crate) base_view: String,
}

/// What of a topic the person may see.
#[derive(Serialize, ToSchema)]
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    pub(crate) base_view: String,
    /// An IANA name.
    pub(crate) timezone: String,
    pub(crate) default_row_limit: u64,
    /// Filters as a field query has them; a client sends them unless the person removes them.
    #[schema(value_type = Vec<Object>)]
    pub(crate) default_filters: Vec<serde_json::Value>,
    pub(crate) views: Vec<View>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) fields: Vec<Field>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Field {
    /// What a query says: `view.field`.
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: &'static str,
    #[serde(rename = "type")]
    pub(crate) value_type: &'static str,
    pub(crate) format: Option<String>,
    pub(crate) group_label: Option<String>,
    pub(crate) timeframes: Vec<&'static str>,
    /// How the person sees it: null, or one of `null hash last4 constant sql`.
    pub(crate) masked: Option<&'static str>,
    pub(crate) suggest: bool,
    pub(crate) tags: Vec<String>,
    pub(crate) synonyms: Vec<String>,
}
