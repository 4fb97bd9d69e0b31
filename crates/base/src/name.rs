use std::{fmt, sync::Arc};
use unicode_security::{RestrictionLevel, RestrictionLevelDetection, confusable_detection::skeleton};

/// What people call something that they made: a group, a role, a folder, a document.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Name(Arc<str>);

/// Longest, in characters.
const MOST: usize = 120;

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameError {
    #[error("a name is empty")]
    Empty,
    #[error("a name has at most {MOST} characters, not {0}")]
    TooLong(usize),
    /// Written by its code, because it cannot be seen.
    #[error("a name cannot hold the invisible character U+{0:04X}")]
    Invisible(u32),
    #[error("the word `{0}` mixes letters of alphabets that look alike")]
    MixedAlphabets(String),
}

impl Name {
    /// Space around it is not a part of it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        let characters = text.chars().count();
        if characters > MOST {
            return Err(NameError::TooLong(characters));
        }
        if let Some(invisible) = text.chars().find(|character| is_invisible(*character)) {
            return Err(NameError::Invisible(invisible.into()));
        }
        let mut words = text.split(|character: char| !character.is_alphanumeric());
        match words.find(|word| word.detect_restriction_level() > RestrictionLevel::ModeratelyRestrictive) {
            Some(word) => Err(NameError::MixedAlphabets(word.to_owned())),
            None => Ok(Self(text.into())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a reader could take one for the other.
    pub fn looks_like(&self, other: &str) -> bool {
        let small = |text: &str| skeleton(&text.to_lowercase()).collect::<String>().to_lowercase();
        // A large `I` looks like a small `l`, and its small letter does not.
        let as_it_is = |text: &str| skeleton(text).collect::<String>().to_lowercase();
        small(&self.0) == small(other) || as_it_is(&self.0) == as_it_is(other)
    }
}

impl From<Name> for Arc<str> {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Control characters, and those that have no shape or turn the direction of what follows.
/// Whether a reader could not tell that it is there.
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_s_languages_are_names() {
        for name in ["Finance", "Größe & Σύνολο", "Отчёты 2026", "売上", "فروش", "R&D (EU)", "🚀 Launch", "Ω", "Café"]
        {
            assert_eq!(Name::parse(name).unwrap().as_str(), name);
        }
        assert_eq!(Name::parse("  Finance ").unwrap().as_str(), "Finance");
        assert!(Name::parse(&"x".repeat(120)).is_ok());
    }

    #[test]
    fn what_deceives_a_reader_is_refused() {
        assert_eq!(Name::parse(" \u{3000} "), Err(NameError::Empty));
        assert_eq!(Name::parse(&"x".repeat(121)), Err(NameError::TooLong(121)));
        for hidden in ["Fin\u{200b}ance", "a\nb", "a\u{0}b", "\u{202e}ecnaniF", "a\u{2066}b", "x\u{e0041}"] {
            assert!(matches!(Name::parse(hidden), Err(NameError::Invisible(_))), "{hidden:?}");
        }
        // The `а` is Cyrillic.
        assert_eq!(Name::parse("The Finаnce team"), Err(NameError::MixedAlphabets("Finаnce".to_owned())));
    }

    #[test]
    fn names_that_look_alike_are_alike() {
        let name = Name::parse("Finance").unwrap();
        for alike in ["Finance", "finance", "FINANCE", "Fіnаncе"] {
            assert!(name.looks_like(alike), "{alike}");
        }
        for other in ["Finances", "Financé", "Sales"] {
            assert!(!name.looks_like(other), "{other}");
        }
    }
}
