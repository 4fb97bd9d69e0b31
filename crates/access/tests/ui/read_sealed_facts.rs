//! What decides about a sealed row cannot be read either: it would tell hidden rows from absent ones.
use tessera_access::{Connection, Sealed};
use tessera_base::OrganizationId;

fn organization(sealed: &Sealed<Connection>) -> OrganizationId {
    sealed.facts().organization
}

fn main() {}
