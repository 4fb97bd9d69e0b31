//! Plans in which two columns have one name.
//!
//! DataFusion 55 passes a physical filter through a node by looking its columns up by name. Where a row has two columns
//! of one name, as in a join of two tables that both have an `id`, the filter ends up on the wrong one of them, and rows
//! are lost or kept that should not be. Such plans do without this step: filters that are known when planning have
//! reached the tables before, and filters that are only known while running (of joins, and of sorts with a limit) stay
//! where they are.
use datafusion::common::{Result, tree_node::TreeNodeRecursion};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use std::{borrow::Cow, collections::HashSet};

/// The session that makes a physical plan of `plan`.
pub(crate) fn session_for<'s>(plan: &LogicalPlan, session: &'s SessionState) -> Result<Cow<'s, SessionState>> {
    let mut repeated = false;
    plan.apply_with_subqueries(|node| {
        let mut names = HashSet::new();
        repeated = !node.schema().fields().iter().all(|field| names.insert(field.name()));
        Ok(if repeated { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    if !repeated {
        return Ok(Cow::Borrowed(session));
    }
    let rules = session.physical_optimizers().iter().filter(|rule| !rule.name().starts_with("FilterPushdown")).cloned();
    let builder = SessionStateBuilder::new_from_existing(session.clone());
    Ok(Cow::Owned(builder.with_physical_optimizer_rules(rules.collect()).build()))
}
