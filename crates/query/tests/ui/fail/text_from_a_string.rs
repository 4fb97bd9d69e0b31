//! SQL text is not made from a string.
use tessera_sql::print::SqlText;

fn text(words: String) -> SqlText {
    SqlText::from(words)
}

fn main() {
    let _ = text;
}
