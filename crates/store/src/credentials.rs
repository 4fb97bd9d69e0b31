use crate::{
    Store, StoreError, organizations,
    tenant::{TenantTx, tenant_sql},
};
use tessera_access::{Connection, CredentialSource, Credentials, Permit, action::UseEngine};

impl CredentialSource for Store {
    type Error = StoreError;

    async fn open(&self, permit: &Permit<Connection, UseEngine>) -> Result<Credentials, StoreError> {
        let connection = permit.resource();
        let mut transaction = self.read().await?;
        let mut tx = TenantTx::new(permit.context().organization(), &mut transaction);
        // The permit may be older than the last change of the connection.
        let unchanged: Option<i64> = tx
            .query_scalar(tenant_sql!("SELECT version FROM connections WHERE org_id = $1 AND id = $2 AND version = $3"))
            .bind(connection.id.to_string())
            .bind(connection.version.cast_signed())
            .fetch_optional(tx.connection())
            .await?;
        if unchanged.is_none() {
            return Err(StoreError::Unknown { noun: "connection", name: connection.name.clone() });
        }
        let mask_key = organizations::mask_key(self, &mut tx).await?.to_vec();
        Ok(Credentials { mask_key })
    }
}
