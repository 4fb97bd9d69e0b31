//! Writes one Parquet file from rows.
//!
//! A table is a list of columns, each with a name, a type and a function that reads its value from a row:
//!
//! ```text
//! struct City { id: i64, name: String }
//! let columns = vec![Column::int64("id", |c: &City| c.id), Column::text("name", |c: &City| &c.name)];
//! let mut table = ParquetTable::create(&folder.join("city.parquet"), columns)?;
//! table.append(&cities)?;
//! table.finish()?;
//! ```
//!
//! The callers see neither Arrow nor Parquet, so both stay dependencies of this crate alone.

mod value;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int32Array, Int64Array, StringBuilder,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;

/// Rows per row group: few enough that one is decoded in a moment, many enough that its statistics cost nothing.
const ROW_GROUP_ROWS: usize = 128 * 1024;

/// Why a table was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("cannot write `{}`", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("cannot encode `{}`", path.display())]
    Encode { path: PathBuf, source: ParquetError },
    #[error("cannot build rows for `{}`", path.display())]
    Rows { path: PathBuf, source: ArrowError },
}

/// A column of a table whose rows are `R`.
pub struct Column<R> {
    field: Field,
    build: Build<R>,
}

type Build<R> = Box<dyn Fn(&[R]) -> Result<ArrayRef, ArrowError> + Send>;

impl<R> Column<R> {
    pub fn int64(name: &str, value: impl Fn(&R) -> i64 + Send + 'static) -> Self {
        Self::new(name, DataType::Int64, move |rows| {
            Ok(Arc::new(Int64Array::from_iter_values(rows.iter().map(&value))))
        })
    }

    pub fn int32(name: &str, value: impl Fn(&R) -> i32 + Send + 'static) -> Self {
        Self::new(name, DataType::Int32, move |rows| {
            Ok(Arc::new(Int32Array::from_iter_values(rows.iter().map(&value))))
        })
    }

    /// `value` gives hundredths; the column is a decimal with 15 digits, two of them behind the point.
    pub fn hundredths(name: &str, value: impl Fn(&R) -> i64 + Send + 'static) -> Self {
        Self::new(name, DataType::Decimal128(15, 2), move |rows| {
            let values = rows.iter().map(|row| i128::from(value(row)));
            Ok(Arc::new(Decimal128Array::from_iter_values(values).with_precision_and_scale(15, 2)?))
        })
    }

    /// `value` gives days since 1970-01-01.
    pub fn date(name: &str, value: impl Fn(&R) -> i32 + Send + 'static) -> Self {
        Self::new(name, DataType::Date32, move |rows| {
            Ok(Arc::new(Date32Array::from_iter_values(rows.iter().map(&value))))
        })
    }

    /// `value` gives microseconds since 1970-01-01T00:00:00; the column has no zone. `None` is null.
    pub fn timestamp(name: &str, value: impl Fn(&R) -> Option<i64> + Send + 'static) -> Self {
        Self::new(name, DataType::Timestamp(TimeUnit::Microsecond, None), move |rows| {
            Ok(Arc::new(rows.iter().map(&value).collect::<TimestampMicrosecondArray>()))
        })
    }

    pub fn boolean(name: &str, value: impl Fn(&R) -> bool + Send + 'static) -> Self {
        Self::new(name, DataType::Boolean, move |rows| {
            Ok(Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(value(row))))))
        })
    }

    pub fn text(name: &str, value: impl for<'r> Fn(&'r R) -> &'r str + Send + 'static) -> Self {
        Self::new(name, DataType::Utf8, move |rows| {
            let mut texts = StringBuilder::with_capacity(rows.len(), rows.len() * 16);
            for row in rows {
                texts.append_value(value(row));
            }
            Ok(Arc::new(texts.finish()))
        })
    }

    /// A text column whose values are written straight into the column's buffer.
    pub fn formatted(name: &str, write: impl Fn(&R, &mut dyn fmt::Write) -> fmt::Result + Send + 'static) -> Self {
        Self::new(name, DataType::Utf8, move |rows| {
            let mut texts = StringBuilder::with_capacity(rows.len(), rows.len() * 16);
            for row in rows {
                write(row, &mut texts).map_err(|error| ArrowError::ExternalError(Box::new(error)))?;
                texts.append_value("");
            }
            Ok(Arc::new(texts.finish()))
        })
    }

    fn new(
        name: &str,
        data_type: DataType,
        build: impl Fn(&[R]) -> Result<ArrayRef, ArrowError> + Send + 'static,
    ) -> Self {
        Self { field: Field::new(name, data_type, true), build: Box::new(build) }
    }
}

/// A Parquet file that is being written.
///
/// INVARIANT: a file appears under its own name only when it is complete. Until [`ParquetTable::finish`], the bytes are in a
/// hidden neighbour (`.<name>.partial`), which is removed when the table is dropped.
pub struct ParquetTable<R> {
    path: PathBuf,
    partial: Partial,
    schema: SchemaRef,
    columns: Vec<Column<R>>,
    writer: ArrowWriter<BufWriter<File>>,
}

impl<R> ParquetTable<R> {
    /// Starts the file; an existing one of this name stays until [`ParquetTable::finish`] replaces it.
    pub fn create(path: &Path, columns: Vec<Column<R>>) -> Result<Self, WriteError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let partial = Partial(path.with_file_name(format!(".{name}.partial")));
        let file = File::create(&partial.0).map_err(|source| WriteError::File { path: partial.0.clone(), source })?;
        let schema: SchemaRef =
            Arc::new(Schema::new(columns.iter().map(|column| column.field.clone()).collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .build();
        let writer = ArrowWriter::try_new(BufWriter::new(file), Arc::clone(&schema), Some(properties))
            .map_err(|source| WriteError::Encode { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), partial, schema, columns, writer })
    }

    pub fn append(&mut self, rows: &[R]) -> Result<(), WriteError> {
        let arrays = self.columns.iter().map(|column| (column.build)(rows)).collect::<Result<Vec<_>, _>>();
        let batch = arrays
            .and_then(|arrays| RecordBatch::try_new(Arc::clone(&self.schema), arrays))
            .map_err(|source| WriteError::Rows { path: self.path.clone(), source })?;
        self.writer.write(&batch).map_err(|source| WriteError::Encode { path: self.path.clone(), source })
    }

    /// Completes the file, waits until the disk has it, and gives it its name.
    pub fn finish(self) -> Result<(), WriteError> {
        let Self { path, partial, writer, .. } = self;
        let buffer = writer.into_inner().map_err(|source| WriteError::Encode { path: path.clone(), source })?;
        buffer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&partial.0, &path))
            .map_err(|source| WriteError::File { path, source })
    }
}

/// Removes the unfinished file; after the rename there is nothing of that name.
pub(super) struct Partial(pub(super) PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    struct Row {
        id: i64,
        name: &'static str,
    }

    fn columns() -> Vec<Column<Row>> {
        vec![
            Column::int64("id", |r: &Row| r.id),
            Column::int32("line", |r: &Row| r.id as i32),
            Column::hundredths("price", |r: &Row| -101 * r.id),
            Column::date("on", |r: &Row| 8035 + r.id as i32),
            Column::timestamp("at", |r: &Row| (r.id > 1).then_some(r.id * 1_000_000)),
            Column::boolean("even", |r: &Row| r.id % 2 == 0),
            Column::text("name", |r: &Row| r.name),
            Column::formatted("tag", |r: &Row, out| write!(out, "#{:03}", r.id)),
        ]
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = Folder::new("written");
        let path = folder.0.join("t.parquet");
        let mut table = ParquetTable::create(&path, columns()).unwrap();
        table.append(&[Row { id: 1, name: "ä" }]).unwrap();
        table.append(&[Row { id: 2, name: "" }]).unwrap();
        assert!(!path.exists(), "the file has its name before it is complete");
        table.finish().unwrap();

        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        let batches = reader.build().unwrap().collect::<Result<Vec<_>, _>>().unwrap();
        let text = pretty_format_batches(&batches).unwrap().to_string();
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "+----+------+-------+------------+---------------------+-------+------+------+",
                "| id | line | price | on         | at                  | even  | name | tag  |",
                "+----+------+-------+------------+---------------------+-------+------+------+",
                "| 1  | 1    | -1.01 | 1992-01-02 |                     | false | ä    | #001 |",
                "| 2  | 2    | -2.02 | 1992-01-03 | 1970-01-01T00:00:02 | true  |      | #002 |",
                "+----+------+-------+------------+---------------------+-------+------+------+",
            ]
        );
        assert_eq!(folder.names(), ["t.parquet"]);
    }

    #[test]
    fn an_unfinished_table_leaves_nothing() {
        let folder = Folder::new("unfinished");
        let mut table = ParquetTable::create(&folder.0.join("t.parquet"), columns()).unwrap();
        table.append(&[Row { id: 1, name: "x" }]).unwrap();
        drop(table);
        assert_eq!(folder.names(), [""; 0]);
    }

    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let path = std::env::temp_dir().join(format!("tessera-write-{}-{test}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
