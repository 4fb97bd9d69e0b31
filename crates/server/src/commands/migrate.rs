//! `tessera migrate`: the tables of the database.
use super::serve::{self, ServeError};
use crate::config::{ConfigError, Written};
use std::{env, path::PathBuf, process::ExitCode};
use tessera_store::{Database, migrate};

#[derive(clap::Args, Debug)]
#[command(after_help = "\
PostgreSQL: TESSERA_DATABASE_OWNER_URL is the address for the role that owns the tables. The server works as the role of
its own address, `database_url`, which must exist, and is given the use of the tables.")]
pub(crate) struct MigrateArgs {
    /// The settings file; without it, `tessera.toml` where there is one, and `TESSERA_…` variables.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

const OWNER: &str = "TESSERA_DATABASE_OWNER_URL";

pub(crate) fn run(args: &MigrateArgs) -> ExitCode {
    serve::report(start(args))
}

fn start(args: &MigrateArgs) -> Result<(), ServeError> {
    let config = Written::find(args.config.as_deref())?.check()?;
    serve::runtime()?.block_on(async {
        match &config.database {
            Database::File(path) => {
                serve::open_store(&config.data_dir, &config.key_file, &config.database).await?.close().await;
                println!("`{}` is up to date", path.display());
            }
            Database::Postgres(application) => {
                let owner = env::var(OWNER).map_err(|_| ConfigError::Missing { name: OWNER })?;
                let (before, now) = migrate(&owner.parse().map_err(ConfigError::from)?, application).await?;
                match before == now {
                    true => println!("the tables are up to date, at version {now}"),
                    false => println!("the tables went from version {before} to {now}"),
                }
            }
        }
        Ok(())
    })
}
