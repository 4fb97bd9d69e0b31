//! Folders and documents: what is kept of them, and every change of them.
mod documents;
mod folders;
mod move_to;
mod roots;
mod sharing;
mod take_over;
mod trash;

pub use documents::{Body, Document, Draft, PublishedVersion};
pub use folders::Folder;
pub(crate) use roots::{add_personal_root, add_shared_root};
pub use trash::Trashed;

use crate::{
    Administration, StoreError,
    changes::Changed,
    error::one_row,
    tenant::{stored_id, tenant_sql},
};
use tessera_access::{DEEPEST, Facts, NodeKind, Resource, Snapshot};
use tessera_base::{NodeId, OrganizationId};

/// A folder or a document, where the two are alike.
pub trait Content: Resource {
    fn id(&self) -> NodeId;
    /// Rises with every change of what somebody edits, its name and place among them.
    fn version(&self) -> u64;
}

impl Administration<'_> {
    /// Raises the version of a row that still has the version that was read, or was said to have been.
    async fn claim(&mut self, node: NodeId, version: u64) -> Result<(), StoreError> {
        let now = self.store.now().timestamp_millis();
        let claimed = self
            .tx
            .query(tenant_sql!(
                "UPDATE nodes SET version = version + 1, updated_at_ms = $4 WHERE org_id = $1 AND id = $2 AND version = $3"
            ))
            .bind(node.to_string())
            .bind(version.cast_signed())
            .bind(now)
            .execute(self.tx.connection())
            .await?;
        one_row(claimed, "version", version).map_err(|_| StoreError::Stale)
    }

    /// Everything below a node, its nearest first; not the node itself.
    async fn below(&mut self, node: NodeId) -> Result<Vec<NodeId>, StoreError> {
        let ids: Vec<(String,)> = self
            .tx
            .query_as(tenant_sql!(
                "WITH RECURSIVE below (id, depth) AS (
                     SELECT id, 1 FROM nodes WHERE org_id = $1 AND parent_id = $2
                     UNION ALL
                     SELECT nodes.id, below.depth + 1 FROM nodes JOIN below ON nodes.parent_id = below.id
                     WHERE nodes.org_id = $1
                 )
                 SELECT id FROM below ORDER BY depth"
            ))
            .bind(node.to_string())
            .fetch_all(self.tx.connection())
            .await?;
        ids.iter().map(|(id,)| stored_id(id, "node id")).collect()
    }
}

/// How many folders a node is in below its root.
fn depth(snapshot: &Snapshot, node: NodeId) -> usize {
    let place = snapshot.nodes().place(node);
    place.map_or(0, |place| snapshot.nodes().way_up(place).count().saturating_sub(1))
}

/// Whether something with `levels` of folders may be put into `folder`.
fn require_room(snapshot: &Snapshot, folder: NodeId, levels: usize) -> Result<(), StoreError> {
    if depth(snapshot, folder) + levels > DEEPEST {
        return Err(StoreError::FolderDepth { most: DEEPEST });
    }
    Ok(())
}

/// What decides about a node beside what the organization's snapshot says of it.
fn facts(organization: OrganizationId, snapshot: &Snapshot, node: NodeId) -> Facts {
    let known = snapshot.nodes().get(node);
    Facts {
        connection: known.and_then(|node| node.connection),
        owner: known.and_then(|node| node.owner),
        node: Some(node),
        ..Facts::of(organization)
    }
}

fn changed(node: NodeId) -> [Changed; 1] {
    [Changed::Node(node)]
}

fn kind_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Folder => "folder",
        NodeKind::Document => "document",
    }
}
