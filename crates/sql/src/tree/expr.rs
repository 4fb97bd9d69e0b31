use super::Query;
use crate::functions::Function;
use tessera_base::{NaiveDate, NaiveDateTime, Number, TimeZone, Value};

/// An expression over column references of type `C` (names of a model file before binding, columns of relations after),
/// whose subqueries read relations of type `R`; a snippet of a model file has none (`Infallible`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Expr<C, R = std::convert::Infallible> {
    Column(C),
    Literal(Literal),
    Unary {
        op: UnaryOp,
        expr: Box<Self>,
    },
    Binary {
        op: BinaryOp,
        left: Box<Self>,
        right: Box<Self>,
    },
    /// `all`: a conjunction; empty is true. Any other connective is `Any`; empty is false.
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    IsNull {
        expr: Box<Self>,
        negated: bool,
    },
    IsTrue {
        expr: Box<Self>,
        negated: bool,
    },
    Between {
        expr: Box<Self>,
        low: Box<Self>,
        high: Box<Self>,
        negated: bool,
    },
    InList {
        expr: Box<Self>,
        list: Vec<Self>,
        negated: bool,
    },
    Like {
        op: LikeOp,
        expr: Box<Self>,
        pattern: Box<Self>,
        negated: bool,
    },
    Case {
        operand: Option<Box<Self>>,
        branches: Vec<(Self, Self)>,
        otherwise: Option<Box<Self>>,
    },
    /// `try_`: null where the value does not convert.
    Cast {
        expr: Box<Self>,
        to: CastType,
        try_: bool,
    },
    Function {
        function: &'static Function,
        args: Vec<Self>,
        distinct: bool,
        filter: Option<Box<Self>>,
        order_by: Vec<SortKey<C, R>>,
        over: Option<WindowSpec<C, R>>,
    },
    /// `count(*)`, with its filter.
    CountRows {
        filter: Option<Box<Self>>,
    },
    Extract {
        unit: TimeUnit,
        expr: Box<Self>,
    },
    /// A naive time in `from`, as naive time in `to`.
    ConvertZone {
        expr: Box<Self>,
        from: TimeZone,
        to: TimeZone,
    },
    Exists {
        query: Box<Query<R>>,
        negated: bool,
    },
    InQuery {
        expr: Box<Self>,
        query: Box<Query<R>>,
        negated: bool,
    },
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
    /// Of floating-point numbers, so that integers are not cut off; null where the divisor is 0.
    Divide,
    /// Null where the divisor is 0.
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
        self.try_map_into(map, &mut |query| Ok(query.clone()))
    }
}
