//! From what is written to a [`CheckedModel`]: names become ids, snippets become expressions, and whatever could fail at
//! query time is a problem now. Each step goes on after a problem, with what it could resolve.
mod access;
mod draft;
mod field;
mod lineage;
mod measure;
mod order;
mod path;
mod relationship;
mod saved_query;
mod snippet;
mod topic;
mod types;
mod view;
mod view_query;

pub(crate) use access::attribute;

use crate::checked::{CheckedModel, View, ViewSource};
use crate::file::{ModelSource, Problems};
use crate::{Catalog, TopicId, ViewId};
use draft::Draft;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tessera_sql::tree::Ident;

pub(crate) fn resolve(
    source: &ModelSource,
    catalog: Option<Arc<Catalog>>,
    problems: &mut Problems,
) -> Option<CheckedModel> {
    let mut draft = Draft::new(source, catalog, problems);
    draft.resolve_tables();
    let grants = draft.resolve_grants();
    draft.resolve_relationships();
    draft.resolve_topic_trees();
    draft.resolve_queries();
    draft.resolve_expressions();
    let order = draft.order();
    draft.resolve_types(&order);
    draft.check_relationship_keys();
    let measures = draft.resolve_measures();
    let lineages = draft.lineages(&measures);
    draft.check_query_columns(&lineages);
    let access = draft.resolve_view_access(&lineages);
    let fields = draft.resolve_fields(measures, &lineages);
    let topics = draft.resolve_topics(&access, &lineages);
    draft.resolve_saved_queries(&topics, &lineages);
    if !draft.problems.is_empty() {
        return None;
    }
    let keys = draft.keys_of_rows();
    let mut views_by_table: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut views = Vec::new();
    for ((id, file), access) in draft.views().zip(access) {
        let source = match draft.table(id) {
            Some(table) => {
                views_by_table.entry(table.clone()).or_default().push(id);
                ViewSource::Table(table.clone())
            }
            None => ViewSource::Query(Box::new(draft.query_source(id, &keys, &lineages)?)),
        };
        let fields_by_name = draft.fields_of(id).map(|(name, field)| (name.to_owned(), field)).collect();
        views.push(View {
            id,
            name: file.name.text.clone(),
            label: file.label.clone(),
            description: file.description.clone(),
            source,
            primary_key: draft.primary_key(id),
            access,
            fields: draft.field_ids(id),
            fields_by_name,
            columns: draft.columns(id),
        });
    }
    let query_views = draft.query_views();
    let model = &source.model;
    Some(CheckedModel {
        connection: model.connection.clone(),
        default_access: model.default_access,
        timezone: model.timezone,
        week_starts_on: model.week_starts_on,
        fiscal_year_starts_in: model.fiscal_year_starts_in,
        default_row_limit: model.default_row_limit,
        cache_max_age_seconds: model.cache_max_age_seconds,
        attributes: model.attributes.clone(),
        grants,
        views_by_name: views.iter().map(|view| (view.name.clone(), view.id)).collect(),
        topics_by_name: topics
            .iter()
            .map(|topic| (topic.name.clone(), topic.id))
            .collect::<BTreeMap<String, TopicId>>(),
        views_by_column: views_by_column(&views),
        views,
        fields,
        topics,
        relationships: std::mem::take(&mut draft.relationships),
        requirements: draft.requirements.into_list(),
        views_by_table,
        query_views,
        catalog: draft.catalog.unwrap_or_default(),
    })
}

fn views_by_column(views: &[View]) -> BTreeMap<String, BTreeSet<ViewId>> {
    let mut by_column: BTreeMap<String, BTreeSet<ViewId>> = BTreeMap::new();
    for view in views {
        for name in view.fields_by_name.keys().map(String::as_str).chain(view.columns.keys().map(Ident::as_str)) {
            by_column.entry(name.to_owned()).or_default().insert(view.id);
        }
    }
    by_column
}
