//! Roles that an organization makes.
use crate::{
    Act, Administration, AuditEvent, StoreError,
    abilities::list_abilities,
    changes::Changed,
    error::{one_row, taken},
    tenant::tenant_sql,
};
use std::sync::Arc;
use tessera_access::{
    AbilitySet, ConnectionAbility, ConnectionRole, CustomConnectionRole, CustomOrganizationRole, CustomRole,
    OrganizationAbility, OrganizationRole, Profile,
    action::{AddRole, Edit, Remove},
};
use tessera_base::{Name, RoleId};

/// What a role gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoleAbilities {
    Organization(AbilitySet<OrganizationAbility>),
    /// A tier, without some of its abilities.
    Connection {
        tier: ConnectionRole,
        switched_off: AbilitySet<ConnectionAbility>,
    },
}

impl RoleAbilities {
    fn role(self, id: RoleId, name: &Name) -> CustomRole {
        let name = Arc::from(name.as_str());
        match self {
            Self::Organization(abilities) => {
                CustomRole::Organization(Arc::new(CustomOrganizationRole { id, name, abilities }))
            }
            Self::Connection { tier, switched_off } => {
                CustomRole::Connection(Arc::new(CustomConnectionRole { id, name, tier, switched_off }))
            }
        }
    }
}

impl Act<Arc<Profile>, AddRole> {
    /// A role in the organization gives no more than its maker holds. One on connections gives nothing before somebody
    /// who holds as much assigns it.
    pub async fn add_role(mut self, name: &Name, abilities: RoleAbilities) -> Result<RoleId, StoreError> {
        let role = abilities.role(RoleId::new(self.administration().store.new_id()?), name);
        check(&role)?;
        require_new_name(self.snapshot().roles(), None, name)?;
        if let Some(missing) = self.standing().lacks_to_change(&role) {
            return Err(self.refuse(missing).await);
        }
        self.administration().add_role(&role).await?;
        self.commit_created(role.id()).await?;
        Ok(role.id())
    }
}

impl Act<CustomRole, Edit> {
    /// Whoever holds the role holds what it gives from now on, so neither before nor after may it give more than its
    /// editor holds wherever somebody has it.
    pub async fn edit_role(mut self, name: &Name, abilities: RoleAbilities) -> Result<(), StoreError> {
        let before = self.role()?;
        if before != *self.resource() {
            return Err(StoreError::Stale);
        }
        let after = abilities.role(before.id(), name);
        if std::mem::discriminant(&before) != std::mem::discriminant(&after) {
            return Err(StoreError::RoleKind);
        }
        check(&after)?;
        require_new_name(self.snapshot().roles(), Some(before.id()), name)?;
        for role in [&before, &after] {
            if let Some(missing) = self.standing().lacks_to_change(role) {
                return Err(self.refuse(missing).await);
            }
        }
        if before == after {
            return Ok(());
        }
        self.administration().edit_role(&before, &after).await?;
        self.commit().await
    }
}

impl Act<CustomRole, Remove> {
    /// Once nobody holds it.
    pub async fn remove_role(mut self) -> Result<(), StoreError> {
        let role = self.role()?;
        if let Some(by) = self.snapshot().use_of_role(&role) {
            return Err(StoreError::StillUsed { noun: "role", name: role.name().to_string(), by });
        }
        self.administration().remove_role(&role).await?;
        self.commit().await
    }
}

impl<A: tessera_access::action::Action> Act<CustomRole, A> {
    /// As it is while the write is made.
    fn role(&self) -> Result<CustomRole, StoreError> {
        let id = self.resource().id();
        self.snapshot().role(id).ok_or(StoreError::Unknown { noun: "role", name: id.to_string() })
    }
}

/// What is switched off is a part of the tier, so that the role says what it gives.
fn check(role: &CustomRole) -> Result<(), StoreError> {
    match role {
        CustomRole::Connection(role) if !role.tier.abilities().holds(role.switched_off) => {
            let beside = role.switched_off.without(role.tier.abilities()).iter().map(|ability| ability.to_string());
            Err(StoreError::BesideTier { tier: role.tier.title(), abilities: beside.collect::<Vec<_>>().join(", ") })
        }
        _ => Ok(()),
    }
}

/// Nobody can take one role for another, or for one that is built in.
fn require_new_name(
    mut others: impl Iterator<Item = CustomRole>,
    role: Option<RoleId>,
    name: &Name,
) -> Result<(), StoreError> {
    let of_organization = OrganizationRole::ALL.map(OrganizationRole::title);
    let built_in = ConnectionRole::ALL.map(ConnectionRole::title).into_iter().chain(of_organization);
    if let Some(built_in) = built_in.into_iter().find(|built_in| name.looks_like(built_in)) {
        return Err(StoreError::LooksLike { noun: "role", name: built_in.to_owned() });
    }
    match others.find(|other| Some(other.id()) != role && name.looks_like(other.name())) {
        Some(other) => Err(StoreError::LooksLike { noun: "role", name: other.name().to_string() }),
        None => Ok(()),
    }
}

/// What an event tells of a role.
fn told(role: &CustomRole) -> String {
    match role {
        CustomRole::Organization(role) => format!("{}: {}", role.name, list_abilities(role.abilities)),
        CustomRole::Connection(role) => {
            format!("{}: {} without {}", role.name, role.tier.name(), list_abilities(role.switched_off))
        }
    }
}

fn changed(role: &CustomRole) -> Changed {
    match role {
        CustomRole::Organization(role) => Changed::OrganizationRole(role.id),
        CustomRole::Connection(role) => Changed::ConnectionRole(role.id),
    }
}

impl Administration<'_> {
    pub async fn add_role(&mut self, role: &CustomRole) -> Result<(), StoreError> {
        let add = match role {
            CustomRole::Organization(role) => self
                .tx
                .query(tenant_sql!(
                    "INSERT INTO organization_roles (org_id, id, name, abilities) VALUES ($1, $2, $3, $4)"
                ))
                .bind(role.id.to_string())
                .bind(&*role.name)
                .bind(list_abilities(role.abilities)),
            CustomRole::Connection(role) => self
                .tx
                .query(tenant_sql!(
                    "INSERT INTO connection_roles (org_id, id, name, tier, switched_off) VALUES ($1, $2, $3, $4, $5)"
                ))
                .bind(role.id.to_string())
                .bind(&*role.name)
                .bind(role.tier.name())
                .bind(list_abilities(role.switched_off)),
        };
        add.execute(self.tx.connection()).await.map_err(taken("role", role.name()))?;
        let event = AuditEvent::RoleAdded { role: role.id(), after: told(role) };
        self.access_changed(&[changed(role)], event).await
    }

    async fn edit_role(&mut self, before: &CustomRole, after: &CustomRole) -> Result<(), StoreError> {
        let edit = match after {
            CustomRole::Organization(role) => self
                .tx
                .query(tenant_sql!(
                    "UPDATE organization_roles SET name = $3, abilities = $4 WHERE org_id = $1 AND id = $2"
                ))
                .bind(role.id.to_string())
                .bind(&*role.name)
                .bind(list_abilities(role.abilities)),
            CustomRole::Connection(role) => self
                .tx
                .query(tenant_sql!(
                    "UPDATE connection_roles SET name = $3, tier = $4, switched_off = $5 WHERE org_id = $1 AND id = $2"
                ))
                .bind(role.id.to_string())
                .bind(&*role.name)
                .bind(role.tier.name())
                .bind(list_abilities(role.switched_off)),
        };
        let edited = edit.execute(self.tx.connection()).await.map_err(taken("role", after.name()))?;
        one_row(edited, "role", after.id())?;
        let event = AuditEvent::RoleEdited { role: after.id(), before: told(before), after: told(after) };
        self.access_changed(&[changed(after)], event).await
    }

    async fn remove_role(&mut self, role: &CustomRole) -> Result<(), StoreError> {
        let statement = match role {
            CustomRole::Organization(_) => {
                tenant_sql!("DELETE FROM organization_roles WHERE org_id = $1 AND id = $2")
            }
            CustomRole::Connection(_) => tenant_sql!("DELETE FROM connection_roles WHERE org_id = $1 AND id = $2"),
        };
        let removed = self.tx.query(statement).bind(role.id().to_string()).execute(self.tx.connection()).await?;
        one_row(removed, "role", role.id())?;
        let event = AuditEvent::RoleRemoved { role: role.id(), before: told(role) };
        self.access_changed(&[changed(role)], event).await
    }
}
