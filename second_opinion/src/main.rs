//! A second opinion about every decision of the access core, which the tests compare; and, run as a program, what a
//! decision costs beside one of Cedar's. `make bench` adds what it prints to its report.
mod cedar;
#[expect(dead_code, reason = "shared with the tests of the access core, which ask for more")]
#[path = "../../crates/access/tests/it/naive.rs"]
mod naive;
mod price;
#[path = "../../bench/src/report.rs"]
mod report;
#[expect(dead_code, reason = "shared with the benchmarks, which ask for more")]
#[path = "../../bench/src/samples.rs"]
mod samples;
#[expect(dead_code, reason = "shared with the tests of the access core, which ask for more")]
#[path = "../../crates/access/tests/it/world.rs"]
mod world;

/// How many organizations are put before Cedar; each has some hundred questions to every person.
const ORGANIZATIONS: u64 = 40;

fn main() {
    println!("{}", price::measure());
}
