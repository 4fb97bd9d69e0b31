use super::{Content, Folder, changed, require_room};
use crate::{Act, AuditEvent, StoreError, tenant::tenant_sql};
use tessera_access::{
    NodeKind, Permit,
    action::{CreateIn, Move},
};
use tessera_base::NodeId;

impl<N: Content> Act<N, Move> {
    /// Puts the node into another folder, with all that is below it.
    pub async fn move_to(self, folder: Permit<Folder, CreateIn>) -> Result<(), StoreError> {
        let (act, folder) = self.with(folder).await?;
        act.move_into(folder.resource().id).await
    }

    async fn move_into(mut self, folder: NodeId) -> Result<(), StoreError> {
        let node = self.resource().id();
        let nodes = self.snapshot().nodes();
        let (Some(place), Some(into)) = (nodes.place(node), nodes.place(folder)) else {
            return Err(StoreError::Unknown { noun: "folder", name: folder.to_string() });
        };
        if nodes.way_up(into).any(|(above, _)| above == place) {
            return Err(StoreError::FolderCycle);
        }
        // The levels of folders that come along.
        let folders = nodes.iter().filter(|(_, node, _)| node.kind == NodeKind::Folder);
        let levels = folders.filter_map(|(below, ..)| nodes.way_up(below).position(|(above, _)| above == place)).max();
        require_room(self.snapshot(), folder, levels.map_or(0, |levels| levels + 1))?;
        let before = nodes.get(node).and_then(|node| node.parent);
        let version = self.resource().version();
        let mut administration = self.administration();
        administration.claim(node, version).await?;
        administration
            .tx
            .query(tenant_sql!("UPDATE nodes SET parent_id = $3 WHERE org_id = $1 AND id = $2"))
            .bind(node.to_string())
            .bind(folder.to_string())
            .execute(administration.tx.connection())
            .await?;
        administration.access_changed(&changed(node), AuditEvent::Moved { node, before, after: folder }).await?;
        self.commit().await
    }
}
