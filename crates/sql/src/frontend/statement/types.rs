use super::{
    StatementError,
    walk::{Walked, shown},
};
use sqlparser::{
    ast::{ArrayElemTypeDef, DataType, ExactNumberInfo, TimezoneInfo},
    tokenizer::Location,
};

/// The types that DataFusion plans a cast to and that say nothing about the session or the catalogue.
pub(super) fn data_type(to: &DataType, at: Location) -> Walked {
    match to {
        DataType::Boolean
        | DataType::Bool
        | DataType::TinyInt(None)
        | DataType::SmallInt(None)
        | DataType::Int2(None)
        | DataType::Int(None)
        | DataType::Integer(None)
        | DataType::Int4(None)
        | DataType::BigInt(None)
        | DataType::Int8(None)
        | DataType::Float(ExactNumberInfo::None)
        | DataType::Real
        | DataType::Float4
        | DataType::Double(ExactNumberInfo::None)
        | DataType::DoublePrecision
        | DataType::Float8
        | DataType::Numeric(_)
        | DataType::Decimal(_)
        | DataType::Varchar(_)
        | DataType::Char(_)
        | DataType::Text
        | DataType::String(None)
        | DataType::Bytea
        | DataType::Date
        | DataType::Time(None, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone)
        | DataType::Timestamp(None | Some(0 | 3 | 6 | 9), TimezoneInfo::None | TimezoneInfo::WithoutTimeZone)
        | DataType::Interval { fields: None, precision: None } => Ok(()),
        DataType::Array(ArrayElemTypeDef::AngleBracket(element) | ArrayElemTypeDef::SquareBracket(element, None)) => {
            data_type(element, at)
        }
        to => Err(StatementError::refused(format!("the type `{}` is not supported", shown(to)), at)),
    }
}
