//! It can be relied upon.
use tessera_access::action::{Implies, Query, View};

fn implies<A: Implies<View>>() {}

fn main() {
    implies::<Query>();
}
