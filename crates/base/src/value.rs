use crate::TimeZone;
use crate::{NaiveDate, NaiveDateTime, Number};
use std::fmt;

/// The types that attributes, filters and model fields speak. Engines have more; these are what a person sees.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ValueType {
    String,
    Number,
    Boolean,
    Date,
    /// A date and time. Naive in storage; the model says in which zone.
    Timestamp,
}

impl ValueType {
    pub const ALL: [Self; 5] = [Self::String, Self::Number, Self::Boolean, Self::Date, Self::Timestamp];

    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A typed constant that is not null. It becomes a literal through one encoder and is never pasted into text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    String(String),
    Number(Number),
    Boolean(bool),
    Date(NaiveDate),
    Timestamp(NaiveDateTime),
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{text}` is not a {wanted}")]
pub struct ParseValueError {
    pub text: String,
    pub wanted: ValueType,
}

impl Value {
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::String(_) => ValueType::String,
            Self::Number(_) => ValueType::Number,
            Self::Boolean(_) => ValueType::Boolean,
            Self::Date(_) => ValueType::Date,
            Self::Timestamp(_) => ValueType::Timestamp,
        }
    }

    /// Reads `text` as a `wanted`: dates as `YYYY-MM-DD`, timestamps as RFC 3339 without offset (or a date, meaning midnight).
    pub fn parse(text: &str, wanted: ValueType) -> Result<Self, ParseValueError> {
        let refused = || ParseValueError { text: text.chars().take(80).collect(), wanted };
        match wanted {
            ValueType::String => Ok(Self::String(text.to_owned())),
            ValueType::Number => text.parse().map(Self::Number).map_err(|_| refused()),
            ValueType::Boolean => match text {
                "true" => Ok(Self::Boolean(true)),
                "false" => Ok(Self::Boolean(false)),
                _ => Err(refused()),
            },
            ValueType::Date => parse_date(text).map(Self::Date).ok_or_else(refused),
            ValueType::Timestamp => parse_timestamp(text).map(Self::Timestamp).ok_or_else(refused),
        }
    }
}

/// An instant, RFC 3339 with an offset, as the clocks of `zone` show it: what [`Value::parse`] reads.
pub fn local_time(text: &str, zone: TimeZone) -> Option<String> {
    let instant = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(instant.with_timezone(&zone).naive_local().format("%Y-%m-%dT%H:%M:%S%.f").to_string())
}

/// Only the canonical form with a four-digit year: chrono alone would also read `+12026-1-1`.
fn parse_date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn parse_timestamp(text: &str) -> Option<NaiveDateTime> {
    if let Some(date) = parse_date(text) {
        return date.and_hms_opt(0, 0, 0);
    }
    let (date, _) = text.split_at_checked(10)?;
    parse_date(date)?;
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}

/// As a person reads it in a rule: `region is EUROPE`, `clearance is 2 or 3`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Boolean(boolean) => boolean.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Timestamp(timestamp) => write!(f, "{}", timestamp.format("%Y-%m-%dT%H:%M:%S%.f")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_dates_and_times_are_read() {
        for (text, wanted, ok) in [
            ("2026-03-01", ValueType::Date, true),
            ("2026-3-1", ValueType::Date, false),
            ("2026-02-30", ValueType::Date, false),
            ("2026-03-01T10:00:00.5", ValueType::Timestamp, true),
            ("2026-03-01 10:00", ValueType::Timestamp, true),
            ("2026-03-01", ValueType::Timestamp, true),
            ("é026-03-01x", ValueType::Timestamp, false),
            ("True", ValueType::Boolean, false),
            ("2", ValueType::Number, true),
            ("two", ValueType::Number, false),
        ] {
            assert_eq!(Value::parse(text, wanted).is_ok(), ok, "{text} as {wanted}");
        }
    }
}
