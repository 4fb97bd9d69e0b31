//! It is read.
use tessera_access::AccessContext;

fn is_admin(context: &AccessContext) -> bool {
    context.is_organization_admin()
}

fn main() {
    let _ = is_admin;
}
