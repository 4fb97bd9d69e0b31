//! The result of a policy test, and what is expected of it.
use crate::FolderFailure;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use tessera_base::{Number, Value, ValueType};
use tessera_engine::{
    ResultStream,
    render::{JsonRows, RenderError},
};
use tessera_model::file::Word;
use tessera_query::ResultColumn;

/// A result as its reader gets it.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Json>>,
}

struct Column {
    name: String,
    is_text: bool,
    masked: bool,
}

impl Column {
    fn of(column: &ResultColumn) -> Self {
        Self { name: column.name.clone(), is_text: column.value_type == Some(ValueType::String), masked: column.masked }
    }
}

impl Table {
    pub(super) async fn read(mut stream: ResultStream) -> Result<Self, FolderFailure> {
        let mut format = JsonRows::new(stream.zones());
        let mut bytes = b"[".to_vec();
        while let Some(batch) = stream.next().await {
            bytes.extend(format.rows(&batch?)?);
        }
        bytes.push(b']');
        let rows = serde_json::from_slice(&bytes).map_err(RenderError::from)?;
        Ok(Self { columns: stream.columns().iter().map(Column::of).collect(), rows })
    }

    fn position(&self, column: &Word) -> Result<usize, String> {
        let position = self.columns.iter().position(|of| of.name == column.text);
        position.ok_or_else(|| format!("the result has no column `{column}`"))
    }

    /// The distinct values of a column, in any order.
    pub(super) fn check_values(&self, column: &Word, expected: &[Option<Value>]) -> Option<String> {
        let position = match self.position(column) {
            Ok(position) => position,
            Err(failure) => return Some(failure),
        };
        let cells = || self.rows.iter().filter_map(|row| Some((row.get(position)?, self.columns.get(position)?)));
        let unexpected: BTreeSet<String> = cells()
            .filter(|(cell, column)| !expected.iter().any(|value| column.is(value, cell)))
            .map(|(cell, _)| cell.to_string())
            .collect();
        let missing: Vec<String> = expected
            .iter()
            .filter(|value| !cells().any(|(cell, column)| column.is(value, cell)))
            .map(|value| value.as_ref().map_or_else(|| "null".to_owned(), ToString::to_string))
            .collect();
        match (unexpected.is_empty(), missing.is_empty()) {
            (true, true) => None,
            (false, _) => Some(format!("`{column}` is also {}", shortened(unexpected))),
            (true, false) => Some(format!("`{column}` is never {}", missing.join(" nor "))),
        }
    }

    /// These rows and no others, in any order.
    pub(super) fn check_rows(&self, expected: &[Vec<Option<Value>>]) -> Option<String> {
        if let Some(failure) = self.check_row_count(expected.len() as u64) {
            return Some(failure);
        }
        let mut rest: Vec<&Vec<Json>> = self.rows.iter().collect();
        for row in expected {
            match rest.iter().position(|cells| self.is_row(row, cells)) {
                Some(found) => {
                    rest.swap_remove(found);
                }
                None => {
                    let words =
                        row.iter().map(|value| value.as_ref().map_or_else(|| "null".to_owned(), ToString::to_string));
                    return Some(format!("there is no row {}", words.collect::<Vec<_>>().join(", ")));
                }
            }
        }
        None
    }

    fn is_row(&self, expected: &[Option<Value>], cells: &[Json]) -> bool {
        expected.len() == cells.len()
            && expected.iter().zip(cells).zip(&self.columns).all(|((value, cell), column)| column.is(value, cell))
    }

    pub(super) fn check_row_count(&self, expected: u64) -> Option<String> {
        let count = self.rows.len() as u64;
        (count != expected).then(|| format!("{count} rows, not {expected}"))
    }

    pub(super) fn check_masked(&self, columns: &[Word]) -> Option<String> {
        columns.iter().find_map(|column| match self.position(column) {
            Err(failure) => Some(failure),
            Ok(position) => {
                let masked = self.columns.get(position).is_some_and(|column| column.masked);
                (!masked).then(|| format!("`{column}` is not masked"))
            }
        })
    }

    /// The same rows, in any order.
    pub(super) fn has_rows_of(&self, other: &Self) -> bool {
        let sorted = |table: &Self| {
            let mut rows: Vec<String> = table.rows.iter().map(|row| Json::from(row.clone()).to_string()).collect();
            rows.sort();
            rows
        };
        sorted(self) == sorted(other)
    }
}

impl Column {
    /// Whether the cell holds the value. Numbers that a float cannot hold arrive as texts; a text that looks like a
    /// number is not one.
    fn is(&self, value: &Option<Value>, cell: &Json) -> bool {
        match (value, cell) {
            (None, Json::Null) => true,
            (Some(Value::Boolean(value)), Json::Bool(cell)) => value == cell,
            (Some(Value::Number(value)), Json::Number(cell)) => is_number(value, &cell.to_string()),
            (Some(Value::Number(value)), Json::String(cell)) => !self.is_text && is_number(value, cell),
            (Some(value @ (Value::String(_) | Value::Date(_) | Value::Timestamp(_))), Json::String(cell)) => {
                value.to_string() == *cell
            }
            _ => false,
        }
    }
}

fn is_number(value: &Number, cell: &str) -> bool {
    cell.parse::<Number>().is_ok_and(|cell| cell == *value)
}

/// A few of many, for a message.
fn shortened(values: BTreeSet<String>) -> String {
    const SHOWN: usize = 5;
    let more = values.len().saturating_sub(SHOWN);
    let mut text = values.into_iter().take(SHOWN).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
