use crate::{Administration, StoreError, changes::Changed, tenant::tenant_sql};
use tessera_base::{NodeId, UserId};

const SHARED: &str = "Shared";
const PERSONAL: &str = "My documents";

/// What an organization shares hangs below it.
pub(crate) async fn add_shared_root(administration: &mut Administration<'_>) -> Result<Changed, StoreError> {
    add_root(administration, SHARED, None).await
}

/// A person's private documents.
pub(crate) async fn add_personal_root(
    administration: &mut Administration<'_>,
    owner: UserId,
) -> Result<Changed, StoreError> {
    add_root(administration, PERSONAL, Some(owner)).await
}

async fn add_root(
    administration: &mut Administration<'_>,
    name: &'static str,
    owner: Option<UserId>,
) -> Result<Changed, StoreError> {
    let id = NodeId::new(administration.store.new_id()?);
    let now = administration.store.now().timestamp_millis();
    let tx = &mut administration.tx;
    tx.query(tenant_sql!(
        "INSERT INTO nodes (org_id, id, kind, name, owner_id, created_at_ms, updated_at_ms)
         VALUES ($1, $2, 'folder', $3, $4, $5, $5)"
    ))
    .bind(id.to_string())
    .bind(name)
    .bind(owner.map(|owner| owner.to_string()))
    .bind(now)
    .execute(tx.connection())
    .await?;
    Ok(Changed::Node(id))
}
