//! SQL written by a person: every node checked, every relation name bound to a governed relation.
use crate::{
    Governed, Position, Refusal, RefusalKind, RelationName, RowLimit, Settings, Zones, explain,
    govern::{self, BodyQuery},
    governed::{GovernedBody, GovernedStatement},
};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use tessera_model::{
    CheckedModel, DataScope, Model,
    scope::{ColumnState, TableState},
};
use tessera_sql::{
    frontend::statement::{StatementError, StatementErrorKind, TableName, check_statement},
    tree::{BodySource, ColumnRef, Expr, Ident, Literal, PhysicalTable, Query, Relation, Select, SelectItem},
};

/// The most rows of raw SQL that are shown at once.
const MOST_INTERACTIVE_ROWS: u64 = 100_000;

pub(crate) fn govern(
    model: &Model,
    checked: &CheckedModel,
    scope: &DataScope<'_>,
    sql: &str,
    settings: &Settings,
) -> Result<Governed, Refusal> {
    let statement = check_statement(sql).map_err(refusal)?;
    let mut tables: BTreeMap<PhysicalTable, Body> = BTreeMap::new();
    for name in &statement.tables {
        let Entry::Vacant(place) =
            tables.entry(PhysicalTable { schema: name.schema_or_main(), name: name.name.clone() })
        else {
            continue;
        };
        let refused = |refusal: Refusal| refusal.at(position(name.position));
        let rules = match scope.table(place.key()) {
            TableState::Absent => return Err(refused(unknown(name))),
            TableState::Closed(closure) => return Err(refused(Refusal::closed(&closure))),
            TableState::Open { rules } => rules,
        };
        let rules = rules.into_iter().flat_map(|(view, rules)| rules.0.into_iter().map(move |rule| (view, rule)));
        let body = body(checked, scope, place.key(), rules.collect())?;
        place.insert(body.ok_or_else(|| refused(unknown(name)))?);
    }
    let explanation =
        explain::of_tables(checked, scope, tables.iter().map(|(table, body)| (table, &body.rules[..])), &statement);
    let relations = tables
        .into_iter()
        .map(|(table, body)| GovernedBody {
            name: RelationName { schema: Some(table.schema), name: table.name },
            labels: govern::labels(checked, scope, &body.rules),
            query: BodyQuery::Made(body.query),
            when_total: None,
            is_inner: false,
            masked: body.masked,
            unseen: BTreeSet::new(),
        })
        .collect();
    Ok(Governed {
        connection: model.connection,
        statement: GovernedStatement::Own { text: sql.trim().trim_end_matches(';').to_owned(), checked: statement },
        relations,
        columns: None,
        explanation,
        zones: Zones { stored: checked.timezone, shown: settings.timezone.unwrap_or(checked.timezone) },
        row_cap: match settings.rows {
            RowLimit::Interactive => Some(MOST_INTERACTIVE_ROWS),
            RowLimit::Export | RowLimit::CommandLine => None,
        },
    })
}

fn unknown(name: &TableName) -> Refusal {
    let written = match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.to_string(),
    };
    Refusal::new(RefusalKind::Unknown, format!("unknown table `{written}`, or you may not read it"))
}

struct Body {
    query: Query<BodySource>,
    masked: BTreeSet<Ident>,
    rules: Vec<(tessera_model::ViewId, tessera_model::scope::RowRule)>,
}

/// The table with the columns that the person may see, masked as they see them; `None` when the database has no such table,
/// or no column of it is left.
fn body(
    model: &CheckedModel,
    scope: &DataScope<'_>,
    table: &PhysicalTable,
    rules: Vec<(tessera_model::ViewId, tessera_model::scope::RowRule)>,
) -> Result<Option<Body>, Refusal> {
    let columns = match model.catalog.tables.get(table) {
        Some(columns) => &columns[..],
        // Its columns are not known; the engine says that it cannot be read.
        None if model.catalog.unreadable.contains_key(table) => &[],
        None => return Ok(None),
    };
    let alias = Ident::fresh("t", 0);
    let mut masked = BTreeSet::new();
    let mut select = Select::from(Relation::Named(BodySource::Table(table.clone())), alias.clone());
    for column in columns {
        let raw = Expr::Column(ColumnRef { relation: alias.clone(), column: column.name.clone() });
        let expr = match scope.column(table, &column.name) {
            ColumnState::Visible => raw,
            ColumnState::Hidden => continue,
            ColumnState::Masked { by } => {
                masked.insert(column.name.clone());
                govern::mask_column(model, scope, by, &alias, raw)?
            }
        };
        select.items.push(SelectItem { expr, alias: column.name.clone() });
    }
    if columns.is_empty() {
        select.items.push(SelectItem { expr: Expr::Literal(Literal::Null), alias: Ident::fresh("unreadable ", 0) });
    } else if select.items.is_empty() {
        return Ok(None);
    }
    select.filter = govern::filter(model, &alias, &rules)?;
    Ok(Some(Body { query: select.into(), masked, rules }))
}

fn position(position: Option<(u64, u64)>) -> Option<Position> {
    position.map(|(line, column)| Position { line, column })
}

fn refusal(error: StatementError) -> Refusal {
    let kind = match error.kind {
        StatementErrorKind::TooLarge => RefusalKind::TooLarge,
        StatementErrorKind::Syntax => RefusalKind::Invalid,
        StatementErrorKind::Refused => RefusalKind::Unsupported,
    };
    let mut refusal = Refusal::new(kind, error.message).at(position(error.position));
    refusal.help = error.help;
    refusal
}
