use super::{SnippetRef, lower::Refused};
use crate::tree::{CastType, Expr, Literal, TimeUnit};
use sqlparser::{
    ast::{self, DateTimeField, TypedString, UnaryOperator, Value as Node, ValueWithSpan},
    tokenizer::Location,
};
use tessera_base::{Value, ValueType};

pub(super) fn value(value: &ValueWithSpan) -> Result<Literal, Refused> {
    let ValueWithSpan { value, span } = value;
    match value {
        Node::Null => Ok(Literal::Null),
        Node::Boolean(boolean) => Ok(Literal::Boolean(*boolean)),
        Node::SingleQuotedString(text) | Node::EscapedStringLiteral(text) => Ok(Literal::String(text.clone())),
        Node::Number(text, false) => text
            .parse()
            .map(Literal::Number)
            .map_err(|error: tessera_base::ParseNumberError| Refused::new(error.to_string(), span.start)),
        Node::Placeholder(name) => {
            Err(Refused::new(format!("`{name}` is a parameter, which a model file does not have"), span.start)
                .help("a reference is `${field}` or `${view.field}`"))
        }
        value => Err(Refused::new(format!("`{value}` is not a literal of model files"), span.start)
            .help("write a string in single quotes")),
    }
}

/// `DATE '2026-01-31'`. A date or timestamp that cannot be read is refused here, not by the engine in somebody's query.
pub(super) fn typed(typed: &TypedString, to: CastType) -> Result<Expr<SnippetRef>, Refused> {
    let TypedString { data_type: _, value: ValueWithSpan { value, span }, uses_odbc_syntax } = typed;
    let text = match value {
        Node::SingleQuotedString(text) if !uses_odbc_syntax => text,
        _ => return Err(Refused::new("a typed literal is a string in single quotes", span.start)),
    };
    let read = |wanted| Value::parse(text, wanted).map_err(|error| Refused::new(error.to_string(), span.start));
    Ok(match to {
        CastType::Date => Expr::Literal(Literal::from(&read(ValueType::Date)?)),
        CastType::Timestamp => Expr::Literal(Literal::from(&read(ValueType::Timestamp)?)),
        to => Expr::Cast { expr: Box::new(Expr::Literal(Literal::String(text.clone()))), to, try_: false },
    })
}

/// `INTERVAL '3 months'`, `INTERVAL '3' MONTH` or `INTERVAL 3 MONTH`: one whole amount of one unit.
pub(super) fn interval(interval: &ast::Interval, at: Location) -> Result<Literal, Refused> {
    let refused =
        || Refused::new("an interval is one whole number of one unit", at).help("write `INTERVAL '3 months'`");
    let ast::Interval {
        value,
        leading_field,
        leading_precision: None,
        last_field: None,
        fractional_seconds_precision: None,
    } = interval
    else {
        return Err(refused());
    };
    let (negative, value) = match value.as_ref() {
        ast::Expr::UnaryOp { op: UnaryOperator::Minus, expr } => (true, expr.as_ref()),
        value => (false, value),
    };
    let text = match value {
        ast::Expr::Value(ValueWithSpan {
            value: Node::SingleQuotedString(text) | Node::Number(text, false),
            span: _,
        }) => text,
        _ => return Err(refused()),
    };
    let mut words = text.split_whitespace();
    let amount: i64 = words.next().and_then(|word| word.parse().ok()).ok_or_else(refused)?;
    let unit = match (leading_field, words.next()) {
        (None, None) => TimeUnit::Second,
        (None, Some(word)) => unit_of(word).ok_or_else(refused)?,
        (Some(field), None) => unit_of(&plain(field)).ok_or_else(refused)?,
        (Some(_), Some(_)) => return Err(refused()),
    };
    if words.next().is_some() {
        return Err(refused());
    }
    let amount = if negative { amount.checked_neg().ok_or_else(refused)? } else { amount };
    Ok(Literal::Interval { amount, unit })
}

fn plain(field: &DateTimeField) -> String {
    field.to_string()
}

fn unit_of(word: &str) -> Option<TimeUnit> {
    Some(match word.to_ascii_lowercase().as_str() {
        "second" | "seconds" => TimeUnit::Second,
        "minute" | "minutes" => TimeUnit::Minute,
        "hour" | "hours" => TimeUnit::Hour,
        "day" | "days" => TimeUnit::Day,
        "week" | "weeks" => TimeUnit::Week,
        "month" | "months" => TimeUnit::Month,
        "quarter" | "quarters" => TimeUnit::Quarter,
        "year" | "years" => TimeUnit::Year,
        _ => return None,
    })
}
