use crate::{
    Store, StoreError,
    database::{Connection, Row, Rows, Scalars, Statement, Transaction},
};
use tessera_access::{AccessContext, Facts, Limit, Resource, Scope, Sealed};
use tessera_base::{ConnectionId, OrganizationId};

/// A statement that confines itself to one organization.
#[derive(Clone, Copy)]
pub(crate) struct TenantSql(&'static str);

impl TenantSql {
    /// INVARIANT: `$1` is the organization, and every statement names it; [`tenant_sql`] checks that while compiling.
    pub(crate) const fn new(sql: &'static str) -> Self {
        assert!(
            mentions(sql, "org_id") && mentions(sql, "$1"),
            "a statement of a tenant compares or sets `org_id` with `$1`"
        );
        Self(sql)
    }

    #[cfg(test)]
    pub(crate) fn text(self) -> &'static str {
        self.0
    }
}

/// `tenant_sql!("SELECT name FROM users WHERE org_id = $1 AND id = $2")`.
macro_rules! tenant_sql {
    ($($sql:literal),+) => {
        const { $crate::tenant::TenantSql::new(concat!($($sql),+)) }
    };
}
pub(crate) use tenant_sql;

const fn mentions(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let mut start = 0;
    while start + part.len() <= text.len() {
        let mut length = 0;
        while length < part.len() && text[start + length] == part[length] {
            length += 1;
        }
        if length == part.len() {
            return true;
        }
        start += 1;
    }
    false
}

/// A transaction inside one organization: the only way to its tables.
pub(crate) struct TenantTx<'t> {
    organization: OrganizationId,
    transaction: &'t mut Transaction,
}

impl<'t> TenantTx<'t> {
    pub(crate) fn new(organization: OrganizationId, transaction: &'t mut Transaction) -> Self {
        Self { organization, transaction }
    }

    pub(crate) fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// What runs the statements made by the three functions below.
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        self.transaction.within(self.organization)
    }

    pub(crate) fn query(&self, sql: TenantSql) -> Statement {
        Statement::new(sql.0).bind(self.organization.to_string())
    }

    pub(crate) fn query_as<R: Row>(&self, sql: TenantSql) -> Rows<R> {
        self.query(sql).rows()
    }

    pub(crate) fn query_scalar<T>(&self, sql: TenantSql) -> Scalars<T>
    where
        (T,): Row,
    {
        self.query(sql).scalars()
    }
}

/// What one person may read and do in their organization; every answer is sealed, or opened by the person's own scope.
#[derive(Clone, Copy)]
pub struct Tenant<'s> {
    pub(crate) store: &'s Store,
    pub(crate) context: &'s AccessContext,
}

impl<'s> Tenant<'s> {
    pub(crate) fn new(store: &'s Store, context: &'s AccessContext) -> Self {
        Self { store, context }
    }
}

/// An id that this program wrote.
pub(crate) fn stored_id<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { what })
}

/// A time that this program wrote.
pub(crate) fn stored_instant(millis: i64) -> Result<tessera_base::Instant, StoreError> {
    tessera_base::Instant::from_timestamp_millis(millis).ok_or(StoreError::Unreadable { what: "time" })
}

/// A row of `organization`, on `connection`, that nobody owns.
#[expect(clippy::disallowed_methods, reason = "rows are read in this crate, and sealed here")]
pub(crate) fn seal<R>(organization: OrganizationId, connection: ConnectionId, row: R) -> Sealed<R> {
    Sealed::new(row, facts(organization, connection))
}

pub(crate) fn facts(organization: OrganizationId, connection: ConnectionId) -> Facts {
    Facts { connection: Some(connection), ..Facts::of(organization) }
}

/// The connections whose rows a list may hold, as a JSON array of ids; `None` is all of them.
pub(crate) fn listed_connections<R: Resource>(scope: &Scope<R>) -> Option<String> {
    match (scope.connections(), scope.owners()) {
        (Limit::All, _) | (_, Limit::All) => None,
        (Limit::Only(connections), Limit::Only(_)) => Some(id_list(connections)),
    }
}

/// For `IN (SELECT value FROM json_each(…))`, which SQLite has and the first migration of PostgreSQL defines.
pub(crate) fn id_list(ids: impl IntoIterator<Item = impl ToString>) -> String {
    let ids = ids.into_iter().map(|id| serde_json::Value::String(id.to_string()));
    serde_json::Value::Array(ids.collect()).to_string()
}
