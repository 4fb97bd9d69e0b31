//! Reads an Arrow answer as any client would.
use datafusion::arrow::{array::ArrayRef, ipc::reader::StreamReader, util::display::array_value_to_string};
use std::collections::HashMap;

/// The schema's metadata, and the rows as text. A stream without its end marker does not read.
pub fn read(body: &[u8]) -> (HashMap<String, String>, Vec<Vec<String>>) {
    assert!(body.ends_with(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), "the stream has no end");
    let reader = StreamReader::try_new(body, None).unwrap();
    let metadata = reader.schema().metadata().clone();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            let cell = |column: &ArrayRef| array_value_to_string(column, row).unwrap();
            rows.push(batch.columns().iter().map(cell).collect());
        }
    }
    (metadata, rows)
}
