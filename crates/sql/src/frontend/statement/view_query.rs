//! The query of a `sql:` view: a statement in which `${view}` names another view of the model.
use super::{
    Author, CheckedStatement, Position, StatementError, check_tokens, position,
    walk::{Walk, folded, place, shown},
};
use crate::{
    frontend::{
        Ast,
        snippet::{REFERENCE_MARK, SnippetRef, take_references},
        tokens::{self, Limits},
    },
    functions,
    tree::Ident,
};
use sqlparser::{
    ast::{self, Expr, GroupByExpr, Query, Select, SelectItem, SetExpr, Statement, TableFactor},
    tokenizer::{Location, Token, TokenWithSpan, Word},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
pub struct ViewQuery {
    /// The views under the names that they were given.
    pub statement: CheckedStatement,
    /// As it was written, with these names.
    pub text: String,
    /// The views that it reads, and where each stands first.
    pub views: BTreeMap<String, Option<Position>>,
    /// The columns of its rows, in order; `None` where a `*` stands among them.
    pub columns: Option<Vec<QueryColumn>>,
    /// The last parts of the names of the columns that decide about rows.
    pub reads: BTreeSet<String>,
    /// All names of columns are those of the relations that it reads, and of its own items: nothing in it makes others.
    pub is_flat: bool,
}

/// An item of the outermost select list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueryColumn {
    pub name: Ident,
    /// The last parts of the names of the columns that it is computed from, beside [`ViewQuery::reads`]. Without it, the
    /// other columns of the rows stay as they are.
    pub reads: BTreeSet<String>,
}

const HELP: &str = "`FROM ${view} AS v`, and then `v.field`";

/// Reads the query of a view. `name` gives each view that it reads the name of a relation: one with a dot, which a table
/// cannot have here.
pub fn parse_view_query(text: &str, name: impl Fn(&str) -> String) -> Result<ViewQuery, StatementError> {
    let (tokens, references) = take_references(tokens::tokenize(text, Limits::STATEMENT)?)?;
    let mut names = Vec::with_capacity(references.len());
    for (reference, at) in references {
        match reference {
            SnippetRef::Field { view: None, field } => names.push(Named { given: name(&field), view: field, at }),
            SnippetRef::Field { view: Some(_), .. } | SnippetRef::Column(_) => {
                return Err(StatementError::refused("a query names views, not their fields", at).help(HELP));
            }
        }
    }
    let tokens: Vec<TokenWithSpan> = tokens.into_iter().map(|token| with_name(token, &names)).collect();
    let text = tokens.iter().map(|token| token.token.to_string()).collect::<String>().trim().to_owned();
    let statement = check_tokens(tokens, Limits::STATEMENT, Author::Person)?;

    let mut views = BTreeMap::new();
    for Named { given, view, at } in names {
        let stands_at = position(at);
        let is_read = |table: &super::TableName| table.position == stands_at && table.name.as_str() == given;
        if !statement.tables.iter().any(is_read) {
            return Err(StatementError::refused("a view is named where a relation is read", at).help(HELP));
        }
        views.entry(view).or_insert(stands_at);
    }
    if statement.has_wildcard && !views.is_empty() {
        let error =
            StatementError::refused("`*` and `NATURAL` would read whatever a person may see", Location::empty());
        return Err(error.help("name the fields"));
    }
    let query = query(&statement.ast);
    let reads_all = || statement.columns.iter().map(|(name, _)| name.clone()).collect();
    let (columns, reads) = match query.and_then(leading_select) {
        Some(select) => match query.filter(|query| items_stand_alone(query, select, &statement)) {
            Some(query) => apart(query, select)?,
            None => (columns(select)?, reads_all()),
        },
        None => (None, reads_all()),
    };
    let is_flat = query.is_some_and(is_flat);
    Ok(ViewQuery { statement, text, views, columns, reads, is_flat })
}

struct Named {
    given: String,
    view: String,
    at: Location,
}

fn with_name(token: TokenWithSpan, names: &[Named]) -> TokenWithSpan {
    let TokenWithSpan { token: Token::Word(Word { value, quote_style, keyword }), span } = token else { return token };
    let number = value.strip_prefix(REFERENCE_MARK).and_then(|number| number.parse::<usize>().ok());
    let value = number.and_then(|number| names.get(number)).map_or(value, |named| named.given.clone());
    TokenWithSpan { token: Token::Word(Word { value, quote_style, keyword }), span }
}

fn query(ast: &Ast) -> Option<&Query> {
    match ast.statement() {
        Statement::Query(query) => Some(query),
        _ => None,
    }
}

/// The select whose items name the columns.
fn leading_select(query: &Query) -> Option<&Select> {
    let mut body = query.body.as_ref();
    loop {
        body = match body {
            SetExpr::Select(select) => return Some(select),
            SetExpr::Query(query) => query.body.as_ref(),
            SetExpr::SetOperation { left, .. } => left,
            _ => return None,
        };
    }
}

/// No item decides about rows, so that one can be left out: not by being distinct, by its position, or by being the
/// aggregate that makes one row of all.
fn items_stand_alone(query: &Query, select: &Select, statement: &CheckedStatement) -> bool {
    let is_number = |expr: &Expr| matches!(expr, Expr::Value(_));
    let grouped = match &select.group_by {
        GroupByExpr::All(_) => return false,
        GroupByExpr::Expressions(exprs, _) if exprs.iter().any(is_number) => return false,
        GroupByExpr::Expressions(exprs, _) => !exprs.is_empty(),
    };
    let aggregates = statement.functions.iter().any(|name| functions::aggregate(name).is_some());
    matches!(query.body.as_ref(), SetExpr::Select(_))
        && query.with.is_none()
        && query.order_by.is_none()
        && select.distinct.is_none()
        && (grouped || !(aggregates || select.having.is_some()))
}

fn name_of(item: &SelectItem) -> Result<Option<Ident>, StatementError> {
    let name = match item {
        SelectItem::ExprWithAlias { expr: _, alias } => alias,
        SelectItem::UnnamedExpr(Expr::Identifier(name)) => name,
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => match parts.last() {
            Some(name) => name,
            None => return Ok(None),
        },
        SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => return Ok(None),
        SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAliases { .. } => {
            let error = StatementError::refused(format!("`{}` needs a name", shown(item)), place(item));
            return Err(error.help("add `AS name`"));
        }
    };
    let named = Ident::new(folded(name));
    named.map(Some).map_err(|error| StatementError::refused(error.to_string(), name.span.start))
}

/// By their names alone: all that they read counts for every row.
fn columns(select: &Select) -> Result<Option<Vec<QueryColumn>>, StatementError> {
    let column = |item: &SelectItem| Ok(name_of(item)?.map(|name| QueryColumn { name, reads: BTreeSet::new() }));
    select.projection.iter().map(column).collect()
}

type Apart = (Option<Vec<QueryColumn>>, BTreeSet<String>);

/// What each item reads, and what the rest of the query does.
fn apart(query: &Query, select: &Select) -> Result<Apart, StatementError> {
    let mut rest = Walk::new(Author::Person);
    let without_items = Select { projection: Vec::new(), ..select.clone() };
    rest.query(&Query { body: Box::new(SetExpr::Select(Box::new(without_items))), ..query.clone() })?;
    let mut reads = names(rest);
    let mut columns = Vec::new();
    for item in &select.projection {
        let mut walk = Walk::new(Author::Person);
        walk.item(item)?;
        let read = names(walk);
        let Some(name) = name_of(item)? else { return Ok((None, reads.into_iter().chain(read).collect())) };
        columns.push(QueryColumn { name, reads: read });
    }
    // A clause may name an item.
    let named: Vec<BTreeSet<String>> = columns
        .iter()
        .filter(|column| reads.contains(column.name.as_str()))
        .map(|column| column.reads.clone())
        .collect();
    reads.extend(named.into_iter().flatten());
    Ok((Some(columns), reads))
}

fn names(walk: Walk) -> BTreeSet<String> {
    walk.columns.into_iter().map(|(name, _)| name).collect()
}

/// One select over tables and views.
fn is_flat(query: &Query) -> bool {
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let is_table = |factor: &TableFactor| matches!(factor, TableFactor::Table { args: None, alias, .. } if alias.as_ref().is_none_or(|alias| alias.columns.is_empty()));
    query.with.is_none()
        && select
            .from
            .iter()
            .all(|from| is_table(&from.relation) && from.joins.iter().all(|join| is_table(&join.relation)))
}

impl ViewQuery {
    /// The query without these columns, for a reader.
    pub fn shown_without(&self, left_out: &BTreeSet<Ident>) -> String {
        let mut ast = self.without(left_out);
        if let Statement::Query(query) = ast.0.as_mut()
            && let SetExpr::Select(select) = query.body.as_mut()
        {
            let is_left_out = |item: &SelectItem| matches!(name_of(item), Ok(Some(name)) if left_out.contains(&name));
            select.projection.retain(|item| !is_left_out(item));
        }
        ast.statement().to_string()
    }

    /// The query without the values of these columns.
    pub fn without(&self, left_out: &BTreeSet<Ident>) -> Ast {
        let mut ast = self.statement.ast.clone();
        let Statement::Query(query) = ast.0.as_mut() else { return ast };
        let SetExpr::Select(select) = query.body.as_mut() else { return ast };
        for item in &mut select.projection {
            let Ok(Some(name)) = name_of(item) else { continue };
            if left_out.contains(&name) {
                let alias = ast::Ident::with_quote('"', name.as_str());
                *item = SelectItem::ExprWithAlias { expr: Expr::value(ast::Value::Null), alias };
            }
        }
        ast
    }
}

#[cfg(test)]
mod tests;
