//! Timestamps with a zone, as the local times of the zone in which the model stores those without one.
use chrono::{DateTime, Offset, TimeZone as _};
use datafusion::arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray};
use datafusion::arrow::datatypes::{
    DataType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use datafusion::common::{Result, ScalarValue, internal_err, utils::take_function_args};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use std::sync::Arc;
use tessera_base::TimeZone;

/// Of a type with a zone, that without.
pub(super) fn without_zone(of: &DataType) -> Option<DataType> {
    match of {
        DataType::Timestamp(unit, Some(_)) => Some(DataType::Timestamp(*unit, None)),
        _ => None,
    }
}

/// Null for a time beyond the calendar: it must not fail, for it meets every row of a table.
pub(super) fn local_time(zone: TimeZone) -> ScalarUDF {
    ScalarUDF::new_from_impl(LocalTime { zone, signature: Signature::any(1, Volatility::Immutable) })
}

#[derive(PartialEq, Eq, Hash, Debug)]
struct LocalTime {
    zone: TimeZone,
    signature: Signature,
}

impl LocalTime {
    fn of<T: ArrowPrimitiveType<Native = i64>>(&self, instants: &ArrayRef, ticks_per_second: i64) -> ArrayRef {
        let local = |instant: i64| {
            let utc = DateTime::from_timestamp(instant.div_euclid(ticks_per_second), 0)?;
            let offset = self.zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc();
            instant.checked_add(i64::from(offset).checked_mul(ticks_per_second)?)
        };
        Arc::new(instants.as_primitive::<T>().unary_opt::<_, T>(local))
    }
}

impl ScalarUDFImpl for LocalTime {
    fn name(&self) -> &str {
        "local_time"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments.first().and_then(without_zone) {
            Some(local) => Ok(local),
            None => internal_err!("a local time is made of a timestamp with a zone"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_scalar = matches!(args.args.as_slice(), [ColumnarValue::Scalar(_)]);
        let [instants] = take_function_args(self.name(), ColumnarValue::values_to_arrays(&args.args)?)?;
        let local = match instants.data_type() {
            DataType::Timestamp(TimeUnit::Second, _) => self.of::<TimestampSecondType>(&instants, 1),
            DataType::Timestamp(TimeUnit::Millisecond, _) => self.of::<TimestampMillisecondType>(&instants, 1_000),
            DataType::Timestamp(TimeUnit::Microsecond, _) => self.of::<TimestampMicrosecondType>(&instants, 1_000_000),
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                self.of::<TimestampNanosecondType>(&instants, 1_000_000_000)
            }
            _ => return internal_err!("a local time is made of a timestamp with a zone"),
        };
        match is_scalar {
            true => Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&local, 0)?)),
            false => Ok(ColumnarValue::Array(local)),
        }
    }
}
