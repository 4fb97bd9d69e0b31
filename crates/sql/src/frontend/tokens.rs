//! Text to tokens, within limits that are counted before the parser runs.
use super::dialect::EngineDialect;
use sqlparser::{
    ast::{Expr, Query},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Word},
};

/// What a text may hold. Planning time grows with the square of a chain of operators, and nesting is stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) size_bytes: usize,
    /// Operators, set operations, common table expressions and subqueries together.
    pub(super) operators: usize,
    pub(super) nesting: usize,
}

impl Limits {
    pub(super) const STATEMENT: Self = Self { size_bytes: 64 * 1024, operators: 500, nesting: 50 };
    pub(super) const SNIPPET: Self = Self { size_bytes: 16 * 1024, operators: 200, nesting: 40 };
    /// Of text that our own printer made: it parenthesises every node, a rule may list thousands of
    /// values, and no chain of operators is long.
    pub(super) const OWN: Self = Self { size_bytes: 4 * 1024 * 1024, operators: 50_000, nesting: 200 };
}

/// Why a text does not become a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SyntaxError {
    pub(super) kind: SyntaxErrorKind,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) at: Option<Location>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SyntaxErrorKind {
    Syntax,
    TooLarge,
}

impl SyntaxError {
    pub(super) fn syntax(message: impl Into<String>, at: Option<Location>) -> Self {
        Self { kind: SyntaxErrorKind::Syntax, message: message.into(), help: None, at }
    }

    fn too_large(message: impl Into<String>, at: Option<Location>) -> Self {
        Self { kind: SyntaxErrorKind::TooLarge, message: message.into(), help: None, at }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

pub(super) fn tokenize(text: &str, limits: Limits) -> Result<Vec<TokenWithSpan>, SyntaxError> {
    if text.len() > limits.size_bytes {
        return Err(SyntaxError::too_large(
            format!("the text has {} bytes; at most {} are read", text.len(), limits.size_bytes),
            None,
        ));
    }
    if let Some(character) = text.chars().find(|character| character.is_control() && !"\t\n\r".contains(*character)) {
        return Err(SyntaxError::syntax(
            format!("the text holds the control character U+{:04X}", u32::from(character)),
            None,
        ));
    }
    let tokens = Tokenizer::new(&EngineDialect, text)
        .tokenize_with_location()
        .map_err(|error| SyntaxError::syntax(lowercase_start(&error.message), Some(error.location)))?;
    count(&tokens, limits)?;
    Ok(tokens)
}

fn count(tokens: &[TokenWithSpan], limits: Limits) -> Result<(), SyntaxError> {
    let (mut operators, mut type_nesting) = (0_usize, 0_usize);
    // For each open bracket, whether the parser may read what is inside twice.
    let mut open: Vec<bool> = Vec::new();
    let mut previous = &Token::EOF;
    let mut words = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_)));
    while let Some(TokenWithSpan { token, span }) = words.next() {
        let mut following = words.clone().map(|following| &following.token);
        let (next, after_next) = (following.next(), following.next());
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                let after_marked = matches!(previous, Token::LParen) && open.last() == Some(&true);
                open.push(may_be_read_twice(previous, next, after_marked));
            }
            Token::RParen | Token::RBracket | Token::RBrace => drop(open.pop()),
            token if is_operator(token) => operators += 1,
            _ => {}
        }
        // Types nest without brackets that the parser counts.
        if [Keyword::ARRAY, Keyword::STRUCT, Keyword::MAP].iter().any(|word| is_word(token, *word)) {
            type_nesting += usize::from(matches!(next, Some(Token::Lt)));
        }
        if is_word(token, Keyword::INTERVAL) && !may_follow_interval(next, after_next) {
            return Err(SyntaxError::syntax("`INTERVAL` needs a literal", Some(span.start))
                .help("write `INTERVAL '1 day'`; a column of this name needs double quotes"));
        }
        let read_twice = open.iter().filter(|twice| **twice).count();
        if open.len() > limits.nesting || type_nesting > MAX_TYPE_NESTING || read_twice > MAX_READ_TWICE {
            return Err(too_deep(limits, Some(span.start)));
        }
        if operators > limits.operators {
            return Err(SyntaxError::too_large(
                format!("more than {} operators, set operations and subqueries", limits.operators),
                Some(span.start),
            )
            .help("a list of values belongs into `IN (…)`"));
        }
        previous = token;
    }
    Ok(())
}

const MAX_TYPE_NESTING: usize = 8;
/// Each level doubles the time at worst.
const MAX_READ_TWICE: usize = 5;

fn is_word(token: &Token, wanted: Keyword) -> bool {
    matches!(token, Token::Word(Word { value: _, quote_style: None, keyword }) if *keyword == wanted)
}

/// Where the parser tries one reading first and, if that fails anywhere inside, another: `POSITION(a IN b)` before a plain
/// call, and a query before a join behind the parentheses of `FROM ((`.
fn may_be_read_twice(previous: &Token, next: Option<&Token>, after_marked: bool) -> bool {
    let in_from = is_word(previous, Keyword::FROM)
        || is_word(previous, Keyword::JOIN)
        || matches!(previous, Token::Comma)
        || after_marked;
    is_word(previous, Keyword::POSITION) || (in_from && matches!(next, Some(Token::LParen)))
}

/// The parser reads an interval as a typed literal first, and then once more. A literal, with a sign or without; or the end of a cast to an interval.
fn may_follow_interval(next: Option<&Token>, after_next: Option<&Token>) -> bool {
    match next {
        Some(Token::Minus | Token::Plus) => {
            matches!(after_next, Some(Token::SingleQuotedString(_) | Token::Number(_, _)))
        }
        Some(
            Token::SingleQuotedString(_)
            | Token::Number(_, _)
            | Token::RParen
            | Token::Comma
            | Token::SemiColon
            | Token::EOF,
        )
        | None => true,
        Some(_) => false,
    }
}

/// Everything that makes a node of a tree deeper or wider, except lists.
fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(Word { value: _, quote_style: None, keyword }) => matches!(
            keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::XOR
                | Keyword::NOT
                | Keyword::LIKE
                | Keyword::ILIKE
                | Keyword::SIMILAR
                | Keyword::BETWEEN
                | Keyword::IN
                | Keyword::IS
                | Keyword::CASE
                | Keyword::WHEN
                | Keyword::CAST
                | Keyword::TRY_CAST
                | Keyword::AT
                | Keyword::INTERVAL
                | Keyword::SELECT
                | Keyword::FROM
                | Keyword::WITH
                | Keyword::VALUES
                | Keyword::TABLE
                | Keyword::JOIN
                | Keyword::UNION
                | Keyword::INTERSECT
                | Keyword::EXCEPT
                | Keyword::MINUS
                | Keyword::OVER
        ),
        Token::Word(Word { value: _, quote_style: Some(_), keyword: _ }) => false,
        Token::EOF
        | Token::Number(_, _)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::EscapedStringLiteral(_)
        | Token::Comma
        | Token::Whitespace(_)
        | Token::LParen
        | Token::RParen
        | Token::LBracket
        | Token::RBracket
        | Token::LBrace
        | Token::RBrace
        | Token::Period
        | Token::SemiColon
        | Token::Placeholder(_) => false,
        _ => true,
    }
}

/// Exactly one query, with or without a semicolon. Nothing but a query is even parsed.
pub(super) fn parse_query(tokens: Vec<TokenWithSpan>, limits: Limits) -> Result<Query, SyntaxError> {
    let mut parser = parser(tokens, limits);
    let first = parser.peek_token();
    if !starts_query(&first.token) {
        let message = match first.token {
            Token::EOF => "there is no statement".to_owned(),
            token => format!("only a query can run, and `{}` does not start one", shown(&token)),
        };
        return Err(SyntaxError::syntax(message, Some(first.span.start)).help("start with SELECT, WITH or VALUES"));
    }
    let query = parser.parse_query().map_err(|error| from_parser(error, limits))?;
    while parser.consume_token(&Token::SemiColon) {}
    let rest = parser.peek_token();
    match rest.token {
        Token::EOF => Ok(*query),
        token => {
            Err(SyntaxError::syntax(format!("unexpected `{}` after the query", shown(&token)), Some(rest.span.start))
                .help("one query at a time"))
        }
    }
}

fn starts_query(token: &Token) -> bool {
    matches!(token, Token::LParen)
        || [Keyword::SELECT, Keyword::WITH, Keyword::VALUES, Keyword::TABLE].iter().any(|word| is_word(token, *word))
}

/// The start of a token: a string may be long.
fn shown(token: &Token) -> String {
    token.to_string().chars().take(40).collect()
}

fn too_deep(limits: Limits, at: Option<Location>) -> SyntaxError {
    SyntaxError::too_large(
        format!(
            "nested too deep: at most {} levels, and fewer of types, of `POSITION` and of doubled parentheses",
            limits.nesting
        ),
        at,
    )
}

pub(super) fn parse_expression(tokens: Vec<TokenWithSpan>, limits: Limits) -> Result<Expr, SyntaxError> {
    let mut parser = parser(tokens, limits);
    let expr = parser.parse_expr().map_err(|error| from_parser(error, limits))?;
    let rest = parser.peek_token();
    match rest.token {
        Token::EOF => Ok(expr),
        token => Err(SyntaxError::syntax(
            format!("unexpected `{}` after the expression", shown(&token)),
            Some(rest.span.start),
        )),
    }
}

fn parser(tokens: Vec<TokenWithSpan>, limits: Limits) -> Parser<'static> {
    // A parenthesis takes two levels of the parser's own count at most.
    Parser::new(&EngineDialect).with_tokens_with_locations(tokens).with_recursion_limit(limits.nesting * 2)
}

fn from_parser(error: ParserError, limits: Limits) -> SyntaxError {
    match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
            let (message, at) = split_location(&message);
            SyntaxError::syntax(reworded(message), at)
        }
        ParserError::RecursionLimitExceeded => too_deep(limits, None),
    }
}

/// The parser writes the place at the end of its message: ` at Line: 1, Column: 8`.
fn split_location(message: &str) -> (&str, Option<Location>) {
    let place = message.rsplit_once(" at Line: ").and_then(|(before, place)| {
        let (line, column) = place.split_once(", Column: ")?;
        Some((before, Location { line: line.parse().ok()?, column: column.parse().ok()? }))
    });
    match place {
        Some((before, location)) => (before, Some(location)),
        None => (message, None),
    }
}

/// `Expected: an expression, found: )` in our words.
fn reworded(message: &str) -> String {
    let parts = message.strip_prefix("Expected: ").and_then(|rest| rest.rsplit_once(", found: "));
    match parts {
        Some((expected, "EOF")) => format!("expected {expected}, but the text ends"),
        Some((expected, found)) => {
            format!("expected {expected}, found `{}`", found.chars().take(40).collect::<String>())
        }
        None => lowercase_start(message),
    }
}

fn lowercase_start(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
