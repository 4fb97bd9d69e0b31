//! Doubles are compared as doubles.
//!
//! DataFusion 55 compares a double with a decimal, as every number with a point is, by making a decimal of the double: that
//! fails for NaN, infinity and large numbers, and makes equals of unequal ones. It is the decimal that becomes a double.
use super::expressions::Rewriting;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result, tree_node::Transformed};
use datafusion::logical_expr::{BinaryExpr, Case, Cast, Expr, ExprSchemable, Operator, lit};

/// The functions that give one of their arguments.
const CHOICES: [&str; 5] = ["coalesce", "greatest", "least", "nullif", "nvl"];

pub(super) const FLOAT_COMPARISON: Rewriting = Rewriting { name: "float_comparison", change: compared };

fn compared(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_comparison(op) => {
            let [left, right] = alike([*left, *right], schema)?;
            Ok(Transformed::yes(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), op, Box::new(right)))))
        }
        Expr::Between(mut between) => {
            let [expr, low, high] = alike([*between.expr, *between.low, *between.high], schema)?;
            (between.expr, between.low, between.high) = (Box::new(expr), Box::new(low), Box::new(high));
            Ok(Transformed::yes(Expr::Between(between)))
        }
        Expr::InList(mut list) => {
            let mut all = std::mem::take(&mut list.list);
            all.insert(0, *list.expr);
            let mut all = all_alike(all, schema)?.into_iter().map(|expr| without_sign_of_zero(expr, schema));
            list.expr = Box::new(all.next().transpose()?.unwrap_or_default());
            list.list = all.collect::<Result<_>>()?;
            Ok(Transformed::yes(Expr::InList(list)))
        }
        Expr::ScalarFunction(mut call) if CHOICES.contains(&call.name()) => {
            call.args = all_alike(call.args, schema)?;
            Ok(Transformed::yes(Expr::ScalarFunction(call)))
        }
        Expr::Case(case) => Ok(Transformed::yes(Expr::Case(results_alike(case, schema)?))),
        other => Ok(Transformed::no(other)),
    }
}

fn is_comparison(op: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, IsDistinctFrom, IsNotDistinctFrom, Lt, LtEq, NotEq};
    matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq | IsDistinctFrom | IsNotDistinctFrom)
}

fn results_alike(case: Case, schema: &DFSchema) -> Result<Case> {
    let Case { expr, when_then_expr, else_expr } = case;
    let (whens, thens): (Vec<_>, Vec<_>) = when_then_expr.into_iter().unzip();
    // With an operand, it is compared with what stands after each WHEN.
    let (expr, whens) = match expr {
        None => (None, whens),
        Some(operand) => {
            let mut all = all_alike(std::iter::once(operand).chain(whens).map(|expr| *expr).collect(), schema)?;
            let operand = all.remove(0);
            (Some(Box::new(operand)), all.into_iter().map(Box::new).collect())
        }
    };
    let has_else = else_expr.is_some();
    let results = thens.into_iter().chain(else_expr).map(|result| *result).collect();
    let mut results = all_alike(results, schema)?;
    let else_expr = if has_else { results.pop().map(Box::new) } else { None };
    let when_then_expr = whens.into_iter().zip(results.into_iter().map(Box::new)).collect();
    Ok(Case { expr, when_then_expr, else_expr })
}

fn alike<const N: usize>(exprs: [Expr; N], schema: &DFSchema) -> Result<[Expr; N]> {
    let mut alike = all_alike(exprs.to_vec(), schema)?.into_iter();
    Ok(exprs.map(|expr| alike.next().unwrap_or(expr)))
}

/// Decimals beside doubles, as doubles.
fn all_alike(exprs: Vec<Expr>, schema: &DFSchema) -> Result<Vec<Expr>> {
    let types = exprs.iter().map(|expr| expr.get_type(schema)).collect::<Result<Vec<_>>>()?;
    if !types.iter().any(DataType::is_floating) {
        return Ok(exprs);
    }
    let double = |(expr, of): (Expr, DataType)| match of.is_decimal() {
        true => Expr::Cast(Cast::new(Box::new(expr), DataType::Float64)),
        false => expr,
    };
    Ok(exprs.into_iter().zip(types).map(double).collect())
}

/// A long list is looked up by its bits, of which a negative zero has others.
fn without_sign_of_zero(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    Ok(if expr.get_type(schema)?.is_floating() { expr + lit(0.0) } else { expr })
}
