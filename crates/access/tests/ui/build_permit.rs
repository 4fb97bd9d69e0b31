//! A permit cannot be built by hand.
use std::{marker::PhantomData, sync::Arc};
use tessera_access::{AccessContext, Connection, Permit, Reason, action::View};

fn permit(resource: Connection, context: Arc<AccessContext>) -> Permit<Connection, View> {
    Permit { resource, context, because: Reason::Owner, action: PhantomData }
}

fn main() {}
