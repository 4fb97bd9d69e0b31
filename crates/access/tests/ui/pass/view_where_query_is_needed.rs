//! A permit to query is one.
use tessera_access::{Connection, Permit, action::Query};

fn ask(_: Permit<Connection, Query>) {}

fn look(permit: Permit<Connection, Query>) {
    ask(permit)
}

fn main() {
    let _ = look;
}
