//! Whether the fence holds, tried on two rows.
use super::{
    governed::{self, Body, Fencing, Relation},
    planner::{DEFAULT_SCHEMA, Namespace},
};
use crate::{EngineError, EngineErrorKind};
use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
use datafusion::common::{DataFusionError, Result};
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::execution::SessionState;
use datafusion::physical_plan::collect;
use datafusion::sql::sqlparser::{dialect::GenericDialect, parser::Parser};
use std::{collections::BTreeSet, sync::Arc};

/// Converts a text of the one row that a rule lets through. The other row's text does not convert.
pub(super) async fn fence(session: SessionState) -> std::result::Result<(), EngineError> {
    match rows(&session, Fencing::Adaptive).await {
        Ok(1) => Ok(()),
        Ok(_) => Err(EngineError::new(EngineErrorKind::Failed { operation: None })),
        Err(error) => Err(EngineError::new(EngineErrorKind::Failed { operation: None }).caused_by(&error)),
    }
}

pub(super) async fn rows(session: &SessionState, fencing: Fencing) -> Result<usize> {
    let rows = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from(vec![1, 2])) as _),
        ("note", Arc::new(StringArray::from(vec!["oops", "7"])) as _),
    ])?;
    let table = MemTable::try_new(rows.schema(), vec![vec![rows]])?;
    let mut tables = Namespace::default();
    tables.insert(DEFAULT_SCHEMA, "t", provider_as_source(Arc::new(table)));
    let body = Body::plan(&parse("SELECT g.note AS note FROM main.t AS g WHERE g.id = 2")?, &tables, session)?;
    let relation =
        Relation { schema: None, name: "t".to_owned(), body: Arc::new(body), is_inner: false, masked: BTreeSet::new() };
    let statement = parse("SELECT note FROM t WHERE CAST(note AS int) > 0")?;
    let (plan, _) = governed::plan(&statement, &[relation], session, fencing)?;
    let plan = session.optimizer().optimize(plan, session, |_, _| {})?;
    let plan = session.query_planner().create_physical_plan(&plan, session).await?;
    Ok(collect(plan, session.task_ctx()).await?.iter().map(RecordBatch::num_rows).sum())
}

fn parse(text: &str) -> Result<datafusion::sql::sqlparser::ast::Statement> {
    let statements = Parser::parse_sql(&GenericDialect {}, text)?;
    statements.into_iter().next().ok_or_else(|| DataFusionError::Internal("a statement is missing".to_owned()))
}
