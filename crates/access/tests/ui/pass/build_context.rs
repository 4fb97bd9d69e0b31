//! The gate establishes it.
use tessera_access::{AccessContext, ContextParts};

fn context(parts: ContextParts) -> AccessContext {
    AccessContext::establish(parts)
}

fn main() {
    let _ = context;
}
