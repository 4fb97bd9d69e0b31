//! What is in force in an organization: read once, kept while its version stands, and then brought up to date by what
//! changed.
mod cache;
mod nodes;
mod page;
mod read;

pub(crate) use cache::SnapshotCache;

use crate::{
    Store, StoreError,
    tenant::{TenantTx, tenant_sql},
};
use std::sync::Arc;
use tessera_access::{Snapshot, Standing};
use tessera_base::{OrganizationId, UserId};

impl Store {
    /// What is in force in the organization now; `None` for one that is not there.
    ///
    /// INVARIANT: a remembered snapshot is used only after its version was compared with the organization's, so that a
    /// change is in force with the next request.
    pub async fn snapshot(&self, organization: OrganizationId) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let mut transaction = self.read().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        self.snapshot_in(&mut tx).await
    }

    /// The same, as the transaction sees it.
    pub(crate) async fn snapshot_in(&self, tx: &mut TenantTx<'_>) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let version: Option<i64> = tx
            .query_scalar(tenant_sql!("SELECT access_version FROM organizations WHERE org_id = $1"))
            .fetch_optional(tx.connection())
            .await?;
        let Some(version) = version.map(i64::unsigned_abs) else {
            return Ok(None);
        };
        let remembered = self.snapshots().snapshot(tx.organization());
        if let Some(snapshot) = remembered.as_ref().filter(|snapshot| snapshot.version() == version) {
            return Ok(Some(snapshot.clone()));
        }
        let snapshot = Arc::new(match remembered.filter(|snapshot| snapshot.version() < version) {
            Some(older) => read::follow(tx, &older, version).await?,
            None => read::all(tx, version).await?,
        });
        self.snapshots().remember(snapshot.clone());
        Ok(Some(snapshot))
    }

    /// What is in force for this member now; `None` for someone who is not in the organization, or is suspended.
    pub async fn standing(
        &self,
        organization: OrganizationId,
        user: UserId,
    ) -> Result<Option<Arc<Standing>>, StoreError> {
        let Some(snapshot) = self.snapshot(organization).await? else {
            return Ok(None);
        };
        if let Some(standing) = self.snapshots().standing(&snapshot, user) {
            return Ok(Some(standing));
        }
        let Some(standing) = snapshot.member(user).map(Arc::new) else {
            return Ok(None);
        };
        self.snapshots().remember_standing(user, standing.clone());
        Ok(Some(standing))
    }
}
