//! Tests over the whole path from a model folder to rows. Each case file and each batch of the oracle is a test of its
//! own name.
mod cases;
mod fixture;
mod oracle;

use libtest_mimic::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = cases::trials().into_iter().chain(oracle::trials()).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
