//! Views of a field query: what they read, and that the query can be asked.
use super::draft::Draft;
use super::view_query::QueryDraft;
use crate::checked::{
    JoinType, Lineage, NodeField, NodeIndex, QueryDefinition, QuerySource, Root, SavedQuery, TimeFrame, Topic,
    TopicNode,
};
use crate::file::{FieldsFile, Place, Problem, SourceFile, excerpt};
use crate::filter::Filter;
use crate::request::{FieldName, QueryRoot};
use crate::{FieldId, TopicId, ViewId};
use std::collections::{BTreeMap, BTreeSet};
use tessera_base::ValueType;
use tessera_sql::tree::Ident;

/// The field query of a view on its way to being checked.
pub(super) struct FieldsDraft {
    root: Root,
    nodes: Vec<TopicNode>,
    columns: Vec<SavedColumn>,
    /// As far as they are known: those of the columns first, and all once the filters are resolved.
    views: BTreeSet<ViewId>,
    resolved: Option<Resolved>,
}

struct SavedColumn {
    name: Ident,
    written: FieldName,
    at: Place,
    node: NodeIndex,
    field: FieldId,
}

struct Resolved {
    query: SavedQuery,
    uses: BTreeSet<FieldId>,
}

impl FieldsDraft {
    pub(super) fn views(&self) -> impl Iterator<Item = ViewId> {
        self.views.iter().copied()
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = &Ident> {
        self.columns.iter().map(|column| &column.name)
    }

    pub(super) fn field_of(&self, column: &Ident) -> Option<FieldId> {
        self.columns.iter().find(|known| known.name == *column).map(|known| known.field)
    }
}

impl Draft<'_> {
    /// With the fields that it selects; everything else waits for their types.
    pub(super) fn fields_draft(&mut self, file: &FieldsFile) -> Option<FieldsDraft> {
        let (root, nodes) = self.root(file)?;
        let mut columns: Vec<SavedColumn> = Vec::new();
        for (written, at) in file.query.fields.iter().zip(&file.field_places) {
            if columns.iter().any(|column| column.written == *written) {
                self.problem(at, "duplicate_name", format!("`{written}` is listed twice"));
                continue;
            }
            let Some((node, view)) = self.find_node(&nodes, &written.view, at) else { continue };
            let Some(field) = self.find_field(view, &written.field, at) else { continue };
            match column_name(written, &file.query.fields) {
                Ok(name) => columns.push(SavedColumn { name, written: written.clone(), at: at.clone(), node, field }),
                Err(message) => self.problem(at, "too_large", message),
            }
        }
        let views = way(&nodes, columns.iter().map(|column| column.node));
        Some(FieldsDraft { root, nodes, columns, views, resolved: None })
    }

    fn root(&mut self, file: &FieldsFile) -> Option<(Root, Vec<TopicNode>)> {
        match &file.query.root {
            QueryRoot::View(name) => {
                let view = self.find_view(&crate::file::Word { at: file.at.clone(), text: name.clone() })?;
                Some((Root::View(view), vec![TopicNode { name: name.clone(), view, parent: None }]))
            }
            QueryRoot::Topic(name) => {
                let found = self.topics.iter().position(|topic| topic.name.text == *name);
                let Some(index) = found else {
                    let message = format!("unknown topic `{}`", excerpt(name));
                    let problem = Problem::new(&file.at, "unknown_topic", message);
                    let names = self.topics.iter().map(|topic| topic.name.text.as_str());
                    self.problems.add(problem.suggest(name, names));
                    return None;
                };
                let nodes = self.topic_trees.get(index).filter(|nodes| !nodes.is_empty())?.clone();
                Some((Root::Topic(TopicId(u32::try_from(index).unwrap_or(u32::MAX))), nodes))
            }
        }
    }

    /// Of a column of a view's field query.
    pub(super) fn saved_column_type(&self, view: ViewId, column: &Ident) -> Option<ValueType> {
        let Some(QueryDraft::Fields(draft)) = self.query(view) else { return None };
        let column = draft.columns.iter().find(|known| known.name == *column)?;
        match &column.written.frame {
            Some(frame) => TimeFrame::from_name(frame).map(TimeFrame::value_type),
            None => self.field(column.field).value_type,
        }
    }

    /// Once the types and the lineages of all fields and the topics are known.
    pub(super) fn resolve_saved_queries(&mut self, topics: &[Topic], lineages: &[Lineage]) {
        for (view, file) in self.views() {
            let Some(SourceFile::Fields(file)) = &file.source else { continue };
            let Some(QueryDraft::Fields(mut draft)) = self.take_query(view) else { continue };
            self.resolve_saved_query(&mut draft, file, topics, lineages);
            self.set_query(view, Some(QueryDraft::Fields(draft)));
        }
        self.refuse_circular_queries();
    }

    fn resolve_saved_query(
        &mut self,
        draft: &mut FieldsDraft,
        file: &FieldsFile,
        topics: &[Topic],
        lineages: &[Lineage],
    ) {
        let nodes = &draft.nodes;
        let topic = match draft.root {
            Root::Topic(id) => topics.iter().find(|topic| topic.id == id),
            Root::View(_) => None,
        };
        let mut selected = Vec::new();
        for column in &draft.columns {
            if let Some((field, _)) = self.offered_field(nodes, topic, &column.written, &column.at) {
                selected.push((column.name.clone(), field));
            }
        }
        let is_selected = |field: &NodeField| selected.iter().any(|(_, known)| known == field);
        let mut sorts = Vec::new();
        for (sort, at) in file.query.sorts.iter().zip(&file.sort_places) {
            let Some((field, _)) = self.offered_field(nodes, topic, &sort.field, at) else { continue };
            if !self.field_file(field.field).is_measure && !is_selected(&field) {
                let message = format!("the query is sorted by `{}`, which is not among its fields", sort.field);
                self.problems.add(Problem::new(at, "sort", message).help("add it to `fields`"));
            }
            sorts.push((field, sort.descending));
        }
        let filter =
            self.filter(&file.query.filters, None, |model, name, at| model.offered_field(nodes, topic, name, at));
        if let Some(filter) = &filter {
            self.check_mixed(filter, &is_selected, &file.at);
        }

        let mut used: BTreeSet<NodeField> = sorts.iter().map(|(field, _)| field.clone()).collect();
        let always = topic.and_then(|topic| topic.always_filter.as_ref());
        for filter in filter.iter().chain(always) {
            filter.for_each_field(&mut |field| used.extend([field.clone()]));
        }
        let dimensions = selected.iter().filter(|(_, field)| !self.field_file(field.field).is_measure);
        used.extend(dimensions.map(|(_, field)| field.clone()));
        let uses = used.iter().map(|field| field.field).collect();

        used.extend(selected.iter().map(|(_, field)| field.clone()));
        used.iter().for_each(|field| self.check_homes(field.field, nodes, &file.at));
        let mut views: BTreeSet<ViewId> = used
            .iter()
            .filter_map(|field| lineages.get(field.field.index()))
            .flat_map(|lineage| lineage.views.iter().copied())
            .collect();
        // An inner join narrows every answer.
        let is_inner = |(index, node): (NodeIndex, &TopicNode)| {
            let (_, step) = node.parent?;
            (self.relationship(step.relationship).join == JoinType::Inner).then_some(index)
        };
        let inner = nodes.iter().enumerate().filter_map(is_inner);
        let other_homes =
            nodes.iter().enumerate().filter(|(_, node)| views.contains(&node.view)).map(|(index, _)| index);
        let read: Vec<NodeIndex> = used.iter().map(|field| field.node).chain(inner).chain(other_homes).collect();
        views.extend(way(nodes, read.into_iter().chain([0])));
        draft.views = views;
        let query = SavedQuery { root: draft.root, selected, filter, sorts, limit: file.query.limit };
        draft.resolved = Some(Resolved { query, uses });
    }

    /// A field that the topic offers.
    fn offered_field(
        &mut self,
        nodes: &[TopicNode],
        topic: Option<&Topic>,
        name: &FieldName,
        at: &Place,
    ) -> Option<(NodeField, ValueType)> {
        let (field, value_type) = self.node_field(nodes, name, at)?;
        if let Some(topic) = topic.filter(|topic| !topic.fields.contains(&(field.node, field.field))) {
            let message = format!("the topic `{}` does not offer `{}.{}`", topic.name, name.view, name.field);
            self.problems.add(Problem::new(at, "unknown_field", message).help("add it to the `fields` of the topic"));
            return None;
        }
        Some((field, value_type))
    }

    /// A measure of measures needs the view of each of them once.
    fn check_homes(&mut self, field: FieldId, nodes: &[TopicNode], at: &Place) {
        let file = self.field_file(field);
        if !file.is_measure || file.aggregate.is_some() {
            return;
        }
        let inputs = self.field(field).expr.as_ref().map(super::order::paths_read).unwrap_or_default();
        for input in inputs.into_iter().map(|path| path.field) {
            let view = self.field(input).view;
            let found = nodes.iter().filter(|node| node.view == view).count();
            if view != self.field(field).view && found != 1 {
                let (measure, input) = (self.full_name(field), self.full_name(input));
                let joined = if found == 0 { "is not joined here" } else { "is joined more than once here" };
                let message = format!("`{measure}` needs `{input}`, whose view {joined}");
                self.problem(at, "measure_home", message);
            }
            self.check_homes(input, nodes, at);
        }
    }

    /// An alternative of a measure and a dimension is judged after grouping.
    fn check_mixed(&mut self, filter: &Filter<NodeField>, is_selected: &impl Fn(&NodeField) -> bool, at: &Place) {
        if let Filter::All(filters) = filter {
            filters.iter().for_each(|filter| self.check_mixed(filter, is_selected, at));
            return;
        }
        let (mut has_measure, mut missing) = (false, None);
        filter.for_each_field(&mut |field| {
            if self.field_file(field.field).is_measure {
                has_measure = true;
            } else if !is_selected(field) {
                missing.get_or_insert(field.field);
            }
        });
        if let Some(missing) = missing.filter(|_| has_measure) {
            let name = self.full_name(missing);
            let message = format!(
                "an `any_of` over a measure and `{name}` runs after grouping and needs `{name}` among the fields"
            );
            self.problems.add(Problem::new(at, "filter", message).help("add it to `fields`"));
        }
    }

    /// `keys`: the dimensions by which rows of the view are joined and counted.
    pub(super) fn fields_source(
        &self,
        view: ViewId,
        draft: &FieldsDraft,
        keys: &BTreeSet<FieldId>,
    ) -> Option<QuerySource> {
        let Resolved { query, uses } = draft.resolved.as_ref()?;
        let of_keys = keys.iter().filter(|key| self.field(**key).view == view).flat_map(|key| self.columns_read(*key));
        let uses = uses.iter().copied().chain(of_keys.filter_map(|column| draft.field_of(&column))).collect();
        let columns: BTreeMap<Ident, BTreeSet<FieldId>> =
            draft.columns.iter().map(|column| (column.name.clone(), BTreeSet::from([column.field]))).collect();
        let definition = QueryDefinition::Fields(query.clone());
        Some(QuerySource { definition, views: draft.views.iter().copied().collect(), uses, columns })
    }
}

/// `revenue`, `ordered_at_month`; with its view in front where another field is called so too.
fn column_name(field: &FieldName, all: &[FieldName]) -> Result<Ident, String> {
    let short = |field: &FieldName| match &field.frame {
        Some(frame) => format!("{}_{frame}", field.field),
        None => field.field.clone(),
    };
    let name = short(field);
    let is_shared = all.iter().any(|other| other != field && short(other) == name);
    let name = if is_shared { format!("{}_{name}", field.view) } else { name };
    Ident::new(name).map_err(|error| error.to_string())
}

/// The views from the base to these nodes.
fn way(nodes: &[TopicNode], to: impl IntoIterator<Item = NodeIndex>) -> BTreeSet<ViewId> {
    let mut views = BTreeSet::new();
    for node in to {
        let way = std::iter::successors(nodes.get(node), |node| nodes.get(node.parent?.0));
        views.extend(way.map(|node| node.view));
    }
    views
}
