use std::fmt;
use tessera_query::Position;

/// Why an engine gave no answer, or no whole one.
///
/// INVARIANT: neither `Display` nor `Debug` shows the engine's own words: they quote values of hidden rows and names of
/// hidden columns. They are kept for [`EngineError::raw`] alone.
#[derive(Clone)]
pub struct EngineError {
    kind: EngineErrorKind,
    raw: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EngineErrorKind {
    Timeout,
    Cancelled,
    /// More memory than one query may have.
    TooLarge,
    /// The data of a relation cannot be read: a file is missing, damaged or not of its format.
    Unavailable {
        relation: Option<String>,
    },
    /// The engine does not accept the statement. It names only what the person wrote.
    Rejected {
        message: String,
        help: Option<String>,
        position: Option<Position>,
    },
    /// An operation of the statement failed on some row that it may see.
    Failed {
        operation: Option<String>,
    },
}

impl EngineError {
    pub(crate) fn new(kind: EngineErrorKind) -> Self {
        Self { kind, raw: None }
    }

    pub(crate) fn rejected(message: impl Into<String>) -> Self {
        Self::new(EngineErrorKind::Rejected { message: message.into(), help: None, position: None })
    }

    pub(crate) fn unavailable(relation: Option<&str>) -> Self {
        Self::new(EngineErrorKind::Unavailable { relation: relation.map(str::to_owned) })
    }

    pub(crate) fn caused_by(mut self, cause: &dyn fmt::Display) -> Self {
        self.raw = Some(cause.to_string());
        self
    }

    pub fn kind(&self) -> &EngineErrorKind {
        &self.kind
    }

    /// What the engine itself said, for holders of `develop_policies` on the connection and for nobody else.
    pub fn raw(&self) -> Option<&str> {
        self.raw.as_deref()
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            EngineErrorKind::Timeout => f.write_str("the query took longer than it may"),
            EngineErrorKind::Cancelled => f.write_str("the query was cancelled"),
            EngineErrorKind::TooLarge => f.write_str("the query needs more memory than it may have"),
            EngineErrorKind::Unavailable { relation: Some(relation) } => {
                write!(f, "the data of `{relation}` cannot be read")
            }
            EngineErrorKind::Unavailable { relation: None } => f.write_str("the data cannot be read"),
            EngineErrorKind::Rejected { message, .. } => f.write_str(message),
            EngineErrorKind::Failed { operation: Some(operation) } => {
                write!(f, "{operation} failed on a value")
            }
            EngineErrorKind::Failed { operation: None } => f.write_str("the query failed on a value"),
        }
    }
}

impl fmt::Debug for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for EngineError {}
