//! A permit is passed on.
use tessera_access::{Connection, Permit, action::View};

fn keep(permit: Permit<Connection, View>) -> Permit<Connection, View> {
    permit
}

fn main() {
    let _ = keep;
}
