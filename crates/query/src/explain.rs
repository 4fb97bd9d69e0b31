//! Why these rows and these values: the rules that governed a query, in words that its asker may read.
use crate::{
    Governed, GovernedBy, Notice, Refusal, RefusalKind,
    compile::{Compiled, Names, is_open},
    govern::{BodyQuery, governed_by, unseen_rule},
    governed::GovernedStatement,
    person::{self, open_rules},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use tessera_access::{Address, Permit, action};
use tessera_model::{
    CheckedModel, DataScope, FieldId, Model, TopicId, ViewId,
    checked::{NodeIndex, QueryDefinition, Root, SavedQuery, ViewSource},
    request::FieldName,
    scope::{ColumnState, FieldState, RelationState, RowRule, RowRules},
};
use tessera_sql::{
    frontend::statement::CheckedStatement,
    print,
    tree::{BodySource, Expr, Ident, Literal, PhysicalTable, Query, SetBody},
};

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Explanation {
    pub governed_by: Vec<GovernedBy>,
    /// Fields that the person sees otherwise than they are stored come first; hidden ones are not there.
    pub fields: Vec<FieldExplanation>,
    pub notices: Vec<Notice>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldExplanation {
    pub name: String,
    pub state: Shown,
    /// Empty for what is simply visible.
    pub because: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    Visible,
    /// `null`, `hash`, `last4`, `constant` or `sql`; `inherited` when something that it is computed from is masked.
    Masked {
        how: &'static str,
    },
}

pub fn explain_topic(permit: &Permit<Model, action::Query>, topic: &str) -> Result<Explanation, Refusal> {
    person::with_scope(permit, |model, scope| Ok(of_root(&Names::of_topic(model, scope, topic)?)))
}

pub fn explain_view(permit: &Permit<Model, action::QueryViews>, view: &str) -> Result<Explanation, Refusal> {
    person::with_scope(permit, |model, scope| Ok(of_root(&Names::of_view(model, scope, view)?)))
}

pub fn explain_field(permit: &Permit<Model, action::Query>, name: &FieldName) -> Result<Explanation, Refusal> {
    person::with_scope(permit, |model, scope| {
        let unknown = || Refusal::new(RefusalKind::Unknown, format!("unknown field `{name}`")).field(name);
        let names = Names::of_view(model, scope, &name.view).map_err(|refusal| match refusal.kind {
            RefusalKind::Closed => refusal,
            _ => unknown(),
        })?;
        let field = names.field(name).map_err(|refusal| match refusal.kind {
            RefusalKind::Closed => refusal,
            _ => unknown(),
        })?;
        let views = views_of(model, [field.field]);
        Ok(Explanation {
            governed_by: rules(model, scope, views),
            fields: fields(model, scope, [(name.to_string(), field.field)]),
            notices: Vec::new(),
        })
    })
}

fn of_root(names: &Names<'_>) -> Explanation {
    let known: Vec<(NodeIndex, FieldId)> = names.fields().collect();
    let mut views: BTreeSet<ViewId> = views_of(names.model, known.iter().map(|(_, field)| *field));
    views.extend(names.nodes().into_iter().map(|(_, _, view)| view).filter(|view| is_open(names.scope, *view)));
    let mut governed_by = rules(names.model, names.scope, views);
    if let Root::Topic(topic) = names.root {
        topic_rules(names.model, names.scope, topic, &mut governed_by);
    }
    let aliases: BTreeMap<NodeIndex, &str> = names.nodes().into_iter().map(|(node, alias, _)| (node, alias)).collect();
    let named = known.into_iter().filter_map(|(node, field)| {
        Some((format!("{}.{}", aliases.get(&node)?, names.model.field(field).name), field))
    });
    Explanation { governed_by, fields: fields(names.model, names.scope, named), notices: Vec::new() }
}

/// Of one compiled query: the relations that it reads and the fields that it uses.
pub(crate) fn of_fields(names: &Names<'_>, compiled: &Compiled) -> Explanation {
    let mut governed: Vec<GovernedBy> = Vec::new();
    for (view, rule) in compiled.bodies.iter().flat_map(|body| &body.rules) {
        push_new(&mut governed, governed_by(names.model, names.scope, *view, rule));
    }
    Explanation {
        governed_by: governed,
        fields: fields(
            names.model,
            names.scope,
            compiled.used.iter().map(|field| (names.model.full_name(*field), *field)),
        ),
        notices: suppression_notices(names, compiled),
    }
}

fn suppression_notices(names: &Names<'_>, compiled: &Compiled) -> Vec<Notice> {
    let notice = |field: &FieldId| {
        let declassify = names.scope.declassified(*field)?;
        let label = &names.model.field(*field).presentation.label;
        Some(Notice(format!("{label} is empty for groups smaller than {}", declassify.minimum_group_size)))
    };
    // A view of a query may read one.
    let read = compiled.used.iter().flat_map(|field| &names.model.field(*field).lineage.fields);
    let fields: BTreeSet<FieldId> = compiled.used.iter().chain(read).copied().collect();
    fields.iter().filter_map(notice).collect()
}

/// Of one statement of raw SQL.
pub(crate) fn of_tables<'a>(
    model: &CheckedModel,
    scope: &DataScope<'_>,
    tables: impl Iterator<Item = (&'a PhysicalTable, &'a [(ViewId, RowRule)])>,
    statement: &CheckedStatement,
) -> Explanation {
    let mut explanation = Explanation::default();
    for (table, rules) in tables {
        let relation = if table.schema.as_str() == "main" {
            table.name.to_string()
        } else {
            format!("{}.{}", table.schema, table.name)
        };
        for (view, rule) in rules {
            let words = governed_by(model, scope, *view, rule);
            push_new(&mut explanation.governed_by, GovernedBy { relation: relation.clone(), ..words });
        }
        for column in model.catalog.tables.get(table).into_iter().flatten() {
            let ColumnState::Masked { by } = scope.column(table, &column.name) else {
                continue;
            };
            let is_named = statement.columns.iter().any(|(name, _)| name == column.name.as_str());
            if is_named || statement.has_wildcard {
                explanation.fields.extend(fields(model, scope, [(format!("{relation}.{}", column.name), by)]));
            }
        }
    }
    explanation
}

fn push_new(list: &mut Vec<GovernedBy>, entry: GovernedBy) {
    if !list.contains(&entry) {
        list.push(entry);
    }
}

fn views_of(model: &CheckedModel, fields: impl IntoIterator<Item = FieldId>) -> BTreeSet<ViewId> {
    let mut views = BTreeSet::new();
    for field in fields {
        let field = model.field(field);
        views.insert(field.view);
        views.extend(&field.lineage.views);
    }
    // A query reads its views, and theirs.
    for view in model.query_views.iter().rev() {
        if let ViewSource::Query(query) = &model.view(*view).source
            && views.contains(view)
        {
            views.extend(&query.views);
        }
    }
    views
}

fn rules(model: &CheckedModel, scope: &DataScope<'_>, views: BTreeSet<ViewId>) -> Vec<GovernedBy> {
    let mut list = Vec::new();
    for view in views {
        for rule in open_rules(scope, view) {
            push_new(&mut list, governed_by(model, scope, view, rule));
        }
        if let ViewSource::Query(query) = &model.view(view).source
            && let QueryDefinition::Fields(SavedQuery { root: Root::Topic(topic), .. }) = &query.definition
        {
            topic_rules(model, scope, *topic, &mut list);
        }
    }
    list
}

/// What a topic adds to the rules of its base view.
fn topic_rules(model: &CheckedModel, scope: &DataScope<'_>, topic: TopicId, list: &mut Vec<GovernedBy>) {
    if let RelationState::Open(RowRules(rules)) = scope.topic(topic)
        && let Some(base) = model.topic(topic).nodes.first()
    {
        rules.iter().for_each(|rule| push_new(list, governed_by(model, scope, base.view, rule)));
    }
}

fn fields(
    model: &CheckedModel,
    scope: &DataScope<'_>,
    fields: impl IntoIterator<Item = (String, FieldId)>,
) -> Vec<FieldExplanation> {
    let explain = |(name, field): (String, FieldId)| match scope.field(field) {
        FieldState::Hidden { .. } => scope.declassified(field).map(|declassify| FieldExplanation {
            name,
            state: Shown::Visible,
            because: declassify.reason.clone(),
        }),
        FieldState::Visible => Some(FieldExplanation { name, state: Shown::Visible, because: String::new() }),
        FieldState::Masked { because } => {
            let own = model.field(field).mask.as_ref().filter(|_| scope.own_mask_applies(field));
            let how = own.map_or("inherited", |rule| rule.mask.name());
            Some(FieldExplanation { name, state: Shown::Masked { how }, because })
        }
    };
    let mut list: Vec<FieldExplanation> = fields.into_iter().filter_map(explain).collect();
    list.sort_by_key(|field| field.state == Shown::Visible);
    list
}

/// The governed bodies as a WITH list, then the text, for people who may view SQL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShownSql {
    pub text: String,
    pub rules: Vec<ShownRule>,
}

/// A condition of the shown SQL that a rule of the model put there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShownRule {
    /// Of the text, in bytes.
    pub range: Range<usize>,
    pub relation: String,
    pub label: String,
}

/// A body whose `unseen` columns are words.
fn without(query: &Query<BodySource>, unseen: &BTreeSet<Ident>, to: Address) -> Query<BodySource> {
    let mut query = query.clone();
    if let SetBody::Select(select) = &mut query.body {
        for item in select.items.iter_mut().filter(|item| unseen.contains(&item.alias)) {
            item.expr = Expr::Literal(Literal::String(format!("a column that {} may not see", to.subject())));
        }
    }
    query
}

/// Part of a body, which stands in parentheses.
fn indented(part: Option<&str>) -> String {
    part.unwrap_or_default().replace('\n', "\n  ")
}

impl Governed {
    /// A rule on a field that the person may not see is replaced by words: its values would tell.
    pub fn shown(&self, permit: &Permit<Model, action::ViewSql>) -> ShownSql {
        let to = permit.context().standing().address();
        let unseen_rule = unseen_rule(to);
        let mut text = String::new();
        let mut rules = Vec::new();
        for (index, body) in self.relations.iter().enumerate() {
            text.push_str(if index == 0 { "WITH " } else { ",\n" });
            let relation = body.name.to_string();
            text.push_str(&body.name.quoted());
            text.push_str(" AS (\n  ");
            let printed = match &body.query {
                BodyQuery::Made(query) => print::print_query(&without(query, &body.unseen, to)),
                BodyQuery::OfView(view) => {
                    text.push_str(&indented(Some(&view.shown)));
                    text.push_str("\n)");
                    continue;
                }
            };
            let mut copied = 0;
            for (range, label) in printed.filter_ranges().iter().zip(&body.labels) {
                text.push_str(&indented(printed.as_str().get(copied..range.start)));
                let start = text.len();
                if *label == unseen_rule {
                    text.push_str(&format!("/* {label} */"));
                } else {
                    text.push_str(&indented(printed.as_str().get(range.clone())));
                }
                rules.push(ShownRule { range: start..text.len(), relation: relation.clone(), label: label.clone() });
                copied = range.end;
            }
            text.push_str(&indented(printed.as_str().get(copied..)));
            text.push_str("\n)");
        }
        if !self.relations.is_empty() {
            text.push('\n');
        }
        match &self.statement {
            GovernedStatement::Compiled(query) => text.push_str(print::print_query(query).as_str()),
            GovernedStatement::Own { text: own, .. } => text.push_str(own),
        }
        ShownSql { text, rules }
    }
}
