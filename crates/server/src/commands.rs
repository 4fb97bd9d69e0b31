//! The command line. Results go to standard output, messages to standard error; the exit code says how it ended.
mod audit;
mod check;
mod demo;
mod exit;
mod explain;
mod input;
mod migrate;
mod openapi;
mod operators;
mod query;
mod report;
mod serve;
mod test;

use clap::Parser as _;
use exit::Exit;
use std::process::ExitCode;

#[derive(clap::Parser)]
#[command(name = "tessera", version, about = "Analytics in which every answer is governed", after_help = EXIT_CODES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 the input has problems, 2 wrong usage, 3 denied by policy, 4 the engine failed";

#[derive(clap::Subcommand)]
enum Command {
    /// Show two companies with data and people, to be tried in the browser
    Demo(demo::DemoArgs),
    /// Serve the web application and the API
    Serve(serve::ServeArgs),
    /// Bring the tables of the database up to date
    Migrate(migrate::MigrateArgs),
    /// Say who is on the staff of whoever runs this server
    Operators(operators::OperatorsArgs),
    /// Read the audit trail
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Check that a model folder loads
    Check(check::CheckArgs),
    /// Run the policy tests of a model folder
    Test(test::TestArgs),
    /// Ask a question of a model folder as somebody
    Query(query::QueryArgs),
    /// Explain what somebody may see of a model folder, and why
    Explain(explain::ExplainArgs),
    /// Print the description of the HTTP API
    Openapi,
}

pub(crate) fn run() -> ExitCode {
    match &CommandLine::parse().command {
        Command::Demo(args) => demo::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Migrate(args) => migrate::run(args),
        Command::Operators(args) => operators::run(args),
        Command::Audit(command) => audit::run(command),
        Command::Check(args) => wait(check::run(args)),
        Command::Test(args) => wait(test::run(args)),
        Command::Query(args) => wait(query::run(args)),
        Command::Explain(args) => wait(explain::run(args)),
        Command::Openapi => openapi::run().into(),
    }
}

/// Runs a command of the command line to its end.
fn wait(command: impl Future<Output = Exit>) -> ExitCode {
    match serve::runtime() {
        Ok(runtime) => runtime.block_on(command).into(),
        Err(error) => serve::report(Err(error)),
    }
}
