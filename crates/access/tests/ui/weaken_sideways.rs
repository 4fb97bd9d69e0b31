//! Writing SQL is not downloading.
use tessera_access::{
    Connection, Permit,
    action::{Download, WriteSql},
};

fn other(permit: Permit<Connection, WriteSql>) -> Permit<Connection, Download> {
    permit.weaken()
}

fn main() {}
