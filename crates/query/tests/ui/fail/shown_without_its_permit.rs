//! SQL is not shown without the permit to view it.
use tessera_access::{Permit, action::Query};
use tessera_model::Model;
use tessera_query::{Governed, ShownSql};

fn shown(governed: &Governed, permit: &Permit<Model, Query>) -> ShownSql {
    governed.shown(permit)
}

fn main() {
    let _ = shown;
}
