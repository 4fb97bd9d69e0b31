//! JSON: one object a line, or one array of objects. Read twice: for the types, then for the values.
use super::super::folder::TableProblem;
use super::{
    BATCH_ROWS,
    kind::Kinds,
    output::{Output, typed},
};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::json::{Reader, ReaderBuilder, reader::infer_json_schema};
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
    sync::Arc,
};

pub(super) fn convert(source: &Path, target: &Path) -> Result<(), TableProblem> {
    let (found, _) = infer_json_schema(&mut open(source)?, None)?;
    if found.fields().is_empty() {
        return Err(TableProblem::ColumnNames);
    }
    let found = Arc::new(found);
    // Text may hold dates and times, which JSON has no type for.
    let mut kinds = vec![Kinds::ANY; found.fields().len()];
    for batch in reader(source, &found)? {
        let batch = batch?;
        for (kinds, column) in kinds.iter_mut().zip(batch.columns()) {
            if column.data_type() == &DataType::Utf8 {
                column.as_string::<i32>().iter().flatten().for_each(|cell| kinds.meet(cell));
            }
        }
    }
    let fields = found.fields().iter().zip(&kinds).map(|(field, kinds)| {
        let data_type = match (field.data_type(), kinds.data_type()) {
            (DataType::Null, _) => DataType::Utf8,
            (DataType::Utf8, time @ (DataType::Date32 | DataType::Timestamp(..))) => time,
            (found, _) => found.clone(),
        };
        Field::new(field.name(), data_type, true)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let mut output = Output::create(target, Arc::clone(&schema))?;
    for batch in reader(source, &found)? {
        let batch = batch?;
        let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| match column.data_type() {
            DataType::Utf8 if field.data_type() != &DataType::Utf8 => typed(column, field.data_type()),
            DataType::Null => datafusion::arrow::array::new_null_array(field.data_type(), column.len()),
            _ => Arc::clone(column),
        });
        output.write(&RecordBatch::try_new(Arc::clone(&schema), columns.collect())?)?;
    }
    output.finish()
}

fn reader(source: &Path, schema: &SchemaRef) -> Result<Reader<impl BufRead + use<>>, TableProblem> {
    let builder = ReaderBuilder::new(Arc::clone(schema)).with_batch_size(BATCH_ROWS).with_coerce_primitive(true);
    Ok(builder.build(open(source)?)?)
}

fn open(source: &Path) -> Result<BufReader<Lines<BufReader<File>>>, TableProblem> {
    Ok(BufReader::new(Lines {
        source: BufReader::new(File::open(source)?),
        depth: 0,
        array: false,
        within: Within::Value,
    }))
}

/// Turns an array of objects into a sequence of objects, byte by byte: the brackets and commas of the outermost level
/// become line ends.
struct Lines<R> {
    source: R,
    depth: usize,
    /// Whether the outermost level is an array.
    array: bool,
    within: Within,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Value,
    Text,
    /// After a backslash in a text.
    Escape,
}

impl<R> Lines<R> {
    fn byte(&mut self, byte: u8) -> u8 {
        match (self.within, byte) {
            (Within::Escape, _) => self.within = Within::Text,
            (Within::Text, b'\\') => self.within = Within::Escape,
            (Within::Text, b'"') => self.within = Within::Value,
            (Within::Text, _) => {}
            (Within::Value, b'"') => self.within = Within::Text,
            (Within::Value, b'[' | b'{') => {
                self.depth += 1;
                if self.depth == 1 && byte == b'[' {
                    self.array = true;
                    return b'\n';
                }
            }
            (Within::Value, b']' | b'}') => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 && self.array {
                    return b'\n';
                }
            }
            (Within::Value, b',') if self.depth == 1 && self.array => return b'\n',
            // A line end inside an object of the array would end its line.
            (Within::Value, b'\n' | b'\r') if self.array && self.depth > 1 => return b' ',
            (Within::Value, _) => {}
        }
        byte
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        for byte in buffer.iter_mut().take(count) {
            *byte = self.byte(*byte);
        }
        Ok(count)
    }
}
