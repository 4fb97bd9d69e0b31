//! `sql:` snippets of model files: one scalar expression over physical columns and `${…}` references.
mod literal;
mod lower;

use super::tokens::{self, Limits, SyntaxError};
use crate::tree::{Expr, Ident};
use sqlparser::{
    ast::Spanned,
    keywords::Keyword,
    tokenizer::{Location, Span, Token, TokenWithSpan, Word},
};

/// What a name in a snippet stands for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SnippetRef {
    /// A column of the view's own table; unquoted names are folded to lower case, as DataFusion does.
    Column(Ident),
    /// `${field}` or `${view.field}`.
    Field { view: Option<String>, field: String },
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct SnippetError {
    pub message: String,
    pub help: Option<String>,
    /// In bytes, from the start of the snippet.
    pub offset: usize,
}

/// Reads a snippet. `${…}` in a string literal, a quoted name or a comment is text, not a reference.
pub fn parse_snippet(text: &str) -> Result<Expr<SnippetRef>, SnippetError> {
    let refused =
        |SyntaxError { kind: _, message, help, at }| SnippetError { message, help, offset: offset_of(text, at) };
    let tokens = tokens::tokenize(text, Limits::SNIPPET).map_err(refused)?;
    let (tokens, references) = take_references(tokens).map_err(refused)?;
    let references: Vec<SnippetRef> = references.into_iter().map(|(reference, _)| reference).collect();
    let expr = tokens::parse_expression(tokens, Limits::SNIPPET).map_err(refused)?;
    lower::Lowering::new(&references).expr(&expr).map_err(|lower::Refused { message, help, at }| SnippetError {
        message,
        help,
        offset: offset_of(text, Some(at)),
    })
}

/// Replaces each `${view.field}` by a name that no text can hold, and returns what the names stand for: the name is a
/// control character, which the tokenizer has refused everywhere, and the reference's number.
pub(super) fn take_references(tokens: Vec<TokenWithSpan>) -> Result<(Vec<TokenWithSpan>, References), SyntaxError> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut references = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let opens = token.token == Token::Placeholder("$".to_owned())
            && tokens.next_if(|next| next.token == Token::LBrace && next.span.start == token.span.end).is_some();
        if !opens {
            kept.push(token);
            continue;
        }
        let mut inside = Vec::new();
        let closing = loop {
            match tokens.next() {
                Some(next) if next.token == Token::RBrace => break next,
                Some(next) if next.token != Token::EOF => inside.push(next.token),
                Some(_) | None => return Err(not_a_reference(token.span.start)),
            }
        };
        let reference = match inside.as_slice() {
            [Token::Word(field)] if is_plain(field) => SnippetRef::Field { view: None, field: field.value.clone() },
            [Token::Word(view), Token::Period, Token::Word(field)] if is_plain(view) && is_plain(field) => {
                SnippetRef::Field { view: Some(view.value.clone()), field: field.value.clone() }
            }
            _ => return Err(not_a_reference(token.span.start)),
        };
        let word = Word {
            value: format!("{REFERENCE_MARK}{}", references.len()),
            quote_style: Some('"'),
            keyword: Keyword::NoKeyword,
        };
        kept.push(TokenWithSpan {
            token: Token::Word(word),
            span: Span { start: token.span.start, end: closing.span.end },
        });
        references.push((reference, token.span.start));
    }
    Ok((kept, references))
}

/// With where each stands.
pub(super) type References = Vec<(SnippetRef, Location)>;

pub(super) const REFERENCE_MARK: char = '\u{1}';

fn is_plain(word: &Word) -> bool {
    word.quote_style.is_none()
}

fn not_a_reference(at: Location) -> SyntaxError {
    let mut error = SyntaxError::syntax("`${` does not open a reference", Some(at));
    error.help = Some("a reference is `${field}` or `${view.field}`".to_owned());
    error
}

/// Locations count characters from 1; an unknown one is the start.
fn offset_of(text: &str, at: Option<Location>) -> usize {
    let Some(Location { line, column }) = at.filter(|at| at.line > 0) else { return 0 };
    let line_index = usize::try_from(line - 1).unwrap_or(usize::MAX);
    let column_index = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    let line_start: usize = text.split_inclusive('\n').take(line_index).map(str::len).sum();
    let in_line = text.get(line_start..).unwrap_or_default();
    line_start + in_line.chars().take(column_index).map(char::len_utf8).sum::<usize>()
}

/// The place of a node, for a message about it.
fn place(node: &impl Spanned) -> Location {
    node.span().start
}

#[cfg(test)]
mod tests;
