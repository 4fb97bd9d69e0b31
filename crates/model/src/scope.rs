//! What of a model one person may read. Resolved per request from the compiled model, in microseconds; equal scopes are
//! equal values; removing a grant never adds a row or a field.
mod resolve;
mod text;

pub use text::rule_text;

use crate::checked::{
    CheckedModel, ColumnUse, Declassify, Field, FieldId, FieldPath, GrantId, Matching, QueryDefinition, RequirementId,
    Root, SavedQuery, TopicId, View, ViewId, ViewSource,
};
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use tessera_access::{Address, Attributes};
use tessera_base::Value;
use tessera_sql::tree::{Ident, PhysicalTable};
use text::{absence_text, needs_text};

/// What the data rules may know of a person.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    pub attributes: &'a Attributes,
    /// Group keys.
    pub groups: &'a BTreeSet<String>,
    pub can_query_all_views: bool,
    pub develops_policies: bool,
}

/// Whether a relation can be read, and which of its rows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RelationState {
    /// Like a relation that does not exist.
    Absent(Absence),
    /// An attribute that its rules need is missing, empty or in conflict.
    Closed(Closure),
    Open(RowRules),
}

/// For explanations to those who may know of the relation, and for the audit log; never an answer to the person.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Absence {
    NoRule,
    /// One of the requirements is not met; as the model writes it (`finance or sales`).
    NeedsGrant(String),
    /// The view is a query over a field that is hidden, for this reason.
    HiddenInput(String),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Closure {
    AttributeMissing(String),
    AttributeEmpty(String),
    AttributeConflict(String),
}

/// All hold for every visible row; empty is every row.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct RowRules(pub Vec<RowRule>);

/// One row rule of the model for one person, with typed constants in the place of attributes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RowRule {
    Test {
        field: FieldPath,
        matching: Matching,
        /// Not empty; sorted, without repetition.
        values: Vec<Value>,
        include_null: bool,
        /// Which attribute, and where its value comes from: `attribute region, set on you`.
        because: String,
    },
    /// Not empty, and none of it is always true.
    Any(Vec<RowRule>),
    /// Not empty.
    All(Vec<RowRule>),
    /// No row: an alternative whose grants all fail.
    Never { because: String },
}

/// How a person sees a field or a physical column.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FieldState {
    Visible,
    /// The field itself, or something that it is computed from, is masked: the values differ from the stored ones.
    Masked {
        because: String,
    },
    /// Like a field that does not exist.
    Hidden {
        because: String,
    },
}

/// A physical column in raw SQL.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ColumnState {
    Visible,
    /// By the mask of this field, which is the bare column.
    Masked {
        by: FieldId,
    },
    Hidden,
}

/// A physical table in raw SQL: exists only if all views over it are open, and carries the rules of all of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TableState {
    Absent,
    Closed(Closure),
    /// The views that limit the rows, with their rules; empty is every row.
    Open {
        rules: Vec<(ViewId, RowRules)>,
    },
}

/// What one person may read of one model.
#[derive(Clone, Debug)]
pub struct DataScope<'m> {
    model: &'m CheckedModel,
    resolved: Resolved,
    /// Decides nothing.
    address: Address,
}

/// What decides: everything else follows from it and the model.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Resolved {
    /// By `GrantId`.
    grants: Vec<bool>,
    /// By `RequirementId`.
    requirements: Vec<bool>,
    /// By [`ViewId`].
    relations: Vec<RelationState>,
    /// By [`TopicId`].
    topics: Vec<RelationState>,
    tables_without_view: bool,
    columns_without_field: bool,
}

impl PartialEq for DataScope<'_> {
    /// Scopes of different models differ, however alike the models are.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.model, other.model) && self.resolved == other.resolved
    }
}

impl Eq for DataScope<'_> {}

impl Hash for DataScope<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.resolved.hash(state);
    }
}

#[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
impl<'m> DataScope<'m> {
    pub fn model(&self) -> &'m CheckedModel {
        self.model
    }

    /// Whom words about the person speak to.
    pub fn address(&self) -> Address {
        self.address
    }

    pub fn told(self, to: Address) -> Self {
        Self { address: to, ..self }
    }

    pub fn relation(&self, view: ViewId) -> &RelationState {
        &self.resolved.relations[view.index()]
    }

    /// What the topic itself demands and limits, on top of the rules of its views. Its rules are read from a row of the
    /// base view.
    pub fn topic(&self, topic: TopicId) -> &RelationState {
        &self.resolved.topics[topic.index()]
    }

    pub fn requirement(&self, requirement: RequirementId) -> bool {
        self.resolved.requirements[requirement.index()]
    }

    pub fn grant(&self, grant: GrantId) -> bool {
        self.resolved.grants[grant.index()]
    }
}

impl<'m> DataScope<'m> {
    /// A query reads with the rights of the person: it is absent or closed where what it reads is. INVARIANT: the relations
    /// that it reads have been resolved.
    fn close_query(&mut self, view: ViewId) {
        let ViewSource::Query(query) = &self.model.view(view).source else { return };
        let hidden = query.uses.iter().find_map(|field| match self.field(*field) {
            FieldState::Hidden { because } => Some(Absence::HiddenInput(because)),
            FieldState::Visible | FieldState::Masked { .. } => None,
        });
        let topic = match &query.definition {
            QueryDefinition::Fields(SavedQuery { root: Root::Topic(topic), .. }) => Some(*topic),
            QueryDefinition::Fields(_) | QueryDefinition::Sql { .. } => None,
        };
        let states = || query.views.iter().map(|read| self.relation(*read)).chain(topic.map(|topic| self.topic(topic)));
        let absent = states().find_map(|state| match state {
            RelationState::Absent(absence) => Some(absence.clone()),
            RelationState::Closed(_) | RelationState::Open(_) => None,
        });
        let closed = states().find_map(|state| match state {
            RelationState::Closed(closure) => Some(closure.clone()),
            RelationState::Absent(_) | RelationState::Open(_) => None,
        });
        let state = match (self.relation(view), absent.or(hidden), closed) {
            (RelationState::Absent(_), _, _) | (_, None, None) => return,
            (_, Some(absence), _) => RelationState::Absent(absence),
            (RelationState::Closed(_), None, _) => return,
            (RelationState::Open(_), None, Some(closure)) => RelationState::Closed(closure),
        };
        if let Some(place) = self.resolved.relations.get_mut(view.index()) {
            *place = state;
        }
    }

    /// With the field's own requirements and mask, all that it is computed from, and the views that it reads.
    pub fn field(&self, field: FieldId) -> FieldState {
        let definition = self.model.field(field);
        for view in std::iter::once(&definition.view).chain(&definition.lineage.views) {
            if let RelationState::Absent(absence) = self.relation(*view) {
                return FieldState::Hidden { because: absence_text(absence) };
            }
        }
        self.without_views(definition, self.lifts_inputs(definition))
    }

    /// `lifted`: what the inputs restrict does not count.
    fn without_views(&self, field: &Field, lifted: bool) -> FieldState {
        let mut state = self.own(field);
        if lifted {
            return state;
        }
        for masked in &field.lineage.masked_alike {
            if self.bare_column(masked.iter()) == ColumnState::Hidden {
                return FieldState::Hidden { because: "a column that it reads has two different masks".to_owned() };
            }
        }
        for input in &field.lineage.fields {
            if matches!(state, FieldState::Hidden { .. }) {
                return state;
            }
            let input = self.model.field(*input);
            let of_input = if input.declassify().is_some() {
                // It stands for its inputs, which are rows' fields: this goes one level deep.
                self.without_views(input, self.lifts_inputs(input))
            } else {
                self.own(input)
            };
            state = state.and(of_input);
        }
        state
    }

    /// By the requirements and the mask of the field itself.
    fn own(&self, field: &Field) -> FieldState {
        if let Some(missing) = self.first_unmet(&field.requirements) {
            return FieldState::Hidden { because: needs_text(self.model, missing) };
        }
        let masked = field.mask.as_ref().and_then(|mask| self.first_unmet(&mask.unless));
        masked.map_or(FieldState::Visible, |missing| FieldState::Masked { because: needs_text(self.model, missing) })
    }

    fn first_unmet(&self, requirements: &[RequirementId]) -> Option<RequirementId> {
        requirements.iter().find(|requirement| !self.requirement(**requirement)).copied()
    }

    /// The field's own mask is not lifted by its `unless`.
    pub fn own_mask_applies(&self, field: FieldId) -> bool {
        self.model.field(field).mask.as_ref().is_some_and(|mask| self.first_unmet(&mask.unless).is_some())
    }

    fn lifts_inputs(&self, field: &Field) -> bool {
        field.declassify().is_some_and(|declassify| self.first_unmet(&declassify.requirements).is_none())
    }

    /// The declassification that this person reads the measure by: they hold its grants, and without it the inputs of
    /// the measure would hide or mask it. Its minimum group size binds then.
    pub fn declassified(&self, field: FieldId) -> Option<&'m Declassify> {
        let definition = self.model.field(field);
        let lifts = self.lifts_inputs(definition) && self.without_views(definition, false) != self.own(definition);
        definition.declassify().filter(|_| lifts)
    }

    /// A column as fields of the view read it that are not its bare dimensions; also for a bare dimension that is not
    /// [restricted](Field::is_restricted) itself.
    pub fn column_of_view(&self, view: ViewId, column: &Ident) -> ColumnState {
        let usage = self.model.view(view).columns.get(column);
        self.bare_column(usage.map(|usage| usage.bare.as_slice()).unwrap_or_default().iter())
    }

    /// The most restrictive of the dimensions that are the column; two different masks hide it.
    fn bare_column<'f>(&self, bare: impl Iterator<Item = &'f FieldId>) -> ColumnState {
        let mut state = ColumnState::Visible;
        for id in bare {
            let field = self.model.field(*id);
            state = match (self.own(field), state) {
                (FieldState::Hidden { .. }, _) => return ColumnState::Hidden,
                (FieldState::Visible, state) => state,
                (FieldState::Masked { .. }, ColumnState::Masked { by }) => {
                    let mask = |field: &'m Field| field.mask.as_ref().map(|rule| &rule.mask);
                    if mask(self.model.field(by)) != mask(field) {
                        return ColumnState::Hidden;
                    }
                    ColumnState::Masked { by }
                }
                (FieldState::Masked { .. }, _) => ColumnState::Masked { by: *id },
            };
        }
        state
    }

    /// A physical column in raw SQL: as the dimensions that are the column; without one, visible when all fields that
    /// read it are.
    pub fn column(&self, table: &PhysicalTable, column: &Ident) -> ColumnState {
        let views = self.model.views_by_table.get(table).map(Vec::as_slice).unwrap_or_default();
        let usages: Vec<&ColumnUse> =
            views.iter().filter_map(|view| self.model.view(*view).columns.get(column)).collect();
        if usages.is_empty() {
            return if self.resolved.columns_without_field { ColumnState::Visible } else { ColumnState::Hidden };
        }
        if usages.iter().any(|usage| !usage.bare.is_empty()) {
            return self.bare_column(usages.iter().flat_map(|usage| &usage.bare));
        }
        let mut readers = usages.iter().flat_map(|usage| &usage.readers);
        let visible = readers.all(|reader| self.field(*reader) == FieldState::Visible);
        if visible { ColumnState::Visible } else { ColumnState::Hidden }
    }

    /// A view of a query limits who reads what of a table that has no view of its own. SQL cannot apply that to the table.
    fn is_protected_by_query(&self, table: &PhysicalTable) -> bool {
        let restricts = |view: &View| {
            view.access.has_rule() || view.fields.iter().any(|field| self.model.field(*field).is_restricted())
        };
        self.model.query_views.iter().map(|view| self.model.view(*view)).any(|view| match &view.source {
            ViewSource::Query(_) => view.source.tables().any(|read| read == table) && restricts(view),
            ViewSource::Table(_) => false,
        })
    }

    /// A physical table in raw SQL.
    pub fn table(&self, table: &PhysicalTable) -> TableState {
        let Some(views) = self.model.views_by_table.get(table) else {
            return if self.resolved.tables_without_view && !self.is_protected_by_query(table) {
                TableState::Open { rules: Vec::new() }
            } else {
                TableState::Absent
            };
        };
        let mut rules = Vec::new();
        let mut closed = None;
        for view in views {
            match self.relation(*view) {
                RelationState::Absent(_) => return TableState::Absent,
                RelationState::Closed(closure) => closed = closed.or(Some(closure)),
                RelationState::Open(own) if own.0.is_empty() => {}
                RelationState::Open(own) => rules.push((*view, own.clone())),
            }
        }
        closed.map_or(TableState::Open { rules }, |closure| TableState::Closed(closure.clone()))
    }
}

impl FieldState {
    /// The more restrictive of the two; the first of equals.
    fn and(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Hidden { .. }, _) | (Self::Masked { .. }, Self::Masked { .. }) | (_, Self::Visible) => self,
            (_, Self::Hidden { .. }) | (Self::Visible, Self::Masked { .. }) => other,
        }
    }
}
