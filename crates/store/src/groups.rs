mod nesting;

use crate::{
    Administration, AuditEvent, StoreError,
    audit::Subject,
    changes::Changed,
    error::{one_row, taken, unknown},
    tenant::{stored_id, tenant_sql},
};
use nesting::Nesting;
use tessera_base::{GroupId, UserId};

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
