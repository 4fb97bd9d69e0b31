//! Filters: the same language in model files, in requests and in links. `F` is how the field is named at this stage.
mod parse;
mod time;

pub use parse::parse_filters;
use tessera_base::{NaiveDateTime, Value};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Filter<F> {
    All(Vec<Filter<F>>),
    Any(Vec<Filter<F>>),
    Test { field: F, test: Test },
}

/// A typed test of one field. An empty list is false (negated: true); `negated` keeps nulls.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Test {
    In {
        values: Vec<Value>,
        null: bool,
        negated: bool,
    },
    Text {
        how: TextMatch,
        values: Vec<String>,
        negated: bool,
    },
    Compare {
        op: Comparison,
        value: Value,
    },
    /// Inclusive at both ends, for numbers and strings.
    Between {
        low: Value,
        high: Value,
    },
    /// Half-open, in the zone of the query.
    Time(TimeTest),
    IsNull(bool),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TextMatch {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// A test of a date or a timestamp. Fixed moments are local times of the query's zone.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TimeTest {
    Before(NaiveDateTime),
    /// From the end of what was written: `after 2026-03` starts in April.
    After(NaiveDateTime),
    From(NaiveDateTime),
    /// `from` inclusive, `to` exclusive.
    Range {
        from: NaiveDateTime,
        to: NaiveDateTime,
    },
    Relative(RelativeRange),
}

/// `last 12 months` (the current one included), `last 12 complete months`, `this year`, `next 7 days`; `today` is
/// `this day`, `yesterday` is `last 1 complete day`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RelativeRange {
    pub anchor: Anchor,
    pub unit: RangeUnit,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Anchor {
    Last { count: u32, complete: bool },
    This,
    Next { count: u32 },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RangeUnit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    FiscalQuarter,
    FiscalYear,
}

impl<F> Filter<F> {
    pub fn for_each_field(&self, visit: &mut impl FnMut(&F)) {
        match self {
            Self::All(filters) | Self::Any(filters) => filters.iter().for_each(|filter| filter.for_each_field(visit)),
            Self::Test { field, .. } => visit(field),
        }
    }

    /// Renames every field; the first error wins.
    pub fn try_map<G, E>(self, map: &mut impl FnMut(F) -> Result<G, E>) -> Result<Filter<G>, E> {
        Ok(match self {
            Self::All(filters) => Filter::All(filters.into_iter().map(|f| f.try_map(map)).collect::<Result<_, E>>()?),
            Self::Any(filters) => Filter::Any(filters.into_iter().map(|f| f.try_map(map)).collect::<Result<_, E>>()?),
            Self::Test { field, test } => Filter::Test { field: map(field)?, test },
        })
    }
}
