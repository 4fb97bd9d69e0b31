//! Non-interference: *governed on all data equals ungoverned on a filtered and masked copy*, for random models, data,
//! rules, people and questions. The copy is made here by plain row filtering, never by the code under test. Field queries
//! are answered a third time by their definition, and whatever hidden rows hold must not matter.
//!
//! `ORACLE_CASES=100000` asks more; `ORACLE_SEED=7` repeats one case.
mod ask;
mod compare;
mod dice;
mod field_question;
mod generate;
mod judge;
mod model_files;
mod naive;
mod sql_question;
mod world;

use libtest_mimic::{Failed, Trial};
use std::{env, time::SystemTime};

/// Seeds that every push tries.
const FIXED: u64 = 200;
/// Cases of one test: enough to be worth a process, few enough to run beside others.
const BATCH: u64 = 25;

pub(crate) fn trials() -> Vec<Trial> {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("ORACLE_SEED") {
        return vec![Trial::test(format!("oracle::seed_{seed}"), move || case(seed, true))];
    }
    let cases = number("ORACLE_CASES").unwrap_or(FIXED);
    let mut trials: Vec<Trial> = (0..cases)
        .step_by(BATCH as usize)
        .map(|first| {
            let last = u64::min(first + BATCH, cases);
            Trial::test(format!("oracle::seeds_{first}_to_{}", last - 1), move || {
                (first..last).try_for_each(|seed| case(seed, false))
            })
        })
        .collect();
    trials.push(Trial::test("oracle::fresh_seed", || case(fresh_seed(), false)));
    trials.push(Trial::test("oracle::many_rows", || ask::many_rows(1)));
    trials
}

/// One that nobody has tried; a failure prints it.
fn fresh_seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seed = since.as_micros() as u64;
    println!("fresh seed {seed}; repeat with ORACLE_SEED={seed}");
    seed
}

fn case(seed: u64, verbose: bool) -> Result<(), Failed> {
    ask::case(seed, verbose)
        .map_err(|failure| Failed::from(format!("seed {seed} (repeat with ORACLE_SEED={seed})\n{failure}")))
}
