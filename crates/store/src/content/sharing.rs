use super::{Content, changed};
use crate::{
    Act, Administration, AuditEvent, StoreError,
    audit::Subject,
    error::unknown,
    tenant::tenant_sql,
    users::{active, there},
};
use tessera_access::{
    ContentRole, Grantee, Snapshot,
    action::{Action, Share, Transfer, Unshare},
};
use tessera_base::{NodeId, UserId};

/// What a node itself grants to somebody.
fn granted(snapshot: &Snapshot, node: NodeId, to: Grantee) -> Option<ContentRole> {
    let node = snapshot.nodes().get(node)?;
    node.grants.iter().find(|grant| grant.to == to).map(|grant| grant.role)
}

fn name_of(to: Grantee) -> String {
    match to {
        Grantee::User(id) => id.to_string(),
        Grantee::Group(id) => id.to_string(),
        Grantee::Everyone => "everyone".to_owned(),
    }
}

impl<N: Content> Act<N, Share> {
    /// In the place of the role that the grantee had on it.
    pub async fn grant(mut self, to: Grantee, role: ContentRole) -> Result<(), StoreError> {
        let (node, before) = (self.resource().id(), granted(self.snapshot(), self.resource().id(), to));
        if before == Some(role) {
            return Ok(());
        }
        // Somebody who was removed is granted nothing more.
        if let Grantee::User(id) = to {
            there(self.snapshot(), id)?;
        }
        self.administration().set_grant(node, to, before, Some(role)).await?;
        self.commit().await
    }

    /// Lets the node inherit what the folders above it grant.
    pub async fn inherit(self) -> Result<(), StoreError> {
        self.set_restricted(false).await
    }
}

impl<N: Content> Act<N, Unshare> {
    /// To nothing, or to a role below the one that the grantee has on it.
    pub async fn lower(mut self, to: Grantee, role: Option<ContentRole>) -> Result<(), StoreError> {
        let (node, before) = (self.resource().id(), granted(self.snapshot(), self.resource().id(), to));
        match before {
            None => return Err(StoreError::Unknown { noun: "grant to", name: name_of(to) }),
            Some(before) if role == Some(before) => return Ok(()),
            Some(before) if role > Some(before) => return Err(StoreError::NotLower),
            Some(_) => {}
        }
        self.administration().set_grant(node, to, before, role).await?;
        self.commit().await
    }

    /// Cuts the node off from what the folders above it grant.
    pub async fn restrict(self) -> Result<(), StoreError> {
        let node = self.resource().id();
        if self.snapshot().nodes().get(node).is_none_or(tessera_access::Node::is_root) {
            return Err(StoreError::RootStays);
        }
        self.set_restricted(true).await
    }
}

impl<N: Content> Act<N, Transfer> {
    /// Names another owner. The one before keeps what was granted otherwise.
    pub async fn transfer(mut self, to: UserId) -> Result<(), StoreError> {
        let node = self.resource().id();
        active(self.snapshot(), to)?;
        let before = self.snapshot().nodes().get(node).and_then(|node| node.owner);
        let mut administration = self.administration();
        administration
            .tx
            .query(tenant_sql!("UPDATE nodes SET owner_id = $3 WHERE org_id = $1 AND id = $2"))
            .bind(node.to_string())
            .bind(to.to_string())
            .execute(administration.tx.connection())
            .await?;
        let event = AuditEvent::OwnerChanged { node, before, after: to };
        administration.access_changed(&changed(node), event).await?;
        self.commit().await
    }
}

impl Administration<'_> {
    /// On a node that grants them nothing yet.
    pub async fn grant(&mut self, node: NodeId, to: Grantee, role: ContentRole) -> Result<(), StoreError> {
        self.set_grant(node, to, None, Some(role)).await
    }

    pub(crate) async fn set_grant(
        &mut self,
        node: NodeId,
        to: Grantee,
        before: Option<ContentRole>,
        role: Option<ContentRole>,
    ) -> Result<(), StoreError> {
        let name = role.map(ContentRole::name);
        let write = match (to, role) {
            (Grantee::User(user), Some(_)) => self
                .tx
                .query(tenant_sql!(
                    "INSERT INTO node_user_grants (org_id, node_id, user_id, role) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (org_id, node_id, user_id) DO UPDATE SET role = excluded.role"
                ))
                .bind(node.to_string())
                .bind(user.to_string())
                .bind(name),
            (Grantee::User(user), None) => self
                .tx
                .query(tenant_sql!("DELETE FROM node_user_grants WHERE org_id = $1 AND node_id = $2 AND user_id = $3"))
                .bind(node.to_string())
                .bind(user.to_string()),
            (Grantee::Group(group), Some(_)) => self
                .tx
                .query(tenant_sql!(
                    "INSERT INTO node_group_grants (org_id, node_id, group_id, role) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (org_id, node_id, group_id) DO UPDATE SET role = excluded.role"
                ))
                .bind(node.to_string())
                .bind(group.to_string())
                .bind(name),
            (Grantee::Group(group), None) => self
                .tx
                .query(tenant_sql!(
                    "DELETE FROM node_group_grants WHERE org_id = $1 AND node_id = $2 AND group_id = $3"
                ))
                .bind(node.to_string())
                .bind(group.to_string()),
            (Grantee::Everyone, _) => self
                .tx
                .query(tenant_sql!("UPDATE nodes SET everyone_role = $3 WHERE org_id = $1 AND id = $2"))
                .bind(node.to_string())
                .bind(name),
        };
        let subject = match to {
            Grantee::User(id) => Subject::User { id },
            Grantee::Group(id) => Subject::Group { id },
            Grantee::Everyone => Subject::Everyone,
        };
        write.execute(self.tx.connection()).await.map_err(unknown("person or group", name_of(to)))?;
        let (before, after) = (before.map(ContentRole::name), name);
        self.access_changed(&changed(node), AuditEvent::GrantChanged { node, to: subject, before, after }).await
    }
}

impl<N: Content, A: Action> Act<N, A> {
    async fn set_restricted(mut self, restricted: bool) -> Result<(), StoreError> {
        let node = self.resource().id();
        let before = self.snapshot().nodes().get(node).is_some_and(|node| node.restricted);
        if before == restricted {
            return Ok(());
        }
        let mut administration = self.administration();
        administration
            .tx
            .query(tenant_sql!("UPDATE nodes SET restricted = $3 WHERE org_id = $1 AND id = $2"))
            .bind(node.to_string())
            .bind(restricted)
            .execute(administration.tx.connection())
            .await?;
        let event = AuditEvent::RestrictionChanged { node, before, after: restricted };
        administration.access_changed(&changed(node), event).await?;
        self.commit().await
    }
}
