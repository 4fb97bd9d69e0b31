//! An access context does not change.
use std::sync::Arc;
use tessera_access::{AccessContext, Standing};

fn promote(context: &mut AccessContext, admin: Arc<Standing>) {
    context.standing = admin;
}

fn main() {}
