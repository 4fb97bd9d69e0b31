use crate::{
    AuditEvent, Store, StoreError,
    audit::{self, Author},
    changes::Changed,
    database::Transaction,
    tenant::{TenantTx, tenant_sql},
};
use tessera_base::OrganizationId;

/// For how many versions a snapshot can follow the changes.
const CHANGES_KEPT: i64 = 1000;

/// One transaction that makes organizations and fills them: all of it is there after [`Bootstrap::commit`], or none.
pub struct Bootstrap {
    pub(crate) store: Store,
    pub(crate) transaction: Transaction,
}

impl Bootstrap {
    pub(crate) fn new(store: Store, transaction: Transaction) -> Self {
        Self { store, transaction }
    }

    pub fn organization(&mut self, organization: OrganizationId) -> Administration<'_> {
        Administration {
            store: &self.store,
            tx: TenantTx::new(organization, &mut self.transaction),
            author: Author::bootstrap(),
        }
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        self.store.finish(self.transaction).await
    }
}

/// The writes of one organization's administration. Holding one is the permission.
pub struct Administration<'t> {
    pub(crate) store: &'t Store,
    pub(crate) tx: TenantTx<'t>,
    pub(crate) author: Author,
}

impl Administration<'_> {
    /// Writes down what was done, for something that changes nobody's access.
    pub(crate) async fn done(&mut self, event: AuditEvent) -> Result<(), StoreError> {
        audit::record(&mut self.tx, self.store.now(), &self.author, &event).await?;
        Ok(())
    }

    /// Ends every write that may change what somebody may do.
    ///
    /// INVARIANT: the access version rises in the transaction of the write, so that no cached snapshot outlives it.
    pub(crate) async fn access_changed(&mut self, changed: &[Changed], event: AuditEvent) -> Result<(), StoreError> {
        let version: i64 = self
            .tx
            .query_scalar(tenant_sql!(
                "UPDATE organizations SET access_version = access_version + 1 WHERE org_id = $1 RETURNING access_version"
            ))
            .fetch_one(self.tx.connection())
            .await?;
        for one in changed {
            self.tx
                .query(tenant_sql!("INSERT INTO access_changes (org_id, version, kind, id) VALUES ($1, $2, $3, $4)"))
                .bind(version)
                .bind(one.kind())
                .bind(one.id().into_owned())
                .execute(self.tx.connection())
                .await?;
        }
        // Whoever is further behind reads everything.
        self.tx
            .query(tenant_sql!("DELETE FROM access_changes WHERE org_id = $1 AND version <= $2"))
            .bind(version - CHANGES_KEPT)
            .execute(self.tx.connection())
            .await?;
        self.done(event).await
    }
}
