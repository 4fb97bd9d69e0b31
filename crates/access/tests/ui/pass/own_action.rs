//! A function may be for any of them.
use tessera_access::{ActionKind, action::Action};

fn kind<A: Action>() -> ActionKind {
    A::KIND
}

fn main() {
    let _ = kind::<tessera_access::action::View>;
}
