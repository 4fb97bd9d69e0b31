//! Which casts cannot fail. Read from arrow's kernels; what is not listed may.
use super::{
    is_text,
    range::{self, Range},
    total_if,
};
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use tessera_sql::functions::Totality;

/// `range` is what is known of the values.
pub(super) fn totality(from: &DataType, to: &DataType, range: Option<Range>) -> Totality {
    use DataType::{
        Boolean, Date32, Decimal128, Dictionary, Float16, Float32, Float64, LargeUtf8, Null, Timestamp, Utf8, Utf8View,
    };
    let fits = || match (range.and_then(|range| range::converted(range, from, to)), range::of_type(to)) {
        (Some(range), Some(limits)) => range.is_within(limits),
        _ => false,
    };
    total_if(match (from, to) {
        (from, to) if from == to => true,
        (Null, _) => true,
        (Dictionary(_, value), to) => return totality(value, to, None),
        // Offsets of 32 bits may not reach.
        (LargeUtf8 | Utf8View, Utf8) => from == &Utf8View,
        (from, to) if is_text(from) && is_text(to) => true,
        (Boolean | Float16 | Float32 | Float64 | Decimal128(..), to) if is_text(to) => true,
        (from, to) if from.is_integer() && is_text(to) => true,
        (Date32 | Timestamp(_, None), to) if is_text(to) => range::is_ordinary_time(from, range),
        (from, Boolean) if from.is_integer() => true,
        (Boolean, to) if to.is_integer() || to.is_floating() => true,
        (from, to) if from.is_integer() && to.is_integer() => fits(),
        (from, Float32 | Float64) if from.is_integer() => true,
        (Float16 | Float32, Float64) | (Float16, Float32) => true,
        (Decimal128(..), Float64) => true,
        (from, Decimal128(..)) if from.is_integer() => fits(),
        (Decimal128(..), Decimal128(..)) => fits(),
        (Date32, Timestamp(TimeUnit::Second | TimeUnit::Millisecond, None)) => true,
        (Date32, Timestamp(_, None)) => fits(),
        (Timestamp(_, None), Date32) => range::is_ordinary_time(from, range),
        (Timestamp(_, from_zone), Timestamp(_, to_zone)) => {
            // A clock time may not exist in another zone on the day when its clocks change.
            let exists = from_zone == to_zone || from_zone.is_some() || to_zone.as_deref().is_some_and(is_utc);
            exists && range::is_ordinary_time(from, range)
        }
        _ => false,
    })
}

/// A cast that gives null for what does not convert. Arrow fails all the same where a time has no name or no place in the
/// other type.
pub(super) fn totality_of_try(from: &DataType, to: &DataType, range: Option<Range>) -> Totality {
    match from {
        DataType::Dictionary(_, value) => totality_of_try(value, to, None),
        from if from.is_temporal() => totality(from, to, range),
        _ => Totality::Total,
    }
}

fn is_utc(zone: &str) -> bool {
    ["UTC", "+00:00", "Etc/UTC"].contains(&zone)
}
