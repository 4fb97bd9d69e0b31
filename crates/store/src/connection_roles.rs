use crate::{
    Act, Administration, AuditEvent, StoreError,
    audit::Subject,
    changes::Changed,
    error::{one_row, unknown},
    tenant::{TenantSql, tenant_sql},
    users::there,
};
use std::fmt;
use tessera_access::{Connection, HeldConnectionRole, action::AssignRoles};
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

impl Act<Connection, AssignRoles> {
    /// In the place of the role that the assignee had. Neither it nor that one gives what the person lacks.
    pub async fn give_role(mut self, assignee: Assignee, role: HeldConnectionRole) -> Result<(), StoreError> {
        let connection = self.resource().id;
        if let HeldConnectionRole::Custom(id) = role
            && !self.snapshot().connection_roles().any(|role| role.id == id)
        {
            return Err(StoreError::Unknown { noun: "role", name: id.to_string() });
        }
        let before = self.held(assignee)?;
        for role in before.into_iter().chain([role]) {
            if let Some(missing) = self.standing().lacks_to_give_on(connection, role) {
                return Err(self.refuse(missing).await);
            }
        }
        if before == Some(role) {
            return Ok(());
        }
        self.administration().set_connection_role(connection, assignee, Some(role)).await?;
        self.commit().await
    }

    pub async fn take_role(mut self, assignee: Assignee) -> Result<(), StoreError> {
        let connection = self.resource().id;
        let Some(before) = self.held(assignee)? else {
            return Err(StoreError::Unknown { noun: "role of", name: assignee.to_string() });
        };
        if let Some(missing) = self.standing().lacks_to_give_on(connection, before) {
            return Err(self.refuse(missing).await);
        }
        self.administration().set_connection_role(connection, assignee, None).await?;
        self.commit().await
    }

    /// What the assignee was given on this connection itself.
    fn held(&self, assignee: Assignee) -> Result<Option<HeldConnectionRole>, StoreError> {
        let (snapshot, connection) = (self.snapshot(), self.resource().id);
        let of = |roles: &[(ConnectionId, HeldConnectionRole)]| {
            roles.iter().find(|(on, _)| *on == connection).map(|(_, role)| *role)
        };
        match assignee {
            Assignee::User(id) => Ok(of(&there(snapshot, id)?.connection_roles)),
            Assignee::Group(id) => {
                let group = snapshot.groups().get(id);
                let group = group.ok_or(StoreError::Unknown { noun: "group", name: id.to_string() });
                Ok(of(&group?.connection_roles))
            }
            Assignee::Everyone => Ok(snapshot.connection(connection).and_then(|connection| connection.base_role)),
        }
    }
}

impl Administration<'_> {
    /// In the place of the role that the assignee had.
    pub async fn give_connection_role(
        &mut self,
        connection: ConnectionId,
        assignee: Assignee,
        role: impl Into<HeldConnectionRole>,
    ) -> Result<(), StoreError> {
        self.set_connection_role(connection, assignee, Some(role.into())).await
    }

    pub async fn take_connection_role(
        &mut self,
        connection: ConnectionId,
        assignee: Assignee,
    ) -> Result<(), StoreError> {
        self.set_connection_role(connection, assignee, None).await
    }

    /// What was held before goes, whether it was built in or made by the organization.
    pub(crate) async fn set_connection_role(
        &mut self,
        connection: ConnectionId,
        assignee: Assignee,
        role: Option<HeldConnectionRole>,
    ) -> Result<(), StoreError> {
        let before = self.held_connection_role(connection, assignee).await?;
        let mut taken = 0;
        for statement in assignee.takes() {
            let take = self.tx.query(statement).bind(connection.to_string());
            let take = match assignee.id() {
                Some(id) => take.bind(id),
                None => take,
            };
            taken += take.execute(self.tx.connection()).await?.rows_affected();
        }
        if role.is_none() && taken == 0 {
            return Err(StoreError::Unknown { noun: "role of", name: assignee.to_string() });
        }
        if let Some(role) = role {
            let (statement, role) = match role {
                HeldConnectionRole::BuiltIn(role) => (assignee.gives_built_in(), role.name().to_owned()),
                HeldConnectionRole::Custom(role) => (assignee.gives_custom(), role.to_string()),
            };
            let give = self.tx.query(statement).bind(connection.to_string()).bind(role);
            let give = match assignee.id() {
                Some(id) => give.bind(id),
                None => give,
            };
            let given =
                give.execute(self.tx.connection()).await.map_err(unknown("connection or assignee", connection))?;
            one_row(given, "connection", connection)?;
        }
        let event = AuditEvent::ConnectionRoleChanged {
            connection,
            assignee: assignee.subject(),
            before,
            after: role.map(role_name),
        };
        self.access_changed(&[assignee.changed(connection)], event).await
    }

    /// As an event tells it: a built-in role by its name, another by its id.
    async fn held_connection_role(
        &mut self,
        connection: ConnectionId,
        assignee: Assignee,
    ) -> Result<Option<String>, StoreError> {
        let held = self.tx.query_scalar::<Option<String>>(assignee.holds()).bind(connection.to_string());
        let held = match assignee.id() {
            Some(id) => held.bind(id),
            None => held,
        };
        Ok(held.fetch_optional(self.tx.connection()).await?.flatten())
    }
}

/// A custom role by its id, which its name may outlive.
pub(crate) fn role_name(role: HeldConnectionRole) -> String {
    match role {
        HeldConnectionRole::BuiltIn(role) => role.name().to_owned(),
        HeldConnectionRole::Custom(id) => id.to_string(),
    }
}

/// Statements bind the connection, then the role where there is one, then the assignee.
impl Assignee {
    fn id(self) -> Option<String> {
        match self {
            Self::User(id) => Some(id.to_string()),
            Self::Group(id) => Some(id.to_string()),
            Self::Everyone => None,
        }
    }

    fn holds(self) -> TenantSql {
        match self {
            Self::User(_) => tenant_sql!(
                "SELECT role FROM user_connection_roles WHERE org_id = $1 AND connection_id = $2 AND user_id = $3
                 UNION ALL
                 SELECT role_id FROM user_custom_connection_roles
                 WHERE org_id = $1 AND connection_id = $2 AND user_id = $3"
            ),
            Self::Group(_) => tenant_sql!(
                "SELECT role FROM group_connection_roles WHERE org_id = $1 AND connection_id = $2 AND group_id = $3
                 UNION ALL
                 SELECT role_id FROM group_custom_connection_roles
                 WHERE org_id = $1 AND connection_id = $2 AND group_id = $3"
            ),
            Self::Everyone => tenant_sql!(
                "SELECT coalesce(custom.role_id, connections.base_role)
                 FROM connections LEFT JOIN custom_base_roles AS custom
                   ON custom.org_id = connections.org_id AND custom.connection_id = connections.id
                 WHERE connections.org_id = $1 AND connections.id = $2"
            ),
        }
    }

    fn takes(self) -> [TenantSql; 2] {
        match self {
            Self::User(_) => [
                tenant_sql!(
                    "DELETE FROM user_connection_roles WHERE org_id = $1 AND connection_id = $2 AND user_id = $3"
                ),
                tenant_sql!(
                    "DELETE FROM user_custom_connection_roles WHERE org_id = $1 AND connection_id = $2 AND user_id = $3"
                ),
            ],
            Self::Group(_) => [
                tenant_sql!(
                    "DELETE FROM group_connection_roles WHERE org_id = $1 AND connection_id = $2 AND group_id = $3"
                ),
                tenant_sql!(
                    "DELETE FROM group_custom_connection_roles
                     WHERE org_id = $1 AND connection_id = $2 AND group_id = $3"
                ),
            ],
            Self::Everyone => [
                tenant_sql!(
                    "UPDATE connections SET base_role = NULL WHERE org_id = $1 AND id = $2 AND base_role IS NOT NULL"
                ),
                tenant_sql!("DELETE FROM custom_base_roles WHERE org_id = $1 AND connection_id = $2"),
            ],
        }
    }

    fn gives_built_in(self) -> TenantSql {
        match self {
            Self::User(_) => tenant_sql!(
                "INSERT INTO user_connection_roles (org_id, connection_id, role, user_id) VALUES ($1, $2, $3, $4)"
            ),
            Self::Group(_) => tenant_sql!(
                "INSERT INTO group_connection_roles (org_id, connection_id, role, group_id) VALUES ($1, $2, $3, $4)"
            ),
            Self::Everyone => tenant_sql!("UPDATE connections SET base_role = $3 WHERE org_id = $1 AND id = $2"),
        }
    }

    fn gives_custom(self) -> TenantSql {
        match self {
            Self::User(_) => tenant_sql!(
                "INSERT INTO user_custom_connection_roles (org_id, connection_id, role_id, user_id) VALUES ($1, $2, $3, $4)"
            ),
            Self::Group(_) => tenant_sql!(
                "INSERT INTO group_custom_connection_roles (org_id, connection_id, role_id, group_id)
                 VALUES ($1, $2, $3, $4)"
            ),
            Self::Everyone => {
                tenant_sql!("INSERT INTO custom_base_roles (org_id, connection_id, role_id) VALUES ($1, $2, $3)")
            }
        }
    }
}

impl fmt::Display for Assignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Group(id) => write!(f, "group:{id}"),
            Self::Everyone => f.write_str("everyone"),
        }
    }
}
