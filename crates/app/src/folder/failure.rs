use crate::{Error, policy_tests::GivenError};
use tessera_access::Denied;
use tessera_engine::{ConnectError, EngineError, render::RenderError};
use tessera_model::file::Problem;
use tessera_query::Refusal;
use tessera_store::folder::FolderError;

/// Why the command line did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum FolderFailure {
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The folder says nothing of the connection that its model names.
    #[error("there is no data to ask: `connections.yaml` has no connection `{connection}`")]
    NoData { connection: String },
    #[error(transparent)]
    Given(#[from] GivenError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Connect(#[from] ConnectError<FolderError>),
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<Vec<Problem>> for FolderFailure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Folder(FolderError::Problems(problems))
    }
}

impl From<Denied> for FolderFailure {
    fn from(denied: Denied) -> Self {
        Self::Other(denied.into())
    }
}

impl From<Refusal> for FolderFailure {
    fn from(refusal: Refusal) -> Self {
        Self::Other(refusal.into())
    }
}

impl From<EngineError> for FolderFailure {
    fn from(error: EngineError) -> Self {
        Self::Other(error.into())
    }
}
