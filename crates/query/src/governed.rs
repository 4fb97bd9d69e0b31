use tessera_base::{TimeZone, ValueType};

/// One column of a result, as a person reads it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResultColumn {
    pub name: String,
    pub label: String,
    /// `None` where only the engine knows the type: columns of raw SQL.
    pub value_type: Option<ValueType>,
    pub kind: ColumnKind,
    pub format: Option<String>,
    pub masked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    Dimension,
    Measure,
    /// Of raw SQL.
    Column,
}

/// One rule that limited the rows, in words that the person may read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GovernedBy {
    pub relation: String,
    /// `region is EUROPE`, or `rows limited by a rule you may not see`.
    pub rule: String,
    pub because: String,
}

/// Something about the result that its reader should know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice(pub String);

/// How instants are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Zones {
    /// Of timestamps without zone, as stored.
    pub stored: TimeZone,
    pub shown: TimeZone,
}
