//! Comparisons have their column on the left.
//!
//! DataFusion 55 takes `a = 1 AND 1 = a` for two different demands on `a`, and keeps `a >= 1` of `a >= 1 AND 1 < a`, where
//! it pushes filters down: a rule says one, and a person's statement the other.
use super::expressions::Rewriting;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::{BinaryExpr, Expr};

/// The last of the rules: the others put casts around either side.
pub(super) const COLUMNS_LEFT: Rewriting = Rewriting { name: "columns_left", change: |expr, _| Ok(turned(expr)) };

fn turned(expr: Expr) -> Transformed<Expr> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if !left.any_column_refs() && right.any_column_refs() => {
            match op.swap().filter(|_| op.supports_propagation()) {
                Some(op) => Transformed::yes(Expr::BinaryExpr(BinaryExpr::new(right, op, left))),
                None => Transformed::no(Expr::BinaryExpr(BinaryExpr::new(left, op, right))),
            }
        }
        other => Transformed::no(other),
    }
}
