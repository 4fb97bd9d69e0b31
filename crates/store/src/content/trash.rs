use super::{Content, changed, facts, kind_name};
use crate::{
    Act, AuditEvent, StoreError, Tenant,
    changes::Changed,
    tenant::{TenantTx, id_list, stored_id, stored_instant, tenant_sql},
};
use tessera_access::{
    ContentRole, NodeKind, Permit, Resource, ResourceKind, Scope, Sealed,
    action::{Purge, Restore, Trash, View},
    role_on,
};
use tessera_base::{Instant, NodeId};

/// A folder or document that was thrown away, with all that is below it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trashed {
    pub id: NodeId,
    pub kind: NodeKind,
    pub name: String,
    pub trashed_at: Instant,
}

impl Resource for Trashed {
    const KIND: ResourceKind = ResourceKind::Trashed;
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    name: String,
    trashed_at_ms: i64,
}

impl Row {
    fn trashed(self) -> Result<Trashed, StoreError> {
        let kind = [NodeKind::Folder, NodeKind::Document].into_iter().find(|kind| kind_name(*kind) == self.kind);
        Ok(Trashed {
            id: stored_id(&self.id, "node id")?,
            kind: kind.ok_or(StoreError::Unreadable { what: "kind of content" })?,
            name: self.name,
            trashed_at: stored_instant(self.trashed_at_ms)?,
        })
    }
}

impl Tenant<'_> {
    pub async fn trashed(&self, id: NodeId) -> Result<Option<Sealed<Trashed>>, StoreError> {
        Ok(self.read_trashed(&[id]).await?.into_iter().next())
    }

    /// Those of `ids` that the scope holds, in the order of the ids.
    pub async fn all_trashed(
        &self,
        scope: &Scope<Trashed>,
        ids: &[NodeId],
    ) -> Result<Vec<Permit<Trashed, View>>, StoreError> {
        let mut permits = scope.open_all(self.read_trashed(ids).await?);
        permits.sort_by_key(|permit| ids.iter().position(|id| *id == permit.resource().id));
        Ok(permits)
    }

    #[expect(clippy::disallowed_methods, reason = "rows are read in this crate, and sealed here")]
    async fn read_trashed(&self, ids: &[NodeId]) -> Result<Vec<Sealed<Trashed>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let rows: Vec<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, kind, name, trashed_at_ms FROM nodes
                 WHERE org_id = $1 AND trashed_at_ms IS NOT NULL AND id IN (SELECT value FROM json_each($2))"
            ))
            .bind(id_list(ids))
            .fetch_all(tx.connection())
            .await?;
        let seal = |row: Row| {
            let trashed = row.trashed()?;
            let facts = facts(self.context.organization(), self.context.snapshot(), trashed.id);
            Ok(Sealed::new(trashed, facts))
        };
        rows.into_iter().map(seal).collect()
    }
}

impl<N: Content> Act<N, Trash> {
    /// Throws it away, with all that is below it. It can be restored.
    pub async fn throw_away(mut self) -> Result<(), StoreError> {
        let node = self.resource().id();
        let mut administration = self.administration();
        let now = administration.store.now().timestamp_millis();
        administration
            .tx
            .query(tenant_sql!("UPDATE nodes SET trashed_at_ms = $3 WHERE org_id = $1 AND id = $2"))
            .bind(node.to_string())
            .bind(now)
            .execute(administration.tx.connection())
            .await?;
        administration.access_changed(&changed(node), AuditEvent::Trashed { node }).await?;
        self.commit().await
    }
}

impl Act<Trashed, Restore> {
    /// Puts it back where it was.
    pub async fn restore(mut self) -> Result<(), StoreError> {
        let node = self.resource().id;
        let parent = self.snapshot().nodes().get(node).and_then(|node| node.parent);
        if let Some(parent) = parent {
            let above = self.snapshot().nodes().place(parent);
            let above = above.into_iter().flat_map(|place| self.snapshot().nodes().way_up(place));
            if let Some((_, folder)) = above.into_iter().find(|(_, folder)| folder.trashed) {
                return Err(StoreError::InTrash { folder: folder.name.to_string() });
            }
        }
        let mut administration = self.administration();
        administration
            .tx
            .query(tenant_sql!("UPDATE nodes SET trashed_at_ms = NULL WHERE org_id = $1 AND id = $2"))
            .bind(node.to_string())
            .execute(administration.tx.connection())
            .await?;
        administration.access_changed(&changed(node), AuditEvent::Restored { node }).await?;
        self.commit().await
    }
}

impl Act<Trashed, Purge> {
    /// Deletes it for ever, with all that is below it. What the person does not manage is not theirs to delete: it goes
    /// back to its owner's documents, with all that is below that.
    pub async fn purge(mut self) -> Result<(), StoreError> {
        let node = self.resource().id;
        let below = self.administration().below(node).await?;
        let (mut gone, kept) = self.deletable(below);
        let mut administration = self.administration();
        let now = administration.store.now().timestamp_millis();
        for (id, home) in &kept {
            administration
                .tx
                .query(tenant_sql!(
                    "UPDATE nodes SET parent_id = $3, trashed_at_ms = NULL, version = version + 1, updated_at_ms = $4
                     WHERE org_id = $1 AND id = $2"
                ))
                .bind(id.to_string())
                .bind(home.to_string())
                .bind(now)
                .execute(administration.tx.connection())
                .await?;
            let event = AuditEvent::Moved { node: *id, before: Some(node), after: *home };
            administration.access_changed(&changed(*id), event).await?;
        }
        // What is deepest goes first.
        gone.reverse();
        gone.push(node);
        let ids = id_list(&gone);
        for statement in [
            tenant_sql!(
                "DELETE FROM node_user_grants WHERE org_id = $1 AND node_id IN (SELECT value FROM json_each($2))"
            ),
            tenant_sql!(
                "DELETE FROM node_group_grants WHERE org_id = $1 AND node_id IN (SELECT value FROM json_each($2))"
            ),
            // A request about it is one about nothing now, as one about something that never was.
            tenant_sql!(
                "UPDATE access_requests SET node_id = NULL
                 WHERE org_id = $1 AND node_id IN (SELECT value FROM json_each($2))"
            ),
            tenant_sql!(
                "DELETE FROM document_drafts WHERE org_id = $1 AND document_id IN (SELECT value FROM json_each($2))"
            ),
            tenant_sql!(
                "DELETE FROM document_versions WHERE org_id = $1 AND document_id IN (SELECT value FROM json_each($2))"
            ),
        ] {
            administration.tx.query(statement).bind(ids.clone()).execute(administration.tx.connection()).await?;
        }
        for id in &gone {
            administration
                .tx
                .query(tenant_sql!("DELETE FROM nodes WHERE org_id = $1 AND id = $2"))
                .bind(id.to_string())
                .execute(administration.tx.connection())
                .await?;
        }
        let changes: Vec<Changed> = gone.iter().copied().map(Changed::Node).collect();
        administration.access_changed(&changes, AuditEvent::Purged { node }).await?;
        self.commit().await
    }

    /// Of what is below: what goes, and what is kept, each with the folder that it goes to.
    fn deletable(&self, below: Vec<NodeId>) -> (Vec<NodeId>, Vec<(NodeId, NodeId)>) {
        let (nodes, standing) = (self.snapshot().nodes(), self.permit().context().standing());
        let mut kept: Vec<(NodeId, NodeId)> = Vec::new();
        let mut gone = Vec::new();
        // Nearest first, so that what a node is in was seen before it.
        for id in below {
            let place = nodes.place(id);
            let mut above = place.into_iter().flat_map(|place| nodes.way_up(place).skip(1));
            if above.any(|(_, folder)| kept.iter().any(|(kept, _)| *kept == folder.id)) {
                continue;
            }
            let manages = role_on(standing, id).is_some_and(|(role, _)| role == ContentRole::Manager);
            let owner = nodes.get(id).and_then(|node| node.owner);
            match owner.and_then(|owner| nodes.root(Some(owner))).filter(|_| !manages) {
                Some(home) => kept.push((id, home.id)),
                None => gone.push(id),
            }
        }
        (gone, kept)
    }
}
