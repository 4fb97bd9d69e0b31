//! Columns of the model's own types, with nulls: for rows that somebody wrote by hand.
use super::Column;
use datafusion::arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray,
        TimestampMicrosecondArray,
    },
    datatypes::{DataType, Date32Type, TimeUnit},
    error::ArrowError,
};
use std::sync::Arc;
use tessera_base::{Number, Value};
use tessera_model::ColumnType;

impl<R> Column<R> {
    /// `value` gives none for null, and otherwise a value of the type's own kind.
    pub fn value(name: &str, column_type: ColumnType, value: impl Fn(&R) -> Option<Value> + Send + 'static) -> Self {
        Self::new(name, data_type(column_type), move |rows| {
            array(column_type, &rows.iter().map(&value).collect::<Vec<_>>())
        })
    }
}

fn data_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Decimal { precision, scale } => DataType::Decimal128(precision, scale),
        ColumnType::Null | ColumnType::Text | ColumnType::Other => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::TimestampWithZone => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

fn array(column_type: ColumnType, values: &[Option<Value>]) -> Result<ArrayRef, ArrowError> {
    Ok(match column_type {
        ColumnType::Boolean => Arc::new(BooleanArray::from(each(values, |value| match value {
            Value::Boolean(boolean) => Some(*boolean),
            _ => None,
        })?)),
        ColumnType::Integer => Arc::new(Int64Array::from(each(values, |value| number(value)?.to_i64())?)),
        ColumnType::Float => {
            Arc::new(Float64Array::from(each(values, |value| number(value)?.to_string().parse().ok())?))
        }
        ColumnType::Decimal { precision, scale } => {
            let unscaled = each(values, |value| unscaled(number(value)?, scale))?;
            Arc::new(Decimal128Array::from(unscaled).with_precision_and_scale(precision, scale)?)
        }
        ColumnType::Null | ColumnType::Text | ColumnType::Other => {
            Arc::new(StringArray::from(each(values, |value| match value {
                Value::String(text) => Some(text.as_str()),
                _ => None,
            })?))
        }
        ColumnType::Date => Arc::new(Date32Array::from(each(values, |value| match value {
            Value::Date(date) => Some(Date32Type::from_naive_date(*date)),
            _ => None,
        })?)),
        ColumnType::Timestamp => Arc::new(TimestampMicrosecondArray::from(each(values, micros)?)),
        ColumnType::TimestampWithZone => {
            Arc::new(TimestampMicrosecondArray::from(each(values, micros)?).with_timezone("UTC"))
        }
    })
}

fn each<'v, T>(
    values: &'v [Option<Value>],
    read: impl Fn(&'v Value) -> Option<T>,
) -> Result<Vec<Option<T>>, ArrowError> {
    let read = |value: &'v Option<Value>| match value {
        None => Ok(None),
        Some(value) => match read(value) {
            Some(read) => Ok(Some(read)),
            None => Err(ArrowError::CastError(format!("{} does not fit", value.value_type()))),
        },
    };
    values.iter().map(read).collect()
}

fn number(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

fn micros(value: &Value) -> Option<i64> {
    match value {
        Value::Timestamp(timestamp) => Some(timestamp.and_utc().timestamp_micros()),
        _ => None,
    }
}

/// `1.5` at scale 2 is 150. `None` where digits would be lost.
fn unscaled(number: &Number, scale: i8) -> Option<i128> {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let scale = usize::try_from(scale).ok()?;
    (fraction.len() <= scale).then(|| format!("{whole}{fraction:0<scale$}").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::unscaled;

    #[test]
    fn decimals_keep_their_digits_or_are_refused() {
        let unscaled = |text: &str, scale| unscaled(&text.parse().unwrap(), scale);
        assert_eq!(unscaled("1.5", 2), Some(150));
        assert_eq!(unscaled("-0.05", 2), Some(-5));
        assert_eq!(unscaled("12", 0), Some(12));
        assert_eq!(unscaled("1.005", 2), None);
    }
}
