//! What type a column of text has: the narrowest that every one of its cells fits.
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use tessera_base::{Value, ValueType};

/// The types that all cells seen so far fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kinds {
    seen: bool,
    integer: bool,
    double: bool,
    boolean: bool,
    date: bool,
    timestamp: bool,
    instant: bool,
}

impl Kinds {
    pub(super) const ANY: Self =
        Self { seen: false, integer: true, double: true, boolean: true, date: true, timestamp: true, instant: true };

    /// Narrows to the types that `cell` fits too. An empty cell is null and fits every type.
    pub(super) fn meet(&mut self, cell: &str) {
        self.seen = true;
        self.integer = self.integer && integer(cell).is_some();
        self.double = self.double && double(cell).is_some();
        self.boolean = self.boolean && boolean(cell).is_some();
        self.date = self.date && Value::parse(cell, ValueType::Date).is_ok();
        self.timestamp = self.timestamp && Value::parse(cell, ValueType::Timestamp).is_ok();
        self.instant = self.instant && instant(cell).is_some();
    }

    pub(super) fn data_type(self) -> DataType {
        match self {
            // Nothing says what it is: whoever declares a type is right.
            Self { seen: false, .. } => DataType::Null,
            Self { integer: true, .. } => DataType::Int64,
            Self { double: true, .. } => DataType::Float64,
            Self { boolean: true, .. } => DataType::Boolean,
            Self { date: true, .. } => DataType::Date32,
            Self { timestamp: true, .. } => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self { instant: true, .. } => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => DataType::Utf8,
        }
    }
}

/// Not `007` and not `+1`: a postal code or a telephone number is text.
pub(super) fn integer(cell: &str) -> Option<i64> {
    is_plain(cell).then(|| cell.parse().ok()).flatten()
}

/// At most 15 significant digits: more would not survive, and belong to an identifier.
pub(super) fn double(cell: &str) -> Option<f64> {
    let mantissa = cell.split(['e', 'E']).next().unwrap_or_default();
    let whole = mantissa.split('.').next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let numeric = cell.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if !numeric || !is_plain(whole) || digits > 15 {
        return None;
    }
    cell.parse().ok().filter(|number: &f64| number.is_finite())
}

pub(super) fn boolean(cell: &str) -> Option<bool> {
    match cell {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// RFC 3339 with an offset, in microseconds.
pub(super) fn instant(cell: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(cell).ok().map(|instant| instant.timestamp_micros())
}

/// Digits without a needless zero in front, perhaps negative.
fn is_plain(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_the_narrowest_type_that_every_cell_fits() {
        let timestamp = DataType::Timestamp(TimeUnit::Microsecond, None);
        let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        for (cells, wanted) in [
            (&["1", "-2", "0"][..], DataType::Int64),
            (&["1", "2.5", "1e3"], DataType::Float64),
            (&["007"], DataType::Utf8),
            (&["+1"], DataType::Utf8),
            (&["NaN"], DataType::Utf8),
            (&["1e999"], DataType::Utf8),
            (&["12345678901234567890"], DataType::Utf8),
            (&["0.5", "-0.25"], DataType::Float64),
            (&["true", "FALSE"], DataType::Boolean),
            (&["true", "1"], DataType::Utf8),
            (&["2026-01-31"], DataType::Date32),
            (&["2026-02-30"], DataType::Utf8),
            (&["2026-01-31", "2026-01-31 10:00"], timestamp),
            (&["2026-01-31T10:00:00Z"], instant),
            (&[], DataType::Null),
        ] {
            let mut kinds = Kinds::ANY;
            cells.iter().for_each(|cell| kinds.meet(cell));
            assert_eq!(kinds.data_type(), wanted, "{cells:?}");
        }
    }
}
