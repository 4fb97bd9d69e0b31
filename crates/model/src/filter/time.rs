//! Times as people write them, and ranges relative to now.
use super::{Anchor, RangeUnit, RelativeRange, TimeTest};
use chrono::{Datelike, Days, Duration, Months, NaiveDate, Timelike, Weekday};
use tessera_base::NaiveDateTime;

/// More than any calendar needs; keeps every sum of dates within four-digit years or close to them.
const MAX_COUNT: u32 = 10_000;

const UNITS: [(&str, RangeUnit); 7] = [
    ("minute", RangeUnit::Minute),
    ("hour", RangeUnit::Hour),
    ("day", RangeUnit::Day),
    ("week", RangeUnit::Week),
    ("month", RangeUnit::Month),
    ("quarter", RangeUnit::Quarter),
    ("year", RangeUnit::Year),
];

impl RangeUnit {
    /// Says something about times of day: means nothing for dates.
    pub(super) fn needs_time(self) -> bool {
        matches!(self, Self::Minute | Self::Hour)
    }
}

impl RelativeRange {
    /// The half-open range around `now`, both in local time; it ends where it starts when the calendar ends before it.
    /// `fiscal_year_starts_in`: 1 to 12.
    pub fn resolve(
        self,
        now: NaiveDateTime,
        week_starts_on: Weekday,
        fiscal_year_starts_in: u32,
    ) -> (NaiveDateTime, NaiveDateTime) {
        let start = self.unit.start(now, week_starts_on, fiscal_year_starts_in);
        let (from, to) = match self.anchor {
            Anchor::This => (0, 1),
            Anchor::Last { count, complete: true } => (-i64::from(count), 0),
            Anchor::Last { count, complete: false } => (1 - i64::from(count), 1),
            Anchor::Next { count } => (1, i64::from(count) + 1),
        };
        (self.unit.add(start, from), self.unit.add(start, to))
    }
}

impl RangeUnit {
    /// The start of the unit that holds `now`.
    fn start(self, now: NaiveDateTime, week_starts_on: Weekday, fiscal_year_starts_in: u32) -> NaiveDateTime {
        let day = now.date();
        let first_of_month = |months_back: u32| {
            let first = day.with_day(1).unwrap_or(day);
            first.checked_sub_months(Months::new(months_back)).unwrap_or(first)
        };
        let fiscal_months = (day.month0() + 13 - fiscal_year_starts_in.clamp(1, 12)) % 12;
        let start = match self {
            Self::Minute => return now.with_second(0).and_then(|t| t.with_nanosecond(0)).unwrap_or(now),
            Self::Hour => {
                return now
                    .with_minute(0)
                    .and_then(|t| t.with_second(0))
                    .and_then(|t| t.with_nanosecond(0))
                    .unwrap_or(now);
            }
            Self::Day => day,
            Self::Week => {
                let days = (day.weekday().num_days_from_monday() + 7 - week_starts_on.num_days_from_monday()) % 7;
                day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(day)
            }
            Self::Month => first_of_month(0),
            Self::Quarter => first_of_month(day.month0() % 3),
            Self::Year => first_of_month(day.month0()),
            Self::FiscalQuarter => first_of_month(fiscal_months % 3),
            Self::FiscalYear => first_of_month(fiscal_months),
        };
        midnight(start)
    }

    /// Kept within the years 1 to 9999, which every engine can hold, and the end of the last one.
    fn add(self, start: NaiveDateTime, count: i64) -> NaiveDateTime {
        let months = |each: i64| {
            let months = Months::new(u32::try_from(count.saturating_mul(each).unsigned_abs()).unwrap_or(u32::MAX));
            if count < 0 { start.checked_sub_months(months) } else { start.checked_add_months(months) }
        };
        let moved = match self {
            Self::Minute => Duration::try_minutes(count).and_then(|by| start.checked_add_signed(by)),
            Self::Hour => Duration::try_hours(count).and_then(|by| start.checked_add_signed(by)),
            Self::Day => Duration::try_days(count).and_then(|by| start.checked_add_signed(by)),
            Self::Week => Duration::try_weeks(count).and_then(|by| start.checked_add_signed(by)),
            Self::Month => months(1),
            Self::Quarter | Self::FiscalQuarter => months(3),
            Self::Year | Self::FiscalYear => months(12),
        };
        let bound = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).map(midnight).unwrap_or(start);
        let (first, last) = (bound(1, 1, 1), bound(10_000, 1, 1));
        moved.unwrap_or(if count < 0 { first } else { last }).clamp(first, last)
    }
}

fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_time(chrono::NaiveTime::MIN)
}

/// What was written, as the half-open range that it names: `2026-03` is a month, `2026-03-01 10:00` a minute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Period {
    pub(super) from: NaiveDateTime,
    pub(super) to: NaiveDateTime,
    /// Written with a time of day.
    pub(super) needs_time: bool,
}

/// `2026`, `2026-Q1`, `2026-03`, `2026-03-01`, `2026-03-01 10:00` and finer.
pub(super) fn period(text: &str) -> Option<Period> {
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let months = |year: &str, month: u32, months: i64| {
        let from = midnight(NaiveDate::from_ymd_opt(year.parse().ok().filter(|year| *year > 0)?, month, 1)?);
        Some(Period { from, to: RangeUnit::Month.add(from, months), needs_time: false })
    };
    if digits(text, 4) {
        return months(text, 1, 12);
    }
    let (year, rest) = text.split_once('-').filter(|(year, _)| digits(year, 4))?;
    if let Some(quarter) = rest.strip_prefix(['Q', 'q']) {
        let quarter: u32 = quarter
            .parse()
            .ok()
            .filter(|quarter| digits(rest.get(1..).unwrap_or_default(), 1) && (1..=4).contains(quarter))?;
        return months(year, quarter * 3 - 2, 3);
    }
    if digits(rest, 2) {
        return months(year, rest.parse().ok()?, 1);
    }
    moment(text)
}

fn moment(text: &str) -> Option<Period> {
    use tessera_base::{Value, ValueType};
    if let Ok(Value::Date(day)) = Value::parse(text, ValueType::Date) {
        let from = midnight(day);
        return Some(Period { from, to: RangeUnit::Day.add(from, 1), needs_time: false });
    }
    let Ok(Value::Timestamp(from)) = Value::parse(text, ValueType::Timestamp) else { return None };
    // `YYYY-MM-DD HH:MM` has 16 characters, with seconds 19.
    let precision = match text.len() {
        16 => Duration::minutes(1),
        19 => Duration::seconds(1),
        _ => Duration::microseconds(1),
    };
    Some(Period { from, to: from.checked_add_signed(precision)?, needs_time: true })
}

/// What may stand after `during`. The flag: it says something about times of day.
pub(super) fn during(text: &str) -> Option<(TimeTest, bool)> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_ascii_whitespace().collect();
    if let Some(range) = relative(&words) {
        return Some((TimeTest::Relative(range), range.unit.needs_time()));
    }
    if let Some((first, last)) = text.split_once(" to ") {
        let (first, last) = (period(first.trim())?, period(last.trim())?);
        return Some((TimeTest::Range { from: first.from, to: last.to }, first.needs_time || last.needs_time));
    }
    let period = period(text)?;
    Some((TimeTest::Range { from: period.from, to: period.to }, period.needs_time))
}

fn relative(words: &[&str]) -> Option<RelativeRange> {
    let range = |anchor, unit: &[&str]| Some(RelativeRange { anchor, unit: self::unit(unit)? });
    match words {
        ["today"] => range(Anchor::This, &["day"]),
        ["yesterday"] => range(Anchor::Last { count: 1, complete: true }, &["day"]),
        ["tomorrow"] => range(Anchor::Next { count: 1 }, &["day"]),
        ["this", unit @ ..] => range(Anchor::This, unit),
        // `last month` is the one before this; what is written without a number is whole.
        ["last", "complete", unit @ ..] | ["last", unit @ ..] if is_one(unit) => {
            range(Anchor::Last { count: 1, complete: true }, unit)
        }
        ["next", unit @ ..] if is_one(unit) => range(Anchor::Next { count: 1 }, unit),
        ["last", count, "complete", unit @ ..] => {
            range(Anchor::Last { count: self::count(count)?, complete: true }, unit)
        }
        ["last", count, unit @ ..] => range(Anchor::Last { count: self::count(count)?, complete: false }, unit),
        ["next", count, unit @ ..] => range(Anchor::Next { count: self::count(count)? }, unit),
        _ => None,
    }
}

fn count(text: &str) -> Option<u32> {
    text.parse().ok().filter(|count| (1..=MAX_COUNT).contains(count) && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_one(unit: &[&str]) -> bool {
    self::unit(unit).is_some() && unit.iter().all(|word| !word.ends_with('s'))
}

/// `month`, `months`, `fiscal year`.
fn unit(words: &[&str]) -> Option<RangeUnit> {
    let named = |name: &str| {
        UNITS.iter().find(|(unit, _)| name.strip_suffix('s').unwrap_or(name) == *unit).map(|(_, unit)| *unit)
    };
    match words {
        [name] => named(name),
        ["fiscal", name] => match named(name)? {
            RangeUnit::Quarter => Some(RangeUnit::FiscalQuarter),
            RangeUnit::Year => Some(RangeUnit::FiscalYear),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn ranges_of_a_sunday_afternoon_in_march() {
        let now = at("2026-03-15 14:35");
        for (text, from, to) in [
            ("today", "2026-03-15 00:00", "2026-03-16 00:00"),
            ("yesterday", "2026-03-14 00:00", "2026-03-15 00:00"),
            ("tomorrow", "2026-03-16 00:00", "2026-03-17 00:00"),
            ("last 7 days", "2026-03-09 00:00", "2026-03-16 00:00"),
            ("last 7 complete days", "2026-03-08 00:00", "2026-03-15 00:00"),
            ("this week", "2026-03-09 00:00", "2026-03-16 00:00"),
            ("last 3 complete weeks", "2026-02-16 00:00", "2026-03-09 00:00"),
            ("last 12 months", "2025-04-01 00:00", "2026-04-01 00:00"),
            ("Last 12 Complete Months", "2025-03-01 00:00", "2026-03-01 00:00"),
            ("last month", "2026-02-01 00:00", "2026-03-01 00:00"),
            ("last complete week", "2026-03-02 00:00", "2026-03-09 00:00"),
            ("last fiscal year", "2024-10-01 00:00", "2025-10-01 00:00"),
            ("next month", "2026-04-01 00:00", "2026-05-01 00:00"),
            ("this quarter", "2026-01-01 00:00", "2026-04-01 00:00"),
            ("next 1 quarter", "2026-04-01 00:00", "2026-07-01 00:00"),
            ("this year", "2026-01-01 00:00", "2027-01-01 00:00"),
            ("this fiscal year", "2025-10-01 00:00", "2026-10-01 00:00"),
            ("last 1 complete fiscal quarter", "2025-10-01 00:00", "2026-01-01 00:00"),
            ("last 2 hours", "2026-03-15 13:00", "2026-03-15 15:00"),
            ("next 30 minutes", "2026-03-15 14:36", "2026-03-15 15:06"),
            ("last 10000 years", "0001-01-01 00:00", "2027-01-01 00:00"),
        ] {
            let Some((TimeTest::Relative(range), _)) = during(text) else { panic!("{text}") };
            assert_eq!(range.resolve(now, Weekday::Mon, 10), (at(from), at(to)), "{text}");
        }
        let this_week = RelativeRange { anchor: Anchor::This, unit: RangeUnit::Week };
        assert_eq!(this_week.resolve(now, Weekday::Sun, 1), (at("2026-03-15 00:00"), at("2026-03-22 00:00")));
        assert_eq!(this_week.resolve(now, Weekday::Sat, 1), (at("2026-03-14 00:00"), at("2026-03-21 00:00")));
    }

    #[test]
    fn fixed_periods() {
        for (text, from, to) in [
            ("2026", "2026-01-01 00:00", "2027-01-01 00:00"),
            ("2026-Q4", "2026-10-01 00:00", "2027-01-01 00:00"),
            ("2024-02", "2024-02-01 00:00", "2024-03-01 00:00"),
            ("2024-02-29", "2024-02-29 00:00", "2024-03-01 00:00"),
            ("2026-03-01 10:00", "2026-03-01 10:00", "2026-03-01 10:01"),
            ("2026-01 to 2026-03", "2026-01-01 00:00", "2026-04-01 00:00"),
            ("2026-01-01 to 2026-01-05", "2026-01-01 00:00", "2026-01-06 00:00"),
        ] {
            let range = TimeTest::Range { from: at(from), to: at(to) };
            assert_eq!(during(text).map(|(test, _)| test), Some(range), "{text}");
        }
        for text in [
            "",
            "26",
            "2026-",
            "2026-Q5",
            "2026-Q",
            "2026-Q+1",
            "2026-13",
            "2026-02-30",
            "0000",
            "last 0 days",
            "last 5",
            "last +5 days",
            "last 10001 days",
            "this fiscal week",
            "2026 to",
            "to 2026",
            "last five days",
            "２０２６",
        ] {
            assert_eq!(during(text), None, "{text}");
        }
    }

    #[test]
    fn a_clock_at_the_end_of_the_calendar_is_survived() {
        for now in
            [chrono::DateTime::<chrono::Utc>::MAX_UTC.naive_utc(), chrono::DateTime::<chrono::Utc>::MIN_UTC.naive_utc()]
        {
            for (_, unit) in UNITS {
                for anchor in
                    [Anchor::This, Anchor::Next { count: MAX_COUNT }, Anchor::Last { count: MAX_COUNT, complete: true }]
                {
                    let (from, to) = RelativeRange { anchor, unit }.resolve(now, Weekday::Sun, 12);
                    assert!(from <= to, "{anchor:?} {unit:?}");
                }
            }
        }
    }
}
