//! The rows that a policy test brings itself, in the place of the folder's data: for a while they are tables of files.
use crate::{FolderFailure, Workspace};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};
use tempfile::TempDir;
use tessera_base::{Instant, TimeZone, Value, ValueType, local_time};
use tessera_engine::files::write::{Column, ParquetTable, WriteError};
use tessera_model::{
    CheckedModel, ColumnType,
    catalog::Column as SourceColumn,
    file::{GivenRow, GivenTable, Problem},
};

/// A workspace over the rows of a test.
pub(super) struct Given {
    pub(super) workspace: Workspace,
    _data: TempDir,
}

#[derive(Debug, thiserror::Error)]
pub enum GivenError {
    #[error("cannot write the rows of a test")]
    Folder(#[from] io::Error),
    #[error("cannot write the rows of a test")]
    Table(#[from] WriteError),
}

/// Every table of the model, with the rows that are given for it. Columns have the types of the data where there is
/// data, and otherwise those of the dimensions that are these columns.
pub(super) async fn workspace(
    workspace: &Workspace,
    given: &[GivenTable],
    now: Instant,
) -> Result<Given, FolderFailure> {
    let data = tempfile::tempdir().map_err(GivenError::from)?;
    let tables = tables(workspace.checked(), given)?;
    for (name, table) in tables {
        write(data.path(), &name, table).map_err(FolderFailure::from)?;
    }
    let workspace = workspace.with_data(data.path(), now).await?;
    Ok(Given { workspace, _data: data })
}

/// Schema and table.
type Name = (String, String);

#[derive(Default)]
struct Rows {
    columns: Vec<(String, ColumnType)>,
    rows: Vec<BTreeMap<String, Value>>,
}

fn tables(model: &CheckedModel, given: &[GivenTable]) -> Result<BTreeMap<Name, Rows>, Vec<Problem>> {
    let mut tables: BTreeMap<Name, Rows> = BTreeMap::new();
    for table in model.views.iter().flat_map(|view| view.source.tables()) {
        let name = (table.schema.as_str().to_owned(), table.name.as_str().to_owned());
        let columns = match model.catalog.tables.get(table) {
            Some(columns) => {
                let declared = columns_of_views(model, table);
                let type_of = |column: &SourceColumn| match column.column_type {
                    // The data does not say what the rows may hold; a view does.
                    ColumnType::Null => {
                        declared.iter().find(|(name, _)| name == column.name.as_str()).map(|(_, of)| *of)
                    }
                    known => Some(known),
                };
                let typed = |column: &SourceColumn| {
                    (column.name.as_str().to_owned(), type_of(column).unwrap_or(ColumnType::Text))
                };
                columns.iter().map(typed).collect()
            }
            None => columns_of_views(model, table),
        };
        tables.insert(name, Rows { columns, rows: Vec::new() });
    }
    let mut problems = Vec::new();
    for GivenTable { table, rows } in given {
        let (schema, name) = table.split_once('.').unwrap_or(("main", table));
        match tables.get_mut(&(schema.to_owned(), name.to_owned())) {
            Some(of) => rows.iter().for_each(|row| of.add(row, model.timezone, &mut problems)),
            None => problems.push(Problem::new(&table.at, "unknown_table", format!("no view reads a table `{table}`"))),
        }
    }
    if problems.is_empty() { Ok(tables) } else { Err(problems) }
}

fn columns_of_views(model: &CheckedModel, table: &tessera_sql::tree::PhysicalTable) -> Vec<(String, ColumnType)> {
    let mut seen = BTreeSet::new();
    let views = model.views_by_table.get(table).into_iter().flatten().map(|id| model.view(*id));
    views
        .flat_map(|view| &view.columns)
        .filter(|(column, _)| seen.insert(column.as_str()))
        .map(|(column, uses)| {
            let bare = uses.bare.first().map_or(ValueType::String, |field| model.field(*field).value_type);
            (column.as_str().to_owned(), column_type(bare))
        })
        .collect()
}

fn column_type(value_type: ValueType) -> ColumnType {
    match value_type {
        ValueType::String => ColumnType::Text,
        ValueType::Number => ColumnType::Decimal { precision: 38, scale: 6 },
        ValueType::Boolean => ColumnType::Boolean,
        ValueType::Date => ColumnType::Date,
        ValueType::Timestamp => ColumnType::Timestamp,
    }
}

impl Rows {
    fn add(&mut self, row: &GivenRow, stored: TimeZone, problems: &mut Vec<Problem>) {
        let mut cells = BTreeMap::new();
        for (column, value) in row {
            let Some((_, column_type)) = self.columns.iter().find(|(name, _)| *name == column.text) else {
                let problem = Problem::new(&column.at, "unknown_column", format!("the table has no column `{column}`"));
                problems.push(problem.suggest(column, self.columns.iter().map(|(name, _)| name.as_str())));
                continue;
            };
            let Some(value) = value else { continue };
            let wanted = column_type.value_type().unwrap_or(ValueType::String);
            match typed(value, wanted, stored) {
                Some(value) => {
                    cells.insert(column.text.clone(), value);
                }
                None => problems.push(Problem::new(&column.at, "wrong_type", format!("`{column}` is a {wanted}"))),
            }
        }
        self.rows.push(cells);
    }
}

/// Dates and timestamps are written as strings.
fn typed(value: &Value, wanted: ValueType, stored: TimeZone) -> Option<Value> {
    match (value, wanted) {
        (Value::String(text), ValueType::Timestamp) => {
            Value::parse(local_time(text, stored).as_deref().unwrap_or(text), wanted).ok()
        }
        (Value::String(text), ValueType::Date) => Value::parse(text, wanted).ok(),
        (value, wanted) => (value.value_type() == wanted).then(|| value.clone()),
    }
}

fn write(data: &Path, (schema, name): &Name, table: Rows) -> Result<(), GivenError> {
    let folder = data.join(schema);
    fs::create_dir_all(&folder)?;
    let columns = table.columns.iter().map(|(column, column_type)| {
        let key = column.clone();
        Column::value(column, *column_type, move |row: &BTreeMap<String, Value>| row.get(&key).cloned())
    });
    let mut file = ParquetTable::create(&folder.join(format!("{name}.parquet")), columns.collect())?;
    file.append(&table.rows)?;
    Ok(file.finish()?)
}
