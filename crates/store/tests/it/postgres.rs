//! What PostgreSQL itself holds up, whatever a statement forgets.
use crate::world::{Company, admin_context, found_two, open_with};
use aws_lc_rs::digest;
use sqlx::{Connection, Executor, PgConnection, Row, SqliteConnection, migrate::Migrator};
use std::collections::BTreeSet;
use tessera_base::{EmailAddress, Name, OrganizationId};
use tessera_store::{
    AuditHead, Chain, Database, PostgresAddress, PostgresError, Store, StoreError, exported_columns, left_out, migrate,
};
use tessera_testing::TestPostgres;
use uuid::Uuid;

struct World {
    server: TestPostgres,
    store: Store,
    acme: Company,
    globex: Company,
}

impl World {
    async fn new() -> Self {
        let server = TestPostgres::new();
        migrate(&server.owner(), &server.application()).await.unwrap();
        let store = open(&server.application()).await.unwrap();
        let (acme, globex) = found_two(&store).await;
        Self { server, store, acme, globex }
    }

    async fn as_role(&self, role: &str) -> PgConnection {
        PgConnection::connect(&self.server.url(role)).await.unwrap()
    }
}

async fn open(address: &PostgresAddress) -> Result<Store, StoreError> {
    open_with(&Database::Postgres(address.clone())).await
}

async fn enter(connection: &mut PgConnection, company: Company) {
    sqlx::query("SELECT set_config('tessera.org_id', $1, false)")
        .bind(company.organization.to_string())
        .execute(connection)
        .await
        .unwrap();
}

/// Of the instance, and of no organization.
const OF_THE_INSTANCE: [&str; 3] = ["operator_codes", "operator_sessions", "operators"];

/// Those of organizations.
async fn tables(connection: &mut PgConnection) -> Vec<String> {
    let tables = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
           AND relname <> '_sqlx_migrations' ORDER BY relname",
    );
    let mut tables: Vec<String> = tables.fetch_all(connection).await.unwrap();
    tables.retain(|table| !OF_THE_INSTANCE.contains(&table.as_str()));
    tables
}

async fn count(connection: &mut PgConnection, statement: &str) -> i64 {
    let row = connection.fetch_one(sqlx::AssertSqlSafe(statement.to_owned())).await.unwrap();
    row.try_get(0).unwrap()
}

#[tokio::test]
async fn a_statement_that_forgets_its_organization_finds_its_own_rows_alone() {
    let world = World::new().await;
    let mut forgetful = world.as_role("tessera").await;
    let mut filled = 0;
    for table in tables(&mut forgetful).await {
        let all = format!("SELECT count(*) FROM {table}");
        sqlx::query("RESET tessera.org_id").execute(&mut forgetful).await.unwrap();
        assert_eq!(count(&mut forgetful, &all).await, 0, "{table}, before the organization is said");
        enter(&mut forgetful, world.acme).await;
        let others = format!("SELECT count(*) FROM {table} WHERE org_id <> '{}'", world.acme.organization);
        assert_eq!(count(&mut forgetful, &others).await, 0, "{table}");
        filled += i32::from(count(&mut forgetful, &all).await > 0);
    }
    assert!(filled >= 8, "the wall is tried on tables that hold something: {filled}");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test is its own command line")]
async fn a_statement_of_an_organization_does_not_see_the_operator_s_staff() {
    let world = World::new().await;
    let email = EmailAddress::parse("olga@vendor.example").unwrap();
    let id = world.store.operators().add(&email, &Name::parse("Olga").unwrap()).await.unwrap();
    world.store.operators().begin_session(id).await.unwrap();
    world.store.operators().sign_in_code(&email).await.unwrap();
    let mut forgetful = world.as_role("tessera").await;
    for table in OF_THE_INSTANCE {
        let all = format!("SELECT count(*) FROM {table}");
        sqlx::query("RESET tessera.instance").execute(&mut forgetful).await.unwrap();
        enter(&mut forgetful, world.acme).await;
        assert_eq!(count(&mut forgetful, &all).await, 0, "{table}");
        sqlx::query("SELECT set_config('tessera.instance', 'on', false)").execute(&mut forgetful).await.unwrap();
        assert_eq!(count(&mut forgetful, &all).await, 1, "{table}");
    }
}

#[tokio::test]
async fn nothing_can_be_written_for_another_organization() {
    let world = World::new().await;
    let mut forgetful = world.as_role("tessera").await;
    enter(&mut forgetful, world.acme).await;
    let theirs = world.globex.organization.to_string();
    let refused = sqlx::query("INSERT INTO groups (org_id, id, key, name) VALUES ($1, 'g', 'g', 'g')")
        .bind(&theirs)
        .execute(&mut forgetful)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("row-level security"), "{refused}");
    let moved = sqlx::query("UPDATE groups SET org_id = $1").bind(&theirs).execute(&mut forgetful).await.unwrap_err();
    assert!(moved.to_string().contains("row-level security"), "{moved}");
    sqlx::query("UPDATE groups SET name = 'renamed'").execute(&mut forgetful).await.unwrap();
    sqlx::query("DELETE FROM sessions").execute(&mut forgetful).await.unwrap();
    enter(&mut forgetful, world.globex).await;
    assert_eq!(count(&mut forgetful, "SELECT count(*) FROM groups WHERE name = 'renamed'").await, 0);
}

#[tokio::test]
async fn every_table_is_behind_the_wall() {
    let world = World::new().await;
    let mut admin = world.as_role("admin").await;
    for table in tables(&mut admin).await {
        let walled = sqlx::query(
            "SELECT relrowsecurity AND relforcerowsecurity AND EXISTS (
                 SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'of_one_organization'
                    AND polcmd = '*' AND pg_get_expr(polqual, polrelid) = '(org_id = current_setting(''tessera.org_id''::text, true))')
             FROM pg_class WHERE relname = $1 AND relnamespace = current_schema()::regnamespace",
        );
        assert!(walled.bind(&table).fetch_one(&mut admin).await.unwrap().get::<bool, _>(0), "{table}");
    }
}

#[tokio::test]
async fn a_role_that_no_wall_binds_is_refused() {
    let world = World::new().await;
    for (address, what) in [(world.server.superuser(), "a superuser"), (world.server.owner(), "an owner of the tables")]
    {
        let Err(StoreError::Postgres(refused)) = open(&address).await else { panic!("{what} is bound by nothing") };
        assert!(refused.to_string().contains(what), "{refused}");
    }
    let mut admin = world.as_role("admin").await;
    let exempt = format!("exempt_{}", std::process::id());
    admin.execute(sqlx::AssertSqlSafe(format!("CREATE ROLE {exempt} LOGIN BYPASSRLS"))).await.unwrap();
    let refused = open(&world.server.url(&exempt).parse().unwrap()).await;
    admin.execute(sqlx::AssertSqlSafe(format!("DROP ROLE {exempt}"))).await.unwrap();
    let Err(StoreError::Postgres(refused)) = refused else { panic!("row-level security does not bind this role") };
    assert!(refused.to_string().contains("exempt from row-level security"), "{refused}");
}

#[tokio::test]
async fn tables_of_another_version_are_refused() {
    let server = TestPostgres::new();
    let Err(StoreError::Postgres(refused)) = open(&server.application()).await else { panic!("there are no tables") };
    assert!(matches!(refused, PostgresError::Version { found: 0, .. }), "{refused}");
    let (before, now) = migrate(&server.owner(), &server.application()).await.unwrap();
    assert!(before == 0 && now > 0);
    assert_eq!(
        migrate(&server.owner(), &server.application()).await.unwrap(),
        (now, now),
        "a second time does nothing"
    );
    open(&server.application()).await.unwrap();
}

#[tokio::test]
async fn audit_events_are_only_added() {
    let world = World::new().await;
    let mut application = world.as_role("tessera").await;
    enter(&mut application, world.acme).await;
    for (statement, why) in [
        ("UPDATE audit_events SET record_json = '{}'", "permission denied"),
        ("DELETE FROM audit_events WHERE sequence = 1", "audit events are only added"),
        ("TRUNCATE audit_events CASCADE", "permission denied"),
        ("UPDATE audit_subjects SET subject_id = 'x'", "permission denied"),
        ("DELETE FROM audit_subjects", "audit events are only added"),
        ("UPDATE organizations SET audit_kept_from = 3, audit_kept_hash = audit_hash", "audit events are kept"),
        (
            "UPDATE organizations SET audit_retention_days = 30, audit_kept_from = 99, audit_kept_hash = audit_hash",
            "audit events are kept",
        ),
        ("UPDATE organizations SET audit_retention_days = 29", "check constraint"),
    ] {
        let refused = application.execute(statement).await.unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
    }
    let mut owner = world.as_role("tessera_owner").await;
    enter(&mut owner, world.acme).await;
    for statement in ["UPDATE audit_events SET record_json = '{}'", "UPDATE audit_subjects SET subject_id = 'x'"] {
        let refused = owner.execute(statement).await.unwrap_err();
        assert!(refused.to_string().contains("audit events are only added"), "{refused}");
    }
    world.store.verify_audit(world.acme.organization).await.unwrap();
}

/// As they were written before records could be found by what they tell, the second by a clock that had been set back.
const EARLIER_RECORDS: [&str; 2] = [
    r#"{"actor":{"kind":"bootstrap"},"at":"2026-03-14T10:00:00.123999999+00:00","event":{"key":"acme","type":"organization_created"},"organization":"00000000-0000-0000-0000-000000000001","request":null,"sequence":1}"#,
    r#"{"actor":{"id":"00000000-0000-0000-0000-000000000002","kind":"user"},"at":"2026-03-14T09:00:00+00:00","event":{"decision":"limited","model":"sales","query":"00000000-0000-0000-0000-000000000009","rows":1,"topic":null,"type":"query_ran"},"organization":"00000000-0000-0000-0000-000000000001","request":"00000000-0000-0000-0000-000000000007","sequence":2}"#,
];

fn linked(previous: &[u8], record: &str) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [b"tessera audit event v1\0".as_slice(), previous, record.as_bytes()] {
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

#[tokio::test]
async fn an_earlier_audit_trail_is_found_by_what_it_tells_and_still_verifies() {
    let server = TestPostgres::new();
    let organization = OrganizationId::new(Uuid::from_u128(1));
    let mut owner = PgConnection::connect(&server.url("tessera_owner")).await.unwrap();
    let migrations = sqlx::migrate!("migrations/postgres");
    let earlier: Vec<_> = migrations.migrations.iter().filter(|one| one.version == 4).cloned().collect();
    Migrator { migrations: earlier.into(), ..Migrator::DEFAULT }.run(&mut owner).await.unwrap();
    sqlx::query("SELECT set_config('tessera.org_id', $1, false)")
        .bind(organization.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO organizations (org_id, key, name, session_idle_limit_ms, session_absolute_limit_ms, mask_key, audit_hash, created_at_ms)
         VALUES ($1, 'acme', 'Acme', 1, 1, '', '', 0)",
    )
    .bind(organization.to_string())
    .execute(&mut owner)
    .await
    .unwrap();
    let mut hash = linked(&[0; 32], &organization.to_string());
    for (sequence, record) in (1_i64..).zip(EARLIER_RECORDS) {
        let previous = std::mem::take(&mut hash);
        hash = linked(&previous, record);
        sqlx::query(
            "INSERT INTO audit_events (org_id, sequence, record_json, prev_hash, hash) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(organization.to_string())
        .bind(sequence)
        .bind(record)
        .bind(previous)
        .bind(&hash)
        .execute(&mut owner)
        .await
        .unwrap();
    }
    sqlx::query("UPDATE organizations SET audit_sequence = 2, audit_hash = $1")
        .bind(hash)
        .execute(&mut owner)
        .await
        .unwrap();
    owner.close().await.unwrap();

    migrate(&server.owner(), &server.application()).await.unwrap();
    let store = open(&server.application()).await.unwrap();
    let chain = store.verify_audit(organization).await.unwrap();
    assert!(matches!(chain, Chain::Intact(AuditHead { sequence: 2, .. })), "{chain:?}");
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let world = World::new().await;
    let mut postgres = world.as_role("admin").await;
    let mut sqlite = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    sqlx::migrate!("migrations/sqlite").run(&mut sqlite).await.unwrap();
    let ours: BTreeSet<String> =
        sqlx::query_scalar(SQLITE_SHAPE).fetch_all(&mut sqlite).await.unwrap().into_iter().collect();
    let theirs: BTreeSet<String> =
        sqlx::query_scalar(POSTGRES_SHAPE).fetch_all(&mut postgres).await.unwrap().into_iter().collect();
    let only_sqlite: Vec<_> = ours.difference(&theirs).collect();
    let only_postgres: Vec<_> = theirs.difference(&ours).collect();
    assert!(
        only_sqlite.is_empty() && only_postgres.is_empty(),
        "SQLite: {only_sqlite:#?}\nPostgreSQL: {only_postgres:#?}"
    );
    assert!(ours.len() > 150, "{}", ours.len());
}

#[tokio::test]
async fn an_organization_is_taken_along_as_a_whole_and_removed_as_a_whole() {
    let world = World::new().await;
    let mut admin = world.as_role("admin").await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    let exported: BTreeSet<String> = exported_columns().collect();
    for (table, column) in columns {
        let named = format!("{table}.{column}");
        let told =
            exported.contains(&named) || left_out().contains(&named.as_str()) || left_out().contains(&table.as_str());
        assert!(
            told || (column == "org_id" && table != "organizations"),
            "{named} is neither taken along nor left out"
        );
    }
    let context = admin_context(&world.store, world.acme).await;
    let organization = world.store.tenant(&context).organization();
    let permit = tessera_access::open(&context, "acme", Some(organization)).unwrap();
    let act = world.store.act::<_, tessera_access::action::Leave>(permit).await.unwrap();
    act.delete_organization("acme").await.unwrap();
    for table in tables(&mut admin).await {
        let left = format!("SELECT count(*) FROM {table} WHERE org_id = '{}'", world.acme.organization);
        assert_eq!(count(&mut admin, &left).await, 0, "{table}");
    }
    world.store.verify_audit(world.globex.organization).await.unwrap();
}

/// Columns, keys, and what refers to what; booleans are integers there.
const SQLITE_SHAPE: &str = "
    WITH tables AS (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%')
    SELECT format('column %s.%s %s%s', tables.name, c.name, lower(c.type), CASE WHEN c.\"notnull\" THEN ' not null' ELSE '' END)
    FROM tables, pragma_table_info(tables.name) AS c
    UNION
    SELECT format('unique %s (%s)', name, columns) FROM (
        SELECT tables.name, i.name AS of, group_concat(k.name, ', ' ORDER BY k.seqno) AS columns
        FROM tables, pragma_index_list(tables.name) AS i, pragma_index_info(i.name) AS k
        WHERE i.\"unique\" GROUP BY tables.name, i.name)
    UNION
    SELECT format('index %s (%s)', name, columns) FROM (
        SELECT tables.name, i.name AS of, group_concat(k.name, ', ' ORDER BY k.seqno) AS columns
        FROM tables, pragma_index_list(tables.name) AS i, pragma_index_info(i.name) AS k
        WHERE NOT i.\"unique\" GROUP BY tables.name, i.name)
    UNION
    SELECT format('reference %s (%s) to %s', name, columns, target) FROM (
        SELECT tables.name, f.id, f.\"table\" AS target, group_concat(f.\"from\", ', ' ORDER BY f.seq) AS columns
        FROM tables, pragma_foreign_key_list(tables.name) AS f GROUP BY tables.name, f.id)";

const POSTGRES_SHAPE: &str = "
    WITH tables AS (SELECT oid, relname AS name FROM pg_class
                    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> '_sqlx_migrations'),
    keys AS (SELECT tables.oid AS table_oid, k.seq, a.attname, c.conname, c.confrelid
             FROM tables JOIN pg_constraint c ON c.conrelid = tables.oid AND c.contype = 'f'
             CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k (attnum, seq)
             JOIN pg_attribute a ON a.attrelid = tables.oid AND a.attnum = k.attnum),
    indexed AS (SELECT tables.name, i.indexrelid, i.indisunique, string_agg(a.attname, ', ' ORDER BY k.seq) AS columns
                FROM tables JOIN pg_index i ON i.indrelid = tables.oid
                CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, seq)
                JOIN pg_attribute a ON a.attrelid = tables.oid AND a.attnum = k.attnum
                GROUP BY tables.name, i.indexrelid, i.indisunique)
    SELECT format('column %s.%s %s%s', tables.name, a.attname,
                  CASE format_type(a.atttypid, NULL) WHEN 'bigint' THEN 'integer' WHEN 'boolean' THEN 'integer'
                       WHEN 'bytea' THEN 'blob' ELSE format_type(a.atttypid, NULL) END,
                  CASE WHEN a.attnotnull THEN ' not null' ELSE '' END)
    FROM tables JOIN pg_attribute a ON a.attrelid = tables.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION SELECT format('unique %s (%s)', name, columns) FROM indexed WHERE indisunique
    UNION SELECT format('index %s (%s)', name, columns) FROM indexed WHERE NOT indisunique
    UNION SELECT format('reference %s (%s) to %s', t.name, string_agg(k.attname, ', ' ORDER BY k.seq), target.relname)
          FROM keys k JOIN tables t ON t.oid = k.table_oid JOIN pg_class target ON target.oid = k.confrelid
          GROUP BY t.name, k.conname, target.relname";
