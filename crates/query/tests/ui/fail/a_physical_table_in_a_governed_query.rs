//! A governed query has no place for a physical table.
use tessera_sql::tree::{GovernedName, Ident, PhysicalTable, Query, Relation, Select};

fn query(table: PhysicalTable, alias: Ident) -> Query<GovernedName> {
    Select::from(Relation::Named(table), alias).into()
}

fn main() {
    let _ = query;
}
