use serde::Serialize;
use utoipa::ToSchema;

/// An RFC 9457 problem.
#[derive(Serialize, ToSchema, Debug)]
pub(crate) struct Problem {
    /// Names the kind of problem; a link to its page.
    #[serde(rename = "type")]
    pub(crate) problem_type: String,
    pub(crate) title: &'static str,
    pub(crate) status: u16,
    pub(crate) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) help: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<Position>,
    /// The field of the request that it is about, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// One of these abilities would suffice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) needs: Vec<String>,
    pub(crate) request_id: String,
}

/// 1-based, counted in characters.
#[derive(Serialize, ToSchema, Clone, Copy, Debug)]
pub(crate) struct Position {
    pub(crate) line: u64,
    pub(crate) column: u64,
}
