//! An access context cannot be made from parts without the gate's constructor, which `clippy.toml` guards.
use std::sync::Arc;
use tessera_access::{AccessContext, Standing};
use tessera_base::{Instant, RequestId};

fn context(request_id: RequestId, now: Instant, standing: Arc<Standing>) -> AccessContext {
    AccessContext { request_id, now, standing }
}

fn main() {}
