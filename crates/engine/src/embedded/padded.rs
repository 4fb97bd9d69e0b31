//! What is the same in every row of a table is not, once an outer join or a subtotal has filled in nulls.
//!
//! DataFusion 55 goes on taking a column for constant that was constant before it was padded, as a masked column is, or one
//! under a rule with a single value. It then leaves out the sort by that column, and may close a partition too early. And
//! it may forget on the way that a column is constant, after it has left out the sort: then it refuses its own plan.
use datafusion::common::{
    DataFusionError, JoinType, Result, Statistics,
    config::ConfigOptions,
    internal_err,
    tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
};
use datafusion::execution::{SendableRecordBatchStream, SessionState, SessionStateBuilder, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
    ReplaceChildrenOptions,
    aggregates::AggregateExec,
    filter_pushdown::{ChildPushdownResult, FilterDescription, FilterPushdownPhase, FilterPushdownPropagation},
    joins::{HashJoinExec, NestedLoopJoinExec, PiecewiseMergeJoinExec, SortMergeJoinExec, SymmetricHashJoinExec},
    statistics::{ChildStats, StatisticsArgs},
};
use std::{fmt, sync::Arc};

/// Stands between an outer join, or subtotals, and what they pad, and says of no column that it is constant.
///
/// The first of the rules: the others ask which columns are.
#[derive(Debug)]
pub(super) struct Padded {
    /// Stands over everything that makes a column constant.
    pub(super) everywhere: bool,
}

/// Plans of it know of no constant column.
fn without_constants(session: &SessionState) -> SessionState {
    let mut rules = session.physical_optimizers().to_vec();
    rules.insert(0, Arc::new(Padded { everywhere: true }));
    SessionStateBuilder::new_from_existing(session.clone()).with_physical_optimizer_rules(rules).build()
}

/// Plans once more, without constants, what the planner refuses of its own making.
pub(super) async fn physical_plan(plan: &LogicalPlan, session: &SessionState) -> Result<Arc<dyn ExecutionPlan>> {
    let planned = session.query_planner().create_physical_plan(plan, session).await;
    let refused =
        |error: &DataFusionError| matches!(error, DataFusionError::Context(rule, _) if rule == "SanityCheckPlan");
    match planned {
        Err(error) if refused(&error) => {
            let session = without_constants(session);
            session.query_planner().create_physical_plan(plan, &session).await
        }
        planned => planned,
    }
}

impl PhysicalOptimizerRule for Padded {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            if self.everywhere {
                let node = if has_constants(&node) { PaddedExec::over(node) } else { node };
                return Ok(Transformed::yes(node));
            }
            let padded: &[bool] = match join_type(node.as_ref()).map(pads) {
                Some((left, right)) => &[left, right],
                None if makes_subtotals(node.as_ref()) => &[true],
                None => return Ok(Transformed::no(node)),
            };
            let sides: Vec<_> = node.children().into_iter().cloned().zip(padded.iter().copied()).collect();
            if !sides.iter().any(|(side, padded)| *padded && has_constants(side)) {
                return Ok(Transformed::no(node));
            }
            let side = |(side, padded)| if padded && has_constants(&side) { PaddedExec::over(side) } else { side };
            let sides = sides.into_iter().map(side).collect();
            let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
            Ok(Transformed::yes(node.replace_children(sides, options)?))
        })
        .data()
    }

    fn name(&self) -> &str {
        "padded"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn join_type(node: &dyn ExecutionPlan) -> Option<JoinType> {
    if let Some(join) = node.downcast_ref::<HashJoinExec>() {
        return Some(*join.join_type());
    }
    if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() {
        return Some(*join.join_type());
    }
    if let Some(join) = node.downcast_ref::<SortMergeJoinExec>() {
        return Some(join.join_type());
    }
    if let Some(join) = node.downcast_ref::<PiecewiseMergeJoinExec>() {
        return Some(join.join_type());
    }
    node.downcast_ref::<SymmetricHashJoinExec>().map(|join| *join.join_type())
}

/// `ROLLUP`, `CUBE` and `GROUPING SETS`.
fn makes_subtotals(node: &dyn ExecutionPlan) -> bool {
    node.downcast_ref::<AggregateExec>().is_some_and(|aggregate| aggregate.group_expr().has_grouping_set())
}

/// Whether rows of the left and of the right side may be filled in.
fn pads(join: JoinType) -> (bool, bool) {
    match join {
        JoinType::Left => (false, true),
        JoinType::Right => (true, false),
        JoinType::Full => (true, true),
        JoinType::Inner
        | JoinType::LeftSemi
        | JoinType::RightSemi
        | JoinType::LeftAnti
        | JoinType::RightAnti
        | JoinType::LeftMark
        | JoinType::RightMark => (false, false),
    }
}

fn has_constants(plan: &Arc<dyn ExecutionPlan>) -> bool {
    !plan.equivalence_properties().constants().is_empty()
}

#[derive(Debug)]
struct PaddedExec {
    rows: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl PaddedExec {
    fn over(rows: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
        let known = rows.equivalence_properties();
        let orderings = known.oeq_class().iter().cloned();
        let equivalences = EquivalenceProperties::new_with_orderings(Arc::clone(known.schema()), orderings);
        let properties = PlanProperties::clone(rows.properties()).with_eq_properties(equivalences);
        Arc::new(Self { rows, properties: Arc::new(properties) })
    }
}

impl DisplayAs for PaddedExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaddedExec")
    }
}

impl ExecutionPlan for PaddedExec {
    fn name(&self) -> &str {
        "PaddedExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.rows]
    }

    /// It does, but a sort pushed below it would be left out there, where a column is constant.
    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match (children.pop(), children.is_empty()) {
            (Some(rows), true) => Ok(Self::over(rows)),
            _ => internal_err!("a padded side has one child"),
        }
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    fn statistics_from_inputs(&self, inputs: &[Arc<Statistics>], _args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        match inputs {
            [rows] => Ok(Arc::clone(rows)),
            _ => Ok(Arc::new(Statistics::new_unknown(&self.schema()))),
        }
    }

    fn gather_filters_for_pushdown(
        &self,
        _phase: FilterPushdownPhase,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        FilterDescription::from_children(filters, &self.children())
    }

    fn handle_child_pushdown_result(
        &self,
        _phase: FilterPushdownPhase,
        result: ChildPushdownResult,
        _config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        Ok(FilterPushdownPropagation::if_all(result))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.rows.execute(partition, context)
    }
}
