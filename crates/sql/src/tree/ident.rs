use std::fmt;

/// An identifier as the engine stores it; always printed quoted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ident(String);

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdentError {
    #[error("an identifier cannot be empty")]
    Empty,
    #[error("an identifier has at most {} bytes", Ident::MAX_BYTES)]
    TooLong,
    #[error("an identifier cannot hold a control character")]
    Control,
}

impl Ident {
    pub const MAX_BYTES: usize = 255;

    pub fn new(text: impl Into<String>) -> Result<Self, IdentError> {
        let text = text.into();
        if text.is_empty() {
            return Err(IdentError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(IdentError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(IdentError::Control);
        }
        Ok(Self(text))
    }

    /// A name of the compiler's own: `prefix` and a number. The prefixes are constants, so it cannot fail.
    pub fn fresh(prefix: &'static str, number: usize) -> Self {
        Self(format!("{prefix}{number}"))
    }

    /// The schema of a bare table name.
    pub fn main_schema() -> Self {
        Self("main".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
