//! What a decision costs, ours and Cedar's.
//!
//! Counted is what one question costs when everything but the question is there: `decide` on somebody's established
//! access, with its reason; `is_authorized` on parsed, linked and validated policies and entities whose hierarchy is
//! computed, with the policies that decided. Not counted are, for ours, the snapshot and the person's standing on it;
//! for Cedar, all parsing, and making the request and checking it against the schema. Left out are the questions for which
//! Cedar has to be asked more than once, because our rule quantifies over folders.
//!
//! Cedar looks at every policy for every question, and a grant is a policy, or several. Somebody who asked it about a large
//! organization would give it those policies alone that are about the resource; finding them would be a part of the price.
use crate::{
    ORGANIZATIONS,
    cedar::Cedar,
    report::Table,
    samples::Samples,
    world::{World, actions, contexts},
};
use cedar_policy::Decision;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use tessera_access::decide;

/// Each question is asked again, and what it took at least counts: a machine has more to do than this.
const ROUNDS: usize = 3;
/// How often we are asked in a round, because a clock takes as long as some of our decisions.
const OURS: u32 = 16;

pub(crate) fn measure() -> Table {
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut all, mut policies) = (0, 0);
    for seed in 0..ORGANIZATIONS {
        let world = World::new(seed);
        let (cedar, snapshot) = (Cedar::new(&world), world.snapshot());
        policies += cedar.policies();
        for context in contexts(&world, &snapshot) {
            let person = world.people.iter().find(|person| person.id == context.user().id).unwrap();
            for (kind, facts) in world.resources() {
                for action in actions(kind) {
                    all += 1;
                    let decision = decide(&context, kind, &facts, action);
                    assert_eq!(decision.allowed(), cedar.allows(person, kind, &facts, action), "seed {seed}");
                    let Some(request) = cedar.request(person, kind, &facts, action) else { continue };
                    assert_eq!(decision.allowed(), cedar.decide(&request).decision() == Decision::Allow, "seed {seed}");
                    let mine = time(OURS, || decide(black_box(&context), kind, black_box(&facts), action));
                    let other = time(1, || cedar.decide(black_box(&request)));
                    ratios.push(other.as_secs_f64() / mine.as_secs_f64());
                    ours.push(mine);
                    theirs.push(other);
                }
            }
        }
    }
    let once = ours.len();
    let total = |durations: &[Duration]| durations.iter().sum::<Duration>().as_secs_f64();
    let of_totals = total(&theirs) / total(&ours);
    ratios.sort_unstable_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    let row = |what: &str, samples: Samples| {
        vec![what.to_owned(), microseconds(samples.median()), microseconds(samples.percentile(99))]
    };
    Table {
        title: "Decisions beside Cedar's".to_owned(),
        note: format!(
            "{ORGANIZATIONS} small random organizations, on average {} policies each. The answers to {all} questions are \
             equal; timed are the {once} that Cedar answers at once. Both with optimization, everything but the question \
             prepared. Cedar takes {median:.0} times as long for a question in the median, {of_totals:.0} times for all of \
             them.",
            policies / ORGANIZATIONS as usize
        ),
        columns: vec!["a decision, with its reason", "p50", "p99"],
        rows: vec![row("ours", Samples::new(ours)), row("Cedar's", Samples::new(theirs))],
    }
}

fn time<T>(times: u32, mut work: impl FnMut() -> T) -> Duration {
    let mut round = || {
        let start = Instant::now();
        for _ in 0..times {
            black_box(work());
        }
        start.elapsed() / times
    };
    (0..ROUNDS).map(|_| round()).min().unwrap()
}

fn microseconds(duration: Duration) -> String {
    format!("{:.2} µs", duration.as_secs_f64() * 1e6)
}
