//! The text of one value, the same in every format.
use super::RenderError;
use chrono::{DateTime, MappedLocalTime, NaiveDateTime, SecondsFormat, TimeDelta, TimeZone as _, Utc};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
    StringViewArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::arrow::json::{EncoderOptions, writer::make_encoder};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use std::{fmt::Write, sync::Arc};
use tessera_query::Zones;

/// How the text of a cell is to be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Null,
    /// A boolean, or a number that every reader of JSON reads exactly.
    Bare,
    /// Of our own making: digits, dates, instants.
    Plain,
    /// Anybody's text.
    Text,
}

/// A column of one batch.
pub(super) enum Cells {
    Boolean(BooleanArray),
    /// At most 32 bits, signed.
    Integer(Int32Array),
    BigInteger(Int64Array),
    Float(Float64Array),
    Decimal(Decimal128Array),
    Date(Date32Array),
    /// Ticks, how many make a second, and whether they count from the epoch in UTC (an instant) or in the stored zone.
    Time {
        ticks: Int64Array,
        per_second: i64,
        instant: bool,
    },
    /// Lists, structs and maps too: JSON in a text.
    Text(StringViewArray),
    /// Times of day, intervals, binaries, wide numbers: as arrow shows them.
    Other(ArrayRef),
}

impl Cells {
    pub(super) fn of(array: &ArrayRef) -> Result<Self, RenderError> {
        Ok(match array.data_type() {
            DataType::Boolean => Self::Boolean(array.as_boolean().clone()),
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => {
                Self::Integer(cast(array, &DataType::Int32)?.as_primitive().clone())
            }
            DataType::UInt32 | DataType::Int64 => {
                Self::BigInteger(cast(array, &DataType::Int64)?.as_primitive().clone())
            }
            DataType::Float16 | DataType::Float32 | DataType::Float64 => {
                Self::Float(cast(array, &DataType::Float64)?.as_primitive().clone())
            }
            DataType::Decimal128(..) => Self::Decimal(array.as_primitive().clone()),
            DataType::Date32 | DataType::Date64 => Self::Date(cast(array, &DataType::Date32)?.as_primitive().clone()),
            DataType::Timestamp(unit, zone) => Self::Time {
                ticks: cast(array, &DataType::Int64)?.as_primitive().clone(),
                per_second: match unit {
                    TimeUnit::Second => 1,
                    TimeUnit::Millisecond => 1_000,
                    TimeUnit::Microsecond => 1_000_000,
                    TimeUnit::Nanosecond => 1_000_000_000,
                },
                instant: zone.is_some(),
            },
            // A null of no type at all has no bit that says so.
            DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                Self::Text(cast(array, &DataType::Utf8View)?.as_string_view().clone())
            }
            DataType::Dictionary(_, value) => return Self::of(&cast(array, value)?),
            data_type if data_type.is_nested() => Self::Text(json(array)?),
            _ => Self::Other(Arc::clone(array)),
        })
    }

    /// Puts the text of a row's cell in the place of what `out` holds.
    pub(super) fn write(&self, row: usize, zones: Zones, out: &mut String) -> Result<Kind, RenderError> {
        out.clear();
        if self.array().is_null(row) {
            return Ok(Kind::Null);
        }
        let kind = match self {
            Self::Boolean(values) => {
                out.push_str(if values.value(row) { "true" } else { "false" });
                Kind::Bare
            }
            Self::Integer(values) => {
                write!(out, "{}", values.value(row))?;
                Kind::Bare
            }
            Self::BigInteger(values) => {
                write!(out, "{}", values.value(row))?;
                Kind::Plain
            }
            Self::Float(values) => float(values.value(row), out)?,
            Self::Decimal(values) => {
                out.push_str(&values.value_as_string(row));
                Kind::Plain
            }
            Self::Date(values) => {
                match values.value_as_date(row) {
                    Some(date) => write!(out, "{}", date.format("%Y-%m-%d"))?,
                    None => write!(out, "{}", values.value(row))?,
                }
                Kind::Plain
            }
            Self::Time { ticks, per_second, instant } => {
                let ticks = ticks.value(row);
                match utc(ticks, *per_second) {
                    Some(time) => out.push_str(&shown(time, *instant, zones)),
                    // Hundreds of thousands of years away.
                    None => write!(out, "{ticks}")?,
                }
                Kind::Plain
            }
            Self::Text(values) => {
                out.push_str(values.value(row));
                Kind::Text
            }
            Self::Other(values) => {
                write!(out, "{}", ArrayFormatter::try_new(values, &FormatOptions::default())?.value(row))?;
                if values.data_type().is_numeric() { Kind::Plain } else { Kind::Text }
            }
        };
        Ok(kind)
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Boolean(values) => values,
            Self::Integer(values) => values,
            Self::BigInteger(values) => values,
            Self::Float(values) => values,
            Self::Decimal(values) => values,
            Self::Date(values) => values,
            Self::Time { ticks, .. } => ticks,
            Self::Text(values) => values,
            Self::Other(values) => values,
        }
    }
}

fn json(values: &ArrayRef) -> Result<StringViewArray, RenderError> {
    let field = Arc::new(Field::new("", values.data_type().clone(), true));
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = make_encoder(&field, values, &options)?;
    let mut bytes = Vec::new();
    let texts = (0..values.len()).map(|row| {
        values.is_valid(row).then(|| {
            bytes.clear();
            encoder.encode(row, &mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    Ok(texts.collect())
}

fn float(value: f64, out: &mut String) -> Result<Kind, RenderError> {
    let name = match value {
        value if value.is_nan() => "NaN",
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        value => {
            write!(out, "{value:?}")?;
            return Ok(Kind::Bare);
        }
    };
    out.push_str(name);
    Ok(Kind::Plain)
}

fn utc(ticks: i64, per_second: i64) -> Option<DateTime<Utc>> {
    let nanoseconds = ticks.rem_euclid(per_second) * (1_000_000_000 / per_second);
    DateTime::from_timestamp(ticks.div_euclid(per_second), u32::try_from(nanoseconds).ok()?)
}

/// RFC 3339 with the offset of the zone that the reader is shown.
fn shown(time: DateTime<Utc>, instant: bool, zones: Zones) -> String {
    let time = if instant { time } else { stored(time.naive_utc(), zones) };
    time.with_timezone(&zones.shown).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A clock time of the stored zone. One that the clocks jump over is counted on from before the jump; of two, it is the
/// first.
fn stored(time: NaiveDateTime, zones: Zones) -> DateTime<Utc> {
    const LONGEST_JUMP: TimeDelta = TimeDelta::hours(26);
    match zones.stored.from_local_datetime(&time) {
        MappedLocalTime::Single(time) | MappedLocalTime::Ambiguous(time, _) => time.to_utc(),
        MappedLocalTime::None => match zones.stored.from_local_datetime(&(time - LONGEST_JUMP)).earliest() {
            Some(before) => before.to_utc() + LONGEST_JUMP,
            None => time.and_utc(),
        },
    }
}
