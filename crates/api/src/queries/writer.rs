use super::format::Format;
use crate::wire::{
    query::{Column, Rule},
    written,
};
use std::{collections::HashMap, sync::Arc};
use tessera_app::{Answer, Error};
use tessera_base::QueryId;
use tessera_engine::{
    RecordBatch,
    render::{ArrowStream, CsvRows, JsonRows},
};

/// Writes one answer, piece by piece.
pub(super) enum Writer {
    Json(JsonRows),
    Csv(CsvRows),
    Arrow(Box<ArrowStream>),
}

impl Writer {
    /// The writer, and the bytes before the first row.
    pub(super) fn begin(format: Format, id: QueryId, answer: &Answer) -> Result<(Self, Vec<u8>), Error> {
        let (schema, columns, zones) = (answer.rows().schema(), answer.rows().columns(), answer.rows().zones());
        Ok(match format {
            Format::Json => {
                let head = format!(r#"{{"query_id":"{id}","columns":{},"rows":["#, columns_text(answer));
                (Self::Json(JsonRows::new(zones)), head.into_bytes())
            }
            Format::Csv => {
                let rows = CsvRows::new(zones);
                let header = rows.header(columns);
                (Self::Csv(rows), header)
            }
            Format::Arrow => {
                let metadata = HashMap::from([
                    ("tessera:columns".to_owned(), columns_text(answer)),
                    ("tessera:governed_by".to_owned(), rules_text(answer)),
                    ("tessera:notices".to_owned(), notices_text(answer)),
                ]);
                let stream = ArrowStream::new(schema, columns, metadata).map_err(unwritable)?;
                (Self::Arrow(Box::new(stream)), Vec::new())
            }
        })
    }

    pub(super) fn rows(&mut self, batch: &RecordBatch) -> Result<Vec<u8>, Error> {
        match self {
            Self::Json(rows) => rows.rows(batch),
            Self::Csv(rows) => rows.rows(batch),
            Self::Arrow(stream) => stream.rows(batch),
        }
        .map_err(unwritable)
    }

    /// The bytes after the last row.
    pub(super) fn end(self, answer: &Answer) -> Result<Vec<u8>, Error> {
        match self {
            Self::Json(_) => {
                let summary = answer.rows().summary().unwrap_or_default();
                let tail = format!(
                    r#"],"row_count":{},"truncated":{},"governed_by":{},"notices":{},"cached_at":null,"elapsed_ms":{}}}"#,
                    summary.row_count,
                    summary.truncated,
                    rules_text(answer),
                    notices_text(answer),
                    answer.elapsed().as_millis()
                );
                Ok(tail.into_bytes())
            }
            Self::Csv(_) => Ok(Vec::new()),
            Self::Arrow(stream) => stream.end().map_err(unwritable),
        }
    }
}

fn unwritable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unwritable(Arc::new(error))
}

fn columns_text(answer: &Answer) -> String {
    let columns: Vec<Column> = answer.rows().columns().iter().map(Column::from).collect();
    written(&columns)
}

fn rules_text(answer: &Answer) -> String {
    let rules: Vec<Rule> = answer.governed_by().iter().cloned().map(Rule::from).collect();
    written(&rules)
}

fn notices_text(answer: &Answer) -> String {
    let notices: Vec<&str> = answer.notices().iter().map(|notice| notice.0.as_str()).collect();
    written(&notices)
}
