use crate::{
    Administration, AuditEvent, IdempotencyKey, Ruling, Store, StoreError, audit::Author, database::Transaction,
    tenant::TenantTx,
};
use std::sync::Arc;
use tessera_access::{Denied, Missing, Permit, Resource, Snapshot, Standing, action::Action};

/// A write that a permit allows, inside the one transaction that makes it.
///
/// INVARIANT: nobody else writes to the organization meanwhile, and the permit was decided again on what this transaction
/// sees: two people who take each other's rights away cannot both succeed.
pub struct Act<R, A> {
    store: Store,
    transaction: Transaction,
    snapshot: Arc<Snapshot>,
    permit: Permit<R, A>,
    /// What the client calls it, so that it happens once.
    once: Option<IdempotencyKey>,
}

impl Store {
    /// Begins the write that `permit` allows. Dropped before it is finished, it leaves everything as it was.
    pub async fn act<R: Resource, A: Action>(&self, permit: Permit<R, A>) -> Result<Act<R, A>, StoreError> {
        let organization = permit.context().organization();
        let mut transaction = self.write().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        let snapshot = self.snapshot_in(&mut tx).await?;
        let snapshot = snapshot.ok_or(StoreError::ActorGone)?;
        if !permit.stands_in(&snapshot) {
            return Err(StoreError::ActorGone);
        }
        let permit = permit.renewed(&snapshot)?;
        Ok(Act { store: self.clone(), transaction, snapshot, permit, once: None })
    }
}

impl<R: Resource, A: Action> Act<R, A> {
    pub(crate) fn permit(&self) -> &Permit<R, A> {
        &self.permit
    }

    pub(crate) fn resource(&self) -> &R {
        self.permit.resource()
    }

    pub(crate) fn store(&self) -> Store {
        self.store.clone()
    }

    pub(crate) fn remember(&mut self, key: IdempotencyKey) {
        self.once = Some(key);
    }

    pub(crate) fn remembered(&mut self) -> Option<IdempotencyKey> {
        self.once.take()
    }

    /// What the person holds as the write begins.
    pub(crate) fn standing(&self) -> &Standing {
        self.permit.context().standing()
    }

    /// As it was when the write began.
    pub(crate) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    pub(crate) fn administration(&mut self) -> Administration<'_> {
        let context = self.permit.context();
        let author = Author::of(context, Ruling::allowed(self.permit.because()));
        let tx = TenantTx::new(context.organization(), &mut self.transaction);
        Administration { store: &self.store, tx, author }
    }

    /// Gives up, because the person would give what they lack; the trail tells it.
    pub(crate) async fn refuse(self, missing: Missing) -> StoreError {
        let denied = self.permit.lacking(missing);
        self.refused(denied).await
    }

    /// Another permit that the same write takes, decided again on what this transaction sees.
    pub(crate) async fn with<S: Resource, B: Action>(
        self,
        other: Permit<S, B>,
    ) -> Result<(Self, Permit<S, B>), StoreError> {
        match other.renewed(&self.snapshot) {
            Ok(other) => Ok((self, other)),
            Err(denied) => Err(self.refused(denied).await),
        }
    }

    async fn refused(self, denied: Denied) -> StoreError {
        let Self { store, transaction, permit, .. } = self;
        drop(transaction);
        let (event, ruling) = (AuditEvent::denied(&denied), Ruling::denied(&denied));
        match store.tenant(permit.context()).record(&event, ruling).await {
            Ok(()) => denied.into(),
            Err(error) => error,
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.store.finish(self.transaction).await
    }
}
