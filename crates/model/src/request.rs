//! The field query as it is asked: names and typed operators, nothing resolved yet.
use crate::file::{Node, Problem};

/// `REQ.json`, and the body of the HTTP query.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldQuery {
    pub root: QueryRoot,
    pub fields: Vec<FieldName>,
    /// Still untyped: the type of a field decides how its value is read.
    pub filters: Vec<Node>,
    pub sorts: Vec<Sort>,
    pub limit: Option<u64>,
    /// An IANA name.
    pub timezone: Option<tessera_base::TimeZone>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum QueryRoot {
    Topic(String),
    View(String),
}

/// `view.field` or `view.field[frame]`, as written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FieldName {
    pub view: String,
    pub field: String,
    pub frame: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sort {
    pub field: FieldName,
    pub descending: bool,
}

impl std::fmt::Display for FieldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.view, self.field)?;
        match &self.frame {
            Some(frame) => write!(f, "[{frame}]"),
            None => Ok(()),
        }
    }
}
