//! Text does not become verified by itself.
use tessera_query::Verified;
use tessera_sql::print::SqlText;

fn verified(text: SqlText) -> Verified {
    text.into()
}

fn main() {
    let _ = verified;
}
