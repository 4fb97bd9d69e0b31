use crate::{
    Clock, Database, KeyFile, Random, StoreError, Tenant,
    bootstrap::Bootstrap,
    database::{Pools, Transaction},
    snapshots::SnapshotCache,
    vault::Vault,
};
use std::sync::Arc;
use tessera_access::AccessContext;
use tessera_base::{Instant, OrganizationId};
use tokio::sync::watch;
use uuid::Uuid;

/// The open database. Cheap to clone; the pools inside are nobody else's.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    pools: Pools,
    vault: Vault,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    snapshots: SnapshotCache,
    /// Told of every write that this server finishes.
    written: watch::Sender<()>,
}

impl Store {
    /// Opens the database, and brings the tables of a file up to date.
    pub async fn open(
        database: &Database,
        key_file: &KeyFile,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let pools = Pools::open(database, key_file).await?;
        let vault = Vault::new(key_file);
        let written = watch::Sender::new(());
        Ok(Self(Arc::new(Inner { pools, vault, clock, random, snapshots: SnapshotCache::default(), written })))
    }

    /// Finishes what was begun; a file's write-ahead log is folded into it.
    pub async fn close(&self) {
        self.0.pools.close().await;
    }

    /// What one person may read and do in their organization.
    pub fn tenant<'s>(&'s self, context: &'s AccessContext) -> Tenant<'s> {
        Tenant::new(self, context)
    }

    /// Writes that no permit guards, because nobody is there yet who could hold one.
    ///
    /// INVARIANT: called by the first start and the demonstration alone (`clippy.toml` disallows it elsewhere).
    pub async fn bootstrap(&self) -> Result<Bootstrap, StoreError> {
        Ok(Bootstrap::new(self.clone(), self.write().await?))
    }

    /// Marked as changed whenever this server finished a write.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.0.written.subscribe()
    }

    /// Finishes a write, and tells those who wait for one.
    pub(crate) async fn finish(&self, transaction: Transaction) -> Result<(), StoreError> {
        transaction.commit().await?;
        self.0.written.send_replace(());
        Ok(())
    }

    pub(crate) async fn read(&self) -> Result<Transaction, StoreError> {
        self.0.pools.read().await
    }

    pub(crate) async fn write(&self) -> Result<Transaction, StoreError> {
        self.0.pools.write().await
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.0.random.as_ref()
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.clock.now()
    }

    pub(crate) fn new_id(&self) -> Result<Uuid, StoreError> {
        Ok(crate::entropy::new_id(self.0.clock.as_ref(), self.random())?)
    }

    /// Lets go of what can be read again.
    pub fn forget_idle(&self) {
        self.0.snapshots.forget();
    }

    /// Lets go of what is gone.
    pub(crate) fn forget_organization(&self, organization: OrganizationId) {
        self.0.snapshots.forget_one(organization);
    }

    pub(crate) fn snapshots(&self) -> &SnapshotCache {
        &self.0.snapshots
    }
}
