use super::{
    RenderError,
    cell::{Cells, Kind},
};
use datafusion::arrow::array::RecordBatch;
use tessera_query::Zones;

/// The rows of a JSON result: `["EUROPE","123.45"],["ASIA",null]`, without the brackets around all of them.
///
/// Decimals and 64-bit integers are strings, as are `"NaN"`, `"Infinity"` and `"-Infinity"`; dates and instants are strings
/// too; lists, structs and maps are strings that hold JSON.
pub struct JsonRows {
    zones: Zones,
    started: bool,
}

impl JsonRows {
    pub fn new(zones: Zones) -> Self {
        Self { zones, started: false }
    }

    /// The bytes of these rows, with a comma in front unless they are the first.
    pub fn rows(&mut self, batch: &RecordBatch) -> Result<Vec<u8>, RenderError> {
        let columns = batch.columns().iter().map(Cells::of).collect::<Result<Vec<_>, _>>()?;
        let mut bytes = Vec::with_capacity(batch.num_rows() * columns.len() * 12);
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            if self.started {
                bytes.push(b',');
            }
            self.started = true;
            bytes.push(b'[');
            for (index, column) in columns.iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                match column.write(row, self.zones, &mut text)? {
                    Kind::Null => bytes.extend_from_slice(b"null"),
                    Kind::Bare => bytes.extend_from_slice(text.as_bytes()),
                    Kind::Plain => {
                        bytes.push(b'"');
                        bytes.extend_from_slice(text.as_bytes());
                        bytes.push(b'"');
                    }
                    Kind::Text => serde_json::to_writer(&mut bytes, &text)?,
                }
            }
            bytes.push(b']');
        }
        Ok(bytes)
    }
}
