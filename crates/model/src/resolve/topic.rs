use super::draft::Draft;
use crate::checked::{
    AccessFilter, DefaultAccess, FieldPath, Lineage, NodeField, NodeIndex, Step, TimeFrame, Topic, TopicNode,
    ViewAccess,
};
use crate::file::{Entries, JoinFile, Node, Place, Problem, TopicFile, Word, excerpt};
use crate::request::FieldName;
use crate::{FieldId, TopicId, ViewId};
use std::collections::BTreeSet;
use tessera_base::ValueType;

impl<'f> Draft<'f> {
    /// By [`TopicId`]; empty where the base view is unknown. Once the relationships are known.
    pub(super) fn resolve_topic_trees(&mut self) {
        for file in self.topics {
            let mut nodes = Vec::new();
            if let Some(base) = self.find_view(&file.base_view) {
                nodes.push(TopicNode { name: file.base_view.text.clone(), view: base, parent: None });
                for join in &file.joins {
                    self.join(join, 0, &mut nodes);
                }
            }
            self.topic_trees.push(nodes);
        }
    }

    /// By [`TopicId`], but for topics with problems. `access`: of the views, by [`ViewId`].
    pub(super) fn resolve_topics(&mut self, access: &[ViewAccess], lineages: &[Lineage]) -> Vec<Topic> {
        let files = self.topics;
        let mut topics = Vec::new();
        for (index, file) in files.iter().enumerate() {
            let id = TopicId(u32::try_from(index).unwrap_or(u32::MAX));
            topics.extend(self.topic(id, file, access, lineages));
        }
        topics
    }

    fn topic(
        &mut self,
        id: TopicId,
        file: &'f TopicFile,
        access: &[ViewAccess],
        lineages: &[Lineage],
    ) -> Option<Topic> {
        let requirements = self.requirements(&file.requirements);
        let nodes = self.topic_trees.get(id.index())?.clone();
        let base = nodes.first()?.view;
        let fields = self.topic_fields(file, &nodes);
        let always_filter = self.topic_filter(&file.always_filter, &nodes);
        self.topic_filter(&file.default_filters, &nodes);
        let mut access_filters = Vec::new();
        for node in &file.access_filters {
            let rule = self.row_rule(node, 0, true, &mut |draft, name| draft.rule_field(&nodes, name));
            let entries = Entries::unchecked(node, "an access filter", self.problems);
            let scope = entries.and_then(|entries| entries.choice("scope", &[("topic", ())], self.problems));
            if let Some(rule) = rule {
                if scope.is_none() {
                    self.check_escape(&node.at, file, base, &rule, access);
                }
                self.check_rule_reach(base, &rule, &node.at, lineages);
                access_filters.push((0, rule));
            }
        }
        Some(Topic {
            id,
            name: file.name.text.clone(),
            label: file.label.clone(),
            description: file.description.clone(),
            hidden: file.hidden,
            requirements,
            nodes,
            fields,
            always_filter: always_filter.filter(|_| !file.always_filter.is_empty()),
            default_filters: file.default_filters.clone(),
            access_filters,
        })
    }

    fn join(&mut self, file: &JoinFile, parent: NodeIndex, nodes: &mut Vec<TopicNode>) {
        if nodes.iter().any(|node| node.name == file.name.text) {
            let problem = Problem::new(&file.name.at, "duplicate_name", format!("`{}` is joined twice", file.name));
            self.problems.add(problem.help(format!(
                "give one of them an alias: `other_{}: {{view: {}}}`",
                file.name,
                file.view.as_ref().unwrap_or(&file.name)
            )));
            return;
        }
        let Some(view) = self.find_view(file.view.as_ref().unwrap_or(&file.name)) else { return };
        let Some(step) = nodes.get(parent).map(|node| node.view).and_then(|from| self.join_step(file, from, view))
        else {
            return;
        };
        nodes.push(TopicNode { name: file.name.text.clone(), view, parent: Some((parent, step)) });
        let index = nodes.len() - 1;
        for child in &file.children {
            self.join(child, index, nodes);
        }
    }

    /// The declared relationship between parent and child, in either direction.
    fn join_step(&mut self, file: &JoinFile, from: ViewId, to: ViewId) -> Option<Step> {
        let candidates: Vec<Step> = self
            .relationships
            .iter()
            .filter_map(|relationship| match (relationship.from, relationship.to) {
                (one, other) if (one, other) == (from, to) => {
                    Some(Step { relationship: relationship.id, backward: false })
                }
                (one, other) if (other, one) == (from, to) => {
                    Some(Step { relationship: relationship.id, backward: true })
                }
                _ => None,
            })
            .collect();
        let between = format!("`{}` and `{}`", self.view_file(from).name, self.view_file(to).name);
        let names: Vec<String> =
            candidates.iter().filter_map(|step| self.relationship(step.relationship).name.clone()).collect();
        if let Some(word) = &file.relationship {
            let found =
                candidates.into_iter().find(|step| self.relationship(step.relationship).name.as_deref() == Some(word));
            if found.is_none() {
                let problem = Problem::new(
                    &word.at,
                    "unknown_relationship",
                    format!("no relationship `{}` connects {between}", excerpt(word)),
                );
                self.problems.add(problem.suggest(word, names.iter().map(String::as_str)));
            }
            return found;
        }
        match candidates.as_slice() {
            [only] => Some(*only),
            [] => {
                let problem =
                    Problem::new(&file.name.at, "no_relationship", format!("no relationship connects {between}"));
                self.problems.add(problem.help("declare it under `relationships` in model.yaml"));
                None
            }
            _ => {
                let problem =
                    Problem::new(&file.name.at, "ambiguous_path", format!("several relationships connect {between}"));
                let names = if names.is_empty() {
                    "after giving each a `name`".to_owned()
                } else {
                    format!("one of {}", names.join(", "))
                };
                self.problems.add(problem.help(format!("say which with `relationship:`, {names}")));
                None
            }
        }
    }

    pub(super) fn find_node(&mut self, nodes: &[TopicNode], name: &str, at: &Place) -> Option<(NodeIndex, ViewId)> {
        let found =
            nodes.iter().position(|node| node.name == name).and_then(|index| Some((index, nodes.get(index)?.view)));
        if found.is_none() {
            let message = format!("the topic joins no view `{}`", excerpt(name));
            self.problems.add(
                Problem::new(at, "unknown_view", message).suggest(name, nodes.iter().map(|node| node.name.as_str())),
            );
        }
        found
    }

    /// The curated fields: items add or, with a leading `-`, take away, in their order. A list that begins by taking away
    /// starts from everything.
    fn topic_fields(&mut self, file: &TopicFile, nodes: &[TopicNode]) -> Vec<(NodeIndex, FieldId)> {
        let all: Vec<(NodeIndex, FieldId)> = nodes
            .iter()
            .enumerate()
            .flat_map(|(index, node)| self.field_ids(node.view).into_iter().map(move |field| (index, field)))
            .collect();
        let Some(items) = &file.fields else { return all };
        let mut kept: BTreeSet<(NodeIndex, FieldId)> = BTreeSet::new();
        if items.first().is_some_and(|item| item.starts_with('-')) {
            kept.extend(&all);
        }
        for item in items {
            let (pattern, removes) =
                item.strip_prefix('-').map_or((item.text.as_str(), false), |pattern| (pattern, true));
            for field in self.matching_fields(pattern, item, nodes, &all) {
                if removes {
                    kept.remove(&field);
                } else {
                    kept.insert(field);
                }
            }
        }
        all.into_iter().filter(|field| kept.contains(field)).collect()
    }

    fn matching_fields(
        &mut self,
        pattern: &str,
        item: &Word,
        nodes: &[TopicNode],
        all: &[(NodeIndex, FieldId)],
    ) -> Vec<(NodeIndex, FieldId)> {
        if pattern == "all_views.*" {
            return all.to_vec();
        }
        if let Some(tag) = pattern.strip_prefix("tag:") {
            let tagged = |field: FieldId| self.field_file(field).presentation.tags.iter().any(|own| own == tag);
            let found: Vec<_> = all.iter().filter(|(_, field)| tagged(*field)).copied().collect();
            if found.is_empty() {
                let tags: BTreeSet<&str> = all
                    .iter()
                    .flat_map(|(_, field)| self.field_file(*field).presentation.tags.iter().map(String::as_str))
                    .collect();
                let problem = Problem::new(
                    &item.at,
                    "unknown_tag",
                    format!("no field of the topic has the tag `{}`", excerpt(tag)),
                );
                self.problems.add(problem.suggest(tag, tags));
            }
            return found;
        }
        let Some((view, field)) = pattern.split_once('.') else {
            let problem = Problem::new(&item.at, "field_name", format!("`{}` names no fields", excerpt(item)));
            self.problems.add(
                problem.help("`all_views.*`, `view.*`, `view.field`, `tag:name`, each with `-` in front to leave out"),
            );
            return Vec::new();
        };
        let Some((index, view)) = self.find_node(nodes, view, &item.at) else { return Vec::new() };
        if field == "*" {
            return self.field_ids(view).into_iter().map(|field| (index, field)).collect();
        }
        self.find_field(view, field, &item.at).map(|field| (index, field)).into_iter().collect()
    }

    pub(super) fn topic_filter(
        &mut self,
        filters: &[Node],
        nodes: &[TopicNode],
    ) -> Option<crate::filter::Filter<NodeField>> {
        self.filter(filters, None, |draft, name, at| draft.node_field(nodes, name, at))
    }

    pub(super) fn node_field(
        &mut self,
        nodes: &[TopicNode],
        name: &FieldName,
        at: &Place,
    ) -> Option<(NodeField, ValueType)> {
        let (node, view) = self.find_node(nodes, &name.view, at)?;
        let field = self.find_field(view, &name.field, at)?;
        let value_type = self.field(field).value_type?;
        let Some(written) = &name.frame else { return Some((NodeField { node, field, frame: None }, value_type)) };
        let frame = TimeFrame::from_name(written).filter(|frame| {
            !self.field_file(field).is_measure
                && (value_type == ValueType::Timestamp || (value_type == ValueType::Date && !frame.needs_time()))
                && (self.field_file(field).timeframes.is_empty()
                    || self.field_file(field).timeframes.iter().any(|word| word.text == *written))
        });
        let Some(frame) = frame else {
            let problem =
                Problem::new(at, "time_frame", format!("`{}` has no time frame `{written}`", self.full_name(field)));
            self.problems.add(problem.suggest(written, TimeFrame::ALL.map(TimeFrame::name)));
            return None;
        };
        Some((NodeField { node, field, frame: Some(frame) }, frame.value_type()))
    }

    /// The field of a rule, as read from a row of the base view: only where such a row has one value of it.
    fn rule_field(&mut self, nodes: &[TopicNode], name: &Word) -> Option<FieldPath> {
        let base = nodes.first().map(|node| node.name.as_str());
        let name_of_field = match FieldName::parse(name, base) {
            Ok(parsed) => parsed,
            Err(message) => {
                self.problem(&name.at, "field_name", message);
                return None;
            }
        };
        let (mut index, view) = self.find_node(nodes, &name_of_field.view, &name.at)?;
        let field = self.find_dimension(view, &name_of_field.field, &name.at)?;
        let mut steps = Vec::new();
        while let Some((parent, step)) = nodes.get(index).and_then(|node| node.parent) {
            steps.push(step);
            index = parent;
        }
        steps.reverse();
        if !steps.iter().all(|step| self.is_to_one(*step)) {
            let message = format!("a row of the base view has no single `{}`", excerpt(name));
            let problem = Problem::new(&name.at, "no_path", message);
            self.problems
                .add(problem.help("a topic's rule reads fields that are reached over many_to_one relationships"));
            return None;
        }
        Some(FieldPath { steps, field })
    }

    fn is_to_one(&self, step: Step) -> bool {
        self.relationship(step.relationship).cardinality.is_to_one(step.backward)
    }

    /// A rule of a topic does not hold where the base view is read in another way.
    fn check_escape(&mut self, at: &Place, file: &TopicFile, base: ViewId, rule: &AccessFilter, access: &[ViewAccess]) {
        let Some(view) = access.get(base.index()) else { return };
        let readable = view.everyone || view.has_rule() || self.model.default_access == DefaultAccess::Allow;
        if readable && !view.filters.contains(rule) {
            let name = &self.view_file(base).name;
            let message = format!("this rule holds in the topic `{}` only: `{name}` can be read without it", file.name);
            let problem = Problem::new(at, "topic_rule_escapable", message);
            self.problems.add(problem.help(format!("put it on the view `{name}`, or say `scope: topic`")));
        }
    }
}
