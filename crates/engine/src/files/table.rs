//! One table: Parquet files of one schema, with what their footers say. Made once per version of the files.
use crate::embedded::totality::Range;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Field, FieldRef, Int64Type, Schema, SchemaRef, UInt64Type,
};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, DFSchema, Result, Statistics, stats::Precision};
use datafusion::datasource::file_format::{FileFormat, parquet::ParquetFormat};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, parquet::metadata::DFParquetMetadata};
use datafusion::datasource::{TableType, table_schema::TableSchema};
use datafusion::execution::{SessionState, object_store::ObjectStoreUrl};
use datafusion::logical_expr::{Cast, Expr};
use datafusion::object_store::{ObjectMeta, path::Path as ObjectPath};
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_plan::{ExecutionPlan, projection::ProjectionExec};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tessera_base::TimeZone;

use super::{
    folder::FileVersion,
    zoned::{local_time, without_zone},
};

/// A zone, and a table as read for it.
type StoredIn = (TimeZone, Arc<FileTable>);

#[derive(Clone)]
pub(crate) struct FileTable {
    /// Of the files.
    file_schema: SchemaRef,
    /// Of its rows.
    schema: SchemaRef,
    /// Timestamps with a zone are read as local times of this one.
    zone: Option<TimeZone>,
    /// The same as a model with timestamps in that zone reads it.
    stored_in: Arc<Mutex<Option<StoredIn>>>,
    files: Vec<PartitionedFile>,
    /// How many rows there are, and no more: whether a statement can be planned must not depend on hidden rows, and
    /// DataFusion 55 computes with the extremes of columns, which fails where that overflows.
    statistics: Statistics,
    /// For each column, where the footers say it of every row.
    ranges: Vec<Option<Range>>,
}

impl FileTable {
    /// Reads the footers of the files.
    pub(crate) async fn open(files: &[FileVersion], session: &SessionState) -> Result<Self> {
        let format = ParquetFormat::default();
        let store = session.runtime_env().object_store(ObjectStoreUrl::local_filesystem())?;
        let metas = files.iter().map(object_meta).collect::<Result<Vec<_>>>()?;
        let schema = format.infer_schema(session, &store, &metas).await?;
        let mut table = Self {
            file_schema: Arc::clone(&schema),
            zone: None,
            stored_in: Arc::default(),
            files: Vec::new(),
            statistics: Statistics::new_unknown(&schema),
            ranges: Vec::new(),
            schema,
        };
        let mut rows = Precision::Exact(0);
        for (index, meta) in metas.into_iter().enumerate() {
            let footer = DFParquetMetadata::new(store.as_ref(), &meta)
                .with_file_metadata_cache(Some(session.runtime_env().cache_manager.get_file_metadata_cache()))
                .fetch_metadata()
                .await?;
            rows =
                rows.add(&Precision::Exact(usize::try_from(footer.file_metadata().num_rows()).unwrap_or(usize::MAX)));
            let ranges = footer_ranges(&footer, &table.schema)?;
            table.ranges = if index == 0 { ranges } else { hulls(&table.ranges, &ranges) };
            table.files.push(PartitionedFile::new_from_meta(meta));
        }
        table.statistics.num_rows = rows;
        Ok(table)
    }

    /// For a model whose timestamps without zone are stored in `zone`: those with one become such. Asked for the same zone
    /// again, the same table.
    pub(crate) fn stored_in(self: &Arc<Self>, zone: TimeZone) -> Arc<Self> {
        let is_zoned = |field: &FieldRef| without_zone(field.data_type()).is_some();
        if !self.file_schema.fields().iter().any(is_zoned) {
            return Arc::clone(self);
        }
        let mut known = self.stored_in.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known_zone, table)) = known.as_ref()
            && *known_zone == zone
        {
            return Arc::clone(table);
        }
        let local = |field: &FieldRef| match without_zone(field.data_type()) {
            Some(local) => Field::clone(field).with_data_type(local).with_nullable(true),
            None => Field::clone(field),
        };
        let fields: Vec<Field> = self.file_schema.fields().iter().map(local).collect();
        let mut table = Self {
            schema: Arc::new(Schema::new(fields)),
            zone: Some(zone),
            stored_in: Arc::default(),
            ..Self::clone(self)
        };
        if zone != TimeZone::UTC {
            for (range, field) in table.ranges.iter_mut().zip(self.file_schema.fields()) {
                *range = range.filter(|_| !is_zoned(field));
            }
        }
        let table = Arc::new(table);
        *known = Some((zone, Arc::clone(&table)));
        table
    }

    /// What was read from the files, with timestamps as they are stored for the model.
    fn local(
        &self,
        session: &dyn Session,
        rows: Arc<dyn ExecutionPlan>,
        zone: TimeZone,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = DFSchema::try_from(rows.schema())?;
        let function = local_time(zone);
        let column = |field: &FieldRef| {
            let column = Expr::Column(Column::new_unqualified(field.name()));
            let value = match without_zone(field.data_type()) {
                None => column,
                // A cast leaves the time in UTC, and filters on it reach the files.
                Some(local) if zone == TimeZone::UTC => Expr::Cast(Cast::new(Box::new(column), local)),
                Some(_) => function.call(vec![column]),
            };
            Ok((session.create_physical_expr(value, &schema)?, field.name().clone()))
        };
        let columns = rows.schema().fields().iter().map(column).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(ProjectionExec::try_new(columns, rows)?))
    }

    pub(crate) fn ranges(&self) -> &[Option<Range>] {
        &self.ranges
    }
}

fn object_meta(file: &FileVersion) -> Result<ObjectMeta> {
    Ok(ObjectMeta {
        location: ObjectPath::from_absolute_path(&file.path)?,
        last_modified: DateTime::<Utc>::from(file.modified),
        size: file.size_bytes,
        e_tag: None,
        version: None,
    })
}

#[async_trait]
impl TableProvider for FileTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn statistics(&self) -> Option<Statistics> {
        Some(self.statistics.clone())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let format = ParquetFormat::default();
        let source = format.file_source(TableSchema::from(Arc::clone(&self.file_schema)));
        let groups = FileGroup::new(self.files.clone()).split_files(session.config().target_partitions());
        let scan = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
            .with_file_groups(groups)
            .with_statistics(self.statistics.clone())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        let rows = format.create_physical_plan(session, scan).await?;
        match self.zone {
            Some(zone) => self.local(session, rows, zone),
            None => Ok(rows),
        }
    }
}

impl fmt::Debug for FileTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileTable").field("schema", &self.schema).finish_non_exhaustive()
    }
}

fn hulls(left: &[Option<Range>], right: &[Option<Range>]) -> Vec<Option<Range>> {
    let hull = |(left, right): (&Option<Range>, &Option<Range>)| left.zip(*right).map(|(left, right)| left.hull(right));
    left.iter().zip(right).map(hull).collect()
}

/// Smallest and largest values over all row groups; a row group that says nothing of a column leaves it unknown.
fn footer_ranges(footer: &ParquetMetaData, schema: &SchemaRef) -> Result<Vec<Option<Range>>> {
    let parquet_schema = footer.file_metadata().schema_descr();
    let mut ranges = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        if !is_represented_by_integer(field.data_type()) {
            ranges.push(None);
            continue;
        }
        let converter =
            StatisticsConverter::try_new(field.name(), schema, parquet_schema)?.with_missing_null_counts_as_zero(false);
        let groups = footer.row_groups();
        let nulls = converter.row_group_null_counts(groups)?;
        let rows = groups.iter().map(|group| group.num_rows());
        let smallest = converter.row_group_mins(groups)?;
        let largest = converter.row_group_maxes(groups)?;
        let says_nothing = rows.enumerate().any(|(index, rows)| {
            let all_null = nulls.is_valid(index) && i64::try_from(nulls.value(index)) == Ok(rows);
            !all_null && (smallest.is_null(index) || largest.is_null(index))
        });
        let range = (!says_nothing).then(|| integers(&smallest).zip(integers(&largest))).flatten();
        ranges.push(range.and_then(|(smallest, largest)| {
            Some(Range::new(smallest.into_iter().flatten().min()?, largest.into_iter().flatten().max()?))
        }));
    }
    Ok(ranges)
}

fn is_represented_by_integer(data_type: &DataType) -> bool {
    data_type.is_integer() || matches!(data_type, DataType::Decimal128(..) | DataType::Date32 | DataType::Timestamp(..))
}

fn integers(values: &ArrayRef) -> Option<Vec<Option<i128>>> {
    Some(match values.data_type() {
        DataType::Decimal128(..) => values.as_primitive::<Decimal128Type>().iter().collect(),
        DataType::UInt64 => values.as_primitive::<UInt64Type>().iter().map(|value| value.map(i128::from)).collect(),
        DataType::Date32 => values.as_primitive::<Date32Type>().iter().map(|value| value.map(i128::from)).collect(),
        _ => {
            let values = cast(values, &DataType::Int64).ok()?;
            values.as_primitive::<Int64Type>().iter().map(|value| value.map(i128::from)).collect()
        }
    })
}
