//! Which binary operators cannot fail on the values they get.
use super::{
    Scope,
    range::{self, Range, is_ordinary_time, range},
    total_if, without_casts,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};
use tessera_sql::functions::Totality;

pub(super) fn totality(binary: &BinaryExpr, scope: &Scope) -> Result<Totality> {
    Ok(match binary.op {
        Operator::Eq
        | Operator::NotEq
        | Operator::Lt
        | Operator::LtEq
        | Operator::Gt
        | Operator::GtEq
        | Operator::And
        | Operator::Or
        | Operator::IsDistinctFrom
        | Operator::IsNotDistinctFrom
        | Operator::StringConcat
        | Operator::BitwiseAnd
        | Operator::BitwiseOr
        | Operator::BitwiseXor => Totality::Total,
        Operator::LikeMatch | Operator::ILikeMatch | Operator::NotLikeMatch | Operator::NotILikeMatch => {
            total_if(matches!(without_casts(&binary.right), Expr::Literal(..)))
        }
        Operator::Plus | Operator::Minus | Operator::Multiply | Operator::Divide | Operator::Modulo => {
            arithmetic(binary, scope)?
        }
        _ => Totality::Partial,
    })
}

fn arithmetic(binary: &BinaryExpr, scope: &Scope) -> Result<Totality> {
    let left = (binary.left.get_type(&scope.schema)?, range(&binary.left, scope)?);
    let right = (binary.right.get_type(&scope.schema)?, range(&binary.right, scope)?);
    let divides = matches!(binary.op, Operator::Divide | Operator::Modulo);
    Ok(total_if(match (&left.0, &right.0) {
        (left, right) if left.is_floating() && right.is_floating() => true,
        // Sums and products wrap. The smallest integer divided by -1 overflows.
        (left_type, right_type) if left_type.is_integer() && right_type.is_integer() => {
            !divides
                || (is_not_zero(&binary.right, right.1, scope)? && !right.1.is_some_and(|right| right.contains(-1)))
        }
        (DataType::Decimal128(_, left_scale), DataType::Decimal128(_, right_scale)) => {
            let (Some(left), Some(right)) = (left.1, right.1) else { return Ok(Totality::Partial) };
            let fits = decimal_fits(binary.op, (left, *left_scale), (right, *right_scale)).is_some();
            fits && (!divides || is_not_zero(&binary.right, Some(right), scope)?)
        }
        (DataType::Date32 | DataType::Timestamp(..), DataType::Interval(_)) if !divides => {
            is_ordinary_time(&left.0, left.1) && is_short_interval(&binary.right)
        }
        (DataType::Interval(_), DataType::Date32 | DataType::Timestamp(..)) if !divides => {
            is_ordinary_time(&right.0, right.1) && is_short_interval(&binary.left)
        }
        (DataType::Date32 | DataType::Timestamp(..), DataType::Date32 | DataType::Timestamp(..)) if !divides => {
            is_ordinary_time(&left.0, left.1) && is_ordinary_time(&right.0, right.1)
        }
        _ => false,
    }))
}

/// Whether every step of the kernel stays within the 128 bits that it computes in; it checks nothing else.
fn decimal_fits(op: Operator, left: (Range, i8), right: (Range, i8)) -> Option<()> {
    match op {
        Operator::Plus => range::aligned(left, right).and_then(|(left, right)| left.add(right))?,
        Operator::Minus => range::aligned(left, right).and_then(|(left, right)| left.subtract(right))?,
        Operator::Multiply => left.0.multiply(right.0)?,
        Operator::Modulo => range::aligned(left, right)?.0,
        Operator::Divide => {
            // The quotient has four digits more than the dividend.
            let scale = left.1.saturating_add(4).min(38);
            let digits = i32::from(scale) - i32::from(left.1) + i32::from(right.1);
            match u32::try_from(digits) {
                Ok(digits) => left.0.scale_up(digits)?,
                Err(_) => right.0.scale_up(digits.unsigned_abs())?,
            }
        }
        _ => return None,
    };
    Some(())
}

fn is_not_zero(divisor: &Expr, range: Option<Range>, scope: &Scope) -> Result<bool> {
    let excluded = match divisor {
        // `nullif(x, 0)` is null instead.
        Expr::ScalarFunction(call) if call.name() == "nullif" => {
            matches!(call.args.get(1).map(without_casts), Some(Expr::Literal(value, _)) if is_zero(value))
        }
        Expr::Cast(cast) if keeps_digits(&cast.expr.get_type(&scope.schema)?, cast.field.data_type()) => {
            is_not_zero(&cast.expr, None, scope)?
        }
        _ => false,
    };
    Ok(excluded || range.is_some_and(|range| !range.contains(0)))
}

/// Whether a cast cannot round to zero.
fn keeps_digits(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Decimal128(_, from), DataType::Decimal128(_, to)) => from <= to,
        (from, to) => from.is_integer() && (to.is_integer() || matches!(to, DataType::Decimal128(_, 0..))),
    }
}

fn is_zero(value: &ScalarValue) -> bool {
    !value.is_null() && ScalarValue::new_zero(&value.data_type()).is_ok_and(|zero| zero == *value)
}

/// Less than a hundred years.
fn is_short_interval(expr: &Expr) -> bool {
    let (months, days, nanoseconds) = match expr {
        Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(interval)), _) => {
            (interval.months, interval.days, interval.nanoseconds)
        }
        Expr::Literal(ScalarValue::IntervalDayTime(Some(interval)), _) => {
            (0, interval.days, i64::from(interval.milliseconds))
        }
        Expr::Literal(ScalarValue::IntervalYearMonth(Some(months)), _) => (*months, 0, 0),
        _ => return false,
    };
    const DAY_NANOSECONDS: u64 = 86_400_000_000_000;
    months.unsigned_abs() < 400 && days.unsigned_abs() < 12_000 && nanoseconds.unsigned_abs() < 12_000 * DAY_NANOSECONDS
}
