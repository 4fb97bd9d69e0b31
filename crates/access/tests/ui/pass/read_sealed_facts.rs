//! A decision reads the facts, where they are known.
use tessera_access::{AccessContext, ActionKind, Decision, Facts, ResourceKind, decide};

fn decision(context: &AccessContext, facts: &Facts) -> Decision {
    decide(context, ResourceKind::Connection, facts, ActionKind::View)
}

fn main() {
    let _ = decision;
}
