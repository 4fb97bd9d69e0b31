//! An access context cannot be made from parts without the gate's constructor, which `clippy.toml` guards.
use tessera_access::{AccessContext, ContextParts};

fn context(parts: ContextParts) -> AccessContext {
    AccessContext(parts)
}

fn main() {}
