use crate::{
    Administration, AuditEvent, StoreError,
    audit::Subject,
    changes::Changed,
    error::{one_row, unknown},
    tenant::tenant_sql,
};
use tessera_access::ConnectionRole;
use tessera_base::{ConnectionId, GroupId, UserId};

/// Who holds a role on a connection; each at most one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assignee {
    User(UserId),
    Group(GroupId),
    /// The connection's base access.
    Everyone,
}

impl Assignee {
    /// What changes when a role on `connection` is given or taken.
    fn changed(self, connection: ConnectionId) -> Changed {
        match self {
            Self::User(id) => Changed::Person(id),
            Self::Group(id) => Changed::Group(id),
            Self::Everyone => Changed::Connection(connection),
        }
    }

    fn subject(self) -> Subject {
        match self {
            Self::User(id) => Subject::User { id },
            Self::Group(id) => Subject::Group { id },
            Self::Everyone => Subject::Everyone,
        }
    }
}

impl Administration<'_> {
    /// In the place of the role that the assignee had.
    pub async fn give_connection_role(
        &mut self,
        connection: ConnectionId,
        assignee: Assignee,
        role: ConnectionRole,
    ) -> Result<(), StoreError> {
        let before = self.connection_role(connection, assignee).await?;
        let give = match assignee {
            Assignee::User(user) => self
                .tx
                .query(tenant_sql!(
                    "INSERT INTO user_connection_roles (org_id, connection_id, role, user_id) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (org_id, connection_id, user_id) DO UPDATE SET role = excluded.role"
                ))
                .bind(connection.to_string())
                .bind(role.name())
                .bind(user.to_string()),
            Assignee::Group(group) => self
                .tx
                .query(tenant_sql!(
                    "INSERT INTO group_connection_roles (org_id, connection_id, role, group_id) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (org_id, connection_id, group_id) DO UPDATE SET role = excluded.role"
                ))
                .bind(connection.to_string())
                .bind(role.name())
                .bind(group.to_string()),
            Assignee::Everyone => self
                .tx
                .query(tenant_sql!("UPDATE connections SET base_role = $3 WHERE org_id = $1 AND id = $2"))
                .bind(connection.to_string())
                .bind(role.name()),
        };
        let result = give.execute(self.tx.connection()).await.map_err(unknown("connection or assignee", connection))?;
        one_row(result, "connection", connection)?;
        let event =
            AuditEvent::ConnectionRoleGiven { connection, assignee: assignee.subject(), before, after: role.name() };
        self.access_changed(&[assignee.changed(connection)], event).await
    }

    pub async fn take_connection_role(
        &mut self,
        connection: ConnectionId,
        assignee: Assignee,
    ) -> Result<(), StoreError> {
        let before = self.connection_role(connection, assignee).await?;
        let take = match assignee {
            Assignee::User(user) => self
                .tx
                .query(tenant_sql!(
                    "DELETE FROM user_connection_roles WHERE org_id = $1 AND connection_id = $2 AND user_id = $3"
                ))
                .bind(connection.to_string())
                .bind(user.to_string()),
            Assignee::Group(group) => self
                .tx
                .query(tenant_sql!(
                    "DELETE FROM group_connection_roles WHERE org_id = $1 AND connection_id = $2 AND group_id = $3"
                ))
                .bind(connection.to_string())
                .bind(group.to_string()),
            Assignee::Everyone => self
                .tx
                .query(tenant_sql!(
                    "UPDATE connections SET base_role = NULL WHERE org_id = $1 AND id = $2 AND base_role IS NOT NULL"
                ))
                .bind(connection.to_string()),
        };
        let result = take.execute(self.tx.connection()).await?;
        one_row(result, "role on connection", connection)?;
        let event = AuditEvent::ConnectionRoleTaken { connection, assignee: assignee.subject(), before };
        self.access_changed(&[assignee.changed(connection)], event).await
    }

    async fn connection_role(
        &mut self,
        connection: ConnectionId,
        assignee: Assignee,
    ) -> Result<Option<String>, StoreError> {
        let held = match assignee {
            Assignee::User(user) => self
                .tx
                .query_scalar::<Option<String>>(tenant_sql!(
                    "SELECT role FROM user_connection_roles WHERE org_id = $1 AND connection_id = $2 AND user_id = $3"
                ))
                .bind(connection.to_string())
                .bind(user.to_string()),
            Assignee::Group(group) => self
                .tx
                .query_scalar(tenant_sql!(
                    "SELECT role FROM group_connection_roles WHERE org_id = $1 AND connection_id = $2 AND group_id = $3"
                ))
                .bind(connection.to_string())
                .bind(group.to_string()),
            Assignee::Everyone => self
                .tx
                .query_scalar(tenant_sql!("SELECT base_role FROM connections WHERE org_id = $1 AND id = $2"))
                .bind(connection.to_string()),
        };
        Ok(held.fetch_optional(self.tx.connection()).await?.flatten())
    }
}
