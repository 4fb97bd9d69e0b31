//! DataFusion's errors in our words. Its own list the names that would have been valid and quote values.
use crate::{EngineError, EngineErrorKind};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DataFusionError, SchemaError};
use datafusion::sql::sqlparser::ast::{Expr, Ident, Statement, visit_expressions};
use std::ops::ControlFlow;
use tessera_query::Position;

/// Of planning what a person wrote.
pub(super) fn of_statement(error: &DataFusionError, statement: &Statement) -> EngineError {
    let rejection = match root(error) {
        DataFusionError::SchemaError(error, _) => of_name(error, statement),
        DataFusionError::NotImplemented(_) => {
            EngineError::rejected("the statement uses something that is not supported")
        }
        DataFusionError::Plan(text) => EngineError::rejected(of_text(text)),
        DataFusionError::ResourcesExhausted(_) => EngineError::new(EngineErrorKind::TooLarge),
        _ => EngineError::rejected("the engine cannot run this statement"),
    };
    rejection.caused_by(error)
}

/// Of running it.
pub(super) fn of_run(error: &DataFusionError) -> EngineError {
    let failed = |operation: Option<&str>| EngineErrorKind::Failed { operation: operation.map(str::to_owned) };
    let of_arrow = |error: &ArrowError| match error {
        ArrowError::CastError(_) | ArrowError::ParseError(_) => failed(Some("a conversion")),
        ArrowError::DivideByZero => failed(Some("a division")),
        ArrowError::ArithmeticOverflow(_) => failed(Some("an arithmetic operation")),
        ArrowError::ParquetError(_) | ArrowError::IoError(..) | ArrowError::IpcError(_) => {
            EngineErrorKind::Unavailable { relation: None }
        }
        ArrowError::MemoryError(_) => EngineErrorKind::TooLarge,
        _ => failed(None),
    };
    let kind = match root(error) {
        DataFusionError::ResourcesExhausted(_) => EngineErrorKind::TooLarge,
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
            EngineErrorKind::Unavailable { relation: None }
        }
        DataFusionError::ArrowError(error, _) => of_arrow(error),
        DataFusionError::Execution(text) if text.contains("ubquery") => failed(Some("a scalar subquery")),
        _ => failed(None),
    };
    EngineError::new(kind).caused_by(error)
}

fn root(error: &DataFusionError) -> &DataFusionError {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => root(inner),
        DataFusionError::Shared(inner) => root(inner),
        DataFusionError::Collection(errors) => errors.first().map_or(error, root),
        DataFusionError::External(inner) => match inner.downcast_ref() {
            Some(inner) => root(inner),
            None => error,
        },
        DataFusionError::ArrowError(inner, _) => match inner.as_ref() {
            ArrowError::ExternalError(inner) => inner.downcast_ref().map_or(error, root),
            _ => error,
        },
        _ => error,
    }
}

fn of_name(error: &SchemaError, statement: &Statement) -> EngineError {
    let (name, what) = match error {
        SchemaError::FieldNotFound { field, .. } => (&field.name, "unknown column"),
        SchemaError::AmbiguousReference { field } => (&field.name, "more than one relation has the column"),
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
            (name, "two columns have the name")
        }
    };
    match written(name, statement) {
        Some(ident) => EngineError::new(EngineErrorKind::Rejected {
            message: format!("{what} `{}`", ident.value),
            help: None,
            position: position(&ident),
        }),
        None => EngineError::rejected("a column of the statement is unknown or ambiguous"),
    }
}

/// The identifier of that name as the person wrote it.
fn written(name: &str, statement: &Statement) -> Option<Ident> {
    let is_it = |ident: &Ident| match ident.quote_style {
        Some(_) => ident.value == name,
        None => ident.value.to_lowercase() == name,
    };
    let found = visit_expressions(statement, |expr| {
        let ident = match expr {
            Expr::Identifier(ident) => Some(ident),
            Expr::CompoundIdentifier(idents) => idents.last(),
            _ => None,
        };
        match ident {
            Some(ident) if is_it(ident) => ControlFlow::Break(ident.clone()),
            _ => ControlFlow::Continue(()),
        }
    });
    found.break_value()
}

fn position(ident: &Ident) -> Option<Position> {
    let start = ident.span.start;
    (start.line > 0).then_some(Position { line: start.line, column: start.column })
}

/// What a message of the planner is about, by words that are in all messages of its kind.
fn of_text(text: &str) -> &'static str {
    const KNOWN: &[(&str, &str)] = &[
        ("GROUP BY", "a column is neither grouped by nor in an aggregate"),
        ("non-aggregate", "a column is neither grouped by nor in an aggregate"),
        ("HAVING", "the condition after HAVING needs an aggregate or a grouped column"),
        ("number of columns", "the parts of a set operation have different numbers of columns"),
        ("ORDER BY", "a sort key is not in the result"),
        ("function", "the arguments of a function have the wrong types or number"),
        ("coerc", "the types of an operation do not fit together"),
        ("common argument type", "the types of an operation do not fit together"),
        ("Unsupported CAST", "a value cannot be converted to that type"),
        ("unique expression names", "two columns of the result have one name; `AS` gives one of them another"),
        ("subquery", "a subquery cannot stand where it does"),
        ("Subquery", "a subquery cannot stand where it does"),
    ];
    let known = KNOWN.iter().find(|(words, _)| text.contains(words));
    known.map_or("the engine cannot make sense of this statement", |(_, message)| message)
}
