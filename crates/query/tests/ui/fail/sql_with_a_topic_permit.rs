//! A permit to query topics is none to write SQL.
use tessera_access::{Permit, action::Query};
use tessera_model::Model;
use tessera_query::{Governed, Refusal, Settings, govern_sql};

fn governed(permit: &Permit<Model, Query>, settings: &Settings) -> Result<Governed, Refusal> {
    govern_sql(permit, "select 1", settings)
}

fn main() {
    let _ = governed;
}
