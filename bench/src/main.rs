//! Measures what Tessera costs, as ratios against the bare engine in the same run, and writes `bench/RESULTS.md`.
mod access;
mod acme;
mod bare;
mod demo;
mod governing;
mod machine;
mod questions;
mod report;
mod samples;
mod second_opinion;
mod server;
mod stored;
mod wide_model;

use acme::Acme;
use bare::Bare;
use clap::Parser as _;
use machine::Machine;
use std::{fs, path::Path, process::ExitCode, time::SystemTime};
use tessera_base::Instant;

/// The server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Errors stop the run and are printed; nobody tells them apart.
type Error = Box<dyn std::error::Error + Send + Sync>;

const SMALL: &str = "0.1";
const LARGE: &str = "1";

#[derive(clap::Parser)]
#[command(about)]
struct Args {
    /// Measure this part alone; writes nothing
    #[arg(long)]
    only: Option<Part>,
    /// Of the questions, only those whose name begins so; writes nothing
    #[arg(long, value_name = "NAME")]
    question: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// What the decisions cost
    Governing,
    /// What decisions about content cost, and reading what decides
    Content,
    /// What a decision costs beside one of Cedar's
    Cedar,
    /// Governed questions against the bare engine
    Questions,
    /// The server as a process
    Server,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<(), Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let (demo, now) = (root.join("demo"), Instant::from(SystemTime::now()));
    let (machine, profile) = (Machine::here()?, machine::profile()?);
    let mut report = format!(
        "# What Tessera costs\n\nWritten by `make bench`: {}, profile `{profile}`, {}.\n",
        machine.describe(),
        now.format("%Y-%m-%d")
    );
    println!("{report}");

    let mut add = |table: String| {
        println!("{table}");
        report.push_str(&format!("\n{table}"));
    };
    let only = args.only.or(args.question.as_ref().map(|_| Part::Questions));
    let wants = |part| only.is_none_or(|only| only == part);
    if wants(Part::Governing) {
        add(governing::measure(&demo, now)?.to_string());
    }
    if wants(Part::Content) {
        // Read first: what was let go of after a measurement would hide what the next one takes.
        let stored = stored::measure().await?;
        let mut table = access::measure(now)?;
        table.rows.extend(stored);
        add(table.to_string());
    }
    if wants(Part::Cedar) {
        add(second_opinion::measure()?);
    }
    if wants(Part::Questions) {
        for scale in [SMALL, LARGE] {
            let tables = demo::tables(scale)?;
            let (acme, bare) = (Acme::over(&tables, &demo, now).await?, Bare::over(&tables, machine.cores()).await?);
            add(questions::measure(scale, args.question.as_deref(), &acme, &bare, &root).await?.to_string());
        }
    }
    if wants(Part::Server) {
        add(server::measure(SMALL, LARGE).await?.to_string());
    }
    if only.is_some() {
        return Ok(());
    }

    let file = root.join("bench").join(if profile == "dev" {
        "RESULTS.md".to_owned()
    } else {
        format!("RESULTS.{profile}.md")
    });
    fs::write(&file, report)?;
    println!("wrote {}", file.display());
    Ok(())
}
