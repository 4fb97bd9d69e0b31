//! Field query + model + data scope → one query over governed relations.
mod home;
mod join_rules;
mod join_shape;
mod measure;
mod plan;
mod question;
mod time;
mod tree;
mod values;

use crate::{
    ColumnKind, Refusal, ResultColumn, Settings,
    govern::{Body, Relations},
};
pub(crate) use question::{Names, Question, TopicState, is_open, topic_state};
use std::collections::BTreeSet;
use tessera_base::Instant;
use tessera_model::{
    FieldId,
    checked::{FieldKind, NodeField, Root, SavedQuery, TimeFrame, View},
    request::FieldQuery,
    scope::RelationState,
};
use tessera_sql::tree::{Expr, GovernedName, Ident, Literal, Query, SelectItem, SetBody};
pub(crate) use time::Calendar;
pub(crate) use tree::JoinTree;
use values::Values;

pub(crate) struct Compiled {
    pub query: Query<GovernedName>,
    pub bodies: Vec<Body>,
    pub columns: Vec<ResultColumn>,
    /// Selected, filtered and sorted fields: what an explanation speaks of.
    pub used: BTreeSet<FieldId>,
    pub calendar: Calendar,
    pub limit: Option<u64>,
}

pub(crate) fn compile(names: &Names<'_>, request: &FieldQuery, settings: &Settings) -> Result<Compiled, Refusal> {
    let (model, scope) = (names.model, names.scope);
    let shown = request.timezone.or(settings.timezone).unwrap_or(model.timezone);
    let question = names.question(request, settings.rows, shown)?;
    let calendar = Calendar::new(model, shown, settings.now);
    let mut values = values(names, calendar, Relations::new(model, scope, settings.now));
    let mut query = plan::plan(&mut values, &question)?;
    // One row more than asked for tells that there were more.
    query.limit = question.limit.map(|limit| limit.saturating_add(1));
    let columns = question.selected.iter().map(|field| column(&values, field)).collect::<Result<_, _>>()?;
    Ok(Compiled {
        query,
        bodies: values.relations.bodies()?,
        columns,
        used: used_fields(&question),
        calendar,
        limit: question.limit,
    })
}

/// The query of a view, over relations that are governed for it alone.
pub(crate) fn compile_saved(
    names: &Names<'_>,
    saved: &SavedQuery,
    view: &View,
    now: Instant,
) -> Result<(Query<GovernedName>, Vec<Body>), Refusal> {
    let (model, scope) = (names.model, names.scope);
    let question = names.saved_question(saved)?;
    let calendar = Calendar::new(model, model.timezone, now);
    let mut values = values(names, calendar, Relations::within(model, scope, now, &view.name));
    let mut query = plan::plan(&mut values, &question)?;
    let SetBody::Select(select) = &mut query.body else {
        return Err(Refusal::internal("a field query is not one select"));
    };
    let mut known = std::mem::take(&mut select.items).into_iter();
    let read_raw = view.columns_of_masks(model);
    for (name, field) in &saved.selected {
        if question.selected.contains(field) {
            select.items.extend(known.next().map(|item| SelectItem { alias: name.clone(), ..item }));
        } else if read_raw.contains(name) {
            select.items.push(SelectItem { expr: Expr::Literal(Literal::Null), alias: name.clone() });
        }
    }
    if select.items.is_empty() {
        select.items.push(SelectItem { expr: Expr::Literal(Literal::Null), alias: Ident::fresh("nothing ", 0) });
    }
    Ok((query, values.relations.bodies()?))
}

fn values<'m>(names: &Names<'m>, calendar: Calendar, relations: Relations<'m>) -> Values<'m> {
    let (model, scope) = (names.model, names.scope);
    let tree = match names.root {
        Root::Topic(topic) => JoinTree::of_topic(model, topic),
        Root::View(view) => JoinTree::of_view(model, view),
    };
    let mut values = Values { model, scope, tree, relations, calendar };
    if let Root::Topic(topic) = names.root
        && let RelationState::Open(rules) = scope.topic(topic)
    {
        values.relations.limit_base(&rules.0);
    }
    values
}

fn column(values: &Values<'_>, field: &NodeField) -> Result<ResultColumn, Refusal> {
    let definition = values.model.field(field.field);
    let frame = field.frame;
    Ok(ResultColumn {
        name: plan::name_of(values, field)?.to_string(),
        label: label(&definition.presentation.label, frame),
        value_type: Some(frame.map_or(definition.value_type, TimeFrame::value_type)),
        kind: match definition.kind {
            FieldKind::Dimension(_) => ColumnKind::Dimension,
            FieldKind::Measure(_) => ColumnKind::Measure,
        },
        format: definition.presentation.format.clone().filter(|_| frame.is_none()),
        masked: values.is_masked(field.field),
    })
}

/// `Ordered at`, `Ordered at (month)`, `Ordered at (day of week)`.
fn label(label: &str, frame: Option<TimeFrame>) -> String {
    match frame {
        None => label.to_owned(),
        Some(frame) => format!("{label} ({})", frame.name().replace('_', " ")),
    }
}

fn used_fields(question: &Question) -> BTreeSet<FieldId> {
    let mut used: BTreeSet<FieldId> = question.selected.iter().map(|field| field.field).collect();
    for filter in question.row_filters.iter().chain(&question.group_filters) {
        filter.for_each_field(&mut |field| {
            used.insert(field.field);
        });
    }
    used.extend(question.sorts.iter().map(|(field, _)| field.field));
    used
}
