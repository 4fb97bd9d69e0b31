//! A permit comes from a decision.
use std::sync::Arc;
use tessera_access::{AccessContext, Connection, Denied, Permit, Sealed, action::View, open};

fn permit(sealed: Sealed<Connection>, context: &Arc<AccessContext>) -> Result<Permit<Connection, View>, Denied> {
    open(context, "warehouse", Some(sealed))
}

fn main() {
    let _ = permit;
}
