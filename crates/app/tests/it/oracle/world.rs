//! A random organization in miniature: tables, the model over them with its rules, and one person.
use crate::fixture::{Cell, Kind, Row, Table};

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) tables: Vec<Table>,
    pub(crate) views: Vec<View>,
    /// Declared many-to-one relationships.
    pub(crate) links: Vec<Link>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) topics: Vec<Topic>,
}

/// Many rows of `from` to one of `to`: `from.key = to.id`, where `id` is the first column of every table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) from: usize,
    /// A column of the table under `from`.
    pub(crate) key: usize,
    pub(crate) to: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) table: usize,
    pub(crate) access: Access,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) measures: Vec<Measure>,
}

#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// Nothing is said, and the model says `deny`.
    Nothing,
    Everyone,
    Rules {
        required: Vec<Required>,
        filters: Vec<Rule>,
    },
}

/// One item of `required_access_grants`: any of these.
pub(crate) type Required = Vec<usize>;

#[derive(Clone, Debug)]
pub(crate) enum Rule {
    Attribute(AttributeRule),
    Grant(usize),
    Any(Vec<Rule>),
}

#[derive(Clone, Debug)]
pub(crate) struct AttributeRule {
    /// `None`: a dimension of the view itself; otherwise of the view that the link leads to.
    pub(crate) through: Option<usize>,
    /// Of the table there; a dimension is this bare column.
    pub(crate) column: usize,
    pub(crate) attribute: usize,
    pub(crate) include_null: bool,
    pub(crate) starts_with: bool,
    pub(crate) unfiltered: Vec<Cell>,
}

#[derive(Clone, Debug)]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) formula: Formula,
    pub(crate) required: Vec<Required>,
    pub(crate) mask: Option<MaskRule>,
}

/// What a dimension is computed from. Total, and simple enough to be evaluated by hand.
#[derive(Clone, Debug)]
pub(crate) enum Formula {
    /// A column of the view's table.
    Column(usize),
    /// A dimension of the view that a link leads to.
    Through { link: usize, dimension: usize },
    /// A dimension of the view itself plus a number.
    Plus(usize, i64),
    /// `CASE WHEN dimension > number THEN 'high' ELSE 'low' END`
    Level(usize, i64),
    /// `coalesce(dimension, 'none')`
    OrNone(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct MaskRule {
    pub(crate) mask: Mask,
    /// Unmasked for those who meet all of these.
    pub(crate) unless: Vec<Required>,
}

#[derive(Clone, Debug)]
pub(crate) enum Mask {
    Null,
    Last4,
    Hash,
    Constant(Cell),
}

#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) aggregate: Aggregate,
    /// Only the rows with this value of this dimension count.
    pub(crate) only: Option<(usize, Cell)>,
    pub(crate) required: Vec<Required>,
}

/// Of dimensions (a ratio: of measures) of the same view.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aggregate {
    Count,
    CountDistinct(usize),
    Sum(usize),
    Average(usize),
    Min(usize),
    Max(usize),
    Median(usize),
    Ratio(usize, usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) multiple: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) name: String,
    pub(crate) condition: Condition,
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Attribute { attribute: usize, allowed: Vec<Cell> },
    Group(String),
    Any(Vec<Condition>),
    All(Vec<Condition>),
}

#[derive(Clone, Debug)]
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) nodes: Vec<TopicNode>,
    /// `None` for all fields of all nodes; otherwise one field that is left out: node and dimension.
    pub(crate) without: Option<(usize, usize)>,
}

#[derive(Clone, Debug)]
pub(crate) struct TopicNode {
    pub(crate) name: String,
    pub(crate) view: usize,
    pub(crate) parent: Option<Hop>,
}

/// From a parent node along a link, or against it: to many rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hop {
    pub(crate) parent: usize,
    pub(crate) link: usize,
    pub(crate) backward: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// By the attribute's position; `None` is missing.
    pub(crate) attributes: Vec<Option<Vec<Cell>>>,
    pub(crate) groups: Vec<String>,
}

impl View {
    /// The dimension that is a bare column.
    pub(crate) fn dimension_of(&self, column: usize) -> Option<usize> {
        self.dimensions.iter().position(|dimension| matches!(dimension.formula, Formula::Column(of) if of == column))
    }
}

impl World {
    pub(crate) fn table_of(&self, view: usize) -> &Table {
        &self.tables[self.views[view].table]
    }

    /// The row of the linked view's table whose id is the key of `row`, among `targets`.
    pub(crate) fn linked<'t>(&self, link: usize, row: &Row, targets: &'t [Row]) -> Option<&'t Row> {
        let key = &row[self.links[link].key];
        if key.is_null() { None } else { targets.iter().find(|target| target[0] == *key) }
    }

    /// Columns that relationships and primary keys read raw.
    pub(crate) fn is_key(&self, table: usize, column: usize) -> bool {
        column == 0 || self.links.iter().any(|link| self.views[link.from].table == table && link.key == column)
    }
}
