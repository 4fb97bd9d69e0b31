//! The one table of rights. Decisions, lists, screens, documentation and the printed matrix are all derived from it.
use crate::{Ability, ConnectionAbility as C, ConnectionRole, OrganizationAbility as O};
use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ResourceKind {
    Connection,
    Model,
    /// A running or finished query, known by its id.
    QueryRun,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ActionKind {
    View,
    UseEngine,
    Query,
    QueryViews,
    WriteSql,
    ViewSql,
    Download,
    Cancel,
}

/// What an actor must hold; one of a right's alternatives suffices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Needs {
    /// On the resource's connection.
    Connection(C),
    Organization(O),
    /// The resource is the actor's own.
    Owner,
}

impl ResourceKind {
    pub const ALL: [Self; 3] = [Self::Connection, Self::Model, Self::QueryRun];

    pub fn noun(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Model => "model",
            Self::QueryRun => "query",
        }
    }
}

impl ActionKind {
    pub const ALL: [Self; 8] = [
        Self::View,
        Self::UseEngine,
        Self::Query,
        Self::QueryViews,
        Self::WriteSql,
        Self::ViewSql,
        Self::Download,
        Self::Cancel,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::UseEngine => "use_engine",
            Self::Query => "query",
            Self::QueryViews => "query_views",
            Self::WriteSql => "write_sql",
            Self::ViewSql => "view_sql",
            Self::Download => "download",
            Self::Cancel => "cancel",
        }
    }
}

/// The alternatives of one right. A pair that is not here does not exist, and nobody has it.
pub(crate) fn alternatives(resource: ResourceKind, action: ActionKind) -> &'static [Needs] {
    use {ActionKind as A, Needs::*, ResourceKind as R};
    match (resource, action) {
        (R::Connection, A::View) => &[Connection(C::ViewResults)],
        (R::Connection, A::UseEngine) => &[Connection(C::ViewResults)],
        (R::Model, A::View) => &[Connection(C::ViewResults)],
        (R::Model, A::Query) => &[Connection(C::QueryTopics)],
        (R::Model, A::QueryViews) => &[Connection(C::QueryAllViews)],
        (R::Model, A::WriteSql) => &[Connection(C::WriteSql)],
        (R::Model, A::ViewSql) => &[Connection(C::ViewSql)],
        (R::Model, A::Download) => &[Connection(C::Download)],
        (R::QueryRun, A::View | A::Cancel) => &[Owner, Organization(O::ManageConnections)],
        (R::Connection | R::Model | R::QueryRun, _) => &[],
    }
}

/// The actions as types, so that a permit says what it is for.
pub mod action {
    use super::ActionKind;

    mod sealed {
        pub trait Sealed {}
    }

    pub trait Action: sealed::Sealed {
        const KIND: ActionKind;
    }

    /// Whoever may do `Self` may do `B`.
    pub trait Implies<B: Action>: Action {}

    macro_rules! actions {
        ($($name:ident),*) => {$(
            #[derive(Debug)]
            pub struct $name;
            impl sealed::Sealed for $name {}
            impl Action for $name {
                const KIND: ActionKind = ActionKind::$name;
            }
        )*};
    }
    actions!(View, UseEngine, Query, QueryViews, WriteSql, ViewSql, Download, Cancel);

    impl Implies<View> for Query {}
    impl Implies<View> for QueryViews {}
    impl Implies<View> for WriteSql {}
    impl Implies<View> for UseEngine {}
}

/// Role × resource × action, printed. Committed as `tests/matrix.txt`; a change of rights is a diff of that file.
pub fn matrix() -> String {
    let mut out =
        String::from("resource    action        viewer  restricted  querier  modeler  connection  organization\n");
    out.push_str("                                  querier                       admin       admin / owner\n");
    for resource in ResourceKind::ALL {
        for action in ActionKind::ALL {
            let alternatives = alternatives(resource, action);
            if alternatives.is_empty() {
                continue;
            }
            let _ = write!(out, "{:<11} {:<13}", resource.noun(), action.name());
            for (role, width) in ConnectionRole::ALL.into_iter().zip([7, 11, 8, 8, 11]) {
                let allowed = alternatives
                    .iter()
                    .any(|needs| matches!(needs, Needs::Connection(ability) if role.abilities().contains(ability)));
                let _ = write!(out, " {:<width$}", if allowed { "yes" } else { "-" });
            }
            // An organization admin is connection admin of every connection.
            let admin = alternatives.iter().any(|needs| matches!(needs, Needs::Organization(_) | Needs::Connection(_)));
            let owner = alternatives.contains(&Needs::Owner);
            let _ = writeln!(out, " {} / {}", if admin { "yes" } else { "-" }, if owner { "yes" } else { "-" });
        }
    }
    out.push_str("\nconnection ability       viewer  restricted  querier  modeler  connection\n");
    out.push_str("                                 querier                       admin\n");
    for ability in C::ALL {
        let _ = write!(out, "{:<24}", ability.name());
        for (role, width) in ConnectionRole::ALL.into_iter().zip([7, 11, 8, 8, 10]) {
            let _ = write!(out, " {:<width$}", if role.abilities().contains(ability) { "yes" } else { "-" });
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out
}
