//! The smallest and largest value that an expression can have, in the integer that represents it: a decimal without its
//! point, a date as days, a timestamp as ticks of its unit.
use super::Scope;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Expr, ExprSchemable, Operator, expr::ScalarFunction};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Range {
    pub(crate) min: i128,
    pub(crate) max: i128,
}

impl Range {
    pub(crate) fn new(min: i128, max: i128) -> Self {
        Self { min, max }
    }

    pub(crate) fn hull(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }

    pub(super) fn contains(self, value: i128) -> bool {
        self.min <= value && value <= self.max
    }

    pub(super) fn is_within(self, outer: Self) -> bool {
        outer.min <= self.min && self.max <= outer.max
    }

    pub(super) fn add(self, other: Self) -> Option<Self> {
        Some(Self { min: self.min.checked_add(other.min)?, max: self.max.checked_add(other.max)? })
    }

    pub(super) fn subtract(self, other: Self) -> Option<Self> {
        Some(Self { min: self.min.checked_sub(other.max)?, max: self.max.checked_sub(other.min)? })
    }

    pub(super) fn multiply(self, other: Self) -> Option<Self> {
        let mut corners = [(self.min, other.min), (self.min, other.max), (self.max, other.min), (self.max, other.max)]
            .into_iter()
            .map(|(left, right)| left.checked_mul(right));
        let first = corners.next()??;
        corners.try_fold(Self::new(first, first), |hull, corner| Some(hull.hull(Self::new(corner?, corner?))))
    }

    /// Times ten to the power of `digits`.
    pub(super) fn scale_up(self, digits: u32) -> Option<Self> {
        let factor = 10_i128.checked_pow(digits)?;
        Some(Self { min: self.min.checked_mul(factor)?, max: self.max.checked_mul(factor)? })
    }

    fn divide_outwards(self, divisor: i128) -> Self {
        Self { min: self.min.div_euclid(divisor) - 1, max: self.max.div_euclid(divisor) + 1 }
    }
}

/// What the type alone says; `None` for types without an integer behind them.
pub(super) fn of_type(data_type: &DataType) -> Option<Range> {
    let signed = |bits: u32| Range::new(-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1);
    let unsigned = |bits: u32| Range::new(0, (1_i128 << bits) - 1);
    Some(match data_type {
        DataType::Int8 => signed(8),
        DataType::Int16 => signed(16),
        DataType::Int32 | DataType::Date32 => signed(32),
        DataType::Int64 | DataType::Timestamp(..) => signed(64),
        DataType::UInt8 => unsigned(8),
        DataType::UInt16 => unsigned(16),
        DataType::UInt32 => unsigned(32),
        DataType::UInt64 => unsigned(64),
        DataType::Decimal128(precision, _) => {
            let largest = 10_i128.checked_pow(u32::from(*precision))? - 1;
            Range::new(-largest, largest)
        }
        _ => return None,
    })
}

pub(super) fn range(expr: &Expr, scope: &Scope) -> Result<Option<Range>> {
    let place = std::ptr::from_ref(expr);
    if let Some(known) = scope.ranges.borrow().get(&place) {
        return Ok(*known);
    }
    let found = find(expr, scope)?;
    scope.ranges.borrow_mut().insert(place, found);
    Ok(found)
}

fn find(expr: &Expr, scope: &Scope) -> Result<Option<Range>> {
    let Some(limits) = of_type(&expr.get_type(&scope.schema)?) else { return Ok(None) };
    let known = match expr {
        Expr::Alias(alias) => range(&alias.expr, scope)?,
        Expr::Column(column) => scope.fact(column).range,
        Expr::Literal(value, _) => of_value(value),
        Expr::Negative(expr) => range(expr, scope)?.and_then(|range| Range::new(0, 0).subtract(range)),
        Expr::Cast(cast) => match range(&cast.expr, scope)? {
            Some(range) => converted(range, &cast.expr.get_type(&scope.schema)?, cast.field.data_type()),
            None => None,
        },
        Expr::BinaryExpr(binary) => match (range(&binary.left, scope)?, range(&binary.right, scope)?) {
            (Some(left), Some(right)) => {
                let types = (binary.left.get_type(&scope.schema)?, binary.right.get_type(&scope.schema)?);
                computed(binary.op, (left, &types.0), (right, &types.1))
            }
            _ => None,
        },
        Expr::Case(case) => {
            let mut hull: Option<Range> = None;
            let otherwise = case.else_expr.as_deref();
            for branch in case.when_then_expr.iter().map(|(_, then)| then.as_ref()).chain(otherwise) {
                if matches!(branch, Expr::Literal(value, _) if value.is_null()) {
                    continue;
                }
                let Some(range) = range(branch, scope)? else { return Ok(Some(limits)) };
                hull = Some(hull.map_or(range, |hull| hull.hull(range)));
            }
            hull
        }
        Expr::ScalarFunction(call) => of_call(expr, call, scope)?,
        _ => None,
    };
    Ok(Some(known.filter(|known| known.is_within(limits)).unwrap_or(limits)))
}

fn of_call(expr: &Expr, call: &ScalarFunction, scope: &Scope) -> Result<Option<Range>> {
    let to = expr.get_type(&scope.schema)?;
    Ok(match (call.name(), call.args.as_slice()) {
        ("arrow_cast" | "arrow_try_cast" | "to_local_time", [from, ..]) => {
            let from_type = from.get_type(&scope.schema)?;
            range(from, scope)?.and_then(|range| converted(range, &from_type, &to))
        }
        // Truncation goes back by less than a year and two days, whatever the unit.
        ("date_trunc", [_, time]) if time.get_type(&scope.schema)? == to => {
            let year = ticks_per_day(&to).map(|ticks| 367 * ticks);
            range(time, scope)?.zip(year).map(|(range, year)| Range::new(range.min - year, range.max))
        }
        ("coalesce", [first, rest @ ..]) => {
            let mut hull = range(first, scope)?;
            for other in rest {
                hull = hull.zip(range(other, scope)?).map(|(hull, range)| hull.hull(range));
            }
            hull
        }
        _ => None,
    })
}

fn computed(
    op: Operator,
    (left, left_type): (Range, &DataType),
    (right, right_type): (Range, &DataType),
) -> Option<Range> {
    let (left, right) = match (left_type, right_type) {
        (DataType::Decimal128(..), DataType::Decimal128(..)) if op == Operator::Multiply => (left, right),
        (DataType::Decimal128(_, left_scale), DataType::Decimal128(_, right_scale)) => {
            aligned((left, *left_scale), (right, *right_scale))?
        }
        (left_type, right_type) if left_type.is_integer() && right_type.is_integer() => (left, right),
        _ => return None,
    };
    match op {
        Operator::Plus => left.add(right),
        Operator::Minus => left.subtract(right),
        Operator::Multiply => left.multiply(right),
        _ => None,
    }
}

/// Both at the larger scale, as the kernels do it.
pub(super) fn aligned((left, left_scale): (Range, i8), (right, right_scale): (Range, i8)) -> Option<(Range, Range)> {
    let scale = left_scale.max(right_scale);
    let digits = |own: i8| u32::try_from(i32::from(scale) - i32::from(own)).ok();
    Some((left.scale_up(digits(left_scale)?)?, right.scale_up(digits(right_scale)?)?))
}

/// The range after a conversion that succeeds.
pub(super) fn converted(range: Range, from: &DataType, to: &DataType) -> Option<Range> {
    match (from, to) {
        (from, to) if from == to => Some(range),
        (from, to) if from.is_integer() && to.is_integer() => Some(range),
        (from, DataType::Decimal128(_, scale)) if from.is_integer() => range.scale_up(u32::try_from(*scale).ok()?),
        (DataType::Decimal128(_, from), DataType::Decimal128(_, to)) => {
            match u32::try_from(i32::from(*to) - i32::from(*from)) {
                Ok(digits) => range.scale_up(digits),
                Err(_) => Some(range.divide_outwards(10_i128.checked_pow(from.abs_diff(*to).into())?)),
            }
        }
        // The clock of another zone is within a day.
        (DataType::Timestamp(_, from_zone), DataType::Timestamp(_, to_zone)) if from_zone != to_zone => {
            let day = ticks_per_day(to)?;
            ticks(range, ticks_per_day(from)?, day)?.add(Range::new(-day, day))
        }
        (from, to) => ticks(range, ticks_per_day(from)?, ticks_per_day(to)?),
    }
}

/// From ticks of one length to ticks of another, each given as their number in a day.
fn ticks(range: Range, from: i128, to: i128) -> Option<Range> {
    if to >= from { range.multiply(Range::new(to / from, to / from)) } else { Some(range.divide_outwards(from / to)) }
}

fn of_value(value: &ScalarValue) -> Option<Range> {
    let value = match value {
        ScalarValue::Int8(value) => i128::from((*value)?),
        ScalarValue::Int16(value) => i128::from((*value)?),
        ScalarValue::Int32(value) | ScalarValue::Date32(value) => i128::from((*value)?),
        ScalarValue::Int64(value)
        | ScalarValue::TimestampSecond(value, _)
        | ScalarValue::TimestampMillisecond(value, _)
        | ScalarValue::TimestampMicrosecond(value, _)
        | ScalarValue::TimestampNanosecond(value, _) => i128::from((*value)?),
        ScalarValue::UInt8(value) => i128::from((*value)?),
        ScalarValue::UInt16(value) => i128::from((*value)?),
        ScalarValue::UInt32(value) => i128::from((*value)?),
        ScalarValue::UInt64(value) => i128::from((*value)?),
        ScalarValue::Decimal128(value, _, _) => (*value)?,
        _ => return None,
    };
    Some(Range::new(value, value))
}

/// `None` for what is not a date or a timestamp.
fn ticks_per_day(data_type: &DataType) -> Option<i128> {
    Some(match data_type {
        DataType::Date32 => 1,
        DataType::Timestamp(TimeUnit::Second, _) => 86_400,
        DataType::Timestamp(TimeUnit::Millisecond, _) => 86_400_000,
        DataType::Timestamp(TimeUnit::Microsecond, _) => 86_400_000_000,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => 86_400_000_000_000,
        _ => return None,
    })
}

/// Whether a date or timestamp lies between the years 1700 and 2200, where every unit, every calendar and every zone works.
pub(super) fn is_ordinary_time(data_type: &DataType, range: Option<Range>) -> bool {
    const FIRST_DAY: i128 = -98_615;
    const LAST_DAY: i128 = 84_005;
    match (ticks_per_day(data_type), range) {
        (Some(ticks), Some(range)) => range.is_within(Range::new(FIRST_DAY * ticks, LAST_DAY * ticks)),
        _ => false,
    }
}
