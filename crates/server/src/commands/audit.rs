//! `tessera audit`: the audit trail, read where the database is.
use super::{
    exit::Exit,
    serve::{self, ServeError},
};
use crate::config::Written;
use std::{path::PathBuf, process::ExitCode};
use tessera_store::{AuditHead, Chain, Database, Store};

#[derive(clap::Subcommand, Debug)]
pub(crate) enum AuditCommand {
    /// Read every organization's chain of events, and say where one was changed; exit code 1 when one was
    Verify(VerifyArgs),
}

#[derive(clap::Args, Debug)]
pub(crate) struct VerifyArgs {
    /// The settings file; without it, `tessera.toml` where there is one, and `TESSERA_…` variables.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only the organization with this key.
    #[arg(long, value_name = "KEY")]
    organization: Option<String>,
}

pub(crate) fn run(AuditCommand::Verify(args): &AuditCommand) -> ExitCode {
    match start(args) {
        Ok(exit) => exit.into(),
        Err(error) => serve::report(Err(error)),
    }
}

fn start(args: &VerifyArgs) -> Result<Exit, ServeError> {
    let config = Written::find(args.config.as_deref())?.check()?;
    // Opening would make it.
    if let Database::File(path) = &config.database
        && !path.exists()
    {
        return Err(ServeError::Absent { path: path.clone() });
    }
    serve::runtime()?.block_on(async {
        let store = serve::open_store(&config.data_dir, &config.key_file, &config.database).await?;
        let exit = verify(&store, args.organization.as_deref()).await?;
        store.close().await;
        Ok(exit)
    })
}

/// One line for each organization, in the order of their keys.
async fn verify(store: &Store, only: Option<&str>) -> Result<Exit, ServeError> {
    let mut organizations = store.organizations().await?;
    organizations.retain(|organization| only.is_none_or(|key| organization.key == key));
    if let Some(key) = only.filter(|_| organizations.is_empty()) {
        eprintln!("no organization `{key}`");
        return Ok(Exit::Problems);
    }
    let mut exit = Exit::Done;
    for organization in organizations {
        match store.verify_audit(organization.id).await? {
            Chain::Intact(AuditHead { kept_from, sequence, hash }) => {
                let events = sequence + 1 - kept_from;
                println!("{}: {events} events from {kept_from} on, intact; head {hash}", organization.key)
            }
            Chain::Broken { sequence } => {
                println!("{}: broken at event {sequence}", organization.key);
                exit = Exit::Problems;
            }
        }
    }
    Ok(exit)
}
