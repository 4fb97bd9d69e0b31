//! What of a model one person may read. Resolved per request from the compiled model, in microseconds; equal scopes are
//! equal values; removing a grant never adds a row or a field.
use crate::checked::{CheckedModel, FieldId, FieldPath, Matching, ViewId};
use std::collections::BTreeSet;
use tessera_access::Attributes;
use tessera_base::Value;
use tessera_sql::tree::{Ident, PhysicalTable};

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
    Masked { because: String },
    /// Like a field that does not exist.
    Hidden { because: String },
}

/// A physical column in raw SQL.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ColumnState {
    Visible,
    /// By the mask of this field, which is the bare column.
    Masked { by: FieldId },
    Hidden,
}

/// A physical table in raw SQL: exists only if all views over it are open, and carries the rules of all of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TableState {
    Absent,
    Closed(Closure),
    Open { rules: Vec<(ViewId, RowRules)> },
}

// Implemented below: `DataScope::resolve(&CheckedModel, Person) -> DataScope`, with
//   fn relation(&self, view: ViewId) -> &RelationState
//   fn field(&self, field: FieldId) -> FieldState            (own requirements and mask, and its whole lineage)
//   fn own_mask_applies(&self, field: FieldId) -> bool       (the field's own mask, not lifted by `unless`)
//   fn requirement(&self, RequirementId) -> bool
//   fn grant(&self, GrantId) -> bool
//   fn column(&self, table: &PhysicalTable, column: &Ident) -> ColumnState
//   fn table(&self, table: &PhysicalTable) -> TableState
