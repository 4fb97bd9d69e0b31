//! A permit to view is no permit to query.
use tessera_access::{
    Connection, Permit,
    action::{Query, View},
};

fn ask(_: Permit<Connection, Query>) {}

fn look(permit: Permit<Connection, View>) {
    ask(permit)
}

fn main() {}
