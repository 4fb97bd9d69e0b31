//! From a request to rows that may be seen: `govern` resolves names and applies the data rules in one call, `print` makes
//! the text, `verify` reads it back with the engine's own parser and makes [`Verified`], which is all an engine accepts.
mod governed;
mod refusal;
mod verified;

pub use governed::{ColumnKind, GovernedBy, Notice, ResultColumn, Zones};
pub use refusal::{Position, Refusal, RefusalKind};
pub use verified::{GovernedRelation, RelationName, Verified};
