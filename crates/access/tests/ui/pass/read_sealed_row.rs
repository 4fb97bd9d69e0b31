//! The row is read through a permit.
use std::sync::Arc;
use tessera_access::{AccessContext, Connection, Denied, Permit, Sealed, action::View, open};

fn name(context: &Arc<AccessContext>, sealed: Sealed<Connection>) -> Result<String, Denied> {
    let permit: Permit<_, View> = open(context, "warehouse", Some(sealed))?;
    Ok(permit.resource().name.clone())
}

fn main() {
    let _ = name;
}
