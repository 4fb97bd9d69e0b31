//! A sealed row cannot be read.
use tessera_access::{Connection, Sealed};

fn name(sealed: Sealed<Connection>) -> String {
    sealed.row.name
}

fn main() {}
