use super::depth;
use crate::{Act, AuditEvent, StoreError, changes::Changed, tenant::tenant_sql, users::active};
use std::sync::Arc;
use tessera_access::{DEEPEST, NodeKind, Person, action::TakeOver};
use tessera_base::{NodeId, UserId};

impl Act<Arc<Person>, TakeOver> {
    /// Makes `to` the owner of all that the person left behind. What was among their private documents goes into a folder
    /// of its own among those of `to`; answers how much changed hands.
    pub async fn take_over(mut self, to: UserId) -> Result<u64, StoreError> {
        let (snapshot, from) = (self.snapshot().clone(), self.resource().id);
        let unknown = || StoreError::Unknown { noun: "person", name: to.to_string() };
        active(&snapshot, to)?;
        let name = snapshot.person(from).map(|person| person.name.to_string()).unwrap_or_default();
        let nodes = snapshot.nodes();
        let home = nodes.root(Some(to)).ok_or_else(unknown)?.id;
        let left = nodes.root(Some(from)).map(|root| root.id);
        let owned: Vec<NodeId> = nodes
            .iter()
            .filter(|(_, node, _)| node.owner == Some(from) && !node.is_root())
            .map(|(_, node, _)| node.id)
            .collect();
        let private: Vec<NodeId> = nodes
            .iter()
            .filter(|(_, node, _)| left.is_some() && node.parent == left)
            .map(|(_, node, _)| node.id)
            .collect();
        if owned.is_empty() && private.is_empty() {
            return Ok(0);
        }
        // One more level of folders, where there is room for it.
        let folders = nodes.iter().filter(|(_, node, _)| node.kind == NodeKind::Folder);
        let below = |place| nodes.way_up(place).last().is_some_and(|(_, top)| Some(top.id) == left);
        let deepest = folders.filter(|(place, ..)| below(*place)).map(|(_, node, _)| depth(&snapshot, node.id)).max();
        let mut administration = self.administration();
        let now = administration.store.now().timestamp_millis();
        let mut changes: Vec<Changed> = owned.iter().chain(&private).copied().map(Changed::Node).collect();
        let into = if private.is_empty() || deepest.unwrap_or_default() >= DEEPEST {
            home
        } else {
            let folder = administration.add_folder(&format!("Documents of {name}"), home, to).await?;
            changes.push(Changed::Node(folder));
            folder
        };
        for node in &owned {
            administration
                .tx
                .query(tenant_sql!(
                    "UPDATE nodes SET owner_id = $3, version = version + 1, updated_at_ms = $4 WHERE org_id = $1 AND id = $2"
                ))
                .bind(node.to_string())
                .bind(to.to_string())
                .bind(now)
                .execute(administration.tx.connection())
                .await?;
        }
        for node in &private {
            administration
                .tx
                .query(tenant_sql!("UPDATE nodes SET parent_id = $3 WHERE org_id = $1 AND id = $2"))
                .bind(node.to_string())
                .bind(into.to_string())
                .execute(administration.tx.connection())
                .await?;
        }
        changes.sort();
        changes.dedup();
        let count = u64::try_from(changes.len()).unwrap_or(u64::MAX);
        administration.access_changed(&changes, AuditEvent::ContentTakenOver { user: from, owner: to, count }).await?;
        self.commit().await?;
        Ok(count)
    }
}
