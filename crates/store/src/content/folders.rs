use super::{Content, changed, facts, require_room};
use crate::{
    Act, Administration, AuditEvent, StoreError, Tenant,
    tenant::{TenantTx, stored_id, tenant_sql},
};
use tessera_access::{
    Permit, Resource, ResourceKind, Scope, Sealed,
    action::{CreateIn, Edit, Lock, View},
};
use tessera_base::{Instant, Name, NodeId, UserId};

/// A folder, or one of the two that are always there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Folder {
    pub id: NodeId,
    pub name: String,
    /// The folder that it is in; none for a root.
    pub parent: Option<NodeId>,
    pub version: u64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Resource for Folder {
    const KIND: ResourceKind = ResourceKind::Folder;
}

impl Content for Folder {
    fn id(&self) -> NodeId {
        self.id
    }

    fn version(&self) -> u64 {
        self.version
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    parent_id: Option<String>,
    version: i64,
    created_at_ms: i64,
    updated_at_ms: i64,
}

impl Row {
    fn folder(self) -> Result<Folder, StoreError> {
        Ok(Folder {
            id: stored_id(&self.id, "node id")?,
            name: self.name,
            parent: self.parent_id.map(|id| stored_id(&id, "node id")).transpose()?,
            version: self.version.unsigned_abs(),
            created_at: crate::tenant::stored_instant(self.created_at_ms)?,
            updated_at: crate::tenant::stored_instant(self.updated_at_ms)?,
        })
    }
}

impl Tenant<'_> {
    pub async fn folder(&self, id: NodeId) -> Result<Option<Sealed<Folder>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let row: Option<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, name, parent_id, version, created_at_ms, updated_at_ms FROM nodes
                 WHERE org_id = $1 AND id = $2 AND kind = 'folder'"
            ))
            .bind(id.to_string())
            .fetch_optional(tx.connection())
            .await?;
        row.map(|row| self.seal_folder(row)).transpose()
    }

    /// Those of `ids` that the scope holds, in the order of the ids.
    pub async fn folders(
        &self,
        scope: &Scope<Folder>,
        ids: &[NodeId],
    ) -> Result<Vec<Permit<Folder, View>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let rows: Vec<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, name, parent_id, version, created_at_ms, updated_at_ms FROM nodes
                 WHERE org_id = $1 AND kind = 'folder' AND id IN (SELECT value FROM json_each($2))"
            ))
            .bind(crate::tenant::id_list(ids))
            .fetch_all(tx.connection())
            .await?;
        let sealed = rows.into_iter().map(|row| self.seal_folder(row)).collect::<Result<Vec<_>, _>>()?;
        let mut permits = scope.open_all(sealed);
        permits.sort_by_key(|permit| ids.iter().position(|id| *id == permit.resource().id));
        Ok(permits)
    }

    #[expect(clippy::disallowed_methods, reason = "rows are read in this crate, and sealed here")]
    fn seal_folder(&self, row: Row) -> Result<Sealed<Folder>, StoreError> {
        let folder = row.folder()?;
        let facts = facts(self.context.organization(), self.context.snapshot(), folder.id);
        Ok(Sealed::new(folder, facts))
    }
}

impl Act<Folder, CreateIn> {
    /// Whoever makes it owns it.
    pub async fn create_folder(mut self, name: Name) -> Result<NodeId, StoreError> {
        let parent = self.resource().id;
        require_room(self.snapshot(), parent, 1)?;
        let owner = self.permit().context().user().id;
        let id = self.administration().create_folder(parent, name, owner).await?;
        self.commit_created(id).await?;
        Ok(id)
    }
}

impl Administration<'_> {
    /// No more than [`DEEPEST`](tessera_access::DEEPEST) folders below a root, which the caller sees to.
    pub async fn create_folder(&mut self, parent: NodeId, name: Name, owner: UserId) -> Result<NodeId, StoreError> {
        let id = self.add_folder(name.as_str(), parent, owner).await?;
        let event = AuditEvent::FolderCreated { folder: id, parent, name: name.to_string() };
        self.access_changed(&changed(id), event).await?;
        Ok(id)
    }

    pub(super) async fn add_folder(&mut self, name: &str, parent: NodeId, owner: UserId) -> Result<NodeId, StoreError> {
        let id = NodeId::new(self.store.new_id()?);
        self.tx
            .query(tenant_sql!(
                "INSERT INTO nodes (org_id, id, kind, name, parent_id, owner_id, created_at_ms, updated_at_ms)
                 VALUES ($1, $2, 'folder', $3, $4, $5, $6, $6)"
            ))
            .bind(id.to_string())
            .bind(name)
            .bind(parent.to_string())
            .bind(owner.to_string())
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        Ok(id)
    }
}

impl Act<Folder, Edit> {
    pub async fn rename(mut self, name: Name) -> Result<(), StoreError> {
        let folder = self.resource().clone();
        let mut administration = self.administration();
        administration.rename(folder.id, folder.version, &folder.name, name).await?;
        self.commit().await
    }
}

impl Act<Folder, Lock> {
    /// Below a locked folder, its managers alone share.
    pub async fn set_locked(mut self, locked: bool) -> Result<(), StoreError> {
        let id = self.resource().id;
        let before = self.snapshot().nodes().get(id).is_some_and(|node| node.locked);
        if before == locked {
            return Ok(());
        }
        let mut administration = self.administration();
        administration
            .tx
            .query(tenant_sql!("UPDATE nodes SET locked = $3 WHERE org_id = $1 AND id = $2"))
            .bind(id.to_string())
            .bind(locked)
            .execute(administration.tx.connection())
            .await?;
        administration
            .access_changed(&changed(id), AuditEvent::FolderLocked { folder: id, before, after: locked })
            .await?;
        self.commit().await
    }
}

impl crate::Administration<'_> {
    pub(super) async fn rename(
        &mut self,
        node: NodeId,
        version: u64,
        before: &str,
        name: Name,
    ) -> Result<(), StoreError> {
        self.claim(node, version).await?;
        self.tx
            .query(tenant_sql!("UPDATE nodes SET name = $3 WHERE org_id = $1 AND id = $2"))
            .bind(node.to_string())
            .bind(name.to_string())
            .execute(self.tx.connection())
            .await?;
        let event = AuditEvent::Renamed { node, before: before.to_owned(), after: name.to_string() };
        self.access_changed(&changed(node), event).await
    }
}
