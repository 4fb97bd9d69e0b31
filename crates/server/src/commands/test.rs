//! `tessera test`: the policy tests of a model folder.
mod junit;

use super::{exit::Exit, input, report};
use serde_json::json;
use std::path::PathBuf;
use tessera_app::{Mutant, Mutation, PolicyTests, TestReport};

#[derive(clap::Args, Debug)]
pub(crate) struct TestArgs {
    /// The model folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Then take away each rule of the model in turn, and report those that no test misses
    #[arg(long)]
    mutate: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum, Debug)]
enum Format {
    Text,
    Json,
    Junit,
}

pub(crate) async fn run(args: &TestArgs) -> Exit {
    let host = match input::host() {
        Ok(host) => host,
        Err(exit) => return exit,
    };
    let tests = match PolicyTests::open(&args.folder, host, input::settings(None).now).await {
        Ok(tests) => tests,
        Err(failure) => return report::failure(failure),
    };
    let mut reports = Vec::new();
    let ran = tests
        .run(|report| {
            if args.format == Format::Text {
                report::print(line(&report));
            }
            reports.push(report);
        })
        .await;
    if let Err(failure) = ran {
        return report::failure(failure);
    }
    let failed = reports.iter().filter(|report| !report.failures.is_empty()).count();
    let mutation = match args.mutate && failed == 0 {
        false => None,
        true => match tests.mutate().await {
            Ok(mutation) => Some(mutation),
            Err(failure) => return report::failure(failure),
        },
    };
    let unnoticed = mutation.as_ref().map_or(0, |mutation| mutation.unnoticed.len());
    let printed = report::print(match args.format {
        Format::Text => summary(reports.len(), failed, mutation.as_ref(), args.mutate),
        Format::Json => json(&reports, mutation.as_ref()),
        Format::Junit => junit::document(&reports, mutation.as_ref()),
    });
    if failed + unnoticed > 0 { Exit::Problems } else { printed }
}

fn line(report: &TestReport) -> String {
    if report.failures.is_empty() {
        return format!("ok      {}\n", report.name);
    }
    let mut text = format!("FAILED  {}\n        {}:{}\n", report.name, report.at.file, report.at.line);
    for failure in &report.failures {
        text.push_str(&format!("        {failure}\n"));
    }
    text
}

fn summary(tests: usize, failed: usize, mutation: Option<&Mutation>, wanted: bool) -> String {
    let mut text = format!("\n{} passed, {failed} failed\n", tests - failed);
    match mutation {
        Some(Mutation { noticed, unnoticed }) => {
            let rules = noticed + unnoticed.len();
            text.push_str(&format!("{noticed} of {rules} rules are noticed: a test fails when one is taken away\n"));
            for mutant in unnoticed {
                text.push_str(&format!("{}: no test notices {}\n", place(mutant), mutant.what));
            }
        }
        None if wanted => text.push_str("rules are taken away when all tests pass\n"),
        None => {}
    }
    text
}

fn place(mutant: &Mutant) -> String {
    format!("{}:{}:{}", mutant.at.file, mutant.at.line, mutant.at.column)
}

fn json(reports: &[TestReport], mutation: Option<&Mutation>) -> String {
    let tests: Vec<_> = reports
        .iter()
        .map(|report| {
            json!({
                "file": &*report.at.file,
                "test": report.name,
                "passed": report.failures.is_empty(),
                "failures": report.failures,
            })
        })
        .collect();
    let mutants = mutation.map(|mutation| {
        let unnoticed: Vec<_> = mutation
            .unnoticed
            .iter()
            .map(|mutant| json!({"file": &*mutant.at.file, "line": mutant.at.line, "column": mutant.at.column, "what": mutant.what}))
            .collect();
        json!({"noticed": mutation.noticed, "unnoticed": unnoticed})
    });
    format!("{}\n", json!({"tests": tests, "mutants": mutants}))
}
