use super::{Author, Position, StatementError, StatementErrorKind, TableName, position};
use crate::{functions::Function, tree::Ident};
use sqlparser::{
    ast::{self, ObjectName, ObjectNamePart, Spanned},
    tokenizer::Location,
};
use std::collections::BTreeSet;

pub(super) type Walked = Result<(), StatementError>;

/// What the walk has seen, and where it is. Accepted nodes are taken apart without `..`, and a wildcard arm only refuses: a
/// node or a field that a newer parser adds does not compile, or is refused, until somebody has decided about it.
pub(super) struct Walk {
    pub(super) tables: Vec<TableName>,
    pub(super) functions: BTreeSet<&'static str>,
    pub(super) volatile: BTreeSet<&'static str>,
    pub(super) columns: Vec<(String, Option<Position>)>,
    pub(super) has_wildcard: bool,
    pub(super) literals: usize,
    /// The names of the common table expressions that the engine knows here.
    pub(super) scope: Vec<String>,
    /// The engine resolves named windows in select lists only.
    pub(super) in_select_list: bool,
    pub(super) author: Author,
}

impl Walk {
    pub(super) fn new(author: Author) -> Self {
        Self {
            tables: Vec::new(),
            functions: BTreeSet::new(),
            volatile: BTreeSet::new(),
            columns: Vec::new(),
            has_wildcard: false,
            literals: 0,
            scope: Vec::new(),
            in_select_list: false,
            author,
        }
    }

    pub(super) fn calls(&mut self, function: &'static Function) {
        self.functions.insert(function.name);
        if function.volatile {
            self.volatile.insert(function.name);
        }
    }

    /// A relation that is read by name. The engine looks a name up among its common table expressions first, and a name with a
    /// schema is never one of them, because those cannot hold a dot.
    pub(super) fn table(&mut self, name: &ObjectName) -> Walked {
        let at = place(name);
        let ObjectName(parts) = name;
        let (schema, name) = match parts.as_slice() {
            [ObjectNamePart::Identifier(name)] => (None, name),
            [ObjectNamePart::Identifier(schema), ObjectNamePart::Identifier(name)] => (Some(schema), name),
            _ => {
                return Err(StatementError::refused(format!("`{name}` is not the name of a table"), at)
                    .help("write `table` or `schema.table`"));
            }
        };
        if schema.is_none() && self.scope.contains(&folded(name)) {
            return Ok(());
        }
        let schema = schema.map(identifier).transpose()?;
        self.tables.push(TableName { schema, name: identifier(name)?, position: position(at) });
        Ok(())
    }

    pub(super) fn column(&mut self, name: &ast::Ident) -> Walked {
        let ast::Ident { value, quote_style, span } = name;
        if quote_style.is_none() && value.starts_with('@') {
            return Err(StatementError::refused(format!("`{value}` is a variable, and there are none"), span.start));
        }
        self.columns.push((folded(name), position(span.start)));
        Ok(())
    }

    /// Walks with the names of common table expressions that `inside` adds, and forgets them after it.
    pub(super) fn in_scope(&mut self, inside: impl FnOnce(&mut Self) -> Walked) -> Walked {
        let known = self.scope.len();
        let in_select_list = std::mem::replace(&mut self.in_select_list, false);
        let walked = inside(self);
        self.scope.truncate(known);
        self.in_select_list = in_select_list;
        walked
    }

    /// An array literal is planned by the engine as if it stood alone: it knows no common table expression.
    pub(super) fn out_of_scope(&mut self, inside: impl FnOnce(&mut Self) -> Walked) -> Walked {
        let scope = std::mem::take(&mut self.scope);
        let walked = inside(self);
        self.scope = scope;
        walked
    }
}

/// As DataFusion folds it.
pub(super) fn folded(ident: &ast::Ident) -> String {
    let ast::Ident { value, quote_style, span: _ } = ident;
    if quote_style.is_some() { value.clone() } else { value.to_ascii_lowercase() }
}

fn identifier(ident: &ast::Ident) -> Result<Ident, StatementError> {
    Ident::new(folded(ident))
        .map_err(|error| StatementError::new(StatementErrorKind::Syntax, error.to_string(), ident.span.start))
}

/// Where a node starts: asked for only when it is refused, because the parser's tree has to be searched for it.
pub(super) trait Placed {
    fn place(&self) -> Location;
}

impl Placed for ast::Ident {
    fn place(&self) -> Location {
        self.span.start
    }
}

macro_rules! placed {
    ($($node:ident),*) => {$(
        impl Placed for ast::$node {
            fn place(&self) -> Location {
                self.span().start
            }
        }
    )*};
}

placed!(
    Expr,
    GroupByExpr,
    Join,
    ObjectName,
    OrderByExpr,
    Query,
    Select,
    SelectItem,
    SetExpr,
    TableFactor,
    WildcardAdditionalOptions
);

pub(super) fn place(node: &impl Placed) -> Location {
    node.place()
}

/// The start of a node's text, for a message.
pub(super) fn shown(node: &impl std::fmt::Display) -> String {
    let text = node.to_string();
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}
