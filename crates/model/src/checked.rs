//! A model that has been checked completely: names are ids, references resolve, nothing in it can fail at query time.
//! Made only by [`crate::file::check`]. Compiled once per version, never per person.
use crate::{Catalog, filter::Filter};
use chrono::Weekday;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tessera_base::{TimeZone, Value, ValueType};
use tessera_sql::{
    frontend::ViewQuery,
    tree::{Expr, Ident, PhysicalTable},
};

macro_rules! indexes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub(crate) u32);
        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}
indexes! {
    /// A position in the lists of one [`CheckedModel`]; ids of another model mean nothing in it.
    ViewId, FieldId, TopicId, RelationshipId, GrantId, RequirementId,
}

#[derive(Debug)]
pub struct CheckedModel {
    pub connection: String,
    pub default_access: DefaultAccess,
    /// The zone in which timestamps without zone are stored.
    pub timezone: TimeZone,
    pub week_starts_on: Weekday,
    /// 1 to 12.
    pub fiscal_year_starts_in: u32,
    pub default_row_limit: u64,
    pub cache_max_age_seconds: Option<u64>,
    pub attributes: BTreeMap<String, AttributeDeclaration>,
    /// By [`GrantId`].
    pub grants: Vec<NamedGrant>,
    /// By [`RequirementId`]: the distinct requirements of the whole model, so that each is evaluated once per person.
    pub requirements: Vec<Requirement>,
    pub views: Vec<View>,
    pub fields: Vec<Field>,
    pub topics: Vec<Topic>,
    pub relationships: Vec<Relationship>,
    pub views_by_name: BTreeMap<String, ViewId>,
    pub topics_by_name: BTreeMap<String, TopicId>,
    /// Which views have a field or a column of that name.
    pub views_by_column: BTreeMap<String, BTreeSet<ViewId>>,
    /// Which views read a physical table directly.
    pub views_by_table: BTreeMap<PhysicalTable, Vec<ViewId>>,
    /// The views of a query, each after those that it reads.
    pub query_views: Vec<ViewId>,
    pub catalog: Arc<Catalog>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefaultAccess {
    /// A view without any access rule is visible to nobody but `develop_policies`.
    Deny,
    Allow,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AttributeDeclaration {
    pub value_type: ValueType,
    pub multiple: bool,
}

/// A named yes/no question about a person.
#[derive(Clone, Debug)]
pub struct NamedGrant {
    pub name: String,
    pub condition: GrantCondition,
}

#[derive(Clone, Debug)]
pub enum GrantCondition {
    /// Any match of any value passes; a missing attribute does not.
    Attribute {
        name: String,
        allowed: Vec<Value>,
    },
    /// By the group's key.
    Group(String),
    Any(Vec<GrantCondition>),
    All(Vec<GrantCondition>),
}

/// One item of `required_access_grants`: any of these grants (`a | b`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Requirement {
    pub any_of: Vec<GrantId>,
}

#[derive(Debug)]
pub struct View {
    pub id: ViewId,
    pub name: String,
    pub label: String,
    pub description: Option<String>,
    pub source: ViewSource,
    /// Dimensions of this view, in order; empty when undeclared.
    pub primary_key: Vec<FieldId>,
    pub access: ViewAccess,
    pub fields: Vec<FieldId>,
    pub fields_by_name: BTreeMap<String, FieldId>,
    /// Columns that fields read, with the dimensions that *are* the bare column and all dimensions that read it.
    pub columns: BTreeMap<Ident, ColumnUse>,
}

impl View {
    /// The columns that masks read, as they are stored.
    pub fn columns_of_masks(&self, model: &CheckedModel) -> BTreeSet<Ident> {
        let mut columns = BTreeSet::new();
        let mut pending = Vec::new();
        for field in &self.fields {
            if let Some(Mask::Sql(expr)) = model.field(*field).mask.as_ref().map(|rule| &rule.mask) {
                pending.push(expr);
            }
        }
        while let Some(expr) = pending.pop() {
            expr.for_each_column(&mut |read| match read {
                ModelRef::Column(column) => drop(columns.insert(column.clone())),
                ModelRef::Field(path) => {
                    if let FieldKind::Dimension(dimension) = &model.field(path.field).kind {
                        pending.push(&dimension.expr);
                    }
                }
            });
        }
        columns
    }
}

#[derive(Clone, Default, Debug)]
pub struct ColumnUse {
    pub bare: Vec<FieldId>,
    pub readers: Vec<FieldId>,
}

#[derive(Clone, Debug)]
pub enum ViewSource {
    Table(PhysicalTable),
    Query(Box<QuerySource>),
}

impl ViewSource {
    pub fn table(&self) -> Option<&PhysicalTable> {
        match self {
            Self::Table(table) => Some(table),
            Self::Query(_) => None,
        }
    }

    /// Those that it names itself.
    pub fn tables(&self) -> impl Iterator<Item = &PhysicalTable> {
        let of_query = match self {
            Self::Table(_) => None,
            Self::Query(query) => match &query.definition {
                QueryDefinition::Sql { tables, .. } => Some(tables),
                QueryDefinition::Fields(_) => None,
            },
        };
        self.table().into_iter().chain(of_query.into_iter().flatten())
    }
}

/// A query over other views, with the rights of whoever asks.
#[derive(Clone, Debug)]
pub struct QuerySource {
    pub definition: QueryDefinition,
    pub views: Vec<ViewId>,
    /// The fields of those views that decide about its rows: who may not see one cannot read the view.
    pub uses: BTreeSet<FieldId>,
    /// What each of its columns is computed from besides.
    pub columns: BTreeMap<Ident, BTreeSet<FieldId>>,
}

#[derive(Clone, Debug)]
pub enum QueryDefinition {
    Sql {
        query: ViewQuery,
        /// The dimensions of the views that the query may name.
        offered: BTreeSet<FieldId>,
        /// Those that no other view governs, or that it reads with the rights of its author.
        tables: BTreeSet<PhysicalTable>,
    },
    Fields(SavedQuery),
}

/// A field query with every name resolved.
#[derive(Clone, Debug)]
pub struct SavedQuery {
    pub root: Root,
    /// Under the names of the columns that they make.
    pub selected: Vec<(Ident, NodeField)>,
    /// Beside what a topic always filters.
    pub filter: Option<Filter<NodeField>>,
    /// `true`: descending.
    pub sorts: Vec<(NodeField, bool)>,
    pub limit: Option<u64>,
}

/// What a field query is asked of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    Topic(TopicId),
    View(ViewId),
}

/// All must hold. Without `everyone`, requirement and filter, the model's `default_access` decides.
#[derive(Clone, Default, Debug)]
pub struct ViewAccess {
    pub everyone: bool,
    pub requirements: Vec<RequirementId>,
    pub filters: Vec<AccessFilter>,
}

impl ViewAccess {
    pub fn has_rule(&self) -> bool {
        !self.requirements.is_empty() || !self.filters.is_empty()
    }
}

/// A row rule, compared with attributes of the person when it is resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccessFilter {
    Attribute {
        field: FieldPath,
        attribute: String,
        matching: Matching,
        /// Someone who has one of these values is not limited by this filter.
        values_for_unfiltered: Vec<Value>,
        include_null: bool,
    },
    Grant(GrantId),
    Any(Vec<AccessFilter>),
    All(Vec<AccessFilter>),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Matching {
    Equals,
    /// For trees: the field starts with the value.
    StartsWith,
}

/// A dimension as read from a row of some view: over many-to-one relationships, or of the view itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FieldPath {
    /// To-one steps, first from the reading view; empty for its own field.
    pub steps: Vec<Step>,
    pub field: FieldId,
}

/// One walk along a relationship.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Step {
    pub relationship: RelationshipId,
    /// From `to` to `from`.
    pub backward: bool,
}

#[derive(Debug)]
pub struct Field {
    pub id: FieldId,
    pub view: ViewId,
    pub name: String,
    pub kind: FieldKind,
    pub value_type: ValueType,
    /// Of the field itself; see [`Lineage`] for what it inherits.
    pub requirements: Vec<RequirementId>,
    pub mask: Option<MaskRule>,
    pub lineage: Lineage,
    pub presentation: Presentation,
}

impl Field {
    /// Has a requirement or a mask of its own: a bare dimension with one follows it, and not its column.
    pub fn is_restricted(&self) -> bool {
        !self.requirements.is_empty() || self.mask.is_some()
    }

    /// Of an aggregated measure that lifts the restrictions of its inputs.
    pub fn declassify(&self) -> Option<&Declassify> {
        match &self.kind {
            FieldKind::Measure(Measure::Aggregate { declassify, .. }) => declassify.as_ref(),
            FieldKind::Measure(Measure::Derived { .. }) | FieldKind::Dimension(_) => None,
        }
    }
}

#[derive(Debug)]
pub enum FieldKind {
    Dimension(Dimension),
    Measure(Measure),
}

#[derive(Debug)]
pub struct Dimension {
    pub expr: Expr<ModelRef>,
    /// The expression is one column of the view's own source.
    pub bare_column: Option<Ident>,
    /// Empty for fields that are not dates or timestamps.
    pub timeframes: Vec<TimeFrame>,
}

/// What an expression of a model reads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ModelRef {
    /// A column of the view's own source.
    Column(Ident),
    /// A dimension (in a derived measure: a measure) of the view itself, or of one reached over to-one relationships.
    Field(FieldPath),
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "most measures are aggregates, and a model is held once")]
pub enum Measure {
    Aggregate {
        aggregate: Aggregate,
        /// `None` only for `count`.
        input: Option<Expr<ModelRef>>,
        /// Conditions on the rows that count; fields of the view, or reached over to-one relationships.
        filter: Option<Filter<FieldPath>>,
        declassify: Option<Declassify>,
    },
    /// Over measures of this and other views (`path` is empty; the topic must hold the other view).
    Derived { expr: Expr<ModelRef> },
}

#[derive(Clone, PartialEq, Debug)]
pub enum Aggregate {
    Count,
    CountDistinct,
    Sum,
    Average,
    Min,
    Max,
    Median,
    /// 0 to 1, continuous.
    Percentile(f64),
    List,
    /// The value at the first or last `by`.
    First {
        by: FieldPath,
    },
    Last {
        by: FieldPath,
    },
}

/// Lifts the restrictions of a measure's inputs for the people it names, never for groups below the minimum size.
#[derive(Clone, Debug)]
pub struct Declassify {
    pub requirements: Vec<RequirementId>,
    pub minimum_group_size: u64,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct MaskRule {
    /// Unmasked for those who meet all of these.
    pub unless: Vec<RequirementId>,
    pub mask: Mask,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mask {
    Null,
    Hash,
    Last4,
    Constant(Value),
    /// Over the view's own columns and fields, which are read raw here.
    Sql(Expr<ModelRef>),
}

impl Mask {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Hash => "hash",
            Self::Last4 => "last4",
            Self::Constant(_) => "constant",
            Self::Sql(_) => "sql",
        }
    }
}

/// Everything that a field is computed from, transitively; without the field itself.
#[derive(Clone, Default, Debug)]
pub struct Lineage {
    /// Fields read, directly or through other fields, and the bare dimensions of columns read directly. A declassified
    /// measure stands for its inputs: they are not listed for what reads them through it alone.
    pub fields: Vec<FieldId>,
    /// Other views read.
    pub views: Vec<ViewId>,
    /// Of each column read that several masked dimensions are: those dimensions. Under two different masks it is hidden.
    pub masked_alike: Vec<Vec<FieldId>>,
}

#[derive(Clone, Default, Debug)]
pub struct Presentation {
    pub label: String,
    pub description: Option<String>,
    pub group_label: Option<String>,
    pub format: Option<String>,
    /// Curation, never security.
    pub hidden: bool,
    pub tags: Vec<String>,
    pub synonyms: Vec<String>,
    pub order_by: Option<FieldId>,
    pub drill_fields: Vec<String>,
    pub suggest: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TimeFrame {
    Hour,
    Date,
    Week,
    Month,
    Quarter,
    Year,
    FiscalQuarter,
    FiscalYear,
    HourOfDay,
    DayOfWeek,
    DayOfMonth,
    DayOfYear,
    MonthOfYear,
    QuarterOfYear,
}

impl TimeFrame {
    pub const ALL: [Self; 14] = [
        Self::Hour,
        Self::Date,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
        Self::FiscalQuarter,
        Self::FiscalYear,
        Self::HourOfDay,
        Self::DayOfWeek,
        Self::DayOfMonth,
        Self::DayOfYear,
        Self::MonthOfYear,
        Self::QuarterOfYear,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Date => "date",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::FiscalQuarter => "fiscal_quarter",
            Self::FiscalYear => "fiscal_year",
            Self::HourOfDay => "hour_of_day",
            Self::DayOfWeek => "day_of_week",
            Self::DayOfMonth => "day_of_month",
            Self::DayOfYear => "day_of_year",
            Self::MonthOfYear => "month_of_year",
            Self::QuarterOfYear => "quarter_of_year",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|frame| frame.name() == name)
    }

    pub fn value_type(self) -> ValueType {
        match self {
            Self::Hour => ValueType::Timestamp,
            Self::Date
            | Self::Week
            | Self::Month
            | Self::Quarter
            | Self::Year
            | Self::FiscalQuarter
            | Self::FiscalYear => ValueType::Date,
            Self::HourOfDay
            | Self::DayOfWeek
            | Self::DayOfMonth
            | Self::DayOfYear
            | Self::MonthOfYear
            | Self::QuarterOfYear => ValueType::Number,
        }
    }

    /// Needs a time of day: not offered for dates.
    pub fn needs_time(self) -> bool {
        matches!(self, Self::Hour | Self::HourOfDay)
    }
}

#[derive(Debug)]
pub struct Relationship {
    pub id: RelationshipId,
    /// Where several join the same views, a topic names the one it means.
    pub name: Option<String>,
    pub from: ViewId,
    pub to: ViewId,
    /// Pairs of dimensions that are equal; read raw.
    pub keys: Vec<(FieldId, FieldId)>,
    pub cardinality: Cardinality,
    pub join: JoinType,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cardinality {
    ManyToOne,
    OneToOne,
    OneToMany,
    ManyToMany,
}

impl Cardinality {
    /// At most one row at the end of a walk per row at its start.
    pub fn is_to_one(self, backward: bool) -> bool {
        match self {
            Self::OneToOne => true,
            Self::ManyToOne => !backward,
            Self::OneToMany => backward,
            Self::ManyToMany => false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinType {
    Left,
    Inner,
    Full,
}

#[derive(Debug)]
pub struct Topic {
    pub id: TopicId,
    pub name: String,
    pub label: String,
    pub description: Option<String>,
    /// Not listed: curation, never security.
    pub hidden: bool,
    pub requirements: Vec<RequirementId>,
    /// The join tree; the first is the base. A parent stands before its children.
    pub nodes: Vec<TopicNode>,
    /// The curated fields, per node in the order of the view.
    pub fields: Vec<(NodeIndex, FieldId)>,
    pub always_filter: Option<Filter<NodeField>>,
    pub default_filters: Vec<crate::file::Node>,
    /// Narrow this topic only, on top of the views' rules.
    pub access_filters: Vec<(NodeIndex, AccessFilter)>,
}

pub type NodeIndex = usize;

#[derive(Clone, Debug)]
pub struct TopicNode {
    /// The view's name, or the alias.
    pub name: String,
    pub view: ViewId,
    pub parent: Option<(NodeIndex, Step)>,
}

/// A field at a node of a join tree, possibly at a time frame.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeField {
    pub node: NodeIndex,
    pub field: FieldId,
    pub frame: Option<TimeFrame>,
}

#[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
impl CheckedModel {
    pub fn view(&self, id: ViewId) -> &View {
        &self.views[id.index()]
    }
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.index()]
    }
    pub fn topic(&self, id: TopicId) -> &Topic {
        &self.topics[id.index()]
    }
    pub fn relationship(&self, id: RelationshipId) -> &Relationship {
        &self.relationships[id.index()]
    }
    pub fn grant(&self, id: GrantId) -> &NamedGrant {
        &self.grants[id.index()]
    }
    pub fn requirement(&self, id: RequirementId) -> &Requirement {
        &self.requirements[id.index()]
    }
}

impl CheckedModel {
    /// `view.field`.
    pub fn full_name(&self, id: FieldId) -> String {
        let field = self.field(id);
        format!("{}.{}", self.view(field.view).name, field.name)
    }

    /// Whether a view other than `view` has a field or a column that is called so.
    pub fn names_a_column_elsewhere(&self, name: &str, view: ViewId) -> bool {
        self.views_by_column.get(name).is_some_and(|views| views.iter().any(|known| *known != view))
    }

    /// Where a step leads.
    pub fn target(&self, step: Step) -> ViewId {
        let relationship = self.relationship(step.relationship);
        if step.backward { relationship.from } else { relationship.to }
    }

    /// At most one row at the target per row at the origin.
    pub fn is_to_one(&self, step: Step) -> bool {
        self.relationship(step.relationship).cardinality.is_to_one(step.backward)
    }

    /// A grant's requirement as a person reads it: `finance or sales`.
    pub fn requirement_text(&self, id: RequirementId) -> String {
        let names: Vec<&str> =
            self.requirement(id).any_of.iter().map(|grant| self.grant(*grant).name.as_str()).collect();
        names.join(" or ")
    }
}
