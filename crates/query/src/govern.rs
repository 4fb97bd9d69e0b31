//! Names → governed relations. The only place that makes a query over physical tables.
mod body;
mod mask;
mod rule;

pub(crate) use body::{Body, BodyQuery, Output, Relations, Rows, ViewStatement, bind, filter, mask_column};
pub(crate) use mask::masked;
pub(crate) use rule::{governed_by, labels, unseen_rule};
