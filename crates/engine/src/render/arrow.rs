use super::RenderError;
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::ipc::writer::StreamWriter;
use std::{collections::HashMap, mem, sync::Arc};
use tessera_query::ResultColumn;

/// An Arrow IPC stream. Text is plain UTF-8, because not every reader knows arrow's views.
///
/// A stream without its end marker is incomplete, so a reader notices when a query breaks off.
pub struct ArrowStream {
    schema: SchemaRef,
    writer: StreamWriter<Vec<u8>>,
}

impl ArrowStream {
    /// `metadata` goes into the schema.
    pub fn new(
        schema: &Schema,
        columns: &[ResultColumn],
        metadata: HashMap<String, String>,
    ) -> Result<Self, RenderError> {
        let field = |(field, column): (&Arc<Field>, &ResultColumn)| {
            Field::new(&column.name, without_views(field.data_type()), field.is_nullable())
        };
        let fields: Vec<Field> = schema.fields().iter().zip(columns).map(field).collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
        let writer = StreamWriter::try_new(Vec::new(), &schema)?;
        Ok(Self { schema, writer })
    }

    /// The bytes of these rows; before the first, those of the schema.
    pub fn rows(&mut self, batch: &RecordBatch) -> Result<Vec<u8>, RenderError> {
        let columns = batch.columns().iter().zip(self.schema.fields());
        let columns =
            columns.map(|(column, field)| cast(column, field.data_type())).collect::<Result<Vec<ArrayRef>, _>>()?;
        self.writer.write(&RecordBatch::try_new(Arc::clone(&self.schema), columns)?)?;
        Ok(mem::take(self.writer.get_mut()))
    }

    /// The end marker.
    pub fn end(mut self) -> Result<Vec<u8>, RenderError> {
        self.writer.finish()?;
        Ok(mem::take(self.writer.get_mut()))
    }
}

fn without_views(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        other => other.clone(),
    }
}
