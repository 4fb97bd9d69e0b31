//! From the parser's tree to ours. Every accepted node is taken apart without `..`: a field that a newer parser adds does
//! not compile until somebody has decided about it.
use super::{REFERENCE_MARK, SnippetRef, literal, place};
use crate::{
    functions::{self, Function, MAX_SIZE},
    tree::{BinaryOp, CastType, Expr, Ident, LikeOp, Literal, TimeUnit, UnaryOp},
};
use sqlparser::{
    ast::{
        self, BinaryOperator, CaseWhen, CastKind, CeilFloorKind, DataType, DateTimeField, ExactNumberInfo, FunctionArg,
        FunctionArgExpr, FunctionArgumentList, FunctionArguments, ObjectName, ObjectNamePart, TimezoneInfo,
        TrimWhereField, UnaryOperator,
    },
    tokenizer::Location,
};

pub(super) struct Refused {
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) at: Location,
}

impl Refused {
    pub(super) fn new(message: impl Into<String>, at: Location) -> Self {
        Self { message: message.into(), help: None, at }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

type Lowered = Result<Expr<SnippetRef>, Refused>;
type Boxed = Result<Box<Expr<SnippetRef>>, Refused>;

pub(super) struct Lowering<'a> {
    references: &'a [SnippetRef],
}

impl<'a> Lowering<'a> {
    pub(super) fn new(references: &'a [SnippetRef]) -> Self {
        Self { references }
    }

    pub(super) fn expr(&self, expr: &ast::Expr) -> Lowered {
        use ast::Expr as Node;
        Ok(match expr {
            Node::Identifier(ident) => Expr::Column(self.name(ident)?),
            Node::CompoundIdentifier(_) => {
                return Err(Refused::new("a column is named alone", place(expr)).help(
                    "write `column` for a column of this view's table, `${view.field}` for a field of another view",
                ));
            }
            Node::Nested(inner) => self.expr(inner)?,
            Node::Value(value) => Expr::Literal(literal::value(value)?),
            Node::TypedString(typed) => literal::typed(typed, cast_type(&typed.data_type, place(expr))?)?,
            Node::Interval(interval) => Expr::Literal(literal::interval(interval, place(expr))?),
            Node::UnaryOp { op, expr: operand } => self.unary(*op, operand, expr)?,
            Node::BinaryOp { left, op, right } => self.binary(left, op, right)?,
            Node::IsNull(operand) | Node::IsUnknown(operand) => {
                Expr::IsNull { expr: self.boxed(operand)?, negated: false }
            }
            Node::IsNotNull(operand) | Node::IsNotUnknown(operand) => {
                Expr::IsNull { expr: self.boxed(operand)?, negated: true }
            }
            Node::IsTrue(operand) => Expr::IsTrue { expr: self.boxed(operand)?, negated: false },
            Node::IsNotTrue(operand) => Expr::IsTrue { expr: self.boxed(operand)?, negated: true },
            Node::IsFalse(operand) => Expr::IsTrue { expr: self.not(operand)?, negated: false },
            Node::IsNotFalse(operand) => Expr::IsTrue { expr: self.not(operand)?, negated: true },
            Node::IsDistinctFrom(left, right) => {
                Expr::binary(BinaryOp::IsDistinctFrom, self.expr(left)?, self.expr(right)?)
            }
            Node::IsNotDistinctFrom(left, right) => {
                Expr::binary(BinaryOp::IsNotDistinctFrom, self.expr(left)?, self.expr(right)?)
            }
            Node::Between { expr: operand, negated, low, high } => Expr::Between {
                expr: self.boxed(operand)?,
                low: self.boxed(low)?,
                high: self.boxed(high)?,
                negated: *negated,
            },
            Node::InList { expr: operand, list, negated } => {
                Expr::InList { expr: self.boxed(operand)?, list: self.list(list)?, negated: *negated }
            }
            Node::Like { negated, any: false, expr: operand, pattern, escape_char: None } => Expr::Like {
                op: LikeOp::Like,
                expr: self.boxed(operand)?,
                pattern: self.boxed(pattern)?,
                negated: *negated,
            },
            Node::ILike { negated, any: false, expr: operand, pattern, escape_char: None } => Expr::Like {
                op: LikeOp::ILike,
                expr: self.boxed(operand)?,
                pattern: self.boxed(pattern)?,
                negated: *negated,
            },
            Node::Case { case_token: _, end_token: _, operand, conditions, else_result } => Expr::Case {
                operand: self.optional(operand.as_deref())?,
                branches: conditions
                    .iter()
                    .map(|CaseWhen { condition, result }| Ok((self.expr(condition)?, self.expr(result)?)))
                    .collect::<Result<_, Refused>>()?,
                otherwise: self.optional(else_result.as_deref())?,
            },
            Node::Cast { kind, expr: operand, data_type, array: false, format: None } => Expr::Cast {
                expr: self.boxed(operand)?,
                to: cast_type(data_type, place(expr))?,
                try_: match kind {
                    CastKind::Cast | CastKind::DoubleColon => false,
                    CastKind::TryCast | CastKind::SafeCast => true,
                },
            },
            Node::Extract { field, syntax: _, expr: operand } => self.extract(field, operand, expr)?,
            Node::Ceil { expr: operand, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                self.call("ceil", &[operand], expr)?
            }
            Node::Floor { expr: operand, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                self.call("floor", &[operand], expr)?
            }
            Node::Position { expr: searched, r#in } => self.call("strpos", &[r#in, searched], expr)?,
            Node::Substring { expr: operand, substring_from, substring_for, special: _, shorthand: _ } => {
                let start = match substring_from {
                    Some(start) => self.expr(start)?,
                    None => Expr::Literal(Literal::Number(1.into())),
                };
                let mut args = vec![self.expr(operand)?, start];
                args.extend(substring_for.as_deref().map(|length| self.expr(length)).transpose()?);
                Expr::call(scalar("substr", expr)?, args)
            }
            Node::Trim { expr: operand, trim_where, trim_what, trim_characters } => {
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "btrim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                };
                let mut args = vec![self.expr(operand)?];
                match (trim_what, trim_characters.as_deref()) {
                    (None, None) => {}
                    (Some(what), None) => args.push(self.expr(what)?),
                    (None, Some([what])) => args.push(self.expr(what)?),
                    _ => return Err(Refused::new("`TRIM` takes one set of characters", place(expr))),
                }
                Expr::call(scalar(name, expr)?, args)
            }
            Node::Overlay { expr: operand, overlay_what, overlay_from, overlay_for } => {
                let mut args = vec![self.expr(operand)?, self.expr(overlay_what)?, self.expr(overlay_from)?];
                args.extend(overlay_for.as_deref().map(|length| self.expr(length)).transpose()?);
                Expr::call(scalar("overlay", expr)?, args)
            }
            Node::Function(function) => self.function(function, expr)?,
            Node::Exists { .. } | Node::Subquery(_) | Node::InSubquery { .. } => {
                return Err(Refused::new("a subquery has no place in a model file", place(expr))
                    .help("declare a view on its table and a relationship, and refer to `${view.field}`"));
            }
            _ => return Err(Refused::new(format!("`{}` has no place in a model file", shown(expr)), place(expr))),
        })
    }

    fn boxed(&self, expr: &ast::Expr) -> Boxed {
        self.expr(expr).map(Box::new)
    }

    fn not(&self, expr: &ast::Expr) -> Boxed {
        Ok(Box::new(Expr::Not(self.boxed(expr)?)))
    }

    fn optional(&self, expr: Option<&ast::Expr>) -> Result<Option<Box<Expr<SnippetRef>>>, Refused> {
        expr.map(|expr| self.boxed(expr)).transpose()
    }

    fn list(&self, exprs: &[ast::Expr]) -> Result<Vec<Expr<SnippetRef>>, Refused> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn name(&self, ident: &ast::Ident) -> Result<SnippetRef, Refused> {
        let ast::Ident { value, quote_style, span } = ident;
        if let Some(number) = value.strip_prefix(REFERENCE_MARK) {
            let reference = number.parse::<usize>().ok().and_then(|number| self.references.get(number));
            return reference.cloned().ok_or_else(|| Refused::new("unknown reference", span.start));
        }
        if value.starts_with('@') && quote_style.is_none() {
            return Err(Refused::new(format!("`{value}` is a variable, which a model file does not have"), span.start));
        }
        let folded = if quote_style.is_some() { value.clone() } else { value.to_ascii_lowercase() };
        Ident::new(folded).map(SnippetRef::Column).map_err(|error| Refused::new(error.to_string(), span.start))
    }

    fn unary(&self, op: UnaryOperator, operand: &ast::Expr, whole: &ast::Expr) -> Lowered {
        Ok(match op {
            UnaryOperator::Not => Expr::Not(self.boxed(operand)?),
            UnaryOperator::Plus => Expr::Unary { op: UnaryOp::Plus, expr: self.boxed(operand)? },
            UnaryOperator::Minus => Expr::Unary { op: UnaryOp::Minus, expr: self.boxed(operand)? },
            op => {
                return Err(Refused::new(format!("the operator `{op}` is not available in model files"), place(whole)));
            }
        })
    }

    fn binary(&self, left: &ast::Expr, op: &BinaryOperator, right: &ast::Expr) -> Lowered {
        let op = match op {
            BinaryOperator::And => return Ok(Expr::All(self.operands(left, op, right)?)),
            BinaryOperator::Or => return Ok(Expr::Any(self.operands(left, op, right)?)),
            BinaryOperator::Plus => BinaryOp::Plus,
            BinaryOperator::Minus => BinaryOp::Minus,
            BinaryOperator::Multiply => BinaryOp::Multiply,
            BinaryOperator::Divide => BinaryOp::Divide,
            BinaryOperator::Modulo => BinaryOp::Modulo,
            BinaryOperator::Eq => BinaryOp::Equal,
            BinaryOperator::NotEq => BinaryOp::NotEqual,
            BinaryOperator::Lt => BinaryOp::Less,
            BinaryOperator::LtEq => BinaryOp::LessOrEqual,
            BinaryOperator::Gt => BinaryOp::Greater,
            BinaryOperator::GtEq => BinaryOp::GreaterOrEqual,
            BinaryOperator::StringConcat => BinaryOp::Concat,
            op => {
                return Err(Refused::new(format!("the operator `{op}` is not available in model files"), place(right)));
            }
        };
        Ok(Expr::binary(op, self.expr(left)?, self.expr(right)?))
    }

    /// `a AND b AND c` parses to the left; it is one conjunction of three.
    fn operands(
        &self,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
    ) -> Result<Vec<Expr<SnippetRef>>, Refused> {
        let mut operands = vec![right];
        let mut rest = left;
        while let ast::Expr::BinaryOp { left, op: inner, right } = rest {
            if inner != op {
                break;
            }
            operands.push(right);
            rest = left;
        }
        operands.push(rest);
        operands.into_iter().rev().map(|operand| self.expr(operand)).collect()
    }

    fn extract(&self, field: &DateTimeField, operand: &ast::Expr, whole: &ast::Expr) -> Lowered {
        let unit = match field {
            DateTimeField::Year | DateTimeField::Years => TimeUnit::Year,
            DateTimeField::Quarter => TimeUnit::Quarter,
            DateTimeField::Month | DateTimeField::Months => TimeUnit::Month,
            DateTimeField::Week(None) | DateTimeField::Weeks => TimeUnit::Week,
            DateTimeField::Day | DateTimeField::Days => TimeUnit::Day,
            DateTimeField::Hour | DateTimeField::Hours => TimeUnit::Hour,
            DateTimeField::Minute | DateTimeField::Minutes => TimeUnit::Minute,
            DateTimeField::Second | DateTimeField::Seconds => TimeUnit::Second,
            DateTimeField::Isodow => TimeUnit::IsoDayOfWeek,
            DateTimeField::Doy => TimeUnit::DayOfYear,
            field => {
                return Err(Refused::new(format!("`{field}` cannot be extracted"), place(whole))
                    .help("year, quarter, month, week, day, hour, minute, second, isodow and doy can"));
            }
        };
        Ok(Expr::Extract { unit, expr: self.boxed(operand)? })
    }

    fn call(&self, name: &str, args: &[&ast::Expr], whole: &ast::Expr) -> Lowered {
        let args = args.iter().map(|arg| self.expr(arg)).collect::<Result<_, _>>()?;
        Ok(Expr::call(scalar(name, whole)?, args))
    }

    fn function(&self, function: &ast::Function, whole: &ast::Expr) -> Lowered {
        let ast::Function { name, uses_odbc_syntax, parameters, args, filter, null_treatment, over, within_group } =
            function;
        let at = place(whole);
        let name = function_name(name, at)?;
        let plain = !uses_odbc_syntax
            && matches!(parameters, FunctionArguments::None)
            && filter.is_none()
            && null_treatment.is_none()
            && over.is_none()
            && within_group.is_empty();
        let aggregates = functions::scalar(&name).is_none()
            && (functions::aggregate(&name).is_some() || functions::window(&name).is_some());
        if aggregates || !plain {
            return Err(Refused::new(format!("`{name}` aggregates, and a snippet is about one row"), at)
                .help("a measure says how it aggregates: `aggregate_type: sum`"));
        }
        let function = scalar(&name, whole)?;
        let args = match args {
            FunctionArguments::None => &[],
            FunctionArguments::List(FunctionArgumentList { duplicate_treatment: None, args, clauses })
                if clauses.is_empty() =>
            {
                args.as_slice()
            }
            FunctionArguments::List(_) | FunctionArguments::Subquery(_) => {
                return Err(Refused::new(format!("the arguments of `{name}` are more than a list"), at));
            }
        };
        let args = args
            .iter()
            .map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) => self.expr(arg),
                _ => Err(Refused::new(format!("`{name}` takes arguments by position"), at)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        for position in function.size_arguments {
            if args.get(*position).is_some_and(|arg| !is_small_literal(arg)) {
                return Err(Refused::new(
                    format!("the size that `{name}` makes must be a literal of at most {MAX_SIZE}"),
                    at,
                ));
            }
        }
        Ok(Expr::call(function, args))
    }
}

fn is_small_literal(expr: &Expr<SnippetRef>) -> bool {
    match expr {
        Expr::Literal(Literal::Number(number)) => number.to_i64().is_some_and(|size| size.unsigned_abs() <= MAX_SIZE),
        Expr::Unary { op: UnaryOp::Minus | UnaryOp::Plus, expr } => is_small_literal(expr),
        _ => false,
    }
}

fn function_name(name: &ObjectName, at: Location) -> Result<String, Refused> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(ast::Ident { value, quote_style: None, span: _ })] => {
            Ok(value.to_ascii_lowercase())
        }
        [ObjectNamePart::Identifier(ast::Ident { value, quote_style: Some(_), span: _ })] => Ok(value.clone()),
        _ => Err(Refused::new(format!("unknown function `{name}`"), at)),
    }
}

fn scalar(name: &str, whole: &ast::Expr) -> Result<&'static Function, Refused> {
    functions::scalar(name).ok_or_else(|| Refused::new(format!("unknown function `{name}`"), place(whole)))
}

fn cast_type(data_type: &DataType, at: Location) -> Result<CastType, Refused> {
    let decimal = |precision: u64, scale: i64| match (u8::try_from(precision), i8::try_from(scale)) {
        (Ok(precision @ 1..=76), Ok(scale)) if (0..=i64::from(precision)).contains(&i64::from(scale)) => {
            Ok(CastType::Decimal { precision, scale })
        }
        _ => Err(Refused::new(format!("`{data_type}` is not a decimal type"), at)
            .help("at most 76 digits, `DECIMAL(18, 2)`")),
    };
    match data_type {
        DataType::Boolean | DataType::Bool => Ok(CastType::Boolean),
        DataType::SmallInt(None) | DataType::Int2(None) => Ok(CastType::SmallInt),
        DataType::Int(None) | DataType::Integer(None) | DataType::Int4(None) => Ok(CastType::Integer),
        DataType::BigInt(None) | DataType::Int8(None) => Ok(CastType::BigInt),
        DataType::Real | DataType::Float4 | DataType::Float(ExactNumberInfo::None) => Ok(CastType::Real),
        DataType::Double(ExactNumberInfo::None) | DataType::DoublePrecision | DataType::Float8 => Ok(CastType::Double),
        // DataFusion's own defaults: 38 digits, 10 of them after the point; none after it where only a precision is given.
        DataType::Numeric(ExactNumberInfo::None) | DataType::Decimal(ExactNumberInfo::None) => decimal(38, 10),
        DataType::Numeric(ExactNumberInfo::Precision(precision))
        | DataType::Decimal(ExactNumberInfo::Precision(precision)) => decimal(*precision, 0),
        DataType::Numeric(ExactNumberInfo::PrecisionAndScale(precision, scale))
        | DataType::Decimal(ExactNumberInfo::PrecisionAndScale(precision, scale)) => decimal(*precision, *scale),
        DataType::Text | DataType::Varchar(None) | DataType::Char(None) | DataType::String(None) => Ok(CastType::Text),
        DataType::Date => Ok(CastType::Date),
        DataType::Timestamp(None, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => Ok(CastType::Timestamp),
        data_type => Err(Refused::new(format!("the type `{data_type}` is not available in model files"), at)
            .help("boolean, smallint, int, bigint, real, double, decimal(p, s), text, date and timestamp are")),
    }
}

/// The start of a node's text, for a message.
fn shown(expr: &ast::Expr) -> String {
    expr.to_string().chars().take(60).collect()
}
