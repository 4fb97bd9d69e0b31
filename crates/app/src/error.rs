use std::sync::Arc;
use tessera_access::Denied;
use tessera_engine::{ConnectError, EngineError, EngineErrorKind};
use tessera_model::file::Problem;
use tessera_query::Refusal;
use tessera_store::{RandomnessError, StoreError};

/// Why a use case did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The session, or the person's membership, ended while the request was on its way.
    #[error("not signed in")]
    SignedOut,
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The request does not read as a field query.
    #[error("the field query has problems")]
    Unreadable(Vec<Problem>),
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Whoever asked went away before the last row.
    #[error("nobody waits for the answer")]
    Abandoned,
    /// Something that decided about the query has changed since it was asked.
    #[error("your access changed while the query ran")]
    Revoked,
    /// Rows came that no format can show.
    #[error("the answer cannot be written")]
    Unwritable(#[source] Arc<dyn std::error::Error + Send + Sync>),
    #[error("{limit} of your queries are running already")]
    TooManyQueries { limit: usize },
    #[error("a query of yours has this id already")]
    QueryIdInUse,
    /// The model in force does not load, and no earlier version of it did.
    #[error("the model does not load")]
    ModelBroken(Vec<Problem>),
    #[error(transparent)]
    Connect(#[from] Arc<ConnectError<StoreError>>),
    #[error(transparent)]
    Store(Arc<StoreError>),
}

impl Error {
    /// The query was stopped; nothing went wrong in it.
    pub fn is_cancellation(&self) -> bool {
        match self {
            Self::Abandoned | Self::Revoked => true,
            Self::Engine(error) => *error.kind() == EngineErrorKind::Cancelled,
            _ => false,
        }
    }
}

impl From<RandomnessError> for Error {
    fn from(error: RandomnessError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}
