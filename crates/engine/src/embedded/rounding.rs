//! The places of `round`, which decide about the type of a decimal.
//!
//! DataFusion 55 reads them from a literal. It puts a cast around the literal before it looks at what the rounded value is
//! compared with, and takes the cast away after: then the two sides are of different types.
use super::expressions::Rewriting;
use datafusion::common::{ScalarValue, tree_node::Transformed};
use datafusion::logical_expr::Expr;

/// Before the rule that puts casts around arguments.
pub(super) const LITERAL_PLACES: Rewriting =
    Rewriting { name: "literal_places", change: |expr, _| Ok(without_cast(expr)) };

fn without_cast(mut expr: Expr) -> Transformed<Expr> {
    if let Expr::ScalarFunction(call) = &mut expr
        && call.name() == "round"
        && let [_, Expr::Literal(places, _)] = call.args.as_mut_slice()
        && let ScalarValue::Int64(Some(wide)) = places
        && let Ok(narrow) = i32::try_from(*wide)
    {
        *places = ScalarValue::Int32(Some(narrow));
        return Transformed::yes(expr);
    }
    Transformed::no(expr)
}
