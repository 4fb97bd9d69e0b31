//! What the tests of several crates need: databases that are theirs alone.
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tessera_store::{Database, PostgresAddress, migrate};

/// A database for one test, gone with the test.
pub enum TestDatabase {
    /// Nothing is there yet; the test's folder is its place.
    File(PathBuf),
    Postgres(TestPostgres),
}

impl TestDatabase {
    /// Of the kind that the variable `TESSERA_TEST_STORE` says: `sqlite`, unless it says `postgres`.
    pub fn new(folder: &Path) -> Self {
        match std::env::var("TESSERA_TEST_STORE").as_deref() {
            Err(_) | Ok("sqlite") => Self::File(folder.join("tessera.db")),
            Ok("postgres") => Self::Postgres(TestPostgres::new()),
            Ok(other) => panic!("TESSERA_TEST_STORE is `sqlite` or `postgres`, not `{other}`"),
        }
    }
}

impl TestDatabase {
    /// With tables that are up to date, where the store does not see to it itself.
    pub async fn prepared(&self) -> Database {
        match self {
            Self::File(path) => Database::File(path.clone()),
            Self::Postgres(database) => {
                let application = database.application();
                migrate(&database.owner(), &application).await.expect("tables");
                Database::Postgres(application)
            }
        }
    }
}

/// An empty database of the server that `scripts/postgres.sh` runs.
pub struct TestPostgres {
    socket: String,
    name: String,
}

impl TestPostgres {
    #[expect(clippy::new_without_default, reason = "making a database is no default")]
    pub fn new() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres.sh");
        let started = run(Command::new(script).arg("start"));
        let socket = String::from_utf8(started.stdout).expect("a path").trim().to_owned();
        let nanoseconds = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_nanos();
        let test = Self { socket, name: format!("test_{}_{nanoseconds}", std::process::id()) };
        test.admin(&format!("CREATE DATABASE {} OWNER tessera_owner", test.name));
        test
    }

    /// For the role that owns the tables.
    pub fn owner(&self) -> PostgresAddress {
        self.address("tessera_owner")
    }

    /// For the role that the server works as.
    pub fn application(&self) -> PostgresAddress {
        self.address("tessera")
    }

    /// For a role that no wall binds.
    pub fn superuser(&self) -> PostgresAddress {
        self.address("admin")
    }

    fn address(&self, role: &str) -> PostgresAddress {
        self.url(role).parse().expect("an address")
    }

    pub fn url(&self, role: &str) -> String {
        format!("postgres://{role}@localhost/{}?host={}", self.name, self.socket)
    }

    fn admin(&self, statement: &str) {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--host", &self.socket, "--username", "admin", "--dbname", "postgres"]);
        run(psql.args(["--command", statement]));
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        self.admin(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
