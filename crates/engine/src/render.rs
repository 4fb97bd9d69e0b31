//! Rows as bytes: a batch goes in, its bytes come out, and nothing is kept but what a format needs.
mod arrow;
mod cell;
mod csv;
mod json;
mod table;

pub use arrow::ArrowStream;
pub use csv::CsvRows;
pub use json::JsonRows;
pub use table::TextTable;

use datafusion::arrow::error::ArrowError;
use std::fmt;

/// A value that has no text, such as a time of day beyond the day. It quotes nothing.
#[derive(Debug, thiserror::Error)]
#[error("a value of the result cannot be shown")]
pub enum RenderError {
    Arrow(#[from] ArrowError),
    Text(#[from] fmt::Error),
    Json(#[from] serde_json::Error),
}

#[cfg(test)]
mod tests;
