//! The gate establishes it.
use std::sync::Arc;
use tessera_access::{AccessContext, Standing};
use tessera_base::{Arrival, Instant};

fn context(arrival: Arrival, now: Instant, standing: Arc<Standing>) -> AccessContext {
    AccessContext::establish(arrival, now, standing)
}

fn main() {
    let _ = context;
}
