//! Raw SQL: limits, then the parser, then a walk over every node. What is not understood is refused, with its place.
mod expr;
mod function;
mod query;
mod relation;
mod types;
mod view_query;
mod walk;

pub use view_query::{QueryColumn, ViewQuery, parse_view_query};

use super::{
    Ast,
    tokens::{self, Limits, SyntaxError, SyntaxErrorKind},
};
use crate::{print::SqlText, tree::Ident};
use sqlparser::{
    ast::Statement,
    tokenizer::{Location, TokenWithSpan},
};
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
    /// The last part of each column's name, for a message about it.
    pub columns: Vec<(String, Option<Position>)>,
    /// A `*` in a select list, or a natural join: every column of what it stands for is read.
    pub has_wildcard: bool,
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

/// Line and column, from 1, in characters.
pub type Position = (u64, u64);

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
    Syntax,
    /// Understood, but not offered; or a function that is not reviewed, or not there.
    Refused,
    /// Over a limit of size, number or nesting.
    TooLarge,
}

impl TableName {
    /// The schema as the engine resolves it: a bare name is in `main`.
    pub fn schema_or_main(&self) -> Ident {
        self.schema.clone().unwrap_or_else(Ident::main_schema)
    }
}

/// Who made a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Author {
    Person,
    /// May call the function of hash masks: its calls come from governed bodies only.
    Printer,
}

/// Checks a statement that a person wrote.
pub fn check_statement(text: &str) -> Result<CheckedStatement, StatementError> {
    check(text, Limits::STATEMENT, Author::Person)
}

/// Reads back what our own printer made, as the engine will: by the same parser and the same walk.
pub fn check_printed(text: &SqlText) -> Result<CheckedStatement, StatementError> {
    check(text.as_str(), Limits::OWN, Author::Printer)
}

fn check(text: &str, limits: Limits, author: Author) -> Result<CheckedStatement, StatementError> {
    let tokens = tokens::tokenize(text, limits)?;
    check_tokens(tokens, limits, author)
}

fn check_tokens(
    tokens: Vec<TokenWithSpan>,
    limits: Limits,
    author: Author,
) -> Result<CheckedStatement, StatementError> {
    let query = tokens::parse_query(tokens, limits)?;
    let mut walk = Walk::new(author);
    walk.query(&query)?;
    let Walk { tables, functions, volatile, columns, has_wildcard, literals, scope: _, in_select_list: _, author: _ } =
        walk;
    let ast = Ast(Box::new(Statement::Query(Box::new(query))));
    Ok(CheckedStatement { ast, tables, functions, volatile, columns, has_wildcard, literals })
}

/// The parser writes line 0 where it does not know.
fn position(Location { line, column }: Location) -> Option<Position> {
    (line > 0).then_some((line, column))
}

impl From<SyntaxError> for StatementError {
    fn from(SyntaxError { kind, message, help, at }: SyntaxError) -> Self {
        let kind = match kind {
            SyntaxErrorKind::Syntax => StatementErrorKind::Syntax,
            SyntaxErrorKind::TooLarge => StatementErrorKind::TooLarge,
        };
        Self { kind, message, help, position: at.and_then(position) }
    }
}

impl StatementError {
    fn new(kind: StatementErrorKind, message: impl Into<String>, at: Location) -> Self {
        Self { kind, message: message.into(), help: None, position: position(at) }
    }

    fn refused(message: impl Into<String>, at: Location) -> Self {
        Self::new(StatementErrorKind::Refused, message, at)
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[cfg(test)]
mod tests;
