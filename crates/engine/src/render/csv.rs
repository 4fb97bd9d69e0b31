use super::{
    RenderError,
    cell::{Cells, Kind},
};
use datafusion::arrow::array::RecordBatch;
use tessera_query::{ResultColumn, Zones};

/// RFC 4180. Null is an empty cell, and an empty text is `""`.
///
/// A spreadsheet runs a text that starts like a formula, so such a text gets a `'` in front. Numbers and dates do not: a
/// negative number stays one.
pub struct CsvRows {
    zones: Zones,
}

impl CsvRows {
    pub fn new(zones: Zones) -> Self {
        Self { zones }
    }

    /// The line of column names.
    pub fn header(&self, columns: &[ResultColumn]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                bytes.push(b',');
            }
            cell(&column.name, Kind::Text, &mut bytes);
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }

    pub fn rows(&self, batch: &RecordBatch) -> Result<Vec<u8>, RenderError> {
        let columns = batch.columns().iter().map(Cells::of).collect::<Result<Vec<_>, _>>()?;
        let mut bytes = Vec::with_capacity(batch.num_rows() * columns.len() * 10);
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            for (index, column) in columns.iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                let kind = column.write(row, self.zones, &mut text)?;
                cell(&text, kind, &mut bytes);
            }
            bytes.extend_from_slice(b"\r\n");
        }
        Ok(bytes)
    }
}

fn cell(text: &str, kind: Kind, bytes: &mut Vec<u8>) {
    if kind != Kind::Text {
        bytes.extend_from_slice(text.as_bytes());
        return;
    }
    let guard = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !text.is_empty() && !text.contains([',', '"', '\r', '\n']) {
        bytes.extend_from_slice(if guard { b"'" } else { b"" });
        bytes.extend_from_slice(text.as_bytes());
        return;
    }
    bytes.push(b'"');
    bytes.extend_from_slice(if guard { b"'" } else { b"" });
    bytes.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    bytes.push(b'"');
}
