//! Which columns of a statement's result are computed from masks, for those who read it: nothing is decided by this.
//! Where it is not known which column comes from which, all do.
use super::expressions::subquery;
use datafusion::common::{
    DFSchema, Result, TableReference,
    tree_node::{TreeNode, TreeNodeRecursion},
};
use datafusion::logical_expr::{Distinct, Expr, JoinType, LogicalPlan};
use std::collections::BTreeSet;

/// One for each column of the analyzed plan of a statement. `masked`: the columns of a relation that hold masks.
pub(super) fn columns<'r>(
    plan: &LogicalPlan,
    masked: &impl Fn(&TableReference) -> Option<&'r BTreeSet<String>>,
) -> Result<Vec<bool>> {
    let inputs = plan.inputs().into_iter().map(|input| columns(input, masked)).collect::<Result<Vec<_>>>()?;
    let mut schema = DFSchema::empty();
    for input in plan.inputs() {
        if matches!(plan, LogicalPlan::Union(_) | LogicalPlan::RecursiveQuery(_)) {
            break;
        }
        schema =
            if schema.fields().is_empty() { input.schema().as_ref().clone() } else { schema.join(input.schema())? };
    }
    let below = inputs.concat();
    let of_expr = |expr: &Expr| -> Result<bool> {
        let reads = |column| schema.maybe_index_of_column(column).and_then(|index| below.get(index).copied());
        let mut found = expr.column_refs().into_iter().any(|column| reads(column) == Some(true));
        expr.apply(|part| {
            if let Some(held) = subquery(part) {
                found |= columns(&held.subquery, masked)?.contains(&true);
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(found)
    };
    let of_all = |exprs: &[Expr]| exprs.iter().map(of_expr).collect::<Result<Vec<_>>>();
    let width = plan.schema().fields().len();
    Ok(match plan {
        LogicalPlan::TableScan(scan) => {
            let names = masked(&scan.table_name);
            let fields = plan.schema().fields().iter();
            fields.map(|field| names.is_some_and(|names| names.contains(field.name()))).collect()
        }
        LogicalPlan::Projection(projection) => of_all(&projection.expr)?,
        LogicalPlan::Distinct(Distinct::On(on)) => of_all(&on.select_expr)?,
        LogicalPlan::Window(window) => {
            let own = of_all(&window.window_expr)?;
            below.into_iter().chain(own).collect()
        }
        LogicalPlan::Aggregate(aggregate) => {
            let mut all = of_all(&aggregate.group_expr)?;
            if all.len() + aggregate.aggr_expr.len() != width {
                all = vec![all.contains(&true); width.saturating_sub(aggregate.aggr_expr.len())];
            }
            all.extend(of_all(&aggregate.aggr_expr)?);
            all
        }
        LogicalPlan::Join(join) => match join.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti => inputs.into_iter().next().unwrap_or_default(),
            JoinType::RightSemi | JoinType::RightAnti => inputs.into_iter().nth(1).unwrap_or_default(),
            JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => below,
            JoinType::LeftMark | JoinType::RightMark => vec![below.contains(&true); width],
        },
        LogicalPlan::Union(_) => {
            (0..width).map(|index| inputs.iter().any(|input| input.get(index) == Some(&true))).collect()
        }
        LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Distinct(Distinct::All(_)) => below,
        _ => vec![below.contains(&true); width],
    })
}
