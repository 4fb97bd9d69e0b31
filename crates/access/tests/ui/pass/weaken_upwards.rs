//! It can become a weaker one.
use tessera_access::{
    Connection, Permit,
    action::{Query, View},
};

fn weaker(permit: Permit<Connection, Query>) -> Permit<Connection, View> {
    permit.weaken()
}

fn main() {
    let _ = weaker;
}
