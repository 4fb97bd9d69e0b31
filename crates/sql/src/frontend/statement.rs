//! Raw SQL: limits, then the parser, then a walk over every node. What is not understood is refused, with its place.
mod expr;
mod function;
mod query;
mod relation;
mod types;
mod walk;

use super::{
    Ast,
    tokens::{self, Limits, SyntaxError, SyntaxErrorKind},
};
use crate::{print::SqlText, tree::Ident};
use sqlparser::{ast::Statement, tokenizer::Location};
use std::collections::BTreeSet;
use walk::Walk;

/// One query of nodes, functions and types that have been reviewed. Its names are not bound yet.
#[derive(Clone, Debug)]
pub struct CheckedStatement {
    pub ast: Ast,
    /// Every relation that is not a common table expression where it stands, in order, repeated as often as it is named.
    pub tables: Vec<TableName>,
    /// The engine's names of the functions that the statement calls, special forms (`EXTRACT`) included.
    pub functions: BTreeSet<&'static str>,
    /// Those of them whose answer differs from call to call, or with the clock.
    pub volatile: BTreeSet<&'static str>,
    pub columns: Vec<ColumnName>,
    /// How many strings and numbers the statement holds.
    pub literals: usize,
}

/// The name of a relation as the engine will look it up: unquoted parts folded to lower case.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TableName {
    pub schema: Option<Ident>,
    pub name: Ident,
    pub position: Option<Position>,
}

/// The last part of a column's name, for a message about it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ColumnName {
    pub name: String,
    pub position: Option<Position>,
}

/// 1-based, counted in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    pub line: u64,
    pub column: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct StatementError {
    pub kind: StatementErrorKind,
    pub message: String,
    pub help: Option<String>,
    pub position: Option<Position>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatementErrorKind {
    /// Not in the engine's grammar, or not a query.
    Invalid,
    /// A function that is not reviewed, or is not there.
    Unknown,
    /// Understood, but not offered.
    Unsupported,
    /// Over a limit of size, number or nesting.
    TooLarge,
}

/// What a text of our own printer is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnText {
    /// A query over governed relations.
    Query,
    /// The body of a governed relation, which may call the function of hash masks.
    Body,
}

/// Checks a statement that a person wrote.
pub fn check_statement(text: &str) -> Result<CheckedStatement, StatementError> {
    check(text, Limits::STATEMENT, OwnText::Query)
}

/// Reads back what our own printer made, as the engine will: by the same parser and the same walk.
pub fn parse_own(text: &SqlText, kind: OwnText) -> Result<CheckedStatement, StatementError> {
    check(text.as_str(), Limits::OWN, kind)
}

fn check(text: &str, limits: Limits, kind: OwnText) -> Result<CheckedStatement, StatementError> {
    let tokens = tokens::tokenize(text, limits)?;
    let query = tokens::parse_query(tokens, limits)?;
    let mut walk = Walk::new(kind);
    walk.query(&query)?;
    let Walk { tables, functions, volatile, columns, literals, scope: _, in_select_list: _, kind: _ } = walk;
    let ast = Ast(Box::new(Statement::Query(Box::new(query))));
    Ok(CheckedStatement { ast, tables, functions, volatile, columns, literals })
}

impl Position {
    /// The parser writes line 0 where it does not know.
    fn of(Location { line, column }: Location) -> Option<Self> {
        (line > 0).then_some(Self { line, column })
    }
}

impl From<SyntaxError> for StatementError {
    fn from(SyntaxError { kind, message, help, at }: SyntaxError) -> Self {
        let kind = match kind {
            SyntaxErrorKind::Syntax => StatementErrorKind::Invalid,
            SyntaxErrorKind::TooLarge => StatementErrorKind::TooLarge,
        };
        Self { kind, message, help, position: at.and_then(Position::of) }
    }
}

impl StatementError {
    fn new(kind: StatementErrorKind, message: impl Into<String>, at: Location) -> Self {
        Self { kind, message: message.into(), help: None, position: Position::of(at) }
    }

    fn unsupported(what: impl Into<String>, at: Location) -> Self {
        Self::new(StatementErrorKind::Unsupported, what, at)
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[cfg(test)]
mod tests;
