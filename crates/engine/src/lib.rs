//! Runs what `tessera-query` has verified, and gives the rows as they come.
//!
//! [`EngineHost`] opens connections; an [`Engine`] answers [`Verified`] queries and nothing else; a [`ResultStream`] is
//! rendered by [`render`].
mod columns;
mod embedded;
mod error;
pub mod files;
mod host;
mod limits;
pub mod render;
mod result;
#[cfg(test)]
mod testing;

pub use columns::Introspection;
pub use datafusion::arrow::array::RecordBatch;
pub use error::{EngineError, EngineErrorKind};
pub use host::{ConnectError, EngineHost, HostOptions, THREAD_NAME};
pub use limits::Limits;
pub use result::{ResultStream, Summary};

use async_trait::async_trait;
use tessera_query::Verified;
use tokio_util::sync::CancellationToken;

/// One open connection.
#[async_trait]
pub trait Engine: Send + Sync {
    /// What the connection holds now.
    async fn introspect(&self) -> Result<Introspection, EngineError>;

    /// Starts a query: it has been planned when this returns, and rows follow. `cancel` stops it within one batch.
    async fn run(
        &self,
        query: Verified,
        limits: Limits,
        cancel: CancellationToken,
    ) -> Result<ResultStream, EngineError>;

    /// Proves that the fence works in this engine. If it fails, raw SQL is off for the connection.
    async fn self_test(&self) -> Result<(), EngineError>;
}
