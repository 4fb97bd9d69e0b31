//! Downloading is asked for by itself.
use std::sync::Arc;
use tessera_access::{AccessContext, Connection, Denied, Permit, Sealed, action::Download, open};

fn other(context: &Arc<AccessContext>, sealed: Sealed<Connection>) -> Result<Permit<Connection, Download>, Denied> {
    open(context, "warehouse", Some(sealed))
}

fn main() {
    let _ = other;
}
