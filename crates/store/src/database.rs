//! Where the rows are: an encrypted file of SQLite, or PostgreSQL. Whatever is written here is written once for both.
mod postgres;
mod sqlite;
mod statement;

pub use postgres::{PostgresAddress, PostgresError, migrate};
pub(crate) use statement::{Done, Row, Rows, Scalars, Statement, TextRow};

use crate::{KeyFile, StoreError};
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};
use std::path::PathBuf;
use tessera_base::{ApiKeyId, OrganizationId};

/// Which database a store opens.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file, created where there is none.
    File(PathBuf),
    Postgres(PostgresAddress),
}

/// Connections to it.
pub(crate) enum Pools {
    Sqlite {
        /// SQLite has one writer at a time, so the pool has one connection: a second write waits here, where waiting is fair.
        writer: SqlitePool,
        /// They cannot write.
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Pools {
    /// Brings the tables of a file up to date; those of PostgreSQL belong to somebody else, and must be.
    pub(crate) async fn open(database: &Database, key_file: &KeyFile) -> Result<Self, StoreError> {
        match database {
            Database::File(path) => sqlite::open(path, key_file).await,
            Database::Postgres(address) => postgres::open(address).await,
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// All that is read in it is of one moment.
    pub(crate) async fn read(&self) -> Result<Transaction, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Transaction::of(Inner::Sqlite(readers.begin().await?), Purpose::Read),
            Self::Postgres(pool) => {
                let begun = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                Transaction::of(Inner::Postgres(begun), Purpose::Read)
            }
        })
    }

    /// What is read in it before a write still holds when the write is made: nobody else writes to the organization
    /// meanwhile.
    pub(crate) async fn write(&self) -> Result<Transaction, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => {
                Transaction::of(Inner::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?), Purpose::Write)
            }
            Self::Postgres(pool) => Transaction::of(Inner::Postgres(pool.begin().await?), Purpose::Write),
        })
    }
}

/// Left as it was when it is dropped before it was committed.
pub(crate) struct Transaction {
    inner: Inner,
    purpose: Purpose,
    /// Whose rows PostgreSQL shows and takes.
    entered: Option<OrganizationId>,
}

enum Inner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Read,
    Write,
}

impl Transaction {
    fn of(inner: Inner, purpose: Purpose) -> Self {
        Self { inner, purpose, entered: None }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Sqlite(transaction) => transaction.commit().await?,
            Inner::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    /// Whatever the wall says.
    #[cfg(test)]
    pub(crate) async fn raw(&mut self, statements: &'static str) -> Result<(), sqlx::Error> {
        match &mut self.inner {
            Inner::Sqlite(connection) => sqlx::raw_sql(statements).execute(&mut **connection).await.map(drop),
            Inner::Postgres(connection) => sqlx::raw_sql(statements).execute(&mut **connection).await.map(drop),
        }
    }

    /// For the statements of one organization.
    pub(crate) fn within(&mut self, organization: OrganizationId) -> Connection<'_> {
        Connection { transaction: self, as_seen: AsSeen::By(organization) }
    }

    /// For a statement that finds an organization by what only its visitor names. PostgreSQL shows the one row that holds it.
    pub(crate) fn finding(&mut self, key: Routing) -> Connection<'_> {
        Connection { transaction: self, as_seen: AsSeen::Finding(key) }
    }
}

/// What is known before the organization is.
pub(crate) enum Routing {
    OrganizationKey(String),
    /// In hexadecimal.
    SessionHash(String),
    ApiKey(ApiKeyId),
    /// For what the whole instance does by itself.
    Instance,
}

impl Routing {
    /// The setting that the policies of PostgreSQL compare with, and its value.
    fn setting(self) -> (&'static str, String) {
        match self {
            Self::OrganizationKey(key) => ("tessera.organization_key", key),
            Self::SessionHash(hash) => ("tessera.session_hash", hash),
            Self::ApiKey(id) => ("tessera.api_key", id.to_string()),
            Self::Instance => ("tessera.instance", "on".to_owned()),
        }
    }
}

enum AsSeen {
    By(OrganizationId),
    Finding(Routing),
}

/// A transaction for as long as one statement runs.
pub(crate) struct Connection<'c> {
    transaction: &'c mut Transaction,
    as_seen: AsSeen,
}

enum Ready<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl<'c> Connection<'c> {
    /// INVARIANT: on PostgreSQL no statement runs before the rows were confined to what it is for.
    async fn ready(self) -> Result<Ready<'c>, sqlx::Error> {
        let transaction = self.transaction;
        let connection = match &mut transaction.inner {
            Inner::Sqlite(connection) => return Ok(Ready::Sqlite(connection)),
            Inner::Postgres(connection) => connection,
        };
        match self.as_seen {
            AsSeen::By(organization) if transaction.entered == Some(organization) => {}
            AsSeen::By(organization) => {
                postgres::enter(connection, organization, transaction.purpose == Purpose::Write).await?;
                transaction.entered = Some(organization);
            }
            AsSeen::Finding(key) => {
                let (setting, value) = key.setting();
                postgres::set(connection, setting, &value).await?;
            }
        }
        Ok(Ready::Postgres(connection))
    }
}
