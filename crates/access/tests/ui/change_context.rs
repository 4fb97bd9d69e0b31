//! An access context does not change.
use tessera_access::AccessContext;

fn promote(context: &mut AccessContext) {
    context.0.organization_admin = true;
}

fn main() {}
