//! Governed relations as plans: each body is planned over the physical tables, and governed relations before it, in a
//! session of its own, and then takes the place of its name in the person's plan.
use super::{
    fence::{self, Fence},
    masked,
    planner::{DEFAULT_SCHEMA, Namespace},
    session::behind_fence,
    totality::{Fact, review, review_body},
};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{
    Result, TableReference,
    tree_node::{Transformed, TreeNodeRecursion},
};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection, SubqueryAlias, TableSource, TableType};
use datafusion::sql::sqlparser::ast::Statement;
use std::{collections::BTreeSet, sync::Arc};
use tessera_sql::functions::Totality;

/// The plan of a governed relation: `SELECT <columns, masks> FROM <table> WHERE <rules>`.
#[derive(Debug)]
pub(crate) struct Body {
    plan: Arc<LogicalPlan>,
    schema: SchemaRef,
    facts: Vec<Fact>,
    /// Of its columns and masks.
    totality: Totality,
    /// `None`: every row may be seen.
    rule: Option<Rule>,
}

/// Everything below the outermost projection.
#[derive(Debug)]
struct Rule {
    plan: Arc<LogicalPlan>,
    totality: Totality,
    projection: Vec<Expr>,
}

impl Body {
    /// `tables` holds the physical tables and the functions of masks.
    pub(crate) fn plan(statement: &Statement, tables: &Namespace, session: &SessionState) -> Result<Self> {
        let plan = tables.plan(session, statement)?;
        let whole = review_body(&plan, session)?;
        let rule = match &plan {
            LogicalPlan::Projection(Projection { input, .. }) if shows_every_row(input) => None,
            LogicalPlan::Projection(Projection { input, expr, .. }) => Some(Rule {
                plan: Arc::clone(input),
                totality: review_body(input, session)?.totality,
                projection: expr.clone(),
            }),
            whole => {
                let columns = whole.schema().columns().into_iter().map(Expr::Column).collect();
                Some(Rule {
                    plan: Arc::new(whole.clone()),
                    totality: review_body(whole, session)?.totality,
                    projection: columns,
                })
            }
        };
        Ok(Self {
            schema: Arc::new(plan.schema().as_arrow().clone()),
            plan: Arc::new(plan),
            facts: whole.facts,
            totality: whole.totality,
            rule,
        })
    }
}

/// No filter, no join: the rows of one table.
fn shows_every_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::TableScan(_) => true,
        LogicalPlan::SubqueryAlias(alias) => shows_every_row(&alias.input),
        _ => false,
    }
}

/// What the person's statement is planned against: a relation's columns, and nothing of how it is governed.
pub(crate) struct RelationSource(Arc<Body>);

impl RelationSource {
    pub(crate) fn facts(&self) -> &[Fact] {
        &self.0.facts
    }
}

impl TableSource for RelationSource {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.0.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }
}

/// A relation that a statement may name. Without a schema, it is in the default one.
pub(crate) struct Relation {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
    pub(crate) body: Arc<Body>,
    /// The statement cannot name it.
    pub(crate) is_inner: bool,
    /// Columns that hold masks.
    pub(crate) masked: BTreeSet<String>,
}

impl Relation {
    fn is_called(&self, name: &TableReference) -> bool {
        let schema = self.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
        !self.is_inner && self.name == name.table() && schema == name.schema().unwrap_or(DEFAULT_SCHEMA)
    }
}

/// A relation as a body after it reads it.
pub(crate) fn source(body: &Arc<Body>) -> Arc<dyn TableSource> {
    Arc::new(RelationSource(Arc::clone(body)))
}

/// Which relations are fenced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fencing {
    /// Those with a rule, when something in the statement, in a mask or in a rule may fail.
    Adaptive,
    /// None: the mutant that the tests must kill.
    #[cfg(test)]
    Off,
}

/// The person's statement over the relations, analyzed, with the bodies in the place of their names; and which of its
/// columns hold masks.
pub(crate) fn plan(
    statement: &Statement,
    relations: &[Relation],
    session: &SessionState,
    fencing: Fencing,
) -> Result<(LogicalPlan, Vec<bool>)> {
    let (plan, masked, totality) = plan_over(statement, relations, session)?;
    let fenced = match fencing {
        Fencing::Adaptive => totality == Totality::Partial,
        #[cfg(test)]
        Fencing::Off => false,
    };
    let fence = fenced.then(|| Arc::new(behind_fence(session)));
    Ok((with_bodies(plan, fence.as_ref())?, masked))
}

/// For relations without rules that hold by the way the statement joins them: `None` where something may fail, which would
/// meet the rows below that join.
pub(crate) fn plan_when_total(
    statement: &Statement,
    relations: &[Relation],
    session: &SessionState,
) -> Result<Option<(LogicalPlan, Vec<bool>)>> {
    let (plan, masked, totality) = plan_over(statement, relations, session)?;
    Ok(match totality {
        Totality::Total => Some((with_bodies(plan, None)?, masked)),
        Totality::Partial => None,
    })
}

/// Over the names of the relations; and whether something in the statement or in a body may fail.
fn plan_over(
    statement: &Statement,
    relations: &[Relation],
    session: &SessionState,
) -> Result<(LogicalPlan, Vec<bool>, Totality)> {
    let mut names = Namespace::default();
    for relation in relations.iter().filter(|relation| !relation.is_inner) {
        let schema = relation.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
        names.insert(schema, &relation.name, source(&relation.body));
    }
    let plan = names.plan(session, statement)?;
    let masked = masked::columns(&plan, &|name| {
        relations.iter().find(|relation| relation.is_called(name)).map(|relation| &relation.masked)
    })?;
    let mut parts = relations.iter().map(|relation| relation.body.totality).chain([review(&plan, session)?.totality]);
    let totality = if parts.any(|part| part == Totality::Partial) { Totality::Partial } else { Totality::Total };
    Ok((plan, masked, totality))
}

/// The plan with the bodies in the place of their names, and so on in the bodies.
fn with_bodies(plan: LogicalPlan, fence: Option<&Arc<SessionState>>) -> Result<LogicalPlan> {
    let replaced = plan.transform_up_with_subqueries(|node| {
        let LogicalPlan::TableScan(scan) = &node else { return Ok(Transformed::no(node)) };
        let Some(RelationSource(body)) = scan.source.downcast_ref::<RelationSource>() else {
            return Ok(Transformed::no(node));
        };
        let plan = match (fence, &body.rule) {
            (Some(session), Some(rule)) => fenced_plan(body, rule, session)?,
            _ => with_bodies(body.plan.as_ref().clone(), fence)?,
        };
        let alias = SubqueryAlias::try_new(Arc::new(plan), scan.table_name.clone())?;
        Ok(Transformed::new(LogicalPlan::SubqueryAlias(alias), true, TreeNodeRecursion::Continue))
    })?;
    Ok(replaced.data)
}

/// The body with a fence between its rule and its projection.
fn fenced_plan(body: &Body, rule: &Rule, session: &Arc<SessionState>) -> Result<LogicalPlan> {
    let rows = Arc::new(with_bodies(rule.plan.as_ref().clone(), Some(session))?);
    let fence = Fence::new(rows, rule.totality, Arc::clone(session))?;
    let input = fence::scan(fence, rule.plan.schema())?;
    let schema = Arc::clone(body.plan.schema());
    Ok(LogicalPlan::Projection(Projection::try_new_with_schema(rule.projection.clone(), Arc::new(input), schema)?))
}
