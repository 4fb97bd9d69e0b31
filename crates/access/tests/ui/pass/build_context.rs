//! The gate establishes it.
use std::sync::Arc;
use tessera_access::{AccessContext, Standing};
use tessera_base::{Instant, RequestId};

fn context(request_id: RequestId, now: Instant, standing: Arc<Standing>) -> AccessContext {
    AccessContext::establish(request_id, now, standing)
}

fn main() {
    let _ = context;
}
