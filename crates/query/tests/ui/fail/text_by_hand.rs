//! SQL text is not built by hand.
use tessera_sql::print::SqlText;

fn text(words: String) -> SqlText {
    SqlText { text: words, filter_ranges: Vec::new() }
}

fn main() {
    let _ = text;
}
