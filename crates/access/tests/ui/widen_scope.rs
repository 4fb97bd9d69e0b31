//! What one may list cannot be made wider.
use tessera_access::{Connection, Limit, Scope};

fn everything(scope: Scope<Connection>) -> Scope<Connection> {
    Scope { connections: Limit::All, ..scope }
}

fn main() {}
