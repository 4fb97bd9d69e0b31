//! The starts of days, weeks, months, quarters and years, for every time that a column can hold.
use super::expressions::Rewriting;
use chrono::{Datelike, NaiveDate};
use datafusion::arrow::array::{ArrayRef, ArrowPrimitiveType, AsArray};
use datafusion::arrow::datatypes::{
    DataType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampSecondType,
};
use datafusion::common::{DFSchema, Result, ScalarValue, tree_node::Transformed};
use datafusion::logical_expr::{Cast, ColumnarValue, Expr, ExprSchemable};
use std::sync::Arc;

pub(super) const FUNCTION: &str = "date_trunc";

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
/// Of 1970-01-01, in a calendar that begins with the year 1.
const EPOCH: i32 = 719_163;

#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "quarter" => Self::Quarter,
            "year" => Self::Year,
            _ => return None,
        })
    }

    /// Days since 1970. `None`: beyond the calendar.
    fn start(self, day: i64) -> Option<i64> {
        let date = NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).ok()?.checked_add(EPOCH)?)?;
        let first = match self {
            Self::Day => date,
            Self::Week => return day.checked_sub(i64::from(date.weekday().num_days_from_monday())),
            Self::Month => date.with_day(1)?,
            Self::Quarter => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1)?,
            Self::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1)?,
        };
        Some(i64::from(first.num_days_from_ce() - EPOCH))
    }
}

/// Whether `date_trunc` is for all values of a type: null for those beyond the calendar.
pub(super) fn is_for_all(unit: &str, times: &DataType) -> bool {
    use TimeUnit::{Microsecond, Millisecond, Second};
    Unit::parse(unit).is_some() && matches!(times, DataType::Timestamp(Second | Millisecond | Microsecond, None))
}

/// `None`: what only DataFusion's own function is for.
pub(super) fn starts(unit: &ColumnarValue, times: &ColumnarValue) -> Result<Option<ColumnarValue>> {
    let ColumnarValue::Scalar(ScalarValue::Utf8(Some(unit)) | ScalarValue::Utf8View(Some(unit))) = unit else {
        return Ok(None);
    };
    let Some(unit) = Unit::parse(unit) else { return Ok(None) };
    let array = times.to_array(1)?;
    let starts = match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, None) => of::<TimestampSecondType>(unit, &array, 1),
        DataType::Timestamp(TimeUnit::Millisecond, None) => of::<TimestampMillisecondType>(unit, &array, 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, None) => of::<TimestampMicrosecondType>(unit, &array, 1_000_000),
        _ => return Ok(None),
    };
    Ok(Some(match times {
        ColumnarValue::Array(_) => ColumnarValue::Array(starts),
        ColumnarValue::Scalar(_) => ColumnarValue::Scalar(ScalarValue::try_from_array(&starts, 0)?),
    }))
}

fn of<T: ArrowPrimitiveType<Native = i64>>(unit: Unit, times: &ArrayRef, ticks_per_second: i64) -> ArrayRef {
    let ticks = SECONDS_PER_DAY * ticks_per_second;
    let start = |time: i64| unit.start(time.div_euclid(ticks))?.checked_mul(ticks);
    Arc::new(times.as_primitive::<T>().unary_opt::<_, T>(start))
}

/// A date is truncated as a time in seconds, which holds all of them, and not in nanoseconds.
pub(super) const DATES_IN_SECONDS: Rewriting = Rewriting { name: "dates_in_seconds", change: in_seconds };

fn in_seconds(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::ScalarFunction(mut call) if call.name() == FUNCTION => {
            let mut changed = false;
            if let [_, times] = call.args.as_mut_slice()
                && matches!(times.get_type(schema)?, DataType::Date32 | DataType::Date64)
            {
                let seconds = DataType::Timestamp(TimeUnit::Second, None);
                *times = Expr::Cast(Cast::new(Box::new(std::mem::take(times)), seconds));
                changed = true;
            }
            let expr = Expr::ScalarFunction(call);
            Ok(if changed { Transformed::yes(expr) } else { Transformed::no(expr) })
        }
        other => Ok(Transformed::no(other)),
    }
}
