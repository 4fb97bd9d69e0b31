//! The fence: what lies above it is evaluated on rows that the rule below has let through, and on no others.
//!
//! Three ways lead an expression below a rule, and the fence stands in each. The logical optimizer pushes filters into
//! scans: the fence is the scan, and takes in only comparisons that cannot fail. Physical operators push filters to their
//! children, when they plan and, as dynamic filters, while they run: [`FenceExec`] refuses them. And projections, limits and
//! sorts move below operators that agree to it: it does not.
use super::repeated_names;
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{
    DFSchema, Result, Statistics, TableReference,
    tree_node::{Transformed, TreeNode, TreeNodeRecursion},
};
use datafusion::config::ConfigOptions;
use datafusion::datasource::provider_as_source;
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::{
    BinaryExpr, Expr, LogicalPlan, LogicalPlanBuilder, Operator, TableProviderFilterPushDown, TableType,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
    filter_pushdown::{ChildPushdownResult, FilterDescription, FilterPushdownPhase, FilterPushdownPropagation},
    statistics::{ChildStats, StatisticsArgs},
};
use std::{fmt, sync::Arc};
use tessera_sql::functions::Totality;

/// A rule's rows as a table of their own, planned apart from what reads them.
pub(super) struct Fence {
    /// The rule, under column names that cannot be mistaken: `c0`, `c1`, ….
    plan: LogicalPlan,
    schema: SchemaRef,
    /// A partial rule must meet all rows, or its failures would tell of the rows that a filter has picked.
    rule: Totality,
    session: Arc<SessionState>,
}

impl Fence {
    pub(super) fn new(rule: Arc<LogicalPlan>, totality: Totality, session: Arc<SessionState>) -> Result<Self> {
        let columns = rule.schema().columns().into_iter().enumerate();
        let columns: Vec<Expr> = columns.map(|(index, column)| Expr::Column(column).alias(name(index))).collect();
        let plan = LogicalPlanBuilder::from(rule).project(columns)?.build()?;
        let schema = Arc::new(plan.schema().as_arrow().clone());
        Ok(Self { plan, schema, rule: totality, session })
    }
}

fn name(index: usize) -> String {
    format!("c{index}")
}

/// The fence as a plan whose columns have the names and qualifiers of the rule's.
pub(super) fn scan(fence: Fence, columns: &DFSchema) -> Result<LogicalPlan> {
    const FENCE: &str = "fence";
    let rename = columns.iter().enumerate().map(|(index, (qualifier, field))| {
        let column = datafusion::common::Column::new(Some(TableReference::bare(FENCE)), name(index));
        Expr::Column(column).alias_qualified(qualifier.cloned(), field.name())
    });
    let rename: Vec<Expr> = rename.collect();
    LogicalPlanBuilder::scan(FENCE, provider_as_source(Arc::new(fence)), None)?.project(rename)?.build()
}

#[async_trait]
impl TableProvider for Fence {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let answer = |filter: &&Expr| match self.rule {
            Totality::Total if is_plain_comparison(filter) => TableProviderFilterPushDown::Exact,
            Totality::Total | Totality::Partial => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(answer).collect())
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut plan = LogicalPlanBuilder::from(self.plan.clone());
        for filter in filters {
            plan = plan.filter(unqualified(filter.clone())?)?;
        }
        plan = plan.limit(0, limit)?;
        if let Some(projection) = projection {
            plan = plan.project(projection.iter().map(|index| Expr::Column(name(*index).into())))?;
        }
        let plan = self.session.optimizer().optimize(plan.build()?, self.session.as_ref(), |_, _| {})?;
        let (plan, session) = repeated_names::told_apart(&plan, &self.session)?;
        let rows = session.query_planner().create_physical_plan(&plan, session.as_ref()).await?;
        Ok(Arc::new(FenceExec { rows }))
    }
}

impl fmt::Debug for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fence")
    }
}

fn unqualified(filter: Expr) -> Result<Expr> {
    let strip = |expr| match expr {
        Expr::Column(column) => Ok(Transformed::yes(Expr::Column(column.name.into()))),
        other => Ok(Transformed::no(other)),
    };
    Ok(filter.transform_up(strip)?.data)
}

/// A comparison of a bare column with constants: it cannot fail, and tells nothing but what the row says.
fn is_plain_comparison(filter: &Expr) -> bool {
    fn column(expr: &Expr) -> bool {
        matches!(expr, Expr::Column(_))
    }
    fn literal(expr: &Expr) -> bool {
        matches!(expr, Expr::Literal(..))
    }
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            use Operator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
            matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq)
                && ((column(left) && literal(right)) || (literal(left) && column(right)))
        }
        Expr::InList(list) => column(&list.expr) && list.list.iter().all(literal),
        Expr::Between(between) => column(&between.expr) && literal(&between.low) && literal(&between.high),
        Expr::IsNull(expr) | Expr::IsNotNull(expr) => column(expr),
        _ => false,
    }
}

/// INVARIANT: it has exactly one child, so that recursive queries still reset their state through it, and nothing passes it
/// downwards.
#[derive(Debug)]
struct FenceExec {
    rows: Arc<dyn ExecutionPlan>,
}

impl DisplayAs for FenceExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FenceExec")
    }
}

impl ExecutionPlan for FenceExec {
    fn name(&self) -> &str {
        "FenceExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.rows.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.rows]
    }

    // A sort whose keys may fail would move below.
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
            (Some(rows), true) => Ok(Arc::new(Self { rows })),
            _ => datafusion::common::internal_err!("a fence has one child"),
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

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.rows.execute(partition, context)
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    // An exact count or extreme would be taken for the answer, without reading a row.
    fn statistics_from_inputs(&self, inputs: &[Arc<Statistics>], _args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        match inputs {
            [rows] => Ok(Arc::new(rows.as_ref().clone().to_inexact())),
            _ => Ok(Arc::new(Statistics::new_unknown(&self.schema()))),
        }
    }

    fn gather_filters_for_pushdown(
        &self,
        _phase: FilterPushdownPhase,
        parent_filters: Vec<Arc<dyn PhysicalExpr>>,
        _config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        Ok(FilterDescription::all_unsupported(&parent_filters, &self.children()))
    }

    fn handle_child_pushdown_result(
        &self,
        _phase: FilterPushdownPhase,
        children: ChildPushdownResult,
        _config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        Ok(FilterPushdownPropagation::all_unsupported(children))
    }
}
