//! The schema layer: what the database says of itself, handed in by the engine.
use std::collections::BTreeMap;
use tessera_base::ValueType;
use tessera_sql::tree::{CastType, Ident, PhysicalTable};

/// The type of a physical column, as far as rules and masks need it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ColumnType {
    /// Nothing but nulls: the source does not say what it would hold.
    Null,
    Boolean,
    /// At most 64 bits, signed or not.
    Integer,
    Float,
    Decimal {
        precision: u8,
        scale: i8,
    },
    Text,
    Date,
    /// Without a zone; the model says in which zone it is stored.
    Timestamp,
    /// With a zone: an instant.
    TimestampWithZone,
    /// Lists, structs, binaries and the like: readable in raw SQL, not usable as a field.
    Other,
}

impl ColumnType {
    pub fn value_type(self) -> Option<ValueType> {
        match self {
            Self::Boolean => Some(ValueType::Boolean),
            Self::Integer | Self::Float | Self::Decimal { .. } => Some(ValueType::Number),
            Self::Text => Some(ValueType::String),
            Self::Date => Some(ValueType::Date),
            Self::Timestamp | Self::TimestampWithZone => Some(ValueType::Timestamp),
            Self::Null | Self::Other => None,
        }
    }

    /// The type that a null of this column is cast to.
    pub fn cast_type(self) -> Option<CastType> {
        match self {
            Self::Boolean => Some(CastType::Boolean),
            Self::Integer => Some(CastType::BigInt),
            Self::Float => Some(CastType::Double),
            Self::Decimal { precision, scale } => Some(CastType::Decimal { precision, scale }),
            Self::Text => Some(CastType::Text),
            Self::Date => Some(CastType::Date),
            Self::Timestamp | Self::TimestampWithZone => Some(CastType::Timestamp),
            Self::Null | Self::Other => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    pub name: Ident,
    pub column_type: ColumnType,
    pub nullable: bool,
}

/// The tables of one connection, in the order of their names; columns in the order of the table.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Catalog {
    pub tables: BTreeMap<PhysicalTable, Vec<Column>>,
    /// Tables that are there and cannot be read, with the reason: it quotes no value. A model over one still loads, so
    /// that a damaged file takes nothing but its own table away.
    pub unreadable: BTreeMap<PhysicalTable, String>,
}

impl Catalog {
    pub fn column(&self, table: &PhysicalTable, name: &Ident) -> Option<&Column> {
        self.tables.get(table)?.iter().find(|column| column.name == *name)
    }
}
