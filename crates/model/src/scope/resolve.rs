use super::{Absence, Closure, DataScope, Person, RelationState, Resolved, RowRule, RowRules};
use crate::checked::{
    AccessFilter, CheckedModel, DefaultAccess, FieldPath, GrantCondition, GrantId, Matching, RequirementId, Topic, View,
};
use crate::resolve::attribute;
use std::collections::BTreeMap;
use tessera_access::{Address, AttributeState};
use tessera_base::{Value, ValueType};

impl<'m> DataScope<'m> {
    pub fn resolve(model: &'m CheckedModel, person: Person<'_>) -> Self {
        let mut resolver = Resolver { model, person, attributes: BTreeMap::new(), grants: Vec::new() };
        resolver.grants = model.grants.iter().map(|grant| resolver.holds(&grant.condition)).collect();
        let requirements: Vec<bool> = model
            .requirements
            .iter()
            .map(|requirement| requirement.any_of.iter().any(|grant| resolver.grant(*grant)))
            .collect();
        let relations = model.views.iter().map(|view| resolver.relation(view, &requirements)).collect();
        let topics = model.topics.iter().map(|topic| resolver.topic(topic, &requirements)).collect();
        let allows = model.default_access == DefaultAccess::Allow;
        let resolved = Resolved {
            grants: resolver.grants,
            requirements,
            relations,
            topics,
            tables_without_view: person.develops_policies || (allows && person.can_query_all_views),
            columns_without_field: person.develops_policies || allows,
        };
        let mut scope = Self { model, resolved, address: Address::You };
        for view in &model.query_views {
            scope.close_query(*view);
        }
        scope
    }
}

/// One attribute of the person, as its declaration reads it.
enum Known {
    /// Not empty; sorted, without repetition.
    Values {
        values: Vec<Value>,
        because: String,
    },
    Not(Closure),
}

/// What a rule comes to for one person.
enum Outcome {
    /// Every row.
    Everything,
    Rows(RowRule),
    /// No row: grants that it names are not held.
    Nothing,
    Closed(Closure),
}

struct Resolver<'m, 'p> {
    model: &'m CheckedModel,
    person: Person<'p>,
    /// Read once each.
    attributes: BTreeMap<&'m str, Known>,
    grants: Vec<bool>,
}

impl<'m> Resolver<'m, '_> {
    fn grant(&self, grant: GrantId) -> bool {
        self.grants.get(grant.index()).copied().unwrap_or(false)
    }

    fn known(&mut self, name: &'m str) -> &Known {
        let (model, person) = (self.model, self.person);
        self.attributes.entry(name).or_insert_with(|| read(model, person, name))
    }

    fn holds(&mut self, condition: &'m GrantCondition) -> bool {
        match condition {
            GrantCondition::Attribute { name, allowed } => match self.known(name) {
                Known::Values { values, .. } => values.iter().any(|value| allowed.contains(value)),
                Known::Not(_) => false,
            },
            GrantCondition::Group(key) => self.person.groups.contains(key),
            GrantCondition::Any(conditions) => conditions.iter().any(|condition| self.holds(condition)),
            GrantCondition::All(conditions) => {
                !conditions.is_empty() && conditions.iter().all(|condition| self.holds(condition))
            }
        }
    }

    fn relation(&mut self, view: &'m View, requirements: &[bool]) -> RelationState {
        let access = &view.access;
        if !access.has_rule() {
            let open =
                access.everyone || self.model.default_access == DefaultAccess::Allow || self.person.develops_policies;
            return if open {
                RelationState::Open(RowRules::default())
            } else {
                RelationState::Absent(Absence::NoRule)
            };
        }
        self.rows(&access.requirements, requirements, &access.filters)
    }

    /// What the topic adds to the rules of its views.
    fn topic(&mut self, topic: &'m Topic, requirements: &[bool]) -> RelationState {
        let filters = topic.access_filters.iter().map(|(_, filter)| filter);
        self.rows(&topic.requirements, requirements, filters)
    }

    fn rows(
        &mut self,
        needed: &[RequirementId],
        met: &[bool],
        filters: impl IntoIterator<Item = &'m AccessFilter>,
    ) -> RelationState {
        if let Some(unmet) = needed.iter().find(|id| !met.get(id.index()).copied().unwrap_or(false)) {
            return RelationState::Absent(Absence::NeedsGrant(self.model.requirement_text(*unmet)));
        }
        let mut rules = Vec::new();
        for filter in filters {
            match self.outcome(filter) {
                Outcome::Everything => {}
                Outcome::Rows(rule) => rules.push(rule),
                Outcome::Nothing => rules.push(self.never(filter)),
                Outcome::Closed(closure) => return RelationState::Closed(closure),
            }
        }
        RelationState::Open(RowRules(rules))
    }

    fn never(&self, filter: &AccessFilter) -> RowRule {
        let mut names = Vec::new();
        self.unmet_grants(filter, &mut names);
        RowRule::Never { because: format!("needs the grant {}", names.join(" or ")) }
    }

    fn unmet_grants(&self, filter: &AccessFilter, names: &mut Vec<&'m str>) {
        match filter {
            AccessFilter::Grant(grant) if !self.grant(*grant) => names.push(&self.model.grant(*grant).name),
            AccessFilter::Any(filters) | AccessFilter::All(filters) => {
                filters.iter().for_each(|filter| self.unmet_grants(filter, names))
            }
            AccessFilter::Grant(_) | AccessFilter::Attribute { .. } => {}
        }
    }

    fn outcome(&mut self, filter: &'m AccessFilter) -> Outcome {
        match filter {
            AccessFilter::Attribute { field, attribute, matching, values_for_unfiltered, include_null } => {
                self.attribute_rule(field, attribute, *matching, values_for_unfiltered, *include_null)
            }
            AccessFilter::Grant(grant) if self.grant(*grant) => Outcome::Everything,
            AccessFilter::Grant(_) => Outcome::Nothing,
            AccessFilter::Any(branches) => self.any(branches),
            AccessFilter::All(parts) => self.all(parts),
        }
    }

    fn attribute_rule(
        &mut self,
        field: &FieldPath,
        attribute: &'m str,
        matching: Matching,
        unfiltered: &[Value],
        include_null: bool,
    ) -> Outcome {
        let (values, because) = match self.known(attribute) {
            Known::Values { values, because } => (values, because),
            Known::Not(closure) => return Outcome::Closed(closure.clone()),
        };
        if values.iter().any(|value| unfiltered.contains(value)) {
            return Outcome::Everything;
        }
        let mut values = values.clone();
        if matching == Matching::StartsWith {
            // Every text starts with nothing: an empty value would be a wildcard.
            values.retain(|value| !matches!(value, Value::String(text) if text.is_empty()));
        }
        if values.is_empty() {
            return Outcome::Closed(Closure::AttributeEmpty(attribute.to_owned()));
        }
        Outcome::Rows(RowRule::Test { field: field.clone(), matching, values, include_null, because: because.clone() })
    }

    /// A branch with a missing attribute is false; when all branches are, the first such attribute is the reason.
    fn any(&mut self, branches: &'m [AccessFilter]) -> Outcome {
        let mut rules = Several::None;
        let mut closed = None;
        for branch in branches {
            match self.outcome(branch) {
                Outcome::Everything => return Outcome::Everything,
                Outcome::Rows(rule) => rules = rules.and(rule),
                Outcome::Nothing => {}
                Outcome::Closed(closure) => closed = closed.or(Some(closure)),
            }
        }
        match (rules, closed) {
            (Several::None, Some(closure)) => Outcome::Closed(closure),
            (Several::None, None) => Outcome::Nothing,
            (Several::One(rule), _) => Outcome::Rows(rule),
            (Several::More(rules), _) => Outcome::Rows(RowRule::Any(rules)),
        }
    }

    fn all(&mut self, parts: &'m [AccessFilter]) -> Outcome {
        let mut rules = Several::None;
        let mut nothing = false;
        for part in parts {
            match self.outcome(part) {
                Outcome::Everything => {}
                Outcome::Rows(rule) => rules = rules.and(rule),
                Outcome::Nothing => nothing = true,
                Outcome::Closed(closure) => return Outcome::Closed(closure),
            }
        }
        match rules {
            _ if nothing => Outcome::Nothing,
            Several::None => Outcome::Everything,
            Several::One(rule) => Outcome::Rows(rule),
            Several::More(rules) => Outcome::Rows(RowRule::All(rules)),
        }
    }
}

/// Most connectives come to one rule, which needs no list.
enum Several {
    None,
    One(RowRule),
    More(Vec<RowRule>),
}

impl Several {
    fn and(self, rule: RowRule) -> Self {
        match self {
            Self::None => Self::One(rule),
            Self::One(first) => Self::More(vec![first, rule]),
            Self::More(mut rules) => {
                rules.push(rule);
                Self::More(rules)
            }
        }
    }
}

/// An attribute as its declaration reads it: a wrong type is like a missing value, and several values of an attribute
/// that has one are a conflict.
fn read(model: &CheckedModel, person: Person<'_>, name: &str) -> Known {
    let missing = || Known::Not(Closure::AttributeMissing(name.to_owned()));
    let Some(declaration) = attribute(&model.attributes, name) else { return missing() };
    let set = match person.attributes.get(name) {
        None => return missing(),
        Some(AttributeState::Conflict { .. }) => return Known::Not(Closure::AttributeConflict(name.to_owned())),
        Some(AttributeState::Set(set)) => set,
        // INVARIANT: what nobody set for a person opens no row, whatever its definition says.
        Some(AttributeState::Default(_)) => return missing(),
    };
    if set.values.is_empty() {
        return Known::Not(Closure::AttributeEmpty(name.to_owned()));
    }
    let Some(mut values) =
        set.values.iter().map(|value| typed(value, declaration.value_type)).collect::<Option<Vec<_>>>()
    else {
        return missing();
    };
    values.sort();
    values.dedup();
    if values.len() > 1 && !declaration.multiple {
        return Known::Not(Closure::AttributeConflict(name.to_owned()));
    }
    Known::Values { values, because: format!("attribute {name}, {}", set.origin) }
}

fn typed(value: &Value, wanted: ValueType) -> Option<Value> {
    match (value, wanted) {
        (Value::String(text), ValueType::Date | ValueType::Timestamp) => Value::parse(text, wanted).ok(),
        _ => (value.value_type() == wanted).then(|| value.clone()),
    }
}
