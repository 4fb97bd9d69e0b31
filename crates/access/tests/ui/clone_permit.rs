//! A permit is for one use: it cannot be copied and kept.
use tessera_access::{Connection, Permit, action::View};

fn keep(permit: &Permit<Connection, View>) -> Permit<Connection, View> {
    permit.clone()
}

fn main() {}
