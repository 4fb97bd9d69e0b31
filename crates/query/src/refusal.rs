use std::fmt;
use tessera_model::scope::Closure;

/// Why a request was not run. It names only what the person may know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub kind: RefusalKind,
    pub message: String,
    pub help: Option<String>,
    pub position: Option<Position>,
    /// The field of the request that it is about, as written.
    pub field: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefusalKind {
    /// An unknown name, or one that the person may not know: the same words for both.
    Unknown,
    /// The request cannot be answered as it is written.
    Invalid,
    /// Understood, but not offered.
    Unsupported,
    /// Over a limit of size or nesting.
    TooLarge,
    /// A relation is closed for the person; the message says which attribute is missing.
    Closed,
}

/// 1-based, counted in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    pub line: u64,
    pub column: u64,
}

impl Refusal {
    pub fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: None, position: None, field: None }
    }

    /// A model that was checked cannot lead here; refused rather than answered.
    pub(crate) fn internal(what: &'static str) -> Self {
        Self::new(RefusalKind::Unsupported, format!("this question cannot be answered: {what}"))
    }

    /// A relation that an attribute closes for the person.
    pub(crate) fn closed(closure: &Closure) -> Self {
        let help = match closure {
            Closure::AttributeMissing(name) => {
                format!("attribute `{name}` is not set; an administrator can set it")
            }
            Closure::AttributeEmpty(name) => {
                format!("attribute `{name}` has no value; an administrator can set one")
            }
            Closure::AttributeConflict(name) => {
                format!("attribute `{name}` has one value, and several are set; an administrator can choose one")
            }
        };
        Self::new(RefusalKind::Closed, closure.to_string()).help(help)
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn at(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }

    pub fn field(mut self, field: impl fmt::Display) -> Self {
        self.field = Some(field.to_string());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
