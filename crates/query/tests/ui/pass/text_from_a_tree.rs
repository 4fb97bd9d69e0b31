//! SQL text is printed from a tree.
use tessera_sql::print::{SqlText, print_query};
use tessera_sql::tree::{GovernedName, Query};

fn text(query: &Query<GovernedName>) -> SqlText {
    print_query(query)
}

fn main() {
    let _ = text;
}
