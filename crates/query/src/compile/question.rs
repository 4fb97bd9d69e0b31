//! A request with every name resolved, as one person may ask it. Unknown and forbidden names answer alike.
use crate::{Refusal, RefusalKind, RowLimit};
use tessera_base::{TimeZone, ValueType};
use tessera_model::{
    CheckedModel, DataScope, FieldId, TopicId, ViewId,
    checked::{Aggregate, FieldKind, JoinType, Measure, ModelRef, NodeField, NodeIndex, Root, SavedQuery, TimeFrame},
    file::{Place, Problem, closest},
    filter::{Filter, parse_filters},
    request::{FieldName, FieldQuery},
    scope::{Closure, FieldState, RelationState},
};

/// The most rows that a field query shows at once.
const MOST_INTERACTIVE_ROWS: u64 = 50_000;

/// An engine counts rows with 64 bits and a sign, and one more than asked for is read.
const MOST_ROWS: u64 = i64::MAX as u64 - 1;

pub(crate) struct Question {
    pub selected: Vec<NodeField>,
    /// On rows, before grouping; all hold.
    pub row_filters: Vec<Filter<NodeField>>,
    /// On groups: over measures, and over dimensions beside them.
    pub group_filters: Vec<Filter<NodeField>>,
    /// `true`: descending.
    pub sorts: Vec<(NodeField, bool)>,
    pub limit: Option<u64>,
    /// The order of the rows is asked for.
    pub is_ordered: bool,
    /// Measures that are not asked for: the groups in which they have rows are there all the same.
    pub anchors: Vec<NodeField>,
}

/// The names that a person may use under one root.
pub(crate) struct Names<'m> {
    pub model: &'m CheckedModel,
    pub scope: &'m DataScope<'m>,
    pub root: Root,
}

impl<'m> Names<'m> {
    pub fn of_topic(model: &'m CheckedModel, scope: &'m DataScope<'m>, name: &str) -> Result<Self, Refusal> {
        let unknown = || {
            let known = model
                .topics
                .iter()
                .filter(|topic| matches!(topic_state(scope, topic.id, model), TopicState::Open))
                .map(|topic| topic.name.as_str());
            let refusal = Refusal::new(RefusalKind::Unknown, format!("unknown topic `{name}`"));
            did_you_mean(refusal, name, known)
        };
        let topic = model.topics_by_name.get(name).copied().ok_or_else(unknown)?;
        match topic_state(scope, topic, model) {
            TopicState::Absent => Err(unknown()),
            TopicState::Closed(closure) => Err(Refusal::closed(closure)),
            TopicState::Open => Ok(Self { model, scope, root: Root::Topic(topic) }),
        }
    }

    pub fn of_view(model: &'m CheckedModel, scope: &'m DataScope<'m>, name: &str) -> Result<Self, Refusal> {
        let unknown = || {
            let known = model.views.iter().filter(|view| is_open(scope, view.id)).map(|view| view.name.as_str());
            did_you_mean(Refusal::new(RefusalKind::Unknown, format!("unknown view `{name}`")), name, known)
        };
        let view = model.views_by_name.get(name).copied().ok_or_else(unknown)?;
        match scope.relation(view) {
            RelationState::Open(_) => Ok(Self { model, scope, root: Root::View(view) }),
            RelationState::Closed(closure) => Err(Refusal::closed(closure)),
            RelationState::Absent(_) => Err(unknown()),
        }
    }

    pub fn nodes(&self) -> Vec<(NodeIndex, &'m str, ViewId)> {
        match self.root {
            Root::Topic(topic) => {
                let nodes = self.model.topic(topic).nodes.iter().enumerate();
                let reached = nodes.filter(|(index, _)| self.is_reached(topic, *index));
                reached.map(|(index, node)| (index, node.name.as_str(), node.view)).collect()
            }
            Root::View(view) => vec![(0, self.model.view(view).name.as_str(), view)],
        }
    }

    /// No view on the way to the node is absent: what lies behind one does not exist either.
    fn is_reached(&self, topic: TopicId, node: NodeIndex) -> bool {
        let nodes = &self.model.topic(topic).nodes;
        let mut way = std::iter::successors(nodes.get(node), |node| nodes.get(node.parent?.0));
        way.all(|node| !matches!(self.scope.relation(node.view), RelationState::Absent(_)))
    }

    /// The fields that the root offers, that the person may know, and that can be asked here, in order.
    pub fn fields(&self) -> impl Iterator<Item = (NodeIndex, FieldId)> + '_ {
        let offered: Vec<(NodeIndex, FieldId)> = match self.root {
            Root::Topic(topic) => {
                let offered = self.model.topic(topic).fields.iter().copied();
                offered.filter(|(node, _)| self.is_reached(topic, *node)).collect()
            }
            Root::View(view) => self.model.view(view).fields.iter().map(|field| (0, *field)).collect(),
        };
        let nodes = self.nodes();
        offered.into_iter().filter(move |(_, field)| self.may_know(*field) && self.has_homes(*field, &nodes))
    }

    /// A measure of measures needs the view of each of them once.
    fn has_homes(&self, field: FieldId, nodes: &[(NodeIndex, &str, ViewId)]) -> bool {
        let definition = self.model.field(field);
        let FieldKind::Measure(Measure::Derived { expr }) = &definition.kind else { return true };
        let mut all = true;
        expr.for_each_column(&mut |read| {
            if let ModelRef::Field(path) = read {
                let view = self.model.field(path.field).view;
                let homes = nodes.iter().filter(|(_, _, known)| *known == view).count();
                all &= (view == definition.view || homes == 1) && self.has_homes(path.field, nodes);
            }
        });
        all
    }

    /// Its view, and every view that it reads, is open, and the field is not hidden.
    fn may_know(&self, field: FieldId) -> bool {
        let definition = self.model.field(field);
        let views = std::iter::once(&definition.view).chain(&definition.lineage.views);
        views.into_iter().all(|view| is_open(self.scope, *view))
            && !matches!(self.scope.field(field), FieldState::Hidden { .. })
    }

    fn offers(&self, node: NodeIndex, field: FieldId) -> bool {
        match self.root {
            Root::Topic(topic) => self.model.topic(topic).fields.contains(&(node, field)),
            Root::View(_) => true,
        }
    }

    pub fn field(&self, name: &FieldName) -> Result<NodeField, Refusal> {
        let found = self.nodes().into_iter().find(|(_, node, _)| *node == name.view).and_then(|(node, _, view)| {
            let field = self.model.view(view).fields_by_name.get(&name.field).copied()?;
            self.offers(node, field).then_some((node, field))
        });
        let Some((node, field)) = found.filter(|(_, field)| !self.is_absent(*field)) else {
            return Err(self.unknown(name));
        };
        if let Some(closure) = self.closed(field) {
            return Err(Refusal::closed(closure).field(name));
        }
        let frame = name.frame.as_deref().map(|frame| self.frame(name, field, frame)).transpose()?;
        Ok(NodeField { node, field, frame })
    }

    fn is_absent(&self, field: FieldId) -> bool {
        let definition = self.model.field(field);
        let views = std::iter::once(&definition.view).chain(&definition.lineage.views);
        views.into_iter().any(|view| matches!(self.scope.relation(*view), RelationState::Absent(_)))
            || matches!(self.scope.field(field), FieldState::Hidden { .. })
    }

    fn closed(&self, field: FieldId) -> Option<&Closure> {
        let definition = self.model.field(field);
        let views = std::iter::once(&definition.view).chain(&definition.lineage.views);
        views.into_iter().find_map(|view| closed(self.scope.relation(*view)))
    }

    fn unknown(&self, name: &FieldName) -> Refusal {
        let plain = format!("{}.{}", name.view, name.field);
        let place = match self.root {
            Root::Topic(topic) => format!("topic `{}`", self.model.topic(topic).name),
            Root::View(view) => format!("view `{}`", self.model.view(view).name),
        };
        let refusal = Refusal::new(RefusalKind::Unknown, format!("unknown field `{plain}` in {place}")).field(name);
        let nodes = self.nodes();
        let Some((node, _, _)) = nodes.iter().find(|(_, alias, _)| *alias == name.view) else {
            return did_you_mean(
                refusal,
                &name.view,
                nodes.iter().filter(|node| self.shows(node.0)).map(|(_, alias, _)| *alias),
            );
        };
        let known = self.fields().filter(|(at, _)| at == node).map(|(_, field)| self.model.field(field).name.as_str());
        match closest(&name.field, known) {
            Some(close) => refusal.help(format!("did you mean `{}.{close}`?", name.view)),
            None => refusal,
        }
    }

    fn shows(&self, node: NodeIndex) -> bool {
        self.fields().any(|(at, _)| at == node)
    }

    fn frame(&self, name: &FieldName, field: FieldId, frame: &str) -> Result<TimeFrame, Refusal> {
        let offered: &[TimeFrame] = match &self.model.field(field).kind {
            FieldKind::Dimension(dimension) => &dimension.timeframes,
            FieldKind::Measure(_) => &[],
        };
        offered.iter().copied().find(|known| known.name() == frame).ok_or_else(|| {
            let refusal = Refusal::new(
                RefusalKind::Unknown,
                format!("`{}.{}` has no time frame `{frame}`", name.view, name.field),
            )
            .field(name);
            if offered.is_empty() {
                return refusal;
            }
            let names: Vec<&str> = offered.iter().map(|frame| frame.name()).collect();
            refusal.help(format!("it has {}", names.join(", ")))
        })
    }

    fn is_measure(&self, field: &NodeField) -> bool {
        matches!(self.model.field(field.field).kind, FieldKind::Measure(_))
    }

    /// `zone`: whose clocks the request means.
    pub fn question(&self, request: &FieldQuery, rows: RowLimit, zone: TimeZone) -> Result<Question, Refusal> {
        let selected = request.fields.iter().map(|name| self.field(name)).collect::<Result<Vec<_>, _>>()?;
        for (name, field) in request.fields.iter().zip(&selected) {
            if selected.iter().filter(|other| *other == field).count() > 1 {
                return Err(
                    Refusal::new(RefusalKind::Invalid, format!("field `{name}` is asked for twice")).field(name)
                );
            }
        }
        let mut question = self.selecting(selected);
        self.place(self.filters(request, zone)?, &mut question)?;
        for sort in &request.sorts {
            let field = self.field(&sort.field)?;
            if !self.is_measure(&field) && !question.selected.contains(&field) {
                let message = format!("the query is sorted by `{}`, which is not among its fields", sort.field);
                return Err(Refusal::new(RefusalKind::Invalid, message).help("add it to `fields`").field(&sort.field));
            }
            question.sorts.push((field, sort.descending));
        }
        question.limit = self.limit(request.limit, rows)?;
        Ok(question)
    }

    /// With what the topic always filters, and nothing else.
    fn selecting(&self, selected: Vec<NodeField>) -> Question {
        let always = match self.root {
            Root::Topic(topic) => self.model.topic(topic).always_filter.clone(),
            Root::View(_) => None,
        };
        Question {
            selected,
            row_filters: always.into_iter().collect(),
            group_filters: Vec::new(),
            sorts: Vec::new(),
            limit: None,
            is_ordered: true,
            anchors: Vec::new(),
        }
    }

    /// The query of a view. Measures that the person may not see are no columns of it.
    pub fn saved_question(&self, query: &SavedQuery) -> Result<Question, Refusal> {
        let selected = query.selected.iter().map(|(_, field)| field.clone());
        let (anchors, selected): (Vec<_>, Vec<_>) = selected.partition(|field| self.is_absent(field.field));
        let mut question = self.selecting(selected);
        if let Some(filter) = &query.filter {
            self.place(filter.clone(), &mut question)?;
        }
        question.sorts.clone_from(&query.sorts);
        question.limit = query.limit;
        question.is_ordered = query.limit.is_some();
        question.anchors = anchors;
        Ok(question)
    }

    fn filters(&self, request: &FieldQuery, zone: TimeZone) -> Result<Filter<NodeField>, Refusal> {
        // A name's own refusal says more than the problem that carries it through the parser.
        let mut refused = None;
        let filters =
            parse_filters(&request.filters, None, zone, |name: &FieldName, place: &Place| match self.field(name) {
                Ok(field) if self.is_list(&field) => {
                    let message = format!("`{name}` is a list of values, which cannot be compared");
                    Err(Problem::new(place, "wrong_type", message).help("filter by the field that it lists"))
                }
                Ok(field) => {
                    let value_type = self.type_of(&field);
                    Ok((field, value_type))
                }
                Err(refusal) => {
                    let problem = Problem::new(place, "unknown_field", refusal.message.clone());
                    refused.get_or_insert(refusal);
                    Err(problem)
                }
            });
        filters.map_err(|problem| refused.unwrap_or_else(|| from_problem(problem)))
    }

    fn is_list(&self, field: &NodeField) -> bool {
        let kind = &self.model.field(field.field).kind;
        matches!(kind, FieldKind::Measure(Measure::Aggregate { aggregate: Aggregate::List, .. }))
    }

    fn type_of(&self, field: &NodeField) -> ValueType {
        field.frame.map_or(self.model.field(field.field).value_type, TimeFrame::value_type)
    }

    /// A filter over dimensions holds for rows, one over measures for groups; an OR of both runs after grouping.
    fn place(&self, filter: Filter<NodeField>, question: &mut Question) -> Result<(), Refusal> {
        let (mut measures, mut dimensions) = (false, Vec::new());
        filter.for_each_field(&mut |field| {
            if self.is_measure(field) {
                measures = true;
            } else {
                dimensions.push(field.clone());
            }
        });
        match filter {
            Filter::All(filters) => {
                for filter in filters {
                    self.place(filter, question)?;
                }
            }
            filter if !measures => question.row_filters.push(filter),
            filter => {
                if let Some(missing) = dimensions.into_iter().find(|field| !question.selected.contains(field)) {
                    let name = self.model.full_name(missing.field);
                    let message = format!(
                        "an `any_of` over a measure and `{name}` runs after grouping and needs `{name}` among the fields"
                    );
                    return Err(Refusal::new(RefusalKind::Invalid, message).help("add it to `fields`").field(name));
                }
                question.group_filters.push(filter);
            }
        }
        Ok(())
    }

    fn limit(&self, asked: Option<u64>, rows: RowLimit) -> Result<Option<u64>, Refusal> {
        let default = self.model.default_row_limit;
        match (rows, asked) {
            (RowLimit::Export, asked) => Ok(asked.map(|asked| asked.min(MOST_ROWS))),
            (RowLimit::CommandLine, asked) => Ok(Some(asked.unwrap_or(default).min(MOST_ROWS))),
            (RowLimit::Interactive, Some(asked)) if asked > MOST_INTERACTIVE_ROWS => {
                let message = format!("`limit` is at most {MOST_INTERACTIVE_ROWS} rows here");
                Err(Refusal::new(RefusalKind::Invalid, message).help("download the result to get all rows"))
            }
            (RowLimit::Interactive, asked) => Ok(Some(asked.unwrap_or(default))),
        }
    }
}

pub(crate) fn is_open(scope: &DataScope<'_>, view: ViewId) -> bool {
    matches!(scope.relation(view), RelationState::Open(_))
}

pub(crate) enum TopicState<'s> {
    Absent,
    Closed(&'s Closure),
    Open,
}

/// A topic needs its own requirements, its base view, and the fields of its `always_filter`: without one of them it could
/// not be answered as its author means it.
pub(crate) fn topic_state<'s>(scope: &'s DataScope<'_>, topic: TopicId, model: &CheckedModel) -> TopicState<'s> {
    let definition = model.topic(topic);
    let mut states = vec![scope.topic(topic)];
    states.extend(definition.nodes.first().map(|base| scope.relation(base.view)));
    // An inner join narrows every answer, so it and the way to it have to be there.
    for node in &definition.nodes {
        if node.parent.is_some_and(|(_, step)| model.relationship(step.relationship).join == JoinType::Inner) {
            let way = std::iter::successors(Some(node), |node| definition.nodes.get(node.parent?.0));
            states.extend(way.map(|node| scope.relation(node.view)));
        }
    }
    let mut hidden = false;
    if let Some(filter) = &definition.always_filter {
        filter.for_each_field(&mut |used| {
            hidden |= matches!(scope.field(used.field), FieldState::Hidden { .. });
            let field = model.field(used.field);
            states.extend(std::iter::once(&field.view).chain(&field.lineage.views).map(|view| scope.relation(*view)));
        });
    }
    // Absent hides what is closed.
    if hidden || states.iter().any(|state| matches!(state, RelationState::Absent(_))) {
        return TopicState::Absent;
    }
    states.into_iter().find_map(closed).map_or(TopicState::Open, TopicState::Closed)
}

fn closed(state: &RelationState) -> Option<&Closure> {
    match state {
        RelationState::Closed(closure) => Some(closure),
        RelationState::Open(_) | RelationState::Absent(_) => None,
    }
}

fn did_you_mean<'k>(refusal: Refusal, name: &str, known: impl IntoIterator<Item = &'k str>) -> Refusal {
    match closest(name, known) {
        Some(close) => refusal.help(format!("did you mean `{close}`?")),
        None => refusal,
    }
}

fn from_problem(problem: Problem) -> Refusal {
    let mut refusal = Refusal::new(RefusalKind::Invalid, problem.message);
    refusal.help = problem.help;
    refusal
}
