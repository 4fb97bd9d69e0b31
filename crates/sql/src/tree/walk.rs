use super::{Expr, Query, SortKey, WindowSpec};

impl<C, R> Expr<C, R> {
    /// Calls `column` with every column reference outside subqueries, and `subquery` with every subquery, in order of
    /// appearance.
    pub(super) fn walk<'e>(&'e self, column: &mut impl FnMut(&'e C), subquery: &mut impl FnMut(&'e Query<R>)) {
        match self {
            Self::Column(reference) => column(reference),
            Self::Literal(_) => {}
            Self::Unary { op: _, expr }
            | Self::Not(expr)
            | Self::IsNull { expr, negated: _ }
            | Self::IsTrue { expr, negated: _ }
            | Self::Cast { expr, to: _, try_: _ }
            | Self::Extract { unit: _, expr }
            | Self::ConvertZone { expr, from: _, to: _ } => expr.walk(column, subquery),
            Self::Binary { op: _, left, right } => [left, right].iter().for_each(|side| side.walk(column, subquery)),
            Self::All(exprs) | Self::Any(exprs) => exprs.iter().for_each(|expr| expr.walk(column, subquery)),
            Self::Between { expr, low, high, negated: _ } => {
                [expr, low, high].iter().for_each(|part| part.walk(column, subquery));
            }
            Self::InList { expr, list, negated: _ } => {
                expr.walk(column, subquery);
                list.iter().for_each(|item| item.walk(column, subquery));
            }
            Self::Like { op: _, expr, pattern, negated: _ } => {
                [expr, pattern].iter().for_each(|part| part.walk(column, subquery));
            }
            Self::Case { operand, branches, otherwise } => {
                operand.iter().for_each(|operand| operand.walk(column, subquery));
                for (when, then) in branches {
                    when.walk(column, subquery);
                    then.walk(column, subquery);
                }
                otherwise.iter().for_each(|otherwise| otherwise.walk(column, subquery));
            }
            Self::Function { function: _, args, distinct: _, filter, order_by, over } => {
                args.iter().for_each(|argument| argument.walk(column, subquery));
                filter.iter().for_each(|filter| filter.walk(column, subquery));
                walk_keys(order_by, column, subquery);
                if let Some(WindowSpec { partition_by, order_by }) = over {
                    partition_by.iter().for_each(|part| part.walk(column, subquery));
                    walk_keys(order_by, column, subquery);
                }
            }
            Self::CountRows { filter } => filter.iter().for_each(|filter| filter.walk(column, subquery)),
            Self::Exists { query, negated: _ } | Self::Scalar(query) => subquery(query),
            Self::InQuery { expr, query, negated: _ } => {
                expr.walk(column, subquery);
                subquery(query);
            }
        }
    }

    /// Calls `visit` with every column reference outside subqueries, in order of appearance.
    pub fn for_each_column<'e>(&'e self, visit: &mut impl FnMut(&'e C)) {
        self.walk(visit, &mut |_| {});
    }
}

fn walk_keys<'e, C, R>(
    keys: &'e [SortKey<C, R>],
    column: &mut impl FnMut(&'e C),
    subquery: &mut impl FnMut(&'e Query<R>),
) {
    keys.iter().for_each(|key| key.expr.walk(column, subquery));
}
