//! CSV with a header line, in UTF-8. Read twice: for the types, then for the values.
use super::super::folder::TableProblem;
use super::{
    BATCH_ROWS,
    kind::Kinds,
    output::{Output, typed},
    quotes::{ClosedQuotes, NeverClosed},
};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::csv::{Reader, ReaderBuilder, reader::Format};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use std::{
    collections::HashSet,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    sync::Arc,
};

pub(super) fn convert(source: &Path, target: &Path) -> Result<(), TableProblem> {
    let texts = header(source)?;
    let mut kinds = vec![Kinds::ANY; texts.fields().len()];
    for batch in reader(source, &texts)? {
        let batch = batch.map_err(problem)?;
        for (kinds, column) in kinds.iter_mut().zip(batch.columns()) {
            column
                .as_string::<i32>()
                .iter()
                .flatten()
                .filter(|cell| !cell.is_empty())
                .for_each(|cell| kinds.meet(cell));
        }
    }
    let fields =
        texts.fields().iter().zip(&kinds).map(|(field, kinds)| Field::new(field.name(), kinds.data_type(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let mut output = Output::create(target, Arc::clone(&schema))?;
    for batch in reader(source, &texts)? {
        let batch = batch.map_err(problem)?;
        let columns =
            batch.columns().iter().zip(schema.fields()).map(|(column, field)| typed(column, field.data_type()));
        output.write(&RecordBatch::try_new(Arc::clone(&schema), columns.collect())?)?;
    }
    output.finish()
}

/// Every column as text.
fn header(source: &Path) -> Result<SchemaRef, TableProblem> {
    let (schema, _) = Format::default().with_header(true).infer_schema(open(source)?, Some(0)).map_err(problem)?;
    let mut names = HashSet::new();
    if schema.fields().is_empty()
        || schema.fields().iter().any(|field| field.name().is_empty() || !names.insert(field.name()))
    {
        return Err(TableProblem::ColumnNames);
    }
    let fields = schema.fields().iter().map(|field| Field::new(field.name(), DataType::Utf8, true));
    Ok(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
}

fn reader(source: &Path, schema: &SchemaRef) -> Result<Reader<ClosedQuotes<File>>, TableProblem> {
    let builder = ReaderBuilder::new(Arc::clone(schema)).with_header(true).with_batch_size(BATCH_ROWS);
    Ok(builder.build(ClosedQuotes::of(open(source)?))?)
}

/// After the byte order mark that spreadsheets write.
fn open(source: &Path) -> Result<File, TableProblem> {
    let mut file = File::open(source)?;
    let mut mark = [0; 3];
    let has_mark = file.read(&mut mark)? == 3 && mark == *b"\xEF\xBB\xBF";
    file.seek(SeekFrom::Start(if has_mark { 3 } else { 0 }))?;
    Ok(file)
}

/// Keeps the line number and nothing else: the decoder's words quote cells.
fn problem(error: ArrowError) -> TableProblem {
    match &error {
        ArrowError::CsvError(text) => match text.strip_prefix("incorrect number of fields for line ") {
            Some(rest) => {
                let line = rest.split(',').next().and_then(|line| line.parse().ok());
                line.map_or(TableProblem::Damaged, |line| TableProblem::CellCount { line })
            }
            None => TableProblem::Damaged,
        },
        ArrowError::IoError(_, cause) => match cause.get_ref().and_then(|cause| cause.downcast_ref()) {
            Some(NeverClosed { line }) => TableProblem::OpenQuote { line: *line },
            None => error.into(),
        },
        _ => error.into(),
    }
}
