//! From the tree to text: the only maker of [`SqlText`].
mod datafusion;
mod literal;

use crate::tree::{BodySource, GovernedName, Ident, PhysicalTable, Query};
use std::{fmt, ops::Range};

/// The text of a query that our own compiler made. INVARIANT: made only here, from a tree, so that no text of a person or
/// of a model file is ever part of it except as a quoted identifier or an encoded literal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SqlText {
    text: String,
    filter_ranges: Vec<Range<usize>>,
}

impl SqlText {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the conjuncts of the outermost WHERE stand in the text, in order, in bytes.
    pub fn filter_ranges(&self) -> &[Range<usize>] {
        &self.filter_ranges
    }

    pub fn into_string(self) -> String {
        self.text
    }
}

impl fmt::Display for SqlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A relation that a query may read, as the identifiers of its name.
pub trait PrintRelation {
    fn path(&self) -> impl Iterator<Item = &Ident>;
}

impl PrintRelation for GovernedName {
    fn path(&self) -> impl Iterator<Item = &Ident> {
        let Self(name) = self;
        std::iter::once(name)
    }
}

impl PrintRelation for BodySource {
    fn path(&self) -> impl Iterator<Item = &Ident> {
        let (schema, name) = match self {
            Self::Table(PhysicalTable { schema, name }) => (Some(schema), name),
            Self::Governed(GovernedName(name)) => (None, name),
        };
        schema.into_iter().chain([name])
    }
}

/// The text of a query for DataFusion.
pub fn print_query<R: PrintRelation>(query: &Query<R>) -> SqlText {
    datafusion::print(query)
}

#[cfg(test)]
mod tests;
