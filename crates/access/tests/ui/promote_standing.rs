//! What an actor holds is derived, and then stays.
use tessera_access::Standing;

fn promote(standing: &mut Standing) {
    standing.given.organization_admin = true;
}

fn main() {}
