use crate::{Permit, Resource, ResourceKind, action::UseEngine};
use std::{fmt, path::PathBuf};
use tessera_base::ConnectionId;

/// A place where data lives, without its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    pub id: ConnectionId,
    pub name: String,
    pub engine: EngineKind,
    /// Rises with every change of the connection, so that nothing cached for the old one is used.
    pub version: u64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EngineKind {
    /// A folder of Parquet, CSV, JSON and Arrow files, already resolved to a place that may be read.
    Files { folder: PathBuf },
}

impl Resource for Connection {
    const KIND: ResourceKind = ResourceKind::Connection;
}

/// What only the engine may hold. No `Debug` of its content, no serialisation.
pub struct Credentials {
    /// The key of the `hash` mask: one per organization, so that equal values of two organizations do not look equal.
    pub mask_key: Vec<u8>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Opens the secrets of one connection. Nothing else does.
pub trait CredentialSource: Send + Sync {
    type Error;
    fn open(
        &self,
        permit: &Permit<Connection, UseEngine>,
    ) -> impl Future<Output = Result<Credentials, Self::Error>> + Send;
}
