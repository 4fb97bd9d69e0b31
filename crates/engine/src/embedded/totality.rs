//! Which operations of a plan can fail on a value.
//!
//! An optimizer may move a row's expression below a rule and evaluate it on rows that the rule hides. Nothing comes of it
//! when the expression is *total*: it cannot fail on any value. A *partial* one (`CAST(note AS int)`) would fail on a hidden
//! row and thereby tell of it, so it needs a fence (see [`super::fence`]).
//!
//! Not every partial operation can get there. What an aggregate or a window function has computed stays above the rule in
//! every plan, so columns made by one are *settled*, and so is every operation on settled columns only: `sum(a) / sum(b)`.
//! And a column's smallest and largest value, known from its files, may show that an operation stays within its type.
mod cast;
mod operator;
mod range;

pub(crate) use range::Range;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{
    Column, DFSchema, Result, ScalarValue, not_impl_err,
    tree_node::{TreeNode, TreeNodeRecursion},
};
use datafusion::datasource::source_as_provider;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, ExprSchemable, JoinType, LogicalPlan, TableScan, expr::ScalarFunction,
    simplify::SimplifyContext,
};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use std::{cell::RefCell, collections::HashMap, sync::Arc};
use tessera_sql::functions::{self, Totality};

use super::{expressions::subquery, governed::RelationSource, truncation};
use crate::files::FileTable;

/// What is known of one column of a plan's output.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Fact {
    settled: bool,
    range: Option<Range>,
}

impl Fact {
    pub(crate) fn of_range(range: Option<Range>) -> Self {
        Self { settled: false, range }
    }
}

pub(crate) struct Review {
    pub(crate) totality: Totality,
    /// One for each column of the output.
    pub(crate) facts: Vec<Fact>,
}

/// Reviews every expression of an analyzed statement. A node or a function that is not known is refused.
pub(crate) fn review(plan: &LogicalPlan, session: &SessionState) -> Result<Review> {
    review_where(plan, session, true)
}

/// Reviews the body of a relation. Nothing in it is settled: its rule may hide what an aggregate below has computed.
pub(crate) fn review_body(plan: &LogicalPlan, session: &SessionState) -> Result<Review> {
    review_where(plan, session, false)
}

fn review_where(plan: &LogicalPlan, session: &SessionState, aggregates_settle: bool) -> Result<Review> {
    let mut reviewer = Reviewer { session, aggregates_settle, totality: Totality::Total };
    let facts = reviewer.plan(plan)?;
    Ok(Review { totality: reviewer.totality, facts })
}

struct Reviewer<'a> {
    session: &'a SessionState,
    aggregates_settle: bool,
    totality: Totality,
}

/// What the expressions of a node may name.
struct Scope {
    schema: DFSchema,
    facts: Vec<Fact>,
    /// The ranges of the parts of one expression, by where they are: without them a chain of operators would be looked at
    /// once for each of its operators. INVARIANT: forgotten before another expression is looked at.
    ranges: RefCell<HashMap<*const Expr, Option<Range>>>,
}

impl Scope {
    fn fact(&self, column: &Column) -> Fact {
        let index = self.schema.maybe_index_of_column(column);
        index.and_then(|index| self.facts.get(index).copied()).unwrap_or_default()
    }
}

impl Reviewer<'_> {
    fn plan(&mut self, plan: &LogicalPlan) -> Result<Vec<Fact>> {
        let inputs = plan.inputs().into_iter().map(|input| self.plan(input)).collect::<Result<Vec<_>>>()?;
        let mut scope = Scope { schema: DFSchema::empty(), facts: inputs.concat(), ranges: RefCell::default() };
        for input in plan.inputs() {
            scope.schema = if scope.schema.fields().is_empty() {
                input.schema().as_ref().clone()
            } else {
                scope.schema.join(input.schema())?
            };
            if matches!(plan, LogicalPlan::Union(_) | LogicalPlan::RecursiveQuery(_)) {
                break;
            }
        }
        plan.apply_expressions(|expr| {
            self.expression(expr, &scope)?;
            Ok(TreeNodeRecursion::Continue)
        })?;

        let width = plan.schema().fields().len();
        let mut facts = match plan {
            LogicalPlan::Projection(projection) => self.facts(&projection.expr, &scope)?,
            LogicalPlan::Window(window) => {
                let mut facts = scope.facts;
                facts.resize(facts.len() + window.window_expr.len(), self.computed());
                facts
            }
            LogicalPlan::Aggregate(aggregate) => self.aggregate(aggregate, &scope)?,
            LogicalPlan::Join(join) => match join.join_type {
                JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => {
                    inputs.into_iter().next().unwrap_or_default()
                }
                JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => {
                    inputs.into_iter().nth(1).unwrap_or_default()
                }
                JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => scope.facts,
            },
            LogicalPlan::Union(_) => union(&inputs),
            LogicalPlan::TableScan(scan) => scan_facts(scan)?,
            LogicalPlan::Distinct(Distinct::On(on)) => self.facts(&on.select_expr, &scope)?,
            LogicalPlan::Filter(_)
            | LogicalPlan::Sort(_)
            | LogicalPlan::Repartition(_)
            | LogicalPlan::Subquery(_)
            | LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::Distinct(Distinct::All(_)) => scope.facts,
            LogicalPlan::EmptyRelation(_)
            | LogicalPlan::Values(_)
            | LogicalPlan::Unnest(_)
            | LogicalPlan::RecursiveQuery(_) => Vec::new(),
            LogicalPlan::Statement(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::Extension(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::DescribeTable(_) => return not_impl_err!("only queries"),
        };
        facts.resize(width, Fact::default());
        Ok(facts)
    }

    fn aggregate(&mut self, aggregate: &Aggregate, scope: &Scope) -> Result<Vec<Fact>> {
        let keys = aggregate.schema.fields().len() - aggregate.aggr_expr.len();
        // A filter on a group's key may still move below the aggregate.
        let mut facts = self.facts(&aggregate.group_expr, scope)?;
        for fact in &mut facts {
            fact.settled = false;
        }
        if facts.len() != keys {
            facts = vec![Fact::default(); keys];
        }
        facts.resize(aggregate.schema.fields().len(), self.computed());
        Ok(facts)
    }

    /// Of what an aggregate or a window function has made.
    fn computed(&self) -> Fact {
        Fact { settled: self.aggregates_settle, range: None }
    }

    fn facts(&self, exprs: &[Expr], scope: &Scope) -> Result<Vec<Fact>> {
        exprs
            .iter()
            .map(|expr| {
                scope.ranges.borrow_mut().clear();
                Ok(Fact { settled: is_settled(expr, scope), range: range::range(expr, scope)? })
            })
            .collect()
    }

    fn expression(&mut self, expr: &Expr, scope: &Scope) -> Result<()> {
        scope.ranges.borrow_mut().clear();
        expr.apply(|part| {
            if let Some(held) = subquery(part) {
                self.plan(&held.subquery)?;
            }
            if self.operation(part, scope)? == Totality::Partial && !is_settled(part, scope) && !self.is_known(part) {
                self.totality = Totality::Partial;
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(())
    }

    /// The outermost operation of `expr` alone.
    fn operation(&self, expr: &Expr, scope: &Scope) -> Result<Totality> {
        let schema = &scope.schema;
        Ok(match expr {
            Expr::Alias(_)
            | Expr::Column(_)
            | Expr::Literal(..)
            | Expr::OuterReferenceColumn(..)
            | Expr::Not(_)
            | Expr::IsNotNull(_)
            | Expr::IsNull(_)
            | Expr::IsTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNotFalse(_)
            | Expr::IsNotUnknown(_)
            // Wraps for integers; the other numbers are symmetric.
            | Expr::Negative(_)
            | Expr::Between(_)
            | Expr::Case(_)
            | Expr::InList(_)
            // An engine computes these from rows that the rule has let through, wherever it puts them.
            | Expr::AggregateFunction(_)
            | Expr::WindowFunction(_)
            | Expr::Exists(_)
            | Expr::InSubquery(_)
            | Expr::SetComparison(_)
            | Expr::ScalarSubquery(_)
            | Expr::GroupingSet(_) => Totality::Total,
            // A pattern from a row may not compile.
            Expr::Like(like) => total_if(matches!(without_casts(&like.pattern), Expr::Literal(..))),
            Expr::Cast(to) => {
                let from = to.expr.get_type(schema)?;
                cast::totality(&from, to.field.data_type(), range::range(&to.expr, scope)?)
            }
            Expr::TryCast(to) => {
                let from = to.expr.get_type(schema)?;
                cast::totality_of_try(&from, to.field.data_type(), range::range(&to.expr, scope)?)
            }
            Expr::BinaryExpr(binary) => operator::totality(binary, scope)?,
            Expr::ScalarFunction(function) => self.function(function, scope)?,
            _ => Totality::Partial,
        })
    }

    fn function(&self, call: &ScalarFunction, scope: &Scope) -> Result<Totality> {
        if call.name() == functions::mask_hash().name {
            return Ok(functions::mask_hash().totality);
        }
        let Some(function) = functions::scalar(call.name()) else {
            return not_impl_err!("a function that is not reviewed");
        };
        let literal = |position: usize| match call.args.get(position).map(without_casts) {
            Some(Expr::Literal(ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)), _)) => {
                Some(text.as_str())
            }
            _ => None,
        };
        if function.totality_of_call(literal) == Totality::Total {
            return Ok(Totality::Total);
        }
        Ok(match (function.name, call.args.as_slice()) {
            ("arrow_try_cast", [from, _]) if literal(1).is_some() => {
                let to = Expr::ScalarFunction(call.clone()).get_type(&scope.schema)?;
                cast::totality_of_try(&from.get_type(&scope.schema)?, &to, range::range(from, scope)?)
            }
            ("arrow_cast", [from, _]) if literal(1).is_some() => {
                let to = Expr::ScalarFunction(call.clone()).get_type(&scope.schema)?;
                cast::totality(&from.get_type(&scope.schema)?, &to, range::range(from, scope)?)
            }
            ("date_trunc", [_, time])
                if literal(0).is_some_and(|unit| {
                    time.get_type(&scope.schema).is_ok_and(|times| truncation::is_for_all(unit, &times))
                }) =>
            {
                Totality::Total
            }
            // These fail only where a time is too far from ours for its unit.
            ("date_trunc" | "date_part", [_, time]) if literal(0).is_some() => total_if(is_ordinary(time, scope)?),
            ("to_local_time", [time]) => total_if(is_ordinary(time, scope)?),
            _ => Totality::Partial,
        })
    }

    /// Whether a partial operation is on constants only and works: `CAST('2026-01-01' AS date)`.
    fn is_known(&self, expr: &Expr) -> bool {
        if !expr.column_refs().is_empty() || expr.contains_outer() || expr.is_volatile() {
            return false;
        }
        let context = SimplifyContext::builder()
            .with_config_options(Arc::clone(self.session.config_options()))
            .with_query_execution_start_time(self.session.execution_props().query_execution_start_time)
            .build();
        matches!(ExprSimplifier::new(context).simplify(expr.clone()), Ok(Expr::Literal(..)))
    }
}

fn is_ordinary(time: &Expr, scope: &Scope) -> Result<bool> {
    Ok(range::is_ordinary_time(&time.get_type(&scope.schema)?, range::range(time, scope)?))
}

/// Whether `expr` is computed from settled columns, and from at least one.
fn is_settled(expr: &Expr, scope: &Scope) -> bool {
    let columns = expr.column_refs();
    let subqueries = expr.exists(|part| Ok(subquery(part).is_some())).unwrap_or(true);
    !columns.is_empty()
        && !subqueries
        && !expr.contains_outer()
        && columns.into_iter().all(|column| scope.fact(column).settled)
}

fn scan_facts(scan: &TableScan) -> Result<Vec<Fact>> {
    if let Some(relation) = scan.source.downcast_ref::<RelationSource>() {
        return Ok(relation.facts().to_vec());
    }
    let provider = source_as_provider(&scan.source)?;
    let ranges = provider.downcast_ref::<FileTable>().map(FileTable::ranges).unwrap_or_default();
    Ok(ranges.iter().copied().map(Fact::of_range).collect())
}

fn union(inputs: &[Vec<Fact>]) -> Vec<Fact> {
    let Some((first, rest)) = inputs.split_first() else { return Vec::new() };
    let merge = |column: usize, fact: Fact| {
        rest.iter().map(|facts| facts.get(column).copied().unwrap_or_default()).fold(fact, |fact, other| Fact {
            settled: fact.settled && other.settled,
            range: fact.range.zip(other.range).map(|(range, other)| range.hull(other)),
        })
    };
    first.iter().enumerate().map(|(column, fact)| merge(column, *fact)).collect()
}

fn total_if(condition: bool) -> Totality {
    if condition { Totality::Total } else { Totality::Partial }
}

fn without_casts(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast(cast) => without_casts(&cast.expr),
        Expr::Alias(alias) => without_casts(&alias.expr),
        expr => expr,
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

#[cfg(test)]
mod tests;
