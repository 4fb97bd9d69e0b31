//! What was governed can be verified.
use tessera_query::{Governed, Refusal, Verified, verify};

fn verified(governed: Governed) -> Result<Verified, Refusal> {
    verify(governed)
}

fn main() {
    let _ = verified;
}
