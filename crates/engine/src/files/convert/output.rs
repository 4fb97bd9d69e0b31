use super::super::{folder::TableProblem, write::Partial};
use super::kind;
use datafusion::arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, TimestampMicrosecondArray,
    new_null_array,
};
use datafusion::arrow::datatypes::{DataType, Date32Type, SchemaRef};
use datafusion::arrow::{
    error::ArrowError,
    ipc::reader::{FileReader, StreamReader},
};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::errors::ParquetError;
use std::{
    fs::{self, File},
    io::{BufReader, BufWriter},
    path::{Path, PathBuf},
    process,
    sync::Arc,
};
use tessera_base::{Value, ValueType};

/// A Parquet file that has its name only when it is complete.
pub(super) struct Output {
    target: PathBuf,
    partial: Partial,
    writer: ArrowWriter<BufWriter<File>>,
}

impl Output {
    pub(super) fn create(target: &Path, schema: SchemaRef) -> Result<Self, TableProblem> {
        // Another process may be converting the same file.
        let partial = Partial(target.with_extension(format!("{}.partial", process::id())));
        let writer = ArrowWriter::try_new(BufWriter::new(File::create(&partial.0)?), schema, None)?;
        Ok(Self { target: target.to_owned(), partial, writer })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), TableProblem> {
        Ok(self.writer.write(batch)?)
    }

    pub(super) fn finish(self) -> Result<(), TableProblem> {
        let Self { target, partial, writer } = self;
        let file = writer.into_inner()?.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        Ok(fs::rename(&partial.0, target)?)
    }
}

pub(super) fn copy_arrow(source: &Path, target: &Path) -> Result<(), TableProblem> {
    match FileReader::try_new(BufReader::new(File::open(source)?), None) {
        Ok(reader) => copy(reader.schema(), reader, target),
        // A stream, as the program itself writes it.
        Err(_) => {
            let reader = StreamReader::try_new(BufReader::new(File::open(source)?), None)?;
            copy(reader.schema(), reader, target)
        }
    }
}

fn copy(
    schema: SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    target: &Path,
) -> Result<(), TableProblem> {
    let mut output = Output::create(target, schema)?;
    for batch in batches {
        output.write(&batch?)?;
    }
    output.finish()
}

/// A column of text as `data_type`, which every cell fits. Empty cells are null.
pub(super) fn typed(texts: &ArrayRef, data_type: &DataType) -> ArrayRef {
    let cells = texts.as_string::<i32>().iter().map(|cell| cell.filter(|cell| !cell.is_empty()));
    match data_type {
        DataType::Int64 => Arc::new(cells.map(|cell| kind::integer(cell?)).collect::<Int64Array>()),
        DataType::Float64 => Arc::new(cells.map(|cell| kind::double(cell?)).collect::<Float64Array>()),
        DataType::Boolean => Arc::new(cells.map(|cell| kind::boolean(cell?)).collect::<BooleanArray>()),
        DataType::Date32 => Arc::new(cells.map(|cell| date(cell?)).collect::<Date32Array>()),
        DataType::Timestamp(_, None) => {
            Arc::new(cells.map(|cell| timestamp(cell?)).collect::<TimestampMicrosecondArray>())
        }
        DataType::Timestamp(_, Some(zone)) => {
            let instants = cells.map(|cell| kind::instant(cell?)).collect::<TimestampMicrosecondArray>();
            Arc::new(instants.with_timezone(Arc::clone(zone)))
        }
        DataType::Null => new_null_array(data_type, texts.len()),
        _ => Arc::clone(texts),
    }
}

fn date(cell: &str) -> Option<i32> {
    match Value::parse(cell, ValueType::Date) {
        Ok(Value::Date(date)) => Some(Date32Type::from_naive_date(date)),
        _ => None,
    }
}

fn timestamp(cell: &str) -> Option<i64> {
    match Value::parse(cell, ValueType::Timestamp) {
        Ok(Value::Timestamp(timestamp)) => Some(timestamp.and_utc().timestamp_micros()),
        _ => None,
    }
}

impl From<ArrowError> for TableProblem {
    fn from(error: ArrowError) -> Self {
        tracing::warn!(kind = error_kind(&error), "cannot convert a table");
        Self::Damaged
    }
}

impl From<ParquetError> for TableProblem {
    fn from(_: ParquetError) -> Self {
        tracing::warn!("cannot write a converted table");
        Self::Damaged
    }
}

/// The text of a decoder's error may quote a cell, so only its kind is logged.
fn error_kind(error: &ArrowError) -> &'static str {
    match error {
        ArrowError::CsvError(_) => "csv",
        ArrowError::JsonError(_) => "json",
        ArrowError::IpcError(_) => "ipc",
        ArrowError::IoError(..) => "io",
        _ => "other",
    }
}
