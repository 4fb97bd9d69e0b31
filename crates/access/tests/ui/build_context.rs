//! An access context cannot be made from parts without the gate's constructor, which `clippy.toml` guards.
use std::sync::Arc;
use tessera_access::{AccessContext, Standing};
use tessera_base::{Arrival, Instant};

fn context(arrival: Arrival, now: Instant, standing: Arc<Standing>) -> AccessContext {
    AccessContext { arrival, now, standing }
}

fn main() {}
