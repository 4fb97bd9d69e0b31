use crate::{
    AuditEvent, Bootstrap, Store, StoreError, audit,
    changes::Changed,
    database::{Routing, Statement},
    error::taken,
    tenant::{TenantTx, stored_id, tenant_sql},
    vault::{DataKey, Place},
};
use tessera_base::{OrganizationId, UserId};
use zeroize::Zeroizing;

const HOUR_MS: i64 = 60 * 60 * 1000;
const IDLE_LIMIT_MS: i64 = 12 * HOUR_MS;
const ABSOLUTE_LIMIT_MS: i64 = 7 * 24 * HOUR_MS;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organization {
    pub id: OrganizationId,
    /// Short and immutable, for addresses and configuration.
    pub key: String,
    pub name: String,
}

/// Routing before anybody is known: which organization, which person. Nothing here may reach an answer as it is.
impl Store {
    pub async fn organization_by_key(&self, key: &str) -> Result<Option<Organization>, StoreError> {
        let mut transaction = self.read().await?;
        let row: Option<(String, String)> = Statement::new("SELECT org_id, name FROM organizations WHERE key = $1")
            .bind(key)
            .rows()
            .fetch_optional(transaction.finding(Routing::OrganizationKey(key.to_owned())))
            .await?;
        row.map(|(id, name)| Ok(Organization { id: stored_id(&id, "organization id")?, key: key.to_owned(), name }))
            .transpose()
    }

    /// All of them, by key. For what the instance does by itself.
    pub async fn organizations(&self) -> Result<Vec<Organization>, StoreError> {
        let mut transaction = self.read().await?;
        let rows: Vec<(String, String, String)> =
            Statement::new("SELECT org_id, key, name FROM organizations ORDER BY key")
                .rows()
                .fetch_all(transaction.finding(Routing::Instance))
                .await?;
        rows.into_iter()
            .map(|(id, key, name)| Ok(Organization { id: stored_id(&id, "organization id")?, key, name }))
            .collect()
    }

    pub async fn user_by_email(&self, organization: OrganizationId, email: &str) -> Result<Option<UserId>, StoreError> {
        let mut transaction = self.read().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        let id: Option<String> = tx
            .query_scalar(tenant_sql!("SELECT id FROM users WHERE org_id = $1 AND email = $2"))
            .bind(email.to_owned())
            .fetch_optional(tx.connection())
            .await?;
        id.map(|id| stored_id(&id, "user id")).transpose()
    }
}

impl Bootstrap {
    /// A new organization with keys of its own, and nobody in it.
    pub async fn create_organization(&mut self, key: &str, name: &str) -> Result<OrganizationId, StoreError> {
        let organization = OrganizationId::new(self.store.new_id()?);
        let random = self.store.random();
        let created_at_ms = self.store.now().timestamp_millis();
        let (data_key, wrapped) = self.store.vault().new_data_key(organization, DATA_KEY_VERSION, random)?;
        let mask_key: Zeroizing<[u8; 32]> = Zeroizing::new(crate::entropy::random_bytes(random)?);
        let mask_key =
            data_key.seal(&mask_key_place(organization, &organization.to_string()), mask_key.as_slice(), random)?;
        let mut administration = self.organization(organization);
        let tx = &mut administration.tx;
        tx.query(tenant_sql!(
            "INSERT INTO organizations
             (org_id, key, name, session_idle_limit_ms, session_absolute_limit_ms, mask_key, audit_hash, created_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ))
        .bind(key.to_owned())
        .bind(name.to_owned())
        .bind(IDLE_LIMIT_MS)
        .bind(ABSOLUTE_LIMIT_MS)
        .bind(mask_key)
        .bind(audit::beginning(organization))
        .bind(created_at_ms)
        .execute(tx.connection())
        .await
        .map_err(taken("organization", key))?;
        tx.query(tenant_sql!(
            "INSERT INTO data_keys (org_id, version, wrapped, created_at_ms) VALUES ($1, $2, $3, $4)"
        ))
        .bind(i64::from(DATA_KEY_VERSION))
        .bind(wrapped)
        .bind(created_at_ms)
        .execute(tx.connection())
        .await?;
        let root = crate::content::add_shared_root(&mut administration).await?;
        administration
            .access_changed(&[Changed::Organization, root], AuditEvent::OrganizationCreated { key: key.to_owned() })
            .await?;
        Ok(organization)
    }
}

const DATA_KEY_VERSION: u32 = 1;

fn mask_key_place(organization: OrganizationId, row: &str) -> Place<'_> {
    Place { purpose: "mask key", organization, table: "organizations", row, column: "mask_key", version: 1 }
}

/// The key of the `hash` mask.
pub(crate) async fn mask_key(store: &Store, tx: &mut TenantTx<'_>) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let organization = tx.organization();
    let sealed: Vec<u8> = tx
        .query_scalar(tenant_sql!("SELECT mask_key FROM organizations WHERE org_id = $1"))
        .fetch_one(tx.connection())
        .await?;
    Ok(data_key(store, tx).await?.open(&mask_key_place(organization, &organization.to_string()), &sealed)?)
}

async fn data_key(store: &Store, tx: &mut TenantTx<'_>) -> Result<DataKey, StoreError> {
    let (version, wrapped): (i64, Vec<u8>) = tx
        .query_as(tenant_sql!("SELECT version, wrapped FROM data_keys WHERE org_id = $1 ORDER BY version DESC LIMIT 1"))
        .fetch_one(tx.connection())
        .await?;
    let version = u32::try_from(version).map_err(|_| StoreError::Unreadable { what: "data key" })?;
    Ok(store.vault().unwrap_data_key(tx.organization(), version, &wrapped)?)
}
