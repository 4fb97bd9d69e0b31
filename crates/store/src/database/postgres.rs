use super::Pools;
use crate::StoreError;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, Row,
    migrate::{Migrate, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};
use std::{fmt, str::FromStr, time::Duration};
use tessera_base::OrganizationId;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");
const CONNECTIONS: u32 = 16;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// A write waits as long for another write of its organization.
const LOCK_TIMEOUT: &str = "5s";

/// Where a PostgreSQL database is, and as whom it is opened.
#[derive(Clone)]
pub struct PostgresAddress(Box<PgConnectOptions>);

/// Why this database is not opened.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// Without the address, which may hold a password.
    #[error("the address of the database is not one like `postgres://tessera@db.example.com/tessera`")]
    Address,
    #[error("`{host}` is another machine, and `sslmode` would not prove that it is the right one: use `verify-full`")]
    Unproved { host: String },
    #[error("the role `{role}` is {what}, so that the walls between organizations would not hold for it")]
    Role { role: String, what: &'static str },
    #[error("the tables are of version {found}, and this program needs {wanted}: run `tessera migrate`")]
    Version { found: i64, wanted: i64 },
}

impl FromStr for PostgresAddress {
    type Err = PostgresError;

    fn from_str(text: &str) -> Result<Self, PostgresError> {
        let known = text.starts_with("postgres://") || text.starts_with("postgresql://");
        let options: PgConnectOptions = known.then(|| text.parse().ok()).flatten().ok_or(PostgresError::Address)?;
        let options = options.disable_statement_logging().options([("lock_timeout", LOCK_TIMEOUT)]);
        let host = options.get_host();
        let here = options.get_socket().is_some()
            || host.starts_with('/')
            || host == "localhost"
            || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        if here {
            return Ok(Self(Box::new(options)));
        }
        if !text.contains("sslmode=") {
            return Ok(Self(Box::new(options.ssl_mode(PgSslMode::VerifyFull))));
        }
        match options.get_ssl_mode() {
            PgSslMode::VerifyCa | PgSslMode::VerifyFull => Ok(Self(Box::new(options))),
            _ => Err(PostgresError::Unproved { host: host.to_owned() }),
        }
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.0.get_database().unwrap_or_default();
        write!(f, "PostgresAddress({}@{}/{database})", self.0.get_username(), self.0.get_host())
    }
}

pub(super) async fn open(address: &PostgresAddress) -> Result<Pools, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with((*address.0).clone())
        .await?;
    require_bound_role(&pool).await?;
    require_version(&pool).await?;
    Ok(Pools::Postgres(pool))
}

/// INVARIANT: row-level security binds the role that the store works as.
async fn require_bound_role(pool: &PgPool) -> Result<(), StoreError> {
    let row = sqlx::query(
        "SELECT rolname::text AS role, rolsuper, rolbypassrls,
                EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace
                          AND relkind = 'r' AND pg_has_role(relowner, 'MEMBER')) AS owner
         FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(pool)
    .await?;
    let what = match (row.try_get("rolsuper")?, row.try_get("rolbypassrls")?, row.try_get("owner")?) {
        (true, ..) => "a superuser",
        (_, true, _) => "exempt from row-level security",
        (.., true) => "an owner of the tables",
        _ => return Ok(()),
    };
    Err(PostgresError::Role { role: row.try_get("role")?, what }.into())
}

async fn require_version(pool: &PgPool) -> Result<(), StoreError> {
    let there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(pool).await?;
    let found: Option<i64> = match there {
        true => sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(pool).await?,
        false => None,
    };
    let (found, wanted) = (found.unwrap_or_default(), newest());
    if found == wanted { Ok(()) } else { Err(PostgresError::Version { found, wanted }.into()) }
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Brings the tables up to date as their owner, and lets the role that the server works as use them. Answers the version
/// that they had before, and the one that they have now.
pub async fn migrate(owner: &PostgresAddress, application: &PostgresAddress) -> Result<(i64, i64), StoreError> {
    let mut connection = PgConnection::connect_with(&owner.0).await?;
    connection.ensure_migrations_table(&MIGRATIONS.table_name).await?;
    let before: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
        .fetch_one(&mut connection)
        .await?;
    // Holds an advisory lock, so that of two that migrate one waits.
    MIGRATIONS.run(&mut connection).await?;
    let role = application.0.get_username();
    for grant in [
        "GRANT USAGE ON SCHEMA %I TO %I",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I",
        "REVOKE UPDATE ON audit_events, audit_subjects FROM %2$I",
        "REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations FROM %2$I",
    ] {
        let statement: String = sqlx::query_scalar("SELECT format($1, current_schema(), $2)")
            .bind(grant)
            .bind(role)
            .fetch_one(&mut connection)
            .await?;
        // INVARIANT: the names in it were quoted by the database.
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok((before.unwrap_or_default(), newest()))
}

/// Confines what follows in this transaction to the rows of `organization`; a writer waits until it is the only one.
pub(super) async fn enter(
    connection: &mut PgConnection,
    organization: OrganizationId,
    writing: bool,
) -> Result<(), sqlx::Error> {
    let sql = match writing {
        true => "SELECT set_config('tessera.org_id', $1, true), pg_advisory_xact_lock(hashtextextended($1, 0))",
        false => "SELECT set_config('tessera.org_id', $1, true)",
    };
    sqlx::query(sql).bind(organization.to_string()).execute(connection).await?;
    Ok(())
}

pub(super) async fn set(connection: &mut PgConnection, setting: &str, value: &str) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config($1, $2, true)").bind(setting).bind(value).execute(connection).await?;
    Ok(())
}
