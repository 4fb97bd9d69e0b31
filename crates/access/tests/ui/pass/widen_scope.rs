//! It is derived from the context, by the table of rights.
use std::sync::Arc;
use tessera_access::{AccessContext, Connection, Scope, visible};

fn mine(context: &Arc<AccessContext>) -> Scope<Connection> {
    visible(context)
}

fn main() {
    let _ = mine;
}
