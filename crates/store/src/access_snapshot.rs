mod cache;
mod read;

pub(crate) use cache::SnapshotCache;

use crate::{
    AttributeDefinition, Organization, Store, StoreError,
    tenant::{TenantTx, tenant_sql},
};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    Abilities, Actor, Attributes, ConnectionAbility, ContextParts, GroupRef, OrganizationAbility, OrganizationRole,
    User,
};
use tessera_base::{ConnectionId, Instant, OrganizationId, RequestId, UserId};

/// All that decides about one person, as it was at one version of their organization.
#[derive(Clone, Debug)]
pub struct AccessSnapshot {
    pub version: u64,
    pub organization: Organization,
    pub user: User,
    /// Those that hold the person, directly or through another group; by name.
    pub groups: Vec<GroupRef>,
    pub organization_role: OrganizationRole,
    pub organization_abilities: Abilities<OrganizationAbility>,
    pub connection_abilities: BTreeMap<ConnectionId, Abilities<ConnectionAbility>>,
    pub attributes: Attributes,
    /// By name; a definition without an entry in `attributes` is missing for this person.
    pub attribute_definitions: Vec<AttributeDefinition>,
}

impl AccessSnapshot {
    /// What the gate establishes the request's context from.
    pub fn parts(&self, request_id: RequestId, now: Instant) -> ContextParts {
        ContextParts {
            request_id,
            organization: self.organization.id,
            actor: Actor::User(self.user.clone()),
            groups: self.groups.clone(),
            organization_admin: self.organization_role == OrganizationRole::Admin,
            organization_abilities: self.organization_abilities.clone(),
            connection_abilities: self.connection_abilities.clone(),
            attributes: self.attributes.clone(),
            now,
        }
    }
}

impl Store {
    /// What is in force for this person now; `None` for someone who is not in the organization, or is suspended.
    ///
    /// INVARIANT: a remembered snapshot is used only after its version was compared with the organization's, so that a
    /// change is in force with the next request.
    pub async fn access_snapshot(
        &self,
        organization: OrganizationId,
        user: UserId,
    ) -> Result<Option<Arc<AccessSnapshot>>, StoreError> {
        let mut transaction = self.read().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        let version: Option<i64> = tx
            .query_scalar(tenant_sql!("SELECT access_version FROM organizations WHERE org_id = $1"))
            .fetch_optional(tx.connection())
            .await?;
        let Some(version) = version else {
            return Ok(None);
        };
        if let Some(snapshot) = self.snapshots().get(organization, user, version.unsigned_abs()) {
            return Ok(Some(snapshot));
        }
        let Some(snapshot) = read::read(&mut tx, user).await? else {
            return Ok(None);
        };
        let snapshot = Arc::new(snapshot);
        self.snapshots().put(organization, user, snapshot.clone());
        Ok(Some(snapshot))
    }
}
