//! Names → governed relations. The only place that makes a query over physical tables.
mod body;
mod mask;
mod rule;

pub(crate) use body::{Body, Output, Relations, bind, filter, mask_column, tables};
pub(crate) use mask::masked;
pub(crate) use rule::{UNSEEN_RULE, governed_by, labels};
