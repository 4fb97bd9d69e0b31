//! What a person may know of a model: topics, and the fields of one.
use crate::{
    Refusal,
    compile::{Names, TopicState, topic_state},
    person,
};
use tessera_access::{Permit, action};
use tessera_base::{TimeZone, ValueType};
use tessera_model::{
    CheckedModel, DataScope, FieldId, Model,
    checked::{Field, FieldKind, TimeFrame},
    file::Node,
    scope::FieldState,
};

#[derive(Clone, PartialEq, Debug)]
pub struct TopicEntry {
    pub name: String,
    pub label: String,
    pub description: Option<String>,
    pub base_view: String,
}

#[derive(Clone, PartialEq, Debug)]
pub struct TopicDescription {
    pub topic: TopicEntry,
    pub timezone: TimeZone,
    pub default_row_limit: u64,
    pub default_filters: Vec<Node>,
    pub views: Vec<ViewEntry>,
}

/// One view of a topic's join tree, under the name that requests use.
#[derive(Clone, PartialEq, Debug)]
pub struct ViewEntry {
    pub name: String,
    pub label: String,
    pub fields: Vec<FieldEntry>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct FieldEntry {
    /// `view.field`.
    pub name: String,
    pub label: String,
    pub description: Option<String>,
    pub is_measure: bool,
    pub value_type: ValueType,
    pub format: Option<String>,
    pub group_label: Option<String>,
    pub timeframes: Vec<TimeFrame>,
    /// How it is masked for the person: see [`crate::Shown::Masked`].
    pub masked: Option<&'static str>,
    pub suggest: bool,
    pub tags: Vec<String>,
    pub synonyms: Vec<String>,
}

/// The topics that the person may query. One that is closed to them is not listed: there is nothing to explore.
pub fn topics(permit: &Permit<Model, action::Query>) -> Vec<TopicEntry> {
    person::with_scope(permit, |model, scope| {
        let listed = |topic: &&tessera_model::checked::Topic| {
            !topic.hidden && matches!(topic_state(scope, topic.id, model), TopicState::Open)
        };
        model.topics.iter().filter(listed).map(|topic| entry(model, topic)).collect()
    })
}

fn entry(model: &CheckedModel, topic: &tessera_model::checked::Topic) -> TopicEntry {
    TopicEntry {
        name: topic.name.clone(),
        label: topic.label.clone(),
        description: topic.description.clone(),
        base_view: topic.nodes.first().map_or(String::new(), |base| model.view(base.view).name.clone()),
    }
}

/// Hidden fields are not in it, whether a rule or the curator hides them.
pub fn describe_topic(permit: &Permit<Model, action::Query>, name: &str) -> Result<TopicDescription, Refusal> {
    person::with_scope(permit, |model, scope| {
        let names = Names::of_topic(model, scope, name)?;
        let topic = model
            .topics_by_name
            .get(name)
            .map(|id| model.topic(*id))
            .ok_or_else(|| Refusal::internal("a topic is lost"))?;
        let mut views: Vec<ViewEntry> = Vec::new();
        for (node, alias, view) in names.nodes() {
            let fields: Vec<FieldEntry> = names
                .fields()
                .filter(|(at, field)| *at == node && !model.field(*field).presentation.hidden)
                .map(|(_, field)| field_entry(model, scope, alias, field))
                .collect();
            if !fields.is_empty() {
                let label = if model.view(view).name == alias { model.view(view).label.clone() } else { words(alias) };
                views.push(ViewEntry { name: alias.to_owned(), label, fields });
            }
        }
        Ok(TopicDescription {
            topic: entry(model, topic),
            timezone: model.timezone,
            default_row_limit: model.default_row_limit,
            default_filters: topic
                .default_filters
                .iter()
                .filter(|filter| names_known(&names, filter))
                .cloned()
                .collect(),
            views,
        })
    })
}

/// A default filter is sent by the client, so it may name only what the person may know.
fn names_known(names: &Names<'_>, filter: &Node) -> bool {
    let named = filter.get("field").and_then(Node::as_str);
    let own = named.is_none_or(|name| {
        tessera_model::request::FieldName::parse(name, None).is_ok_and(|name| names.field(&name).is_ok())
    });
    let nested = ["any_of", "all_of"].iter().filter_map(|key| filter.get(key)?.as_list()).flatten();
    own && nested.into_iter().all(|filter| names_known(names, filter))
}

/// `supplier_nations` → `Supplier nations`.
fn words(name: &str) -> String {
    let mut characters = name.replace('_', " ").chars().collect::<Vec<_>>();
    if let Some(first) = characters.first_mut() {
        first.make_ascii_uppercase();
    }
    characters.into_iter().collect()
}

fn field_entry(model: &CheckedModel, scope: &DataScope<'_>, alias: &str, id: FieldId) -> FieldEntry {
    let field: &Field = model.field(id);
    let presentation = &field.presentation;
    let masked = match scope.field(id) {
        FieldState::Masked { .. } if scope.declassified(id).is_none() => {
            let own = field.mask.as_ref().filter(|_| scope.own_mask_applies(id));
            Some(own.map_or("inherited", |rule| rule.mask.name()))
        }
        FieldState::Masked { .. } | FieldState::Visible | FieldState::Hidden { .. } => None,
    };
    FieldEntry {
        name: format!("{alias}.{}", field.name),
        label: presentation.label.clone(),
        description: presentation.description.clone(),
        is_measure: matches!(field.kind, FieldKind::Measure(_)),
        value_type: field.value_type,
        format: presentation.format.clone(),
        group_label: presentation.group_label.clone(),
        timeframes: match &field.kind {
            FieldKind::Dimension(dimension) => dimension.timeframes.clone(),
            FieldKind::Measure(_) => Vec::new(),
        },
        masked,
        suggest: presentation.suggest,
        tags: presentation.tags.clone(),
        synonyms: presentation.synonyms.clone(),
    }
}
