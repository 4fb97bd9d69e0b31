//! The expressions of a plan.
use datafusion::common::{
    DFSchema, Result,
    config::ConfigOptions,
    tree_node::{Transformed, TreeNode},
};
use datafusion::logical_expr::{Expr, LogicalPlan, Subquery, expr_rewriter::NamePreserver, utils::merge_schema};
use datafusion::optimizer::AnalyzerRule;

/// Changes the parts of all expressions from the inside out; what is called by an expression keeps its name.
#[derive(Debug)]
pub(super) struct Rewriting {
    pub(super) name: &'static str,
    /// The schema is of the rows that the expression reads.
    pub(super) change: fn(Expr, &DFSchema) -> Result<Transformed<Expr>>,
}

impl AnalyzerRule for Rewriting {
    fn name(&self) -> &str {
        self.name
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        let rewritten = plan.transform_up_with_subqueries(|node| {
            let schema = merge_schema(&node.inputs());
            let names = NamePreserver::new(&node);
            node.map_expressions(|expr| {
                let name = names.save(&expr);
                let changed = expr.transform_up(|part| (self.change)(part, &schema))?;
                Ok(changed.update_data(|expr| name.restore(expr)))
            })
        })?;
        Ok(rewritten.data)
    }
}

/// The plan that an expression holds.
pub(super) fn subquery(expr: &Expr) -> Option<&Subquery> {
    match expr {
        Expr::Exists(exists) => Some(&exists.subquery),
        Expr::InSubquery(test) => Some(&test.subquery),
        Expr::SetComparison(comparison) => Some(&comparison.subquery),
        Expr::ScalarSubquery(subquery) => Some(subquery),
        _ => None,
    }
}
