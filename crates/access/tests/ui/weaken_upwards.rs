//! A permit cannot become a stronger one.
use tessera_access::{
    Connection, Permit,
    action::{Query, View},
};

fn stronger(permit: Permit<Connection, View>) -> Permit<Connection, Query> {
    permit.weaken()
}

fn main() {}
