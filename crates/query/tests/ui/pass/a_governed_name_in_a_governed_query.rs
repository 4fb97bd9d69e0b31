//! A governed query reads governed names.
use tessera_sql::tree::{GovernedName, Ident, Query, Relation, Select};

fn query(name: GovernedName, alias: Ident) -> Query<GovernedName> {
    Select::from(Relation::Named(name), alias).into()
}

fn main() {
    let _ = query;
}
