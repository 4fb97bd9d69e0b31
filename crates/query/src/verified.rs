use crate::{GovernedBy, Notice, ResultColumn, Zones};
use std::collections::BTreeSet;
use tessera_base::ConnectionId;
use tessera_sql::{
    frontend::Ast,
    tree::{BodySource, Ident, PhysicalTable, Query},
};

/// A query that may run: made only by `verify`, accepted by every engine, and nothing else is.
#[derive(Debug)]
pub struct Verified {
    pub(crate) connection: ConnectionId,
    /// What was read back from the printed text (field queries) or from the person's own statement (raw SQL).
    pub(crate) statement: Ast,
    pub(crate) relations: Vec<GovernedRelation>,
    pub(crate) columns: Option<Vec<ResultColumn>>,
    pub(crate) governed_by: Vec<GovernedBy>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) zones: Zones,
    /// More rows are cut off and reported as truncated.
    pub(crate) row_cap: Option<u64>,
}

/// A relation as this person may read it; the statement's names resolve to these and to nothing else.
#[derive(Debug)]
pub struct GovernedRelation {
    pub(crate) name: RelationName,
    pub(crate) body: RelationBody,
    /// What the body reads: tables, which it names with their schemas, and governed relations, by their names alone.
    pub(crate) tables: BTreeSet<PhysicalTable>,
    pub(crate) reads: BTreeSet<Ident>,
    /// The statement cannot name it: it is there for relations after it.
    pub(crate) is_inner: bool,
    /// Of raw SQL: its columns that hold masks.
    pub(crate) masked: BTreeSet<Ident>,
}

/// `SELECT <columns, masks> FROM <table> WHERE <rules>`, over physical tables. The projection is the outermost step, so that a
/// fence fits between the rules and everything that may fail.
#[derive(Debug)]
pub enum RelationBody {
    Whole(VerifiedBody),
    /// Its rules hold by the way the statement joins it as well.
    HeldByJoin {
        /// Without them: only where nothing in the statement and the bodies can fail on a row, for below that join there are
        /// hidden rows.
        when_total: VerifiedBody,
        whole: UnreadBody,
    },
}

#[derive(Clone, Debug)]
pub struct VerifiedBody {
    pub(crate) ast: Ast,
    pub(crate) text: String,
}

/// A body that is verified when it is needed.
#[derive(Clone, Debug)]
pub struct UnreadBody(pub(crate) Box<Query<BodySource>>);

impl VerifiedBody {
    pub fn ast(&self) -> &Ast {
        &self.ast
    }
    /// Equal texts of one connection are equal bodies.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Raw SQL names tables with their schema; a field query names views.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RelationName {
    pub schema: Option<Ident>,
    pub name: Ident,
}

impl RelationName {
    /// As shown SQL names it.
    pub(crate) fn quoted(&self) -> String {
        format!("\"{}\"", self.to_string().replace('"', "\"\""))
    }
}

/// `orders`; with its schema unless that is the default one.
impl std::fmt::Display for RelationName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.schema {
            Some(schema) if schema.as_str() != "main" => write!(f, "{schema}.{}", self.name),
            _ => self.name.fmt(f),
        }
    }
}

impl Verified {
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }
    pub fn statement(&self) -> &Ast {
        &self.statement
    }
    pub fn relations(&self) -> &[GovernedRelation] {
        &self.relations
    }
    /// `None`: the engine names them (raw SQL).
    pub fn columns(&self) -> Option<&[ResultColumn]> {
        self.columns.as_deref()
    }
    pub fn governed_by(&self) -> &[GovernedBy] {
        &self.governed_by
    }
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
    pub fn zones(&self) -> Zones {
        self.zones
    }
    pub fn row_cap(&self) -> Option<u64> {
        self.row_cap
    }
}

impl GovernedRelation {
    pub fn name(&self) -> &RelationName {
        &self.name
    }
    pub fn body(&self) -> &RelationBody {
        &self.body
    }
    pub fn tables(&self) -> &BTreeSet<PhysicalTable> {
        &self.tables
    }
    pub fn reads(&self) -> &BTreeSet<Ident> {
        &self.reads
    }
    pub fn masked(&self) -> &BTreeSet<Ident> {
        &self.masked
    }
    pub fn is_inner(&self) -> bool {
        self.is_inner
    }
}
