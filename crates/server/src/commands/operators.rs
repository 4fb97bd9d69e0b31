//! `tessera operators`: the staff of whoever runs the server. They are in no organization, unless one lets them in.
use super::{
    exit::Exit,
    serve::{self, ServeError},
};
use crate::config::Written;
use std::{path::PathBuf, process::ExitCode};
use tessera_base::{EmailAddress, Name};
use tessera_store::{Operators, StoreError};

#[derive(clap::Args, Debug)]
pub(crate) struct OperatorsArgs {
    /// The settings file; without it, `tessera.toml` where there is one, and `TESSERA_…` variables.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: OperatorsCommand,
}

#[derive(clap::Subcommand, Debug)]
enum OperatorsCommand {
    /// Add somebody to the operator's staff
    Add { email: String, name: String },
    /// Print who is on the operator's staff
    List,
    /// Remove somebody, and end every session of theirs
    Remove { email: String },
    /// Print a code that signs somebody in once, within ten minutes
    SignInCode { email: String },
}

pub(crate) fn run(args: &OperatorsArgs) -> ExitCode {
    match start(args) {
        Ok(exit) => exit.into(),
        Err(error) => serve::report(Err(error)),
    }
}

fn start(args: &OperatorsArgs) -> Result<Exit, ServeError> {
    let config = Written::find(args.config.as_deref())?.check()?;
    serve::runtime()?.block_on(async {
        let store = serve::open_store(&config.data_dir, &config.key_file, &config.database).await?;
        #[expect(clippy::disallowed_methods, reason = "whoever may read the database and its key may name the staff")]
        let done = change(&store.operators(), &args.command).await;
        store.close().await;
        match done {
            Ok(()) => Ok(Exit::Done),
            Err(Refused::Named(message)) => {
                eprintln!("{message}");
                Ok(Exit::Problems)
            }
            Err(Refused::Store(error)) => Err(error.into()),
        }
    })
}

enum Refused {
    /// What was named is not there, is there already, or is no name.
    Named(String),
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unknown { .. } | StoreError::Taken { .. } => Self::Named(error.to_string()),
            error => Self::Store(error),
        }
    }
}

async fn change(operators: &Operators<'_>, command: &OperatorsCommand) -> Result<(), Refused> {
    match command {
        OperatorsCommand::Add { email, name } => {
            let name = Name::parse(name).map_err(|error| Refused::Named(error.to_string()))?;
            operators.add(&address(email)?, &name).await?;
        }
        OperatorsCommand::List => {
            for operator in operators.list().await? {
                println!("{}  {}", operator.email, operator.name);
            }
        }
        OperatorsCommand::Remove { email } => operators.remove(&address(email)?).await?,
        OperatorsCommand::SignInCode { email } => {
            println!("{}", operators.sign_in_code(&address(email)?).await?.expose().as_str());
        }
    }
    Ok(())
}

fn address(text: &str) -> Result<EmailAddress, Refused> {
    EmailAddress::parse(text).map_err(|error| Refused::Named(error.to_string()))
}
