use super::{
    StatementError,
    query::absent,
    types::data_type,
    walk::{Walk, Walked, place, shown},
};
use crate::functions;
use sqlparser::ast::{
    AccessExpr, Array, BinaryOperator, CaseWhen, CeilFloorKind, DateTimeField, Expr, Ident, Interval, Subscript,
    TrimWhereField, TypedString, UnaryOperator, Value, ValueWithSpan,
};

impl Walk {
    pub(super) fn exprs<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) -> Walked {
        exprs.into_iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Walked {
        match expr {
            Expr::Identifier(column) => self.column(column),
            Expr::CompoundIdentifier(path) => self.path(path),
            Expr::CompoundFieldAccess { root, access_chain } => {
                self.expr(root)?;
                access_chain.iter().try_for_each(|access| self.access(access, expr))
            }
            Expr::Nested(inner)
            | Expr::IsFalse(inner)
            | Expr::IsNotFalse(inner)
            | Expr::IsTrue(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsNull(inner)
            | Expr::IsNotNull(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotUnknown(inner) => self.expr(inner),
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                self.exprs([left.as_ref(), right.as_ref()])
            }
            Expr::InList { expr, list, negated: _ } => {
                self.expr(expr)?;
                self.exprs(list)
            }
            Expr::InSubquery { expr, subquery, negated: _ } => {
                self.expr(expr)?;
                self.query(subquery)
            }
            Expr::Between { expr, negated: _, low, high } => self.exprs([expr.as_ref(), low.as_ref(), high.as_ref()]),
            Expr::BinaryOp { left, op, right } => self.chain(left, op, right),
            Expr::Like { negated: _, any: false, expr, pattern, escape_char }
            | Expr::ILike { negated: _, any: false, expr, pattern, escape_char } => {
                if let Some(escape) = escape_char {
                    self.value(escape)?;
                }
                self.exprs([expr.as_ref(), pattern.as_ref()])
            }
            Expr::SimilarTo { negated: _, expr, pattern, escape_char: None } => {
                self.exprs([expr.as_ref(), pattern.as_ref()])
            }
            Expr::AnyOp { left, compare_op, right, is_some: _ } | Expr::AllOp { left, compare_op, right } => {
                operator(compare_op, expr)?;
                self.exprs([left.as_ref(), right.as_ref()])
            }
            Expr::UnaryOp { op: UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not, expr } => {
                self.expr(expr)
            }
            Expr::Cast { kind: _, expr: operand, data_type: to, array: false, format: None } => {
                data_type(to, place(expr))?;
                self.expr(operand)
            }
            Expr::AtTimeZone { timestamp, time_zone } => match time_zone.as_ref() {
                Expr::Value(zone) => {
                    self.value(zone)?;
                    self.expr(timestamp)
                }
                _ => absent(false, "a time zone that is not a literal", expr),
            },
            Expr::Extract { field: _, syntax: _, expr } => {
                self.special("date_part");
                self.expr(expr)
            }
            Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                self.special("ceil");
                self.expr(expr)
            }
            Expr::Floor { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                self.special("floor");
                self.expr(expr)
            }
            Expr::Position { expr, r#in } => {
                self.special("strpos");
                self.exprs([expr.as_ref(), r#in.as_ref()])
            }
            Expr::Substring { expr, substring_from, substring_for, special: _, shorthand: _ } => {
                self.special("substr");
                self.expr(expr)?;
                self.exprs(substring_from.as_deref())?;
                self.exprs(substring_for.as_deref())
            }
            Expr::Trim { expr, trim_where, trim_what, trim_characters } => {
                self.special(match trim_where {
                    None | Some(TrimWhereField::Both) => "btrim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                });
                self.expr(expr)?;
                self.exprs(trim_what.as_deref())?;
                self.exprs(trim_characters.iter().flatten())
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                self.special("overlay");
                self.exprs([expr.as_ref(), overlay_what.as_ref(), overlay_from.as_ref()])?;
                self.exprs(overlay_for.as_deref())
            }
            Expr::Value(value) => self.value(value),
            Expr::TypedString(TypedString { data_type: to, value, uses_odbc_syntax: false }) => {
                data_type(to, place(expr))?;
                self.value(value)
            }
            Expr::Interval(interval) => self.interval(interval, expr),
            Expr::Function(function) => self.function(function),
            Expr::Case { case_token: _, end_token: _, operand, conditions, else_result } => {
                self.exprs(operand.as_deref())?;
                for CaseWhen { condition, result } in conditions {
                    self.exprs([condition, result])?;
                }
                self.exprs(else_result.as_deref())
            }
            Expr::Exists { subquery, negated: _ } | Expr::Subquery(subquery) => self.query(subquery),
            Expr::Array(Array { elem, named: _ }) => {
                self.special("make_array");
                self.out_of_scope(|walk| walk.exprs(elem))
            }
            _ => Err(StatementError::refused(format!("`{}` is not supported", shown(expr)), place(expr))),
        }
    }

    /// A chain `a + b + c` leans to the left as deep as it is long: it is walked, not descended.
    fn chain(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Walked {
        let mut rights = vec![(op, right)];
        let mut rest = left;
        while let Expr::BinaryOp { left, op, right } = rest {
            rights.push((op, right));
            rest = left;
        }
        self.expr(rest)?;
        for (op, right) in rights.into_iter().rev() {
            operator(op, right)?;
            self.expr(right)?;
        }
        Ok(())
    }

    fn special(&mut self, name: &str) {
        if let Some(function) = functions::scalar(name) {
            self.calls(function);
        }
    }

    fn path(&mut self, path: &[Ident]) -> Walked {
        if let Some(variable) = path.iter().find(|part| part.quote_style.is_none() && part.value.starts_with('@')) {
            return self.column(variable);
        }
        path.last().map_or(Ok(()), |column| self.column(column))
    }

    fn access(&mut self, access: &AccessExpr, whole: &Expr) -> Walked {
        match access {
            AccessExpr::Dot(Expr::Identifier(_)) => Ok(()),
            AccessExpr::Dot(_) => absent(false, "this access to a field", whole),
            AccessExpr::Subscript(Subscript::Index { index }) => self.expr(index),
            AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride }) => {
                self.exprs(lower_bound)?;
                self.exprs(upper_bound)?;
                self.exprs(stride)
            }
        }
    }

    fn value(&mut self, value: &ValueWithSpan) -> Walked {
        let ValueWithSpan { value, span } = value;
        match value {
            Value::Null | Value::Boolean(_) => Ok(()),
            Value::Number(_, false)
            | Value::SingleQuotedString(_)
            | Value::EscapedStringLiteral(_)
            | Value::DollarQuotedString(_)
            | Value::HexStringLiteral(_) => {
                self.literals += 1;
                Ok(())
            }
            Value::Placeholder(name) => {
                Err(StatementError::refused(format!("`{name}` is a parameter, and there are none"), span.start))
            }
            value => {
                Err(StatementError::refused(format!("the literal `{}` is not supported", shown(value)), span.start))
            }
        }
    }

    fn interval(&mut self, interval: &Interval, whole: &Expr) -> Walked {
        let Interval {
            value,
            leading_field: _,
            leading_precision: None,
            last_field: None,
            fractional_seconds_precision: None,
        } = interval
        else {
            return absent(false, "a precision or a range of an interval", whole);
        };
        match value.as_ref() {
            Expr::Value(value) => self.value(value),
            Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } => match expr.as_ref() {
                Expr::Value(value) => self.value(value),
                _ => absent(false, "an interval that is not a literal", whole),
            },
            _ => absent(false, "an interval that is not a literal", whole),
        }
    }
}

fn operator(op: &BinaryOperator, node: &Expr) -> Walked {
    match op {
        BinaryOperator::Plus
        | BinaryOperator::Minus
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo
        | BinaryOperator::StringConcat
        | BinaryOperator::Gt
        | BinaryOperator::Lt
        | BinaryOperator::GtEq
        | BinaryOperator::LtEq
        | BinaryOperator::Eq
        | BinaryOperator::NotEq
        | BinaryOperator::And
        | BinaryOperator::Or
        | BinaryOperator::BitwiseOr
        | BinaryOperator::BitwiseAnd
        | BinaryOperator::PGRegexMatch
        | BinaryOperator::PGRegexIMatch
        | BinaryOperator::PGRegexNotMatch
        | BinaryOperator::PGRegexNotIMatch => Ok(()),
        op => absent(false, &format!("the operator `{op}`"), node),
    }
}
