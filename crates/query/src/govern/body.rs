//! The body of a governed relation: `SELECT <values as this person sees them> FROM <table> WHERE <rules>`.
use crate::{
    Refusal, RefusalKind,
    compile::{Names, compile_saved},
    govern::{masked, rule},
    person::open_rules,
};
use std::collections::{BTreeMap, BTreeSet};
use tessera_base::Instant;
use tessera_model::{
    CheckedModel, DataScope, FieldId, ViewId,
    checked::{FieldKind, Mask, ModelRef, QueryDefinition, SavedQuery, ViewSource},
    scope::{ColumnState, FieldState, RowRule},
};
use tessera_sql::{
    frontend::{Ast, ViewQuery},
    tree::{
        BodySource, ColumnRef, Expr, GovernedName, Ident, Literal, PhysicalTable, Query, Relation, Select, SelectItem,
    },
};

type Value = Expr<ColumnRef, BodySource>;

/// One column that a governed relation offers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Output {
    /// A dimension as the person sees it.
    Field(FieldId),
    /// A dimension as stored: for relationship and primary keys, and for declassified measures, which read it inside an
    /// aggregate only. Never the person's own use.
    Raw(FieldId),
    /// A column of the source as the person sees it.
    Column(Ident),
    /// A column of the source as stored, where a dimension would be read raw.
    RawColumn(Ident),
    /// A dimension as the person sees it, hashed: for a dimension of another view that is this one and masked.
    Hashed(FieldId),
    /// Not null: where it is, a join found no row.
    Present,
}

/// The rows of a view: all that the person may see, or those that the topic starts from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Rows {
    pub view: ViewId,
    pub of_topic: bool,
}

/// The governed relations that one query needs.
pub(crate) struct Relations<'m> {
    model: &'m CheckedModel,
    scope: &'m DataScope<'m>,
    wanted: BTreeMap<Rows, Wanted>,
    /// Of the topic, for the rows that it starts from; on top of the view's own.
    topic_rules: &'m [RowRule],
    now: Instant,
    /// The view whose query reads them.
    within: Option<&'m str>,
}

#[derive(Default)]
struct Wanted {
    outputs: BTreeMap<Output, Ident>,
    /// The view's rules hold by the way the query joins it.
    rules_applied_by_join: bool,
}

/// A governed relation before it is printed.
pub(crate) struct Body {
    pub name: Ident,
    pub query: BodyQuery,
    pub rules: Vec<(ViewId, RowRule)>,
    /// The same without its rules, which hold by the way the statement joins it. Only for an engine that finds nothing in
    /// the statement that could fail on a row.
    pub when_total: Option<Query<BodySource>>,
    /// Only bodies after it read it, and the statement does not.
    pub is_inner: bool,
    /// Its columns that a reader of the SQL may not see: keys, and inputs of declassified measures.
    pub unseen: BTreeSet<Ident>,
}

#[derive(Debug)]
pub(crate) enum BodyQuery {
    /// `SELECT <columns, masks> FROM <source> WHERE <rules>`.
    Made(Query<BodySource>),
    /// The model's own query of a view, without the columns that the person may not see.
    OfView(ViewStatement),
}

#[derive(Debug)]
pub(crate) struct ViewStatement {
    pub ast: Ast,
    /// The model's text, and what was left out of it: equal texts are equal queries.
    pub text: String,
    /// As a reader of the SQL may see it.
    pub shown: String,
    pub reads: BTreeSet<Ident>,
    pub tables: BTreeSet<PhysicalTable>,
}

impl<'m> Relations<'m> {
    pub fn new(model: &'m CheckedModel, scope: &'m DataScope<'m>, now: Instant) -> Self {
        Self { model, scope, wanted: BTreeMap::new(), topic_rules: &[], now, within: None }
    }

    /// For the query of a view.
    pub fn within(model: &'m CheckedModel, scope: &'m DataScope<'m>, now: Instant, view: &'m str) -> Self {
        Self { within: Some(view), ..Self::new(model, scope, now) }
    }

    /// The rows that the query starts from are those that these rules leave.
    pub fn limit_base(&mut self, rules: &'m [RowRule]) {
        self.topic_rules = rules;
    }

    pub fn limits_base(&self) -> bool {
        !self.topic_rules.is_empty()
    }

    /// The name of the governed relation.
    pub fn name(&self, rows: Rows) -> Result<Ident, Refusal> {
        let name = &self.model.view(rows.view).name;
        // No view can be called so.
        let of_topic = if rows.of_topic { format!("{name} (of the topic)") } else { name.clone() };
        match self.within {
            None => name_of(&of_topic),
            Some(reader) => inner_name(reader, &of_topic),
        }
    }

    /// The name under which the relation offers `output`.
    pub fn output(&mut self, rows: Rows, output: Output) -> Ident {
        let outputs = &mut self.wanted.entry(rows).or_default().outputs;
        if let Some(name) = outputs.get(&output) {
            return name.clone();
        }
        let plain = match &output {
            Output::Field(field) | Output::Raw(field) => Ident::new(self.model.field(*field).name.clone()).ok(),
            Output::Column(column) | Output::RawColumn(column) => Some(column.clone()),
            Output::Hashed(_) | Output::Present => None,
        };
        let raw_is_seen = |field| self.scope.field(field) == FieldState::Visible;
        let output = match output {
            // Where nothing is masked or hidden, raw and seen are the same column.
            Output::Raw(field) if raw_is_seen(field) => Output::Field(field),
            other => other,
        };
        let taken = |name: &Ident| outputs.values().any(|known| known == name);
        let suffix = match &output {
            Output::Field(_) => None,
            Output::Raw(_) | Output::RawColumn(_) => Some("raw "),
            Output::Column(_) => Some("column "),
            Output::Hashed(_) => Some("hash "),
            Output::Present => Some("present "),
        };
        let name = match (outputs.get(&output), plain, suffix) {
            (Some(name), _, _) => name.clone(),
            (None, Some(plain), None) if !taken(&plain) => plain,
            (None, _, suffix) => Ident::fresh(suffix.unwrap_or("field "), outputs.len()),
        };
        outputs.insert(output, name.clone());
        name
    }

    pub fn want(&mut self, rows: Rows) {
        self.wanted.entry(rows).or_default();
    }

    /// Whether its body keeps rows back.
    pub fn has_rules(&self, rows: Rows) -> bool {
        let applied = self.wanted.get(&rows).is_some_and(|wanted| wanted.rules_applied_by_join);
        !applied && (rows.of_topic || !open_rules(self.scope, rows.view).is_empty())
    }

    /// They are those of a view's query, which an engine plans apart from the statement.
    pub fn are_inner(&self) -> bool {
        self.within.is_some()
    }

    /// See `compile::join_rules`.
    pub fn rules_applied_by_join(&mut self, rows: Rows) {
        self.wanted.entry(rows).or_default().rules_applied_by_join = true;
    }

    /// Each after those that it reads.
    pub fn bodies(&self) -> Result<Vec<Body>, Refusal> {
        let mut bodies = Vec::new();
        for (rows, wanted) in &self.wanted {
            self.inner_bodies(rows.view, &mut bodies)?;
            let body = self.body(*rows, wanted)?;
            bodies.push(Body { name: self.name(*rows)?, is_inner: self.within.is_some(), ..body });
        }
        Ok(bodies)
    }

    /// What a view of a query is made from: the views that it reads, and the query over them. They are the same wherever
    /// the view is read.
    fn inner_bodies(&self, view: ViewId, bodies: &mut Vec<Body>) -> Result<(), Refusal> {
        let definition = self.model.view(view);
        let ViewSource::Query(source) = &definition.source else { return Ok(()) };
        let name = query_name(&definition.name)?;
        if bodies.iter().any(|body| body.name == name) {
            return Ok(());
        }
        let query = match &source.definition {
            QueryDefinition::Sql { query, offered, tables: _ } => self.sql_query(view, query, offered, bodies)?,
            QueryDefinition::Fields(saved) => self.fields_query(view, saved, bodies)?,
        };
        let (rules, unseen) = (Vec::new(), BTreeSet::new());
        bodies.push(Body { name, query, rules, when_total: None, is_inner: true, unseen });
        Ok(())
    }

    fn fields_query(&self, view: ViewId, saved: &SavedQuery, bodies: &mut Vec<Body>) -> Result<BodyQuery, Refusal> {
        let names = Names { model: self.model, scope: self.scope, root: saved.root };
        let (query, inner) = compile_saved(&names, saved, self.model.view(view), self.now)?;
        for body in inner {
            if bodies.iter().all(|known| known.name != body.name) {
                bodies.push(body);
            }
        }
        Ok(BodyQuery::Made(query.map_relations(&|name| BodySource::Governed(name.clone()))))
    }

    fn sql_query(
        &self,
        view: ViewId,
        query: &ViewQuery,
        offered: &BTreeSet<FieldId>,
        bodies: &mut Vec<Body>,
    ) -> Result<BodyQuery, Refusal> {
        let definition = self.model.view(view);
        let ViewSource::Query(source) = &definition.source else {
            return Err(Refusal::internal("a view of a table is read as a query"));
        };
        let mut reads = BTreeSet::new();
        for read in &source.views {
            self.inner_bodies(*read, bodies)?;
            let outputs = offered.iter().filter(|field| self.model.field(**field).view == *read);
            let visible = outputs.filter(|field| !matches!(self.scope.field(**field), FieldState::Hidden { .. }));
            let outputs = visible.map(|field| Ok((Output::Field(*field), name_of(&self.model.field(*field).name)?)));
            let wanted = Wanted { outputs: outputs.collect::<Result<_, Refusal>>()?, ..Wanted::default() };
            let name = inner_name(&definition.name, &self.model.view(*read).name)?;
            let rows = Rows { view: *read, of_topic: false };
            bodies.push(Body { name: name.clone(), is_inner: true, ..self.body(rows, &wanted)? });
            reads.insert(name);
        }
        let is_hidden = |field: &FieldId| matches!(self.scope.field(*field), FieldState::Hidden { .. });
        let hidden = source.columns.iter().filter(|(_, inputs)| inputs.iter().any(is_hidden));
        let hidden: BTreeSet<Ident> = hidden.map(|(column, _)| column.clone()).collect();
        let ast = query.without(&hidden);
        let shown = if hidden.is_empty() { query.text.clone() } else { query.shown_without(&hidden) };
        let text = format!("{}\n-- without {hidden:?}", query.text);
        let tables = definition.source.tables().cloned().collect();
        Ok(BodyQuery::OfView(ViewStatement { ast, text, shown, reads, tables }))
    }

    fn body(&self, Rows { view, of_topic }: Rows, wanted: &Wanted) -> Result<Body, Refusal> {
        let alias = Ident::fresh("t", 0);
        let definition = self.model.view(view);
        let source = match &definition.source {
            ViewSource::Table(table) => BodySource::Table(table.clone()),
            ViewSource::Query(_) => BodySource::Governed(GovernedName(query_name(&definition.name)?)),
        };
        let values = Values { model: self.model, scope: self.scope, view, alias: &alias };
        let mut items = Vec::new();
        for (output, name) in &wanted.outputs {
            let expr = match output {
                Output::Field(field) => values.seen(*field)?,
                Output::Raw(field) => raw_expr(self.model, *field, &alias)?,
                Output::Column(column) => values.column(column)?,
                Output::RawColumn(column) => values.raw_column(column),
                Output::Hashed(field) => {
                    masked(self.model, self.model.field(*field), &Mask::Hash, values.seen(*field)?, None)
                }
                Output::Present => Expr::Literal(Literal::Boolean(true)),
            };
            items.push(SelectItem { expr, alias: name.clone() });
        }
        if items.is_empty() {
            // Only its rows count: `count(*)`, or a join partner.
            items.push(SelectItem { expr: Expr::Literal(Literal::Number(1.into())), alias: Ident::fresh("row ", 0) });
        }
        let open = open_rules(self.scope, view);
        let topic_rules = if of_topic { self.topic_rules } else { &[] };
        let rules: Vec<(ViewId, RowRule)> = open.iter().chain(topic_rules).map(|rule| (view, rule.clone())).collect();
        let mut select = Select::from(Relation::Named(source), alias.clone());
        select.items = items;
        let when_total = wanted.rules_applied_by_join.then(|| Query::from(select.clone()));
        select.filter = filter(self.model, &alias, &rules)?;
        let query = BodyQuery::Made(Query::from(select));
        let is_unseen = |(output, _): &(&Output, &Ident)| match output {
            Output::Field(field) => self.mask_reads_hidden(*field),
            Output::Column(_) | Output::Hashed(_) | Output::Present => false,
            Output::Raw(field) => matches!(self.scope.field(*field), FieldState::Hidden { .. }),
            Output::RawColumn(column) => self.scope.column_of_view(view, column) == ColumnState::Hidden,
        };
        let unseen = wanted.outputs.iter().filter(is_unseen).map(|(_, name)| name.clone()).collect();
        Ok(Body { name: name_of(&definition.name)?, query, rules, when_total, is_inner: false, unseen })
    }

    /// The person sees the field by an expression that reads what they may not see.
    fn mask_reads_hidden(&self, field: FieldId) -> bool {
        let definition = self.model.field(field);
        let Some(Mask::Sql(expr)) = definition.mask.as_ref().map(|rule| &rule.mask) else { return false };
        let mut reads = false;
        expr.for_each_column(&mut |read| {
            reads |= match read {
                ModelRef::Column(column) => self.scope.column_of_view(definition.view, column) == ColumnState::Hidden,
                ModelRef::Field(path) => matches!(self.scope.field(path.field), FieldState::Hidden { .. }),
            };
        });
        reads && self.scope.own_mask_applies(field)
    }
}

fn name_of(name: &str) -> Result<Ident, Refusal> {
    Ident::new(name).map_err(|error| Refusal::new(RefusalKind::TooLarge, format!("`{name}`: {error}")))
}

/// What the query of the view `reader` reads as `view`; no view can be called so.
fn inner_name(reader: &str, view: &str) -> Result<Ident, Refusal> {
    name_of(&format!("{reader}.{view}"))
}

/// The relation of a view's own query; no view can be called so.
fn query_name(view: &str) -> Result<Ident, Refusal> {
    name_of(&format!("{view}.(query)"))
}

pub(crate) fn filter(
    model: &CheckedModel,
    alias: &Ident,
    rules: &[(ViewId, RowRule)],
) -> Result<Option<Value>, Refusal> {
    if rules.is_empty() {
        return Ok(None);
    }
    let conditions = rules.iter().map(|(_, rule)| rule::condition(model, alias, rule));
    Ok(Some(Expr::all(conditions.collect::<Result<_, _>>()?)))
}

/// A physical column with the mask of the dimension that is this column.
pub(crate) fn mask_column(
    model: &CheckedModel,
    scope: &DataScope<'_>,
    by: FieldId,
    alias: &Ident,
    raw: Value,
) -> Result<Value, Refusal> {
    let field = model.field(by);
    let values = Values { model, scope, view: field.view, alias };
    match &field.mask {
        Some(rule) => values.mask(by, &rule.mask, raw),
        None => Err(Refusal::internal("a column is masked by a field without mask")),
    }
}

/// A dimension as stored. Rules, keys and masks read it so.
pub(crate) fn raw_expr(model: &CheckedModel, field: FieldId, alias: &Ident) -> Result<Value, Refusal> {
    let FieldKind::Dimension(dimension) = &model.field(field).kind else {
        return Err(Refusal::internal("a measure stands where a dimension belongs"));
    };
    raw_model_expr(model, &dimension.expr, alias)
}

fn raw_model_expr(model: &CheckedModel, expr: &Expr<ModelRef>, alias: &Ident) -> Result<Value, Refusal> {
    let column = |column: &Ident| Expr::Column(ColumnRef { relation: alias.clone(), column: column.clone() });
    bind(expr, &mut |reference| match reference {
        ModelRef::Column(name) => Ok(column(name)),
        ModelRef::Field(path) if path.steps.is_empty() => raw_expr(model, path.field, alias),
        ModelRef::Field(_) => Err(Refusal::internal("a key reaches across a join")),
    })
}

/// Gives an expression of the model its columns. A snippet holds no subquery.
pub(crate) fn bind<R>(
    expr: &Expr<ModelRef>,
    bind: &mut impl FnMut(&ModelRef) -> Result<Expr<ColumnRef, R>, Refusal>,
) -> Result<Expr<ColumnRef, R>, Refusal> {
    expr.try_map_into(bind, &mut |_| Err(Refusal::internal("an expression of the model holds a subquery")))
}

/// Values of one view as the person sees them.
struct Values<'a> {
    pub model: &'a CheckedModel,
    pub scope: &'a DataScope<'a>,
    pub view: ViewId,
    pub alias: &'a Ident,
}

impl Values<'_> {
    /// A dimension that reads its own view only.
    pub fn seen(&self, field: FieldId) -> Result<Value, Refusal> {
        let definition = self.model.field(field);
        let FieldKind::Dimension(dimension) = &definition.kind else {
            return Err(Refusal::internal("a measure stands where a dimension belongs"));
        };
        let own_rules = definition.is_restricted();
        let value = bind(&dimension.expr, &mut |reference| match reference {
            // A bare column with a rule of its own follows that rule alone.
            ModelRef::Column(column) if dimension.bare_column.is_some() && own_rules => Ok(self.raw_column(column)),
            ModelRef::Column(column) => self.column(column),
            ModelRef::Field(path) if path.steps.is_empty() => self.seen(path.field),
            ModelRef::Field(_) => Err(Refusal::internal("a dimension of a governed relation reaches across a join")),
        })?;
        match &definition.mask {
            Some(rule) if self.scope.own_mask_applies(field) => self.mask(field, &rule.mask, value),
            Some(_) | None => Ok(value),
        }
    }

    /// A column of the source, as the dimensions that are this column say.
    pub fn column(&self, column: &Ident) -> Result<Value, Refusal> {
        match self.scope.column_of_view(self.view, column) {
            ColumnState::Visible => Ok(self.raw_column(column)),
            ColumnState::Masked { by } => match &self.model.field(by).mask {
                Some(rule) => self.mask(by, &rule.mask, self.raw_column(column)),
                None => Err(Refusal::internal("a column is masked by a field without mask")),
            },
            ColumnState::Hidden => Err(Refusal::internal("a visible field reads a hidden column")),
        }
    }

    pub fn raw_column(&self, column: &Ident) -> Value {
        Expr::Column(ColumnRef { relation: self.alias.clone(), column: column.clone() })
    }

    pub fn mask(&self, field: FieldId, mask: &Mask, value: Value) -> Result<Value, Refusal> {
        let raw_sql = match mask {
            Mask::Sql(expr) => Some(raw_model_expr(self.model, expr, self.alias)?),
            Mask::Null | Mask::Hash | Mask::Last4 | Mask::Constant(_) => None,
        };
        Ok(masked(self.model, self.model.field(field), mask, value, raw_sql))
    }
}
