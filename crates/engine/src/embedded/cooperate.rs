//! A query that computes for long between two rows must still notice that it has been stopped, and let others compute.
use datafusion::arrow::array::RecordBatch;
use datafusion::common::{
    Result, Statistics,
    config::ConfigOptions,
    internal_err,
    tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
    joins::NestedLoopJoinExec,
    statistics::{ChildStats, StatisticsArgs},
    stream::RecordBatchStreamAdapter,
};
use futures::{Stream, StreamExt};
use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// How long a query computes before it lets go of its thread.
const TURN: Duration = Duration::from_millis(10);

/// Lets go of the thread between any two batches of any operator, when the turn is over. DataFusion does so where rows are
/// read, counted in batches; but a filter over a join may throw away billions of rows before the next one is read.
///
/// The last of the rules: it hides operators from the others.
#[derive(Debug)]
pub(super) struct Cooperate;

impl PhysicalOptimizerRule for Cooperate {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let node =
                if node.downcast_ref::<NestedLoopJoinExec>().is_some() { with_small_batches(node)? } else { node };
            Ok(Transformed::yes(Arc::new(TurnExec { rows: node, batch_rows: usize::MAX }) as _))
        })
        .data()
    }

    fn name(&self) -> &str {
        "cooperate"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// A nested loop compares all rows of its left side with one batch of the right before it lets go.
fn with_small_batches(join: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    const BATCH_ROWS: usize = 256;
    let mut children: Vec<Arc<dyn ExecutionPlan>> = join.children().into_iter().cloned().collect();
    if let Some(right) = children.pop() {
        children.push(Arc::new(TurnExec { rows: right, batch_rows: BATCH_ROWS }));
    }
    join.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
}

#[derive(Debug)]
struct TurnExec {
    rows: Arc<dyn ExecutionPlan>,
    /// Longer batches are cut.
    batch_rows: usize,
}

impl DisplayAs for TurnExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TurnExec")
    }
}

impl ExecutionPlan for TurnExec {
    fn name(&self) -> &str {
        "TurnExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.rows.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.rows]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match (children.pop(), children.is_empty()) {
            (Some(rows), true) => Ok(Arc::new(Self { rows, batch_rows: self.batch_rows })),
            _ => internal_err!("a turn has one child"),
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

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = self.rows.execute(partition, context)?;
        let schema = rows.schema();
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            schema,
            Turns { rows, batch_rows: self.batch_rows, rest: None, since: None },
        )))
    }
}

struct Turns {
    rows: SendableRecordBatchStream,
    batch_rows: usize,
    /// What was cut off the last batch.
    rest: Option<RecordBatch>,
    /// When the turn began; `None` before its first row.
    since: Option<Instant>,
}

impl Stream for Turns {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let now = Instant::now();
        if self.since.is_some_and(|since| now - since > TURN) {
            self.since = None;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = match self.rest.take() {
            Some(rest) => Poll::Ready(Some(Ok(rest))),
            None => self.rows.poll_next_unpin(context),
        };
        match next {
            // It waits for others, so its turn is over anyway.
            Poll::Pending => self.since = None,
            Poll::Ready(_) => drop(self.since.get_or_insert(now)),
        }
        match next {
            Poll::Ready(Some(Ok(batch))) if batch.num_rows() > self.batch_rows => {
                self.rest = Some(batch.slice(self.batch_rows, batch.num_rows() - self.batch_rows));
                Poll::Ready(Some(Ok(batch.slice(0, self.batch_rows))))
            }
            next => next,
        }
    }
}
