//! SQL is governed with the permit to write SQL.
use tessera_access::{Permit, action::WriteSql};
use tessera_model::Model;
use tessera_query::{Governed, Refusal, Settings, govern_sql};

fn governed(permit: &Permit<Model, WriteSql>, settings: &Settings) -> Result<Governed, Refusal> {
    govern_sql(permit, "select 1", settings)
}

fn main() {
    let _ = governed;
}
