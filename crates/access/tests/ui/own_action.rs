//! The actions are a closed set: the table of rights knows all of them.
use tessera_access::{ActionKind, action::Action};

struct Anything;

impl Action for Anything {
    const KIND: ActionKind = ActionKind::View;
}

fn main() {}
