//! What all connections of a server share: threads for computing, admission, file metadata.
use crate::embedded::{FilesEngine, session::SessionTemplate};
use crate::{Engine, EngineError, EngineErrorKind, Limits};
use datafusion::execution::{
    disk_manager::{DiskManagerBuilder, DiskManagerMode},
    memory_pool::GreedyMemoryPool,
    runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
};
use std::{io, path::PathBuf, sync::Arc};
use tessera_access::{Connection, CredentialSource, EngineKind, Permit, action::UseEngine};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone, Debug)]
pub struct HostOptions {
    /// Queries that run at the same time; the others wait in their order.
    pub running_queries: usize,
    /// Where converted files are kept. Outside of every data folder.
    pub cache: PathBuf,
    /// Whether links may lead out of a connection's folder. Only for people at their own command line.
    pub follow_links: bool,
}

/// Of the threads that queries run on.
pub const THREAD_NAME: &str = "query";

/// Why a connection was not opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError<E> {
    #[error("the secrets of the connection cannot be opened")]
    Credentials(#[source] E),
    #[error("the folder of the connection cannot be read")]
    Folder(#[source] io::Error),
}

/// Opens connections, and runs their queries on threads of its own, so that a query never keeps a request waiting for
/// anything but itself.
pub struct EngineHost(Arc<Host>);

pub(crate) struct Host {
    pub(crate) options: HostOptions,
    pub(crate) template: SessionTemplate,
    environment: RuntimeEnv,
    admission: Arc<Semaphore>,
    /// `None` only while it is dropped.
    threads: Option<tokio::runtime::Runtime>,
}

impl EngineHost {
    pub fn start(options: HostOptions) -> io::Result<Self> {
        let cores = std::thread::available_parallelism()?.get();
        // Planning recurses as deep as a statement is nested.
        const STACK_BYTES: usize = 16 * 1024 * 1024;
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(cores)
            .thread_name(THREAD_NAME)
            .thread_stack_size(STACK_BYTES)
            // Cancellations and timers come from outside of these threads, which are never idle while a query computes.
            .global_queue_interval(1)
            .event_interval(1)
            .enable_time()
            .build()?;
        // Spilled rows would lie unencrypted on the disk.
        let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
        let environment = RuntimeEnvBuilder::new().with_disk_manager_builder(disk).build().map_err(io::Error::other)?;
        Ok(Self(Arc::new(Host {
            admission: Arc::new(Semaphore::new(options.running_queries.max(1))),
            options,
            template: SessionTemplate::new(cores),
            environment,
            threads: Some(threads),
        })))
    }

    #[cfg(test)]
    pub(crate) fn shared(&self) -> Arc<Host> {
        Arc::clone(&self.0)
    }

    /// The one place that opens the secrets of a connection.
    pub async fn connect<S: CredentialSource>(
        &self,
        permit: &Permit<Connection, UseEngine>,
        secrets: &S,
    ) -> Result<Arc<dyn Engine>, ConnectError<S::Error>> {
        let credentials = secrets.open(permit).await.map_err(ConnectError::Credentials)?;
        let connection = permit.resource();
        let EngineKind::Files { folder } = &connection.engine;
        let engine = FilesEngine::open(Arc::clone(&self.0), connection.id, folder, &credentials);
        Ok(Arc::new(engine.map_err(ConnectError::Folder)?))
    }
}

impl Host {
    /// The environment of one query: its own memory, everybody's file metadata.
    pub(crate) fn environment(&self, limits: Limits) -> Arc<RuntimeEnv> {
        Arc::new(RuntimeEnv {
            memory_pool: Arc::new(GreedyMemoryPool::new(limits.memory_bytes)),
            ..self.environment.clone()
        })
    }

    pub(crate) async fn admit(&self) -> Result<OwnedSemaphorePermit, EngineError> {
        let admission = Arc::clone(&self.admission);
        admission.acquire_owned().await.map_err(|_| EngineError::new(EngineErrorKind::Cancelled))
    }

    pub(crate) fn threads(&self) -> &tokio::runtime::Handle {
        match &self.threads {
            Some(threads) => threads.handle(),
            None => unreachable!("a host that is being dropped has no callers"),
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Waiting for the threads would block, which a runtime that drops a host does not allow.
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}
