//! The engine's own grammar: exactly the parser that DataFusion uses.
mod dialect;
pub mod snippet;
pub mod statement;
mod tokens;

pub use snippet::{SnippetError, SnippetRef, parse_snippet};
pub use statement::{
    CheckedStatement, StatementError, StatementErrorKind, TableName, ViewQuery, check_printed, check_statement,
    parse_view_query,
};

/// A statement that has been read and checked: one query, of allowed nodes only.
#[derive(Clone, Debug)]
pub struct Ast(pub(crate) Box<sqlparser::ast::Statement>);

impl Ast {
    pub fn statement(&self) -> &sqlparser::ast::Statement {
        &self.0
    }
}
