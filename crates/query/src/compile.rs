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
pub(crate) use question::{Names, Question, Root, TopicState, is_open, topic_state};
use std::collections::BTreeSet;
use tessera_model::{
    FieldId,
    checked::{FieldKind, NodeField, TimeFrame},
    request::FieldQuery,
    scope::RelationState,
};
use tessera_sql::tree::{GovernedName, Query};
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
    let tree = match names.root {
        Root::Topic(topic) => JoinTree::of_topic(model, topic),
        Root::View(view) => JoinTree::of_view(model, view),
    };
    let calendar = Calendar::new(model, shown, settings.now);
    let mut values = Values { model, scope, tree, relations: Relations::new(model, scope), calendar };
    if let Root::Topic(topic) = names.root
        && let RelationState::Open(rules) = scope.topic(topic)
        && !rules.0.is_empty()
    {
        let base = values.tree.view(JoinTree::BASE);
        if values.tree.only_node_of(base).is_err() {
            return Err(Refusal::internal("a topic that limits its own rows joins its base view a second time"));
        }
        values.relations.restrict(base, &rules.0);
    }
    let query = plan::plan(&mut values, &question)?;
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
