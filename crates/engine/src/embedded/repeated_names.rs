//! Plans in which two columns have one name.
//!
//! DataFusion 55 passes a physical filter through a node by looking its columns up by name. Where a row has two columns
//! of one name, as in a join of two tables that both have an `id`, the filter ends up on the wrong one of them, and rows
//! are lost or kept that should not be. Such plans are given other names. Where that is not done, they do without this
//! step: every filter stays where the logical plan has it, and those that are only known while running (of joins, and of
//! sorts with a limit) are not made.
use super::expressions::subquery;
use datafusion::common::{
    Column, DFSchema, Result,
    tree_node::{Transformed, TreeNode, TreeNodeRecursion},
};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{
    Expr, JoinType, LogicalPlan, Projection,
    expr_rewriter::{NamePreserver, replace_col},
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The plan and the session that make a physical plan of `plan`.
pub(crate) fn told_apart<'a>(
    plan: &'a LogicalPlan,
    session: &'a SessionState,
) -> Result<(Cow<'a, LogicalPlan>, Cow<'a, SessionState>)> {
    if !repeats_below(plan)? {
        return Ok((Cow::Borrowed(plan), Cow::Borrowed(session)));
    }
    if let Some(renamed) = Renaming::default().of_plan(plan)?
        && !repeats_below(&renamed.plan)?
    {
        return Ok((Cow::Owned(renamed.called(plan.schema())?), Cow::Borrowed(session)));
    }
    let rules = session.physical_optimizers().iter().filter(|rule| !rule.name().starts_with("FilterPushdown")).cloned();
    let builder = SessionStateBuilder::new_from_existing(session.clone());
    Ok((Cow::Borrowed(plan), Cow::Owned(builder.with_physical_optimizer_rules(rules.collect()).build())))
}

fn repeats_below(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found = repeats(node.schema());
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(found)
}

fn repeats(schema: &DFSchema) -> bool {
    let mut names = HashSet::new();
    !schema.fields().iter().all(|field| names.insert(field.name()))
}

/// A plan whose columns have other names: new ones by old ones.
struct Renamed {
    plan: LogicalPlan,
    names: HashMap<Column, Column>,
}

impl Renamed {
    /// The same with the columns of `schema`, which it has under other names.
    fn called(self, schema: &DFSchema) -> Result<LogicalPlan> {
        if self.names.is_empty() {
            return Ok(self.plan);
        }
        let columns = schema.columns().into_iter().map(|column| match self.names.get(&column) {
            Some(new) => Expr::Column(new.clone()).alias_qualified(column.relation, column.name),
            None => Expr::Column(column),
        });
        Ok(LogicalPlan::Projection(Projection::try_new(columns.collect(), Arc::new(self.plan))?))
    }
}

/// Makes names that no other column of the plan has.
#[derive(Default)]
struct Renaming {
    names: usize,
}

impl Renaming {
    fn fresh(&mut self, name: &str) -> String {
        self.names += 1;
        format!("{name}\u{1}{}", self.names)
    }

    /// `None`: it has parts whose columns are not renamed here.
    fn of_plan(&mut self, plan: &LogicalPlan) -> Result<Option<Renamed>> {
        if !repeats_below(plan)? {
            return Ok(Some(Renamed { plan: plan.clone(), names: HashMap::new() }));
        }
        let mut inputs = Vec::new();
        for input in plan.inputs() {
            let Some(renamed) = self.of_plan(input)? else { return Ok(None) };
            inputs.push(match passes_columns_on(plan) {
                true => renamed,
                false => Renamed { plan: renamed.called(input.schema())?, names: HashMap::new() },
            });
        }
        if let (LogicalPlan::Join(join), [left, right]) = (plan, inputs.as_mut_slice()) {
            let are_of = |names: &HashMap<Column, Column>, other: &LogicalPlan| {
                names.keys().any(|column| other.schema().has_column(column))
            };
            if are_of(&left.names, &join.right) || are_of(&right.names, &join.left) {
                return Ok(None);
            }
            if matches!(join.join_type, JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full) {
                self.tell_sides_apart(left, right)?;
            }
        }
        let mut names: HashMap<Column, Column> = HashMap::new();
        let mut plans = Vec::new();
        for input in inputs {
            names.extend(input.names);
            plans.push(input.plan);
        }
        let Some(exprs) = self.of_expressions(plan, &names)? else { return Ok(None) };
        match plan {
            LogicalPlan::SubqueryAlias(alias) => {
                let under_alias = |(old, new): (Column, Column)| {
                    let of_alias = |column: Column| Column::new(Some(alias.alias.clone()), column.name);
                    (of_alias(old), of_alias(new))
                };
                let names = names.into_iter().map(under_alias).collect();
                Ok(Some(Renamed { plan: plan.with_new_exprs(exprs, plans)?, names }))
            }
            LogicalPlan::Projection(_) | LogicalPlan::Aggregate(_) => {
                let schema = plan.schema();
                // A row of subtotals has columns that no expression is for.
                if exprs.len() != schema.fields().len() {
                    return Ok(None);
                }
                let mut seen = HashSet::new();
                let mut names = HashMap::new();
                let outputs = exprs.into_iter().zip(schema.iter()).map(|(expr, (relation, field))| {
                    if seen.insert(field.name()) {
                        return expr;
                    }
                    let name = self.fresh(field.name());
                    names.insert(Column::new(relation.cloned(), field.name()), Column::new_unqualified(&name));
                    expr.unalias().alias(name)
                });
                let outputs = outputs.collect();
                Ok(Some(Renamed { plan: plan.with_new_exprs(outputs, plans)?, names }))
            }
            _ => Ok(Some(Renamed { plan: plan.with_new_exprs(exprs, plans)?, names })),
        }
    }

    /// The expressions of a node under the new names of what they read; what its columns are called by them, they stay.
    fn of_expressions(&mut self, plan: &LogicalPlan, names: &HashMap<Column, Column>) -> Result<Option<Vec<Expr>>> {
        let preserver = NamePreserver::new(plan);
        let replace: HashMap<&Column, &Column> = names.iter().collect();
        let mut exprs = Vec::new();
        for expr in plan.expressions() {
            // It may read columns of the rows around it.
            if expr.exists(|part| Ok(subquery(part).is_some_and(|plan| !plan.outer_ref_columns.is_empty())))? {
                return Ok(None);
            }
            let name = preserver.save(&expr);
            let expr = replace_col(expr, &replace)?.transform_up(|part| self.of_scalar_subquery(part))?.data;
            exprs.push(name.restore(expr));
        }
        Ok(Some(exprs))
    }

    fn of_scalar_subquery(&mut self, expr: Expr) -> Result<Transformed<Expr>> {
        let Expr::ScalarSubquery(subquery) = &expr else { return Ok(Transformed::no(expr)) };
        let Some(renamed) = self.of_plan(&subquery.subquery)? else { return Ok(Transformed::no(expr)) };
        let plan = renamed.called(subquery.subquery.schema())?;
        Ok(Transformed::yes(Expr::ScalarSubquery(subquery.with_plan(Arc::new(plan)))))
    }

    /// Renames what the right side calls as the left side does.
    fn tell_sides_apart(&mut self, left: &Renamed, right: &mut Renamed) -> Result<()> {
        let taken: HashSet<&String> = left.plan.schema().fields().iter().map(|field| field.name()).collect();
        let mut renamed = HashMap::new();
        let columns = right.plan.schema().columns().into_iter().map(|column| {
            if !taken.contains(&column.name) {
                return Expr::Column(column);
            }
            let name = self.fresh(&column.name);
            renamed.insert(column.clone(), Column::new_unqualified(&name));
            Expr::Column(column).alias(name)
        });
        let columns = columns.collect();
        if renamed.is_empty() {
            return Ok(());
        }
        right.plan = LogicalPlan::Projection(Projection::try_new(columns, Arc::new(right.plan.clone()))?);
        right.names.extend(renamed);
        Ok(())
    }
}

/// Others are given the columns under their own names.
fn passes_columns_on(plan: &LogicalPlan) -> bool {
    matches!(
        plan,
        LogicalPlan::Projection(_)
            | LogicalPlan::Filter(_)
            | LogicalPlan::Join(_)
            | LogicalPlan::Aggregate(_)
            | LogicalPlan::Window(_)
            | LogicalPlan::Sort(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::SubqueryAlias(_)
    )
}
