//! SQL is shown with the permit to view it.
use tessera_access::{Permit, action::ViewSql};
use tessera_model::Model;
use tessera_query::{Governed, ShownSql};

fn shown(governed: &Governed, permit: &Permit<Model, ViewSql>) -> ShownSql {
    governed.shown(permit)
}

fn main() {
    let _ = shown;
}
