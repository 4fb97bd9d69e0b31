use super::Pools;
use crate::{KeyFile, StoreError};
use sqlx::{
    ConnectOptions,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{fmt::Write, fs, io, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};
use zeroize::Zeroizing;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the database at `path`, creating it encrypted where there is none, and brings its tables up to date.
pub(super) async fn open(path: &Path, key_file: &KeyFile) -> Result<Pools, StoreError> {
    create_private(path)?;
    let options = connect_options(path, key_file);
    let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    // INVARIANT: nothing is written unless it is written encrypted.
    let cipher: Option<String> = sqlx::query_scalar("PRAGMA cipher_version").fetch_optional(&writer).await?;
    if cipher.is_none_or(|version| version.is_empty()) {
        return Err(StoreError::NotEncrypted);
    }
    MIGRATIONS.run(&writer).await?;
    let readers =
        SqlitePoolOptions::new().max_connections(READERS).connect_with(options.pragma("query_only", "ON")).await?;
    Ok(Pools::Sqlite { writer, readers })
}

/// SQLite gives its log and index files the mode of the database file.
fn create_private(path: &Path) -> io::Result<()> {
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Statements are never logged: the first of every connection holds the key.
fn connect_options(path: &Path, key_file: &KeyFile) -> SqliteConnectOptions {
    let mut key = Zeroizing::new(String::with_capacity(72));
    key.push_str("\"x'");
    for byte in key_file.derive("tessera metadata database").iter() {
        let _ = write!(key, "{byte:02x}");
    }
    key.push_str("'\"");
    SqliteConnectOptions::new()
        .filename(path)
        .pragma("key", key.to_string())
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        // What is deleted is overwritten.
        .pragma("secure_delete", "ON")
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, Store, SystemClock, SystemRandom};
    use std::sync::Arc;
    use tempfile::TempDir;
    use tessera_base::{OrganizationId, UserId};
    use uuid::Uuid;

    /// Before folders and documents, which everybody has a root for now.
    const EARLIER: usize = 3;

    /// As they were written then, the second by a clock that had been set back.
    const EARLIER_RECORDS: [&str; 2] = [
        r#"{"actor":{"kind":"bootstrap"},"at":"2026-03-14T10:00:00.123999999+00:00","event":{"key":"acme","type":"organization_created"},"organization":"00000000-0000-0000-0000-000000000001","request":null,"sequence":1}"#,
        r#"{"actor":{"id":"00000000-0000-0000-0000-000000000002","kind":"user"},"at":"2026-03-14T09:00:00+00:00","event":{"decision":"limited","model":"sales","query":"00000000-0000-0000-0000-000000000009","rows":1,"topic":null,"type":"query_ran"},"organization":"00000000-0000-0000-0000-000000000001","request":"00000000-0000-0000-0000-000000000007","sequence":2}"#,
    ];

    #[tokio::test]
    async fn what_an_earlier_version_wrote_is_brought_up_to_date() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("db");
        let key_file = KeyFile::open_or_create(&folder.path().join("key"), &SystemRandom).unwrap();
        create_private(&path).unwrap();
        let pool =
            SqlitePoolOptions::new().max_connections(1).connect_with(connect_options(&path, &key_file)).await.unwrap();
        let earlier = MIGRATIONS.migrations.iter().take(EARLIER).cloned().collect::<Vec<_>>();
        Migrator { migrations: earlier.into(), ..Migrator::DEFAULT }.run(&pool).await.unwrap();
        let (organization, user) = (OrganizationId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
        sqlx::query(
            "INSERT INTO organizations (org_id, key, name, session_idle_limit_ms, session_absolute_limit_ms, mask_key, audit_hash, created_at_ms)
             VALUES ($1, 'acme', 'Acme', 1, 1, x'00', x'00', 0)",
        )
        .bind(organization.to_string())
        .execute(&pool)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO users (org_id, id, email, name, organization_role, status, created_at_ms)
             VALUES ($1, $2, 'ada@acme.example', 'Ada', 'admin', 'active', 0)",
        )
        .bind(organization.to_string())
        .bind(user.to_string())
        .execute(&pool)
        .await
        .unwrap();
        let mut hash = crate::audit::beginning(organization);
        for (sequence, record) in (1_i64..).zip(EARLIER_RECORDS) {
            let before = std::mem::take(&mut hash);
            hash = crate::audit::hash(&before, record);
            sqlx::query(
                "INSERT INTO audit_events (org_id, sequence, record_json, prev_hash, hash) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(organization.to_string())
            .bind(sequence)
            .bind(record)
            .bind(before)
            .bind(hash.clone())
            .execute(&pool)
            .await
            .unwrap();
        }
        sqlx::query("UPDATE organizations SET audit_sequence = 2, audit_hash = $1")
            .bind(hash)
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;

        let store =
            Store::open(&Database::File(path), &key_file, Arc::new(SystemClock), Arc::new(SystemRandom)).await.unwrap();
        let standing = store.standing(organization, user).await.unwrap().expect("she is still there");
        assert!(standing.is_organization_admin());
        let nodes = standing.snapshot().nodes();
        assert_eq!(&*nodes.root(None).unwrap().name, "Shared");
        assert_eq!(&*nodes.root(Some(user)).unwrap().name, "My documents");
        let chain = store.verify_audit(organization).await.unwrap();
        assert!(matches!(chain, crate::Chain::Intact(crate::AuditHead { sequence: 2, .. })), "{chain:?}");
        store.close().await;
    }
}
