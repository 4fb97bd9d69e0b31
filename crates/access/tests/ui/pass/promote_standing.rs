//! It is read.
use tessera_access::Standing;

fn is_admin(standing: &Standing) -> bool {
    standing.is_organization_admin()
}

fn main() {
    let _ = is_admin;
}
