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

/// Two ways, measured in turn, A B A B …, so that whatever else the machine does meets both; each round is compared by
/// itself.
pub(crate) struct Pairs(Vec<(Duration, Duration)>);

impl Pairs {
    pub(crate) async fn of<A, B, E>(a: impl Fn() -> A, b: impl Fn() -> B) -> Result<Self, E>
    where
        A: Future<Output = Result<Duration, E>>,
        B: Future<Output = Result<Duration, E>>,
    {
        let mut rounds = Vec::new();
        let start = Instant::now();
        while rounds.len() < *ROUNDS.start() || (rounds.len() < *ROUNDS.end() && start.elapsed() < PAIR_LIMIT) {
            rounds.push((a().await?, b().await?));
        }
        Ok(Self(rounds))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn first(&self) -> Samples {
        Samples::new(self.0.iter().map(|(a, _)| *a).collect())
    }

    pub(crate) fn second(&self) -> Samples {
        Samples::new(self.0.iter().map(|(_, b)| *b).collect())
    }

    /// How many times as long the first way takes as the second.
    pub(crate) fn ratio(&self) -> f64 {
        self.median(|a, b| a / b)
    }

    /// How many seconds longer the first way takes than the second.
    pub(crate) fn difference_seconds(&self) -> f64 {
        self.median(|a, b| a - b)
    }

    fn median(&self, compare: impl Fn(f64, f64) -> f64) -> f64 {
        let mut values: Vec<f64> = self.0.iter().map(|(a, b)| compare(a.as_secs_f64(), b.as_secs_f64())).collect();
        values.sort_unstable_by(f64::total_cmp);
        values[values.len() / 2]
    }
}
