use super::Query;
use crate::functions::Function;
use tessera_base::{NaiveDate, NaiveDateTime, Number, TimeZone, Value};

/// An expression over column references of type `C` (names of a model file before binding, columns of relations after),
/// whose subqueries read relations of type `R`; a snippet of a model file has none (`Infallible`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Expr<C, R = std::convert::Infallible> {
    Column(C),
    Literal(Literal),
    Unary { op: UnaryOp, expr: Box<Self> },
    Binary { op: BinaryOp, left: Box<Self>, right: Box<Self> },
    /// `all`: a conjunction; empty is true. Any other connective is `Any`; empty is false.
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    IsNull { expr: Box<Self>, negated: bool },
    IsTrue { expr: Box<Self>, negated: bool },
    Between { expr: Box<Self>, low: Box<Self>, high: Box<Self>, negated: bool },
    InList { expr: Box<Self>, list: Vec<Self>, negated: bool },
    Like { op: LikeOp, expr: Box<Self>, pattern: Box<Self>, negated: bool },
    Case { operand: Option<Box<Self>>, branches: Vec<(Self, Self)>, otherwise: Option<Box<Self>> },
    /// `try_`: null where the value does not convert.
    Cast { expr: Box<Self>, to: CastType, try_: bool },
    Function { function: &'static Function, args: Vec<Self>, distinct: bool, filter: Option<Box<Self>>, order_by: Vec<SortKey<C, R>>, over: Option<WindowSpec<C, R>> },
    /// `count(*)`, with its filter.
    CountRows { filter: Option<Box<Self>> },
    Extract { unit: TimeUnit, expr: Box<Self> },
    /// A naive time in `from`, as naive time in `to`.
    ConvertZone { expr: Box<Self>, from: TimeZone, to: TimeZone },
    Exists { query: Box<Query<R>>, negated: bool },
    InQuery { expr: Box<Self>, query: Box<Query<R>>, negated: bool },
    Scalar(Box<Query<R>>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SortKey<C, R = std::convert::Infallible> {
    pub expr: Expr<C, R>,
    pub descending: bool,
    pub nulls_first: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct WindowSpec<C, R = std::convert::Infallible> {
    pub partition_by: Vec<Expr<C, R>>,
    pub order_by: Vec<SortKey<C, R>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Literal {
    Null,
    Boolean(bool),
    Number(Number),
    String(String),
    Date(NaiveDate),
    Timestamp(NaiveDateTime),
    Interval { amount: i64, unit: TimeUnit },
}

impl From<&Value> for Literal {
    fn from(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::String(text.clone()),
            Value::Number(number) => Self::Number(number.clone()),
            Value::Boolean(boolean) => Self::Boolean(*boolean),
            Value::Date(date) => Self::Date(*date),
            Value::Timestamp(timestamp) => Self::Timestamp(*timestamp),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    Minus,
    Plus,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    Plus,
    Minus,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    IsDistinctFrom,
    IsNotDistinctFrom,
    Concat,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LikeOp {
    Like,
    ILike,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimeUnit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    /// Monday is 1, Sunday is 7.
    IsoDayOfWeek,
    DayOfYear,
}

/// The target types of a cast.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CastType {
    Boolean,
    SmallInt,
    Integer,
    BigInt,
    Real,
    Double,
    Decimal { precision: u8, scale: i8 },
    Text,
    Date,
    Timestamp,
}

impl<C, R: Clone> Expr<C, R> {
    pub fn literal(literal: Literal) -> Self {
        Self::Literal(literal)
    }

    pub fn binary(op: BinaryOp, left: Self, right: Self) -> Self {
        Self::Binary { op, left: Box::new(left), right: Box::new(right) }
    }

    pub fn call(function: &'static Function, args: Vec<Self>) -> Self {
        Self::Function { function, args, distinct: false, filter: None, order_by: Vec::new(), over: None }
    }

    /// The conjunction; true when empty, and without a wrapper when there is one.
    pub fn all(mut exprs: Vec<Self>) -> Self {
        if exprs.len() == 1 { exprs.remove(0) } else { Self::All(exprs) }
    }

    pub fn any(mut exprs: Vec<Self>) -> Self {
        if exprs.len() == 1 { exprs.remove(0) } else { Self::Any(exprs) }
    }

    pub fn is_not_null(self) -> Self {
        Self::IsNull { expr: Box::new(self), negated: true }
    }

    /// Rewrites every column reference; the first error wins. Subqueries are made after binding, so their own columns
    /// are already bound and stay as they are.
    pub fn try_map<D, E>(&self, map: &mut impl FnMut(&C) -> Result<Expr<D, R>, E>) -> Result<Expr<D, R>, E> {
        fn boxed<C, D, E, R: Clone>(expr: &Expr<C, R>, map: &mut impl FnMut(&C) -> Result<Expr<D, R>, E>) -> Result<Box<Expr<D, R>>, E> {
            Ok(Box::new(expr.try_map(map)?))
        }
        fn option<C, D, E, R: Clone>(expr: &Option<Box<Expr<C, R>>>, map: &mut impl FnMut(&C) -> Result<Expr<D, R>, E>) -> Result<Option<Box<Expr<D, R>>>, E> {
            expr.as_ref().map(|expr| boxed(expr, map)).transpose()
        }
        fn list<C, D, E, R: Clone>(exprs: &[Expr<C, R>], map: &mut impl FnMut(&C) -> Result<Expr<D, R>, E>) -> Result<Vec<Expr<D, R>>, E> {
            exprs.iter().map(|expr| expr.try_map(map)).collect()
        }
        fn keys<C, D, E, R: Clone>(keys: &[SortKey<C, R>], map: &mut impl FnMut(&C) -> Result<Expr<D, R>, E>) -> Result<Vec<SortKey<D, R>>, E> {
            keys.iter()
                .map(|key| Ok(SortKey { expr: key.expr.try_map(map)?, descending: key.descending, nulls_first: key.nulls_first }))
                .collect()
        }
        Ok(match self {
            Self::Column(column) => map(column)?,
            Self::Literal(literal) => Expr::Literal(literal.clone()),
            Self::Unary { op, expr } => Expr::Unary { op: *op, expr: boxed(expr, map)? },
            Self::Binary { op, left, right } => Expr::Binary { op: *op, left: boxed(left, map)?, right: boxed(right, map)? },
            Self::All(exprs) => Expr::All(list(exprs, map)?),
            Self::Any(exprs) => Expr::Any(list(exprs, map)?),
            Self::Not(expr) => Expr::Not(boxed(expr, map)?),
            Self::IsNull { expr, negated } => Expr::IsNull { expr: boxed(expr, map)?, negated: *negated },
            Self::IsTrue { expr, negated } => Expr::IsTrue { expr: boxed(expr, map)?, negated: *negated },
            Self::Between { expr, low, high, negated } => {
                Expr::Between { expr: boxed(expr, map)?, low: boxed(low, map)?, high: boxed(high, map)?, negated: *negated }
            }
            Self::InList { expr, list: items, negated } => {
                Expr::InList { expr: boxed(expr, map)?, list: list(items, map)?, negated: *negated }
            }
            Self::Like { op, expr, pattern, negated } => {
                Expr::Like { op: *op, expr: boxed(expr, map)?, pattern: boxed(pattern, map)?, negated: *negated }
            }
            Self::Case { operand, branches, otherwise } => Expr::Case {
                operand: option(operand, map)?,
                branches: branches.iter().map(|(when, then)| Ok((when.try_map(map)?, then.try_map(map)?))).collect::<Result<_, E>>()?,
                otherwise: option(otherwise, map)?,
            },
            Self::Cast { expr, to, try_ } => Expr::Cast { expr: boxed(expr, map)?, to: *to, try_: *try_ },
            Self::Function { function, args, distinct, filter, order_by, over } => Expr::Function {
                function,
                args: list(args, map)?,
                distinct: *distinct,
                filter: option(filter, map)?,
                order_by: keys(order_by, map)?,
                over: match over {
                    None => None,
                    Some(WindowSpec { partition_by, order_by }) => {
                        Some(WindowSpec { partition_by: list(partition_by, map)?, order_by: keys(order_by, map)? })
                    }
                },
            },
            Self::CountRows { filter } => Expr::CountRows { filter: option(filter, map)? },
            Self::Extract { unit, expr } => Expr::Extract { unit: *unit, expr: boxed(expr, map)? },
            Self::ConvertZone { expr, from, to } => Expr::ConvertZone { expr: boxed(expr, map)?, from: *from, to: *to },
            Self::Exists { query, negated } => Expr::Exists { query: query.clone(), negated: *negated },
            Self::InQuery { expr, query, negated } => Expr::InQuery { expr: boxed(expr, map)?, query: query.clone(), negated: *negated },
            Self::Scalar(query) => Expr::Scalar(query.clone()),
        })
    }

    /// Calls `visit` with every column reference outside subqueries, in order of appearance.
    pub fn for_each_column(&self, visit: &mut impl FnMut(&C)) {
        let seen: Result<Expr<(), R>, std::convert::Infallible> = self.try_map(&mut |column| {
            visit(column);
            Ok(Expr::Column(()))
        });
        let Ok(_) = seen;
    }
}
