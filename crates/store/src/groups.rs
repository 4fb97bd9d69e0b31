mod nesting;

use crate::{
    Act, Administration, AuditEvent, StoreError,
    audit::Subject,
    changes::Changed,
    error::{one_row, taken, unknown},
    tenant::{stored_id, tenant_sql},
    users::there,
};
use nesting::Nesting;
use std::sync::Arc;
use tessera_access::{
    Grantee, Group, Profile, Resource,
    action::{Action, AddGroup, Edit, Remove, SetMembers},
};
use tessera_base::{GroupId, Name, UserId};

/// What model files call a group: small letters, digits, `_` and `-`, beginning with a letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupKey(String);

const LONGEST_KEY: usize = 64;

impl GroupKey {
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        let begins = text.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
        match begins && text.len() <= LONGEST_KEY && text.bytes().all(sound) {
            true => Ok(Self(text.to_owned())),
            false => Err(StoreError::GroupKey { key: text.to_owned() }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a group holds: people, and other groups with all that they hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupMember {
    User(UserId),
    Group(GroupId),
}

impl GroupMember {
    /// What it is in is told of the member.
    fn changed(self) -> Changed {
        match self {
            Self::User(id) => Changed::Person(id),
            Self::Group(id) => Changed::Group(id),
        }
    }

    fn subject(self) -> Subject {
        match self {
            Self::User(id) => Subject::User { id },
            Self::Group(id) => Subject::Group { id },
        }
    }
}

impl Act<Arc<Profile>, AddGroup> {
    /// `key` is what model files name; it never changes.
    pub async fn add_group(mut self, key: &GroupKey, name: &Name) -> Result<GroupId, StoreError> {
        self.require_new_name(None, name)?;
        let group = self.administration().add_group(key.as_str(), name.as_str()).await?;
        self.commit_created(group).await?;
        Ok(group)
    }
}

impl Act<Arc<Group>, Edit> {
    pub async fn rename_group(mut self, name: &Name) -> Result<(), StoreError> {
        let group = self.group()?;
        if group.name != self.resource().name {
            return Err(StoreError::Stale);
        }
        self.require_new_name(Some(group.id), name)?;
        if *group.name == *name.as_str() {
            return Ok(());
        }
        self.administration().rename_group(&group, name).await?;
        self.commit().await
    }
}

impl Act<Arc<Group>, SetMembers> {
    /// Whoever comes into a group gets what it gives, which the person who lets them in must hold too.
    pub async fn add_member(mut self, member: GroupMember) -> Result<(), StoreError> {
        let group = self.group()?;
        let inside = match member {
            GroupMember::User(id) => there(self.snapshot(), id)?.groups.contains(&group.id),
            GroupMember::Group(id) => {
                let inner = self.snapshot().groups().get(id);
                inner.ok_or(StoreError::Unknown { noun: "group", name: id.to_string() })?.groups.contains(&group.id)
            }
        };
        if let Some(missing) = self.standing().lacks_to_give_group(group.id) {
            return Err(self.refuse(missing).await);
        }
        if inside {
            return Ok(());
        }
        self.administration().add_group_member(group.id, member).await?;
        self.commit().await
    }

    pub async fn remove_member(mut self, member: GroupMember) -> Result<(), StoreError> {
        let group = self.group()?.id;
        self.administration().remove_group_member(group, member).await?;
        self.commit().await
    }
}

impl Act<Arc<Group>, Remove> {
    /// With all that it gave to its members, and all that was granted to it.
    pub async fn remove_group(mut self) -> Result<(), StoreError> {
        let group = self.group()?.id;
        let snapshot = self.snapshot();
        let people = snapshot.people().filter(|person| person.groups.contains(&group));
        let inner = snapshot.groups().iter().filter(|inner| inner.groups.contains(&group));
        let nodes = snapshot.nodes().granting_to(Grantee::Group(group));
        let changes = std::iter::once(Changed::Group(group))
            .chain(people.map(|person| Changed::Person(person.id)))
            .chain(inner.map(|inner| Changed::Group(inner.id)))
            .chain(nodes.map(Changed::Node))
            .collect::<Vec<_>>();
        self.administration().remove_group(group, &changes).await?;
        self.commit().await
    }
}

impl<A: Action> Act<Arc<Group>, A> {
    /// As it is while the write is made.
    pub(crate) fn group(&self) -> Result<Arc<Group>, StoreError> {
        let id = self.resource().id;
        let group = self.snapshot().groups().get(id).cloned();
        group.ok_or(StoreError::Unknown { noun: "group", name: id.to_string() })
    }
}

impl<R: Resource, A: Action> Act<R, A> {
    /// Nobody can take one group for another.
    fn require_new_name(&self, group: Option<GroupId>, name: &Name) -> Result<(), StoreError> {
        let mut others = self.snapshot().groups().iter().filter(|other| Some(other.id) != group);
        match others.find(|other| name.looks_like(&other.name)) {
            Some(other) => Err(StoreError::LooksLike { noun: "group", name: other.name.to_string() }),
            None => Ok(()),
        }
    }
}

impl Administration<'_> {
    /// `key` is what model files name; it never changes.
    pub async fn add_group(&mut self, key: &str, name: &str) -> Result<GroupId, StoreError> {
        let group = GroupId::new(self.store.new_id()?);
        self.tx
            .query(tenant_sql!("INSERT INTO groups (org_id, id, key, name) VALUES ($1, $2, $3, $4)"))
            .bind(group.to_string())
            .bind(key.to_owned())
            .bind(name.to_owned())
            .execute(self.tx.connection())
            .await
            .map_err(taken("group", key))?;
        self.access_changed(&[Changed::Group(group)], AuditEvent::GroupAdded { group, key: key.to_owned() }).await?;
        Ok(group)
    }

    pub async fn add_group_member(&mut self, group: GroupId, member: GroupMember) -> Result<(), StoreError> {
        let (statement, id) = match member {
            GroupMember::User(id) => (
                tenant_sql!(
                    "INSERT INTO group_users (org_id, group_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
                ),
                id.to_string(),
            ),
            GroupMember::Group(id) => {
                self.nesting().await?.admits(group, id)?;
                (
                    tenant_sql!(
                        "INSERT INTO group_groups (org_id, group_id, member_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
                    ),
                    id.to_string(),
                )
            }
        };
        self.tx
            .query(statement)
            .bind(group.to_string())
            .bind(id.clone())
            .execute(self.tx.connection())
            .await
            .map_err(unknown("group or member", id))?;
        let event = AuditEvent::GroupMemberAdded { group, member: member.subject() };
        self.access_changed(&[member.changed()], event).await
    }

    pub async fn remove_group_member(&mut self, group: GroupId, member: GroupMember) -> Result<(), StoreError> {
        let (statement, id) = match member {
            GroupMember::User(id) => (
                tenant_sql!("DELETE FROM group_users WHERE org_id = $1 AND group_id = $2 AND user_id = $3"),
                id.to_string(),
            ),
            GroupMember::Group(id) => (
                tenant_sql!("DELETE FROM group_groups WHERE org_id = $1 AND group_id = $2 AND member_id = $3"),
                id.to_string(),
            ),
        };
        let result =
            self.tx.query(statement).bind(group.to_string()).bind(id.clone()).execute(self.tx.connection()).await?;
        one_row(result, "group member", id)?;
        let event = AuditEvent::GroupMemberRemoved { group, member: member.subject() };
        self.access_changed(&[member.changed()], event).await
    }

    async fn rename_group(&mut self, group: &Group, name: &Name) -> Result<(), StoreError> {
        let renamed = self
            .tx
            .query(tenant_sql!("UPDATE groups SET name = $3 WHERE org_id = $1 AND id = $2"))
            .bind(group.id.to_string())
            .bind(name.as_str())
            .execute(self.tx.connection())
            .await
            .map_err(taken("group", name.as_str()))?;
        one_row(renamed, "group", group.id)?;
        let event =
            AuditEvent::GroupRenamed { group: group.id, before: group.name.to_string(), after: name.to_string() };
        self.access_changed(&[Changed::Group(group.id)], event).await
    }

    async fn remove_group(&mut self, group: GroupId, changes: &[Changed]) -> Result<(), StoreError> {
        for statement in [
            tenant_sql!("DELETE FROM group_users WHERE org_id = $1 AND group_id = $2"),
            tenant_sql!("DELETE FROM group_groups WHERE org_id = $1 AND (group_id = $2 OR member_id = $2)"),
            tenant_sql!("DELETE FROM group_connection_roles WHERE org_id = $1 AND group_id = $2"),
            tenant_sql!("DELETE FROM group_custom_connection_roles WHERE org_id = $1 AND group_id = $2"),
            tenant_sql!("DELETE FROM group_attribute_values WHERE org_id = $1 AND group_id = $2"),
            tenant_sql!("DELETE FROM node_group_grants WHERE org_id = $1 AND group_id = $2"),
        ] {
            self.tx.query(statement).bind(group.to_string()).execute(self.tx.connection()).await?;
        }
        let removed = self
            .tx
            .query(tenant_sql!("DELETE FROM groups WHERE org_id = $1 AND id = $2"))
            .bind(group.to_string())
            .execute(self.tx.connection())
            .await?;
        one_row(removed, "group", group)?;
        self.access_changed(changes, AuditEvent::GroupRemoved { group }).await
    }

    async fn nesting(&mut self) -> Result<Nesting, StoreError> {
        let edges: Vec<(String, String)> = self
            .tx
            .query_as(tenant_sql!("SELECT group_id, member_id FROM group_groups WHERE org_id = $1"))
            .fetch_all(self.tx.connection())
            .await?;
        let edges =
            edges.iter().map(|(group, member)| Ok((stored_id(group, "group id")?, stored_id(member, "group id")?)));
        Ok(Nesting::new(edges.collect::<Result<_, StoreError>>()?))
    }
}
