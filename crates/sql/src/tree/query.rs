use super::{Expr, Ident, SortKey};

/// A column of a relation that is in scope under an alias.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ColumnRef {
    pub relation: Ident,
    pub column: Ident,
}

/// The name of a governed relation of the same request: what a governed query reads. The engine's session holds these
/// and nothing else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GovernedName(pub Ident);

/// A table of the database. INVARIANT: read only by the body of a governed relation, which the governing step makes;
/// a `Query<GovernedName>` has no place for one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PhysicalTable {
    pub schema: Ident,
    pub name: Ident,
}

/// What the body of a governed relation reads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BodySource {
    Table(PhysicalTable),
    /// A governed relation that the body of a derived view is made from.
    Governed(GovernedName),
}

/// A query that reads relations of type `R`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Query<R> {
    pub ctes: Vec<Cte<R>>,
    pub body: SetBody<R>,
    pub order_by: Vec<SortKey<ColumnRef, R>>,
    pub limit: Option<u64>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cte<R> {
    pub name: Ident,
    pub query: Query<R>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum SetBody<R> {
    Select(Box<Select<R>>),
    UnionAll(Vec<Select<R>>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Select<R> {
    pub distinct: bool,
    pub items: Vec<SelectItem<R>>,
    /// `None`: a select without FROM.
    pub from: Option<Source<R>>,
    pub joins: Vec<Join<R>>,
    pub filter: Option<Expr<ColumnRef, R>>,
    pub group_by: Vec<Expr<ColumnRef, R>>,
    pub having: Option<Expr<ColumnRef, R>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SelectItem<R> {
    pub expr: Expr<ColumnRef, R>,
    pub alias: Ident,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Source<R> {
    pub relation: Relation<R>,
    pub alias: Ident,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Join<R> {
    pub kind: JoinKind,
    pub source: Source<R>,
    /// What is joined with `source` before it joins, in parentheses.
    pub inner: Vec<Join<R>>,
    pub on: Expr<ColumnRef, R>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum JoinKind {
    Inner,
    Left,
    Full,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Relation<R> {
    Named(R),
    Cte(Ident),
    Sub(Box<Query<R>>),
}

impl<R> Select<R> {
    /// `SELECT` nothing yet `FROM relation AS alias`.
    pub fn from(relation: Relation<R>, alias: Ident) -> Self {
        Self {
            distinct: false,
            items: Vec::new(),
            from: Some(Source { relation, alias }),
            joins: Vec::new(),
            filter: None,
            group_by: Vec::new(),
            having: None,
        }
    }
}

impl<R> From<Select<R>> for Query<R> {
    fn from(select: Select<R>) -> Self {
        Self { ctes: Vec::new(), body: SetBody::Select(Box::new(select)), order_by: Vec::new(), limit: None }
    }
}

impl<R> Query<R> {
    /// Calls `visit` with every named relation, those of subqueries in expressions included.
    pub fn for_each_relation(&self, visit: &mut impl FnMut(&R)) {
        let Self { ctes, body, order_by, limit: _ } = self;
        ctes.iter().for_each(|cte| cte.query.for_each_relation(visit));
        match body {
            SetBody::Select(select) => select.for_each_relation(visit),
            SetBody::UnionAll(selects) => selects.iter().for_each(|select| select.for_each_relation(visit)),
        }
        order_by.iter().for_each(|key| relations_of(&key.expr, visit));
    }
}

impl<R> Select<R> {
    fn for_each_relation(&self, visit: &mut impl FnMut(&R)) {
        let Self { distinct: _, items, from, joins, filter, group_by, having } = self;
        items.iter().for_each(|item| relations_of(&item.expr, visit));
        from.iter().for_each(|source| source.for_each_relation(visit));
        joins.iter().for_each(|join| join.for_each_relation(visit));
        filter.iter().chain(group_by).chain(having).for_each(|expr| relations_of(expr, visit));
    }
}

impl<R> Source<R> {
    fn for_each_relation(&self, visit: &mut impl FnMut(&R)) {
        let Self { relation, alias: _ } = self;
        match relation {
            Relation::Named(name) => visit(name),
            Relation::Cte(_) => {}
            Relation::Sub(query) => query.for_each_relation(visit),
        }
    }
}

impl<R> Join<R> {
    fn for_each_relation(&self, visit: &mut impl FnMut(&R)) {
        let Self { kind: _, source, inner, on } = self;
        source.for_each_relation(visit);
        inner.iter().for_each(|join| join.for_each_relation(visit));
        relations_of(on, visit);
    }
}

fn relations_of<R>(expr: &Expr<ColumnRef, R>, visit: &mut impl FnMut(&R)) {
    expr.walk(&mut |_| {}, &mut |query| query.for_each_relation(visit));
}
