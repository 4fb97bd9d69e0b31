//! Time frames and time filters. A timestamp is converted once, from the stored zone to the query's; a date never is.
use chrono::{Datelike as _, Days, TimeZone as _};
use tessera_base::{Instant, NaiveDate, NaiveDateTime, TimeZone, ValueType};
use tessera_model::{
    CheckedModel,
    checked::TimeFrame,
    filter::{Comparison, TimeTest},
};
use tessera_sql::{
    functions,
    tree::{BinaryOp, CastType, ColumnRef, Expr, GovernedName, Literal, TimeUnit},
};

type Value = Expr<ColumnRef, GovernedName>;

/// The zones and the calendar of one query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    pub stored: TimeZone,
    pub shown: TimeZone,
    pub now: Instant,
    week_starts_on: chrono::Weekday,
    fiscal_year_starts_in: u32,
}

impl Calendar {
    pub fn new(model: &CheckedModel, shown: TimeZone, now: Instant) -> Self {
        Self {
            stored: model.timezone,
            shown,
            now,
            week_starts_on: model.week_starts_on,
            fiscal_year_starts_in: model.fiscal_year_starts_in,
        }
    }

    /// `value`, a date or a stored timestamp, at `frame`.
    pub fn at_frame(&self, value: Value, value_type: ValueType, frame: TimeFrame) -> Value {
        let local = if value_type == ValueType::Date { value.clone() } else { self.local(value.clone()) };
        let day = |value| Expr::Cast { expr: Box::new(value), to: CastType::Date, try_: false };
        match frame {
            TimeFrame::Hour => self.hour(value, local),
            TimeFrame::Date => day(local),
            TimeFrame::Week => {
                let shift = i64::from(self.week_starts_on.num_days_from_monday());
                day(shifted(trunc("week", shifted(local, -shift, TimeUnit::Day)), shift, TimeUnit::Day))
            }
            TimeFrame::Month => day(trunc("month", local)),
            TimeFrame::Quarter => day(trunc("quarter", local)),
            TimeFrame::Year => day(trunc("year", local)),
            TimeFrame::FiscalQuarter => day(self.fiscal("quarter", local)),
            TimeFrame::FiscalYear => day(self.fiscal("year", local)),
            TimeFrame::HourOfDay => extract(TimeUnit::Hour, local),
            TimeFrame::DayOfWeek => extract(TimeUnit::IsoDayOfWeek, local),
            TimeFrame::DayOfMonth => extract(TimeUnit::Day, local),
            TimeFrame::DayOfYear => extract(TimeUnit::DayOfYear, local),
            TimeFrame::MonthOfYear => extract(TimeUnit::Month, local),
            TimeFrame::QuarterOfYear => extract(TimeUnit::Quarter, local),
        }
    }

    fn local(&self, stored: Value) -> Value {
        if self.stored == self.shown {
            return stored;
        }
        Expr::ConvertZone { expr: Box::new(stored), from: self.stored, to: self.shown }
    }

    /// The start of the local hour, as stored: the two hours that a clock repeats in autumn stay two.
    fn hour(&self, stored: Value, local: Value) -> Value {
        if self.stored == self.shown {
            return trunc("hour", stored);
        }
        let into_the_hour = Expr::binary(BinaryOp::Minus, local.clone(), trunc("hour", local));
        Expr::binary(BinaryOp::Minus, stored, into_the_hour)
    }

    fn fiscal(&self, unit: &'static str, local: Value) -> Value {
        let months = i64::from(self.fiscal_year_starts_in.saturating_sub(1));
        shifted(trunc(unit, shifted(local, -months, TimeUnit::Month)), months, TimeUnit::Month)
    }

    /// A half-open test of a date or a stored timestamp.
    pub fn test(&self, value: &Value, value_type: ValueType, test: &TimeTest) -> Value {
        let bound = |op, moment: NaiveDateTime| {
            // The end of the last year that can be written: all times are before it.
            if moment.year() > 9999 {
                return match op {
                    BinaryOp::Less => value.clone().is_not_null(),
                    _ => Expr::Literal(Literal::Boolean(false)),
                };
            }
            let literal = match value_type {
                ValueType::Date => Literal::Date(first_day_from(moment)),
                _ => Literal::Timestamp(self.to_stored(moment)),
            };
            Expr::binary(op, value.clone(), Expr::Literal(literal))
        };
        let range = |from, to| Expr::All(vec![bound(BinaryOp::GreaterOrEqual, from), bound(BinaryOp::Less, to)]);
        match test {
            TimeTest::Before(moment) => bound(BinaryOp::Less, *moment),
            TimeTest::After(moment) | TimeTest::From(moment) => bound(BinaryOp::GreaterOrEqual, *moment),
            TimeTest::Range { from, to } => range(*from, *to),
            TimeTest::Relative(relative) => {
                let now = self.now.with_timezone(&self.shown).naive_local();
                let (from, to) = relative.resolve(now, self.week_starts_on, self.fiscal_year_starts_in);
                range(from, to)
            }
        }
    }

    /// A local time of the query's zone, as stored. A time that the clock skips is the first after the gap; one that it
    /// repeats is the first of the two.
    pub fn to_stored(self, local: NaiveDateTime) -> NaiveDateTime {
        if self.stored == self.shown {
            return local;
        }
        let earliest = (0..=4).find_map(|quarter_hours| {
            let candidate = local.checked_add_signed(chrono::TimeDelta::minutes(15 * quarter_hours))?;
            self.shown.from_local_datetime(&candidate).earliest()
        });
        earliest.map_or(local, |instant| instant.with_timezone(&self.stored).naive_local())
    }
}

pub(crate) fn comparison(op: Comparison) -> BinaryOp {
    match op {
        Comparison::Less => BinaryOp::Less,
        Comparison::AtMost => BinaryOp::LessOrEqual,
        Comparison::Greater => BinaryOp::Greater,
        Comparison::AtLeast => BinaryOp::GreaterOrEqual,
    }
}

/// The first day that starts at or after `moment`: a date is its midnight.
fn first_day_from(moment: NaiveDateTime) -> NaiveDate {
    if moment.time() == chrono::NaiveTime::MIN {
        moment.date()
    } else {
        moment.date().checked_add_days(Days::new(1)).unwrap_or(moment.date())
    }
}

fn trunc(unit: &'static str, value: Value) -> Value {
    Expr::call(functions::date_trunc(), vec![Expr::Literal(Literal::String(unit.to_owned())), value])
}

fn extract(unit: TimeUnit, value: Value) -> Value {
    Expr::Extract { unit, expr: Box::new(value) }
}

fn shifted(value: Value, amount: i64, unit: TimeUnit) -> Value {
    if amount == 0 {
        return value;
    }
    let op = if amount < 0 { BinaryOp::Minus } else { BinaryOp::Plus };
    Expr::binary(op, value, Expr::Literal(Literal::Interval { amount: amount.abs(), unit }))
}
