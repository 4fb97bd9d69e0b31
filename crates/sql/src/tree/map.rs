use super::{ColumnRef, Cte, Expr, Join, Query, Relation, Select, SelectItem, SetBody, SortKey, Source, WindowSpec};
use std::convert::Infallible;

type Mapped<T, E> = Result<T, E>;

impl<C, R> Expr<C, R> {
    /// Rewrites every column reference by `map` and every subquery by `subquery`; the first error wins.
    pub fn try_map_into<D, S, E>(
        &self,
        map: &mut impl FnMut(&C) -> Result<Expr<D, S>, E>,
        subquery: &mut impl FnMut(&Query<R>) -> Result<Query<S>, E>,
    ) -> Mapped<Expr<D, S>, E> {
        let mut mapper = Mapper { column: map, subquery };
        mapper.expr(self)
    }
}

struct Mapper<'a, M, Q> {
    column: &'a mut M,
    subquery: &'a mut Q,
}

impl<M, Q> Mapper<'_, M, Q> {
    fn expr<C, D, R, S, E>(&mut self, expr: &Expr<C, R>) -> Mapped<Expr<D, S>, E>
    where
        M: FnMut(&C) -> Result<Expr<D, S>, E>,
        Q: FnMut(&Query<R>) -> Result<Query<S>, E>,
    {
        Ok(match expr {
            Expr::Column(column) => (self.column)(column)?,
            Expr::Literal(literal) => Expr::Literal(literal.clone()),
            Expr::Unary { op, expr } => Expr::Unary { op: *op, expr: self.boxed(expr)? },
            Expr::Binary { op, left, right } => {
                Expr::Binary { op: *op, left: self.boxed(left)?, right: self.boxed(right)? }
            }
            Expr::All(exprs) => Expr::All(self.list(exprs)?),
            Expr::Any(exprs) => Expr::Any(self.list(exprs)?),
            Expr::Not(expr) => Expr::Not(self.boxed(expr)?),
            Expr::IsNull { expr, negated } => Expr::IsNull { expr: self.boxed(expr)?, negated: *negated },
            Expr::IsTrue { expr, negated } => Expr::IsTrue { expr: self.boxed(expr)?, negated: *negated },
            Expr::Between { expr, low, high, negated } => Expr::Between {
                expr: self.boxed(expr)?,
                low: self.boxed(low)?,
                high: self.boxed(high)?,
                negated: *negated,
            },
            Expr::InList { expr, list, negated } => {
                Expr::InList { expr: self.boxed(expr)?, list: self.list(list)?, negated: *negated }
            }
            Expr::Like { op, expr, pattern, negated } => {
                Expr::Like { op: *op, expr: self.boxed(expr)?, pattern: self.boxed(pattern)?, negated: *negated }
            }
            Expr::Case { operand, branches, otherwise } => Expr::Case {
                operand: self.option(operand)?,
                branches: branches
                    .iter()
                    .map(|(when, then)| Ok((self.expr(when)?, self.expr(then)?)))
                    .collect::<Result<_, E>>()?,
                otherwise: self.option(otherwise)?,
            },
            Expr::Cast { expr, to, try_ } => Expr::Cast { expr: self.boxed(expr)?, to: *to, try_: *try_ },
            Expr::Function { function, args, distinct, filter, order_by, over } => Expr::Function {
                function,
                args: self.list(args)?,
                distinct: *distinct,
                filter: self.option(filter)?,
                order_by: self.keys(order_by)?,
                over: match over {
                    None => None,
                    Some(WindowSpec { partition_by, order_by }) => {
                        Some(WindowSpec { partition_by: self.list(partition_by)?, order_by: self.keys(order_by)? })
                    }
                },
            },
            Expr::CountRows { filter } => Expr::CountRows { filter: self.option(filter)? },
            Expr::Extract { unit, expr } => Expr::Extract { unit: *unit, expr: self.boxed(expr)? },
            Expr::ConvertZone { expr, from, to } => Expr::ConvertZone { expr: self.boxed(expr)?, from: *from, to: *to },
            Expr::Exists { query, negated } => {
                Expr::Exists { query: Box::new((self.subquery)(query)?), negated: *negated }
            }
            Expr::InQuery { expr, query, negated } => {
                Expr::InQuery { expr: self.boxed(expr)?, query: Box::new((self.subquery)(query)?), negated: *negated }
            }
            Expr::Scalar(query) => Expr::Scalar(Box::new((self.subquery)(query)?)),
        })
    }

    fn boxed<C, D, R, S, E>(&mut self, expr: &Expr<C, R>) -> Mapped<Box<Expr<D, S>>, E>
    where
        M: FnMut(&C) -> Result<Expr<D, S>, E>,
        Q: FnMut(&Query<R>) -> Result<Query<S>, E>,
    {
        self.expr(expr).map(Box::new)
    }

    fn option<C, D, R, S, E>(&mut self, expr: &Option<Box<Expr<C, R>>>) -> Mapped<Option<Box<Expr<D, S>>>, E>
    where
        M: FnMut(&C) -> Result<Expr<D, S>, E>,
        Q: FnMut(&Query<R>) -> Result<Query<S>, E>,
    {
        expr.as_ref().map(|expr| self.boxed(expr)).transpose()
    }

    fn list<C, D, R, S, E>(&mut self, exprs: &[Expr<C, R>]) -> Mapped<Vec<Expr<D, S>>, E>
    where
        M: FnMut(&C) -> Result<Expr<D, S>, E>,
        Q: FnMut(&Query<R>) -> Result<Query<S>, E>,
    {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn keys<C, D, R, S, E>(&mut self, keys: &[SortKey<C, R>]) -> Mapped<Vec<SortKey<D, S>>, E>
    where
        M: FnMut(&C) -> Result<Expr<D, S>, E>,
        Q: FnMut(&Query<R>) -> Result<Query<S>, E>,
    {
        let key = |key: &SortKey<C, R>| {
            Ok(SortKey { expr: self.expr(&key.expr)?, descending: key.descending, nulls_first: key.nulls_first })
        };
        keys.iter().map(key).collect()
    }
}

impl<R> Query<R> {
    /// The same query over other relations.
    pub fn map_relations<S>(&self, map: &impl Fn(&R) -> S) -> Query<S> {
        let Self { ctes, body, order_by, limit } = self;
        Query {
            ctes: ctes.iter().map(|cte| Cte { name: cte.name.clone(), query: cte.query.map_relations(map) }).collect(),
            body: match body {
                SetBody::Select(select) => SetBody::Select(Box::new(select.map_relations(map))),
                SetBody::UnionAll(selects) => {
                    SetBody::UnionAll(selects.iter().map(|select| select.map_relations(map)).collect())
                }
            },
            order_by: order_by
                .iter()
                .map(|SortKey { expr, descending, nulls_first }| SortKey {
                    expr: over(expr, map),
                    descending: *descending,
                    nulls_first: *nulls_first,
                })
                .collect(),
            limit: *limit,
        }
    }
}

impl<R> Select<R> {
    fn map_relations<S>(&self, map: &impl Fn(&R) -> S) -> Select<S> {
        let Self { distinct, items, from, joins, filter, group_by, having } = self;
        Select {
            distinct: *distinct,
            items: items
                .iter()
                .map(|item| SelectItem { expr: over(&item.expr, map), alias: item.alias.clone() })
                .collect(),
            from: from.as_ref().map(|source| source.map_relations(map)),
            joins: joins.iter().map(|join| join.map_relations(map)).collect(),
            filter: filter.as_ref().map(|expr| over(expr, map)),
            group_by: group_by.iter().map(|expr| over(expr, map)).collect(),
            having: having.as_ref().map(|expr| over(expr, map)),
        }
    }
}

impl<R> Source<R> {
    fn map_relations<S>(&self, map: &impl Fn(&R) -> S) -> Source<S> {
        let relation = match &self.relation {
            Relation::Named(name) => Relation::Named(map(name)),
            Relation::Cte(name) => Relation::Cte(name.clone()),
            Relation::Sub(query) => Relation::Sub(Box::new(query.map_relations(map))),
        };
        Source { relation, alias: self.alias.clone() }
    }
}

impl<R> Join<R> {
    fn map_relations<S>(&self, map: &impl Fn(&R) -> S) -> Join<S> {
        let Self { kind, source, inner, on } = self;
        Join {
            kind: *kind,
            source: source.map_relations(map),
            inner: inner.iter().map(|join| join.map_relations(map)).collect(),
            on: over(on, map),
        }
    }
}

fn over<R, S>(expr: &Expr<ColumnRef, R>, map: &impl Fn(&R) -> S) -> Expr<ColumnRef, S> {
    let mapped: Result<_, Infallible> =
        expr.try_map_into(&mut |column| Ok(Expr::Column(column.clone())), &mut |query| Ok(query.map_relations(map)));
    let Ok(expr) = mapped;
    expr
}
