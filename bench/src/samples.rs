//! Repeated measurements, and what is read from them.
use std::{
    future::Future,
    time::{Duration, Instant},
};

/// How long something took, again and again; never empty, sorted.
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn new(mut durations: Vec<Duration>) -> Self {
        assert!(!durations.is_empty(), "nothing was measured");
        durations.sort_unstable();
        Self(durations)
    }

    /// Times `work`, `count` times, after some rounds that do not count.
    pub(crate) fn of<T>(count: usize, mut work: impl FnMut() -> T) -> Self {
        for _ in 0..count / 10 {
            std::hint::black_box(work());
        }
        let timed = |_| {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed()
        };
        Self::new((0..count).map(timed).collect())
    }

    /// The smallest duration that `percent` of the measurements do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        self.0[(self.0.len() * percent).div_ceil(100).max(1) - 1]
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A fifth of a minute for each pair at most, and enough rounds for a median.
const PAIR_LIMIT: Duration = Duration::from_secs(12);
const ROUNDS: std::ops::RangeInclusive<usize> = 7..=100;

/// Measures two ways in turn, so that whatever else the machine does meets both: A B A B ….
pub(crate) async fn interleaved<A, B, E>(a: impl Fn() -> A, b: impl Fn() -> B) -> Result<(Samples, Samples), E>
where
    A: Future<Output = Result<Duration, E>>,
    B: Future<Output = Result<Duration, E>>,
{
    // The first round fills caches of files and statistics, and does not count.
    a().await?;
    b().await?;
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    let start = Instant::now();
    while of_a.len() < *ROUNDS.start() || (of_a.len() < *ROUNDS.end() && start.elapsed() < PAIR_LIMIT) {
        of_a.push(a().await?);
        of_b.push(b().await?);
    }
    Ok((Samples::new(of_a), Samples::new(of_b)))
}
