//! From a request to rows that may be seen. `govern_*` resolves names and applies the data rules in one call; [`verify`]
//! reads what was printed back with the engine's own parser and makes [`Verified`], which is all that an engine accepts.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
mod compile;
mod describe;
mod explain;
mod govern;
mod governed;
mod person;
mod rawsql;
mod refusal;
mod request;
mod verified;
mod verify;

pub use describe::{FieldEntry, TopicDescription, TopicEntry, ViewEntry, describe_topic, topics};
pub use explain::{
    Explanation, FieldExplanation, Shown, ShownRule, ShownSql, explain_field, explain_topic, explain_view,
};
pub use governed::{ColumnKind, Governed, GovernedBy, Notice, ResultColumn, Zones};
pub use refusal::{Position, Refusal, RefusalKind};
pub use request::{RowLimit, Settings, govern_sql, govern_topic, govern_view, suggestion_query};
pub use verified::{GovernedRelation, RelationBody, RelationName, UnreadBody, Verified, VerifiedBody};
pub use verify::verify;
