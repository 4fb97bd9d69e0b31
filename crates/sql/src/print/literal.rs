//! The one encoder of literals. A string needs nothing but its quotes doubled: DataFusion's grammar knows no backslash
//! escape outside of `E'…'`, which is never printed.
use crate::tree::{Literal, TimeUnit};
use tessera_base::{NaiveDateTime, Number};

pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Boolean(true) => "TRUE".to_owned(),
        Literal::Boolean(false) => "FALSE".to_owned(),
        Literal::Number(value) => number(value),
        Literal::String(text) => string(text),
        Literal::Date(date) => format!("DATE '{date}'"),
        Literal::Timestamp(value) => timestamp(*value),
        Literal::Interval { amount, unit } => interval(*amount, *unit),
    }
}

pub(super) fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Integers as they are. Anything else as a decimal made from text: DataFusion would read `0.1` as a float.
fn number(number: &Number) -> String {
    match number.to_i64() {
        Some(value) if value < 0 => format!("(- {})", value.unsigned_abs()),
        Some(value) => value.to_string(),
        None => decimal(number),
    }
}

const MAX_PRECISION: usize = 76;

fn decimal(number: &Number) -> String {
    let text = number.to_string();
    let digits = text.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let precision = (whole.trim_start_matches('0').len() + fraction.len()).max(1);
    if precision > MAX_PRECISION {
        return format!("CAST('{text}' AS DOUBLE)");
    }
    format!("CAST('{text}' AS DECIMAL({precision}, {}))", fraction.len())
}

/// DataFusion's `TIMESTAMP` counts nanoseconds, which reach from 1677 to 2262; other years count microseconds.
fn timestamp(value: NaiveDateTime) -> String {
    let text = value.format("%Y-%m-%d %H:%M:%S%.f");
    match value.and_utc().timestamp_nanos_opt() {
        Some(_) => format!("TIMESTAMP '{text}'"),
        None => format!("arrow_cast('{text}', 'Timestamp(Microsecond, None)')"),
    }
}

fn interval(amount: i64, unit: TimeUnit) -> String {
    let (amount, unit) = match unit {
        TimeUnit::Second => (amount, "seconds"),
        TimeUnit::Minute => (amount, "minutes"),
        TimeUnit::Hour => (amount, "hours"),
        TimeUnit::Day | TimeUnit::IsoDayOfWeek | TimeUnit::DayOfYear => (amount, "days"),
        TimeUnit::Week => (amount, "weeks"),
        TimeUnit::Month => (amount, "months"),
        TimeUnit::Quarter => (amount.saturating_mul(3), "months"),
        TimeUnit::Year => (amount, "years"),
    };
    format!("INTERVAL '{amount} {unit}'")
}
