//! The types of the engine in the terms of the model.
use crate::files::{FileTable, TableProblem};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::catalog::TableProvider;
use std::{collections::BTreeMap, sync::Arc};
use tessera_base::ValueType;
use tessera_model::catalog::{Catalog, Column, ColumnType};
use tessera_query::{ColumnKind, ResultColumn};
use tessera_sql::tree::{Ident, PhysicalTable};

/// What a connection holds, and what of it cannot be read.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Introspection {
    pub catalog: Catalog,
    pub problems: BTreeMap<PhysicalTable, TableProblem>,
}

impl Introspection {
    pub(crate) fn of(tables: BTreeMap<PhysicalTable, Result<Arc<FileTable>, TableProblem>>) -> Self {
        let mut introspection = Self::default();
        for (name, table) in tables {
            match table.and_then(|table| columns(&table.schema())) {
                Ok(columns) => drop(introspection.catalog.tables.insert(name, columns)),
                Err(problem) => {
                    introspection.catalog.unreadable.insert(name.clone(), problem.to_string());
                    introspection.problems.insert(name, problem);
                }
            }
        }
        introspection
    }
}

fn columns(schema: &Schema) -> Result<Vec<Column>, TableProblem> {
    let column = |field: &Arc<datafusion::arrow::datatypes::Field>| {
        let name = Ident::new(field.name()).map_err(|_| TableProblem::ColumnNames)?;
        Ok(Column { name, column_type: column_type(field.data_type()), nullable: field.is_nullable() })
    };
    schema.fields().iter().map(column).collect()
}

fn column_type(data_type: &DataType) -> ColumnType {
    match data_type {
        DataType::Null => ColumnType::Null,
        DataType::Boolean => ColumnType::Boolean,
        data_type if data_type.is_integer() => ColumnType::Integer,
        data_type if data_type.is_floating() => ColumnType::Float,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => ColumnType::Decimal { precision: *precision, scale: *scale },
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnType::Text,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(_, None) => ColumnType::Timestamp,
        DataType::Timestamp(_, Some(_)) => ColumnType::TimestampWithZone,
        DataType::Dictionary(_, value) => column_type(value),
        _ => ColumnType::Other,
    }
}

/// The columns of a result. What the query does not name or type, the engine does; a type that is none of the five is
/// shown as text.
pub(crate) fn result_columns(named: Option<Vec<ResultColumn>>, schema: &Schema, masked: &[bool]) -> Vec<ResultColumn> {
    let types =
        schema.fields().iter().map(|field| column_type(field.data_type()).value_type().unwrap_or(ValueType::String));
    match named {
        Some(named) => named
            .into_iter()
            .zip(types)
            .map(|(column, found)| ResultColumn { value_type: column.value_type.or(Some(found)), ..column })
            .collect(),
        None => schema
            .fields()
            .iter()
            .zip(types)
            .zip(masked.iter().copied().chain(std::iter::repeat(false)))
            .map(|((field, found), masked)| ResultColumn {
                name: field.name().clone(),
                label: field.name().clone(),
                value_type: Some(found),
                kind: ColumnKind::Column,
                format: None,
                masked,
            })
            .collect(),
    }
}
