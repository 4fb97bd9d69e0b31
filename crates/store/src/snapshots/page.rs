//! Many rows as one text, which the database writes with `string_agg(concat_ws(' ', …), ' ')`: most of a snapshot is read
//! so, because each row of an answer is handed from thread to thread, value by value.
use crate::StoreError;

/// What is left to read of it.
pub(super) struct Page<'t>(&'t str);

impl<'t> Page<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// The first word of the next row; `None` after the last.
    pub(super) fn row(&mut self) -> Option<&'t str> {
        if self.0.is_empty() { None } else { Some(self.word()) }
    }

    /// What holds no space: an id, a name of ours, a number; or nothing.
    pub(super) fn word(&mut self) -> &'t str {
        let (word, rest) = self.0.split_once(' ').unwrap_or((self.0, ""));
        self.0 = rest;
        word
    }

    /// What somebody wrote, which can hold anything: its length in bytes goes before it.
    pub(super) fn text(&mut self) -> Result<&'t str, StoreError> {
        let unreadable = StoreError::Unreadable { what: "text of a row" };
        let Ok(length) = self.word().parse::<usize>() else { return Err(unreadable) };
        let Some((text, rest)) = self.0.split_at_checked(length) else { return Err(unreadable) };
        self.0 = rest.strip_prefix(' ').unwrap_or(rest);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_be_empty_and_texts_anything() {
        let mut page = Page::new("a  3 x y 0  b c 4 \u{e4} 7");
        assert_eq!((page.row(), page.word()), (Some("a"), ""));
        assert_eq!((page.text().unwrap(), page.text().unwrap()), ("x y", ""));
        assert_eq!((page.row(), page.word()), (Some("b"), "c"));
        assert_eq!(page.text().unwrap(), "\u{e4} 7");
        assert_eq!(page.row(), None);
    }

    #[test]
    fn a_text_that_is_cut_is_refused() {
        for text in ["", "x a", "3 ab", "1 \u{e4}"] {
            assert!(Page::new(text).text().is_err(), "{text}");
        }
    }
}
