//! The forms of a result on standard output.
use super::Format;
use std::{collections::HashMap, time::Duration};
use tessera_api::text;
use tessera_engine::{
    RecordBatch, ResultStream, Summary,
    render::{ArrowStream, CsvRows, JsonRows, RenderError, TextTable},
};
use tessera_query::Explanation;

pub(super) struct Output {
    form: Form,
    /// What stands before the first rows; empty once it was written.
    head: Vec<u8>,
    explanation: Explanation,
}

enum Form {
    Table(TextTable),
    Json(JsonRows),
    Csv(CsvRows),
    Arrow(Box<ArrowStream>),
}

impl Output {
    pub(super) fn new(format: Format, rows: &ResultStream, explanation: Explanation) -> Result<Self, RenderError> {
        let (columns, zones) = (rows.columns(), rows.zones());
        let mut head = Vec::new();
        let form = match format {
            Format::Table => Form::Table(TextTable::new(columns, zones)),
            Format::Json => {
                head = format!("{{\"query_id\":null,\"columns\":{},\"rows\":[", text::columns(columns)).into_bytes();
                Form::Json(JsonRows::new(zones))
            }
            Format::Csv => {
                let rows = CsvRows::new(zones);
                head = rows.header(columns);
                Form::Csv(rows)
            }
            Format::Arrow => {
                Form::Arrow(Box::new(ArrowStream::new(rows.schema(), columns, metadata(rows, &explanation))?))
            }
        };
        Ok(Self { form, head, explanation })
    }

    pub(super) fn rows(&mut self, batch: &RecordBatch) -> Result<Vec<u8>, RenderError> {
        let mut bytes = std::mem::take(&mut self.head);
        bytes.extend(match &mut self.form {
            Form::Table(table) => table.rows(batch),
            Form::Json(json) => json.rows(batch),
            Form::Csv(csv) => csv.rows(batch),
            Form::Arrow(arrow) => arrow.rows(batch),
        }?);
        Ok(bytes)
    }

    pub(super) fn end(self, summary: Summary, elapsed: Duration) -> Result<Vec<u8>, RenderError> {
        let mut bytes = self.head;
        match self.form {
            Form::Table(mut table) => bytes.extend(table.end(summary.row_count, summary.truncated)),
            Form::Json(_) => bytes.extend(tail(summary, &self.explanation, elapsed).into_bytes()),
            Form::Csv(_) => {}
            Form::Arrow(arrow) => bytes.extend(arrow.end()?),
        }
        Ok(bytes)
    }
}

/// What follows the rows: known only when the last one has been read.
fn tail(summary: Summary, explanation: &Explanation, elapsed: Duration) -> String {
    format!(
        "],\"row_count\":{},\"truncated\":{},\"governed_by\":{},\"notices\":{},\"cached_at\":null,\"elapsed_ms\":{}}}\n",
        summary.row_count,
        summary.truncated,
        text::rules(&explanation.governed_by),
        text::notices(&explanation.notices),
        elapsed.as_millis(),
    )
}

fn metadata(rows: &ResultStream, explanation: &Explanation) -> HashMap<String, String> {
    HashMap::from([
        ("tessera:columns".to_owned(), text::columns(rows.columns())),
        ("tessera:governed_by".to_owned(), text::rules(&explanation.governed_by)),
        ("tessera:notices".to_owned(), text::notices(&explanation.notices)),
    ])
}
