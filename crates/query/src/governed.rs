use crate::{
    Explanation, Refusal, RelationName,
    compile::{Compiled, Names},
    explain,
    govern::{self, BodyQuery},
};
use std::collections::BTreeSet;
use tessera_base::{ConnectionId, TimeZone, ValueType};
use tessera_model::Model;
use tessera_sql::{
    frontend::statement::CheckedStatement,
    tree::{BodySource, GovernedName, Ident, Query},
};

/// A request with every name resolved and every data rule applied. It can be explained, shown, and verified; only what
/// was verified runs.
#[derive(Debug)]
pub struct Governed {
    pub(crate) connection: ConnectionId,
    pub(crate) statement: GovernedStatement,
    pub(crate) relations: Vec<GovernedBody>,
    /// `None`: the engine names the columns (raw SQL).
    pub(crate) columns: Option<Vec<ResultColumn>>,
    pub(crate) explanation: Explanation,
    pub(crate) zones: Zones,
    pub(crate) row_cap: Option<u64>,
}

#[derive(Debug)]
pub(crate) enum GovernedStatement {
    /// Compiled from fields; printed by us, read back by the verifier.
    Compiled(Query<GovernedName>),
    /// The person's own single statement, every node of it checked.
    Own { text: String, checked: CheckedStatement },
}

#[derive(Debug)]
pub(crate) struct GovernedBody {
    pub name: RelationName,
    pub query: BodyQuery,
    /// See [`crate::RelationBody::HeldByJoin`].
    pub when_total: Option<Query<BodySource>>,
    /// Labels of the conditions of its WHERE, in order.
    pub labels: Vec<String>,
    pub is_inner: bool,
    /// Of raw SQL: its columns that hold masks.
    pub masked: BTreeSet<Ident>,
    /// Columns that are not shown to a reader of the SQL.
    pub unseen: BTreeSet<Ident>,
}

impl Governed {
    pub fn explanation(&self) -> &Explanation {
        &self.explanation
    }
}

pub(crate) fn of_fields(model: &Model, names: &Names<'_>, compiled: Compiled) -> Result<Governed, Refusal> {
    let explanation = explain::of_fields(names, &compiled);
    let relations = compiled
        .bodies
        .into_iter()
        .map(|body| GovernedBody {
            name: RelationName { schema: None, name: body.name },
            labels: govern::labels(names.model, names.scope, &body.rules),
            query: body.query,
            when_total: body.when_total,
            is_inner: body.is_inner,
            masked: BTreeSet::new(),
            unseen: body.unseen,
        })
        .collect();
    Ok(Governed {
        connection: model.connection,
        statement: GovernedStatement::Compiled(compiled.query),
        relations,
        columns: Some(compiled.columns),
        explanation,
        zones: Zones { stored: compiled.calendar.stored, shown: compiled.calendar.shown },
        row_cap: compiled.limit,
    })
}

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
