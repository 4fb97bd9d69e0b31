use std::time::Duration;

/// What one query may use. How many rows it may give is part of the verified query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    pub memory_bytes: usize,
    /// From the call to the last row, waiting for admission and for the reader included.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 512 * 1024 * 1024, timeout: Duration::from_secs(60) }
    }
}
