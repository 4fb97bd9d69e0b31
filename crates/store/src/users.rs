use crate::{
    Administration, AuditEvent, StoreError,
    changes::Changed,
    error::{one_row, taken},
    tenant::tenant_sql,
};
use tessera_access::OrganizationRole;
use tessera_base::{TimeZone, UserId};

#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub role: OrganizationRole,
    pub timezone: Option<TimeZone>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserStatus {
    Active,
    /// May not sign in; has no access, and no session.
    Suspended,
}

impl UserStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl Administration<'_> {
    pub async fn add_user(&mut self, new: NewUser<'_>) -> Result<UserId, StoreError> {
        let user = UserId::new(self.store.new_id()?);
        self.tx
            .query(tenant_sql!(
                "INSERT INTO users (org_id, id, email, name, organization_role, status, timezone, created_at_ms)
                 VALUES ($1, $2, $3, $4, $5, 'active', $6, $7)"
            ))
            .bind(user.to_string())
            .bind(new.email.to_owned())
            .bind(new.name.to_owned())
            .bind(new.role.name())
            .bind(new.timezone.map(|timezone| timezone.name()))
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await
            .map_err(taken("person", new.email))?;
        let root = crate::content::add_personal_root(self, user).await?;
        let event = AuditEvent::UserAdded { user, organization_role: new.role.name() };
        self.access_changed(&[Changed::Person(user), root], event).await?;
        Ok(user)
    }

    /// Suspending also ends the person's sessions.
    pub async fn set_user_status(&mut self, user: UserId, status: UserStatus) -> Result<(), StoreError> {
        let (before, _) = self.status_and_role(user).await?;
        let result = self
            .tx
            .query(tenant_sql!("UPDATE users SET status = $3 WHERE org_id = $1 AND id = $2"))
            .bind(user.to_string())
            .bind(status.name())
            .execute(self.tx.connection())
            .await?;
        one_row(result, "person", user)?;
        self.require_an_admin().await?;
        if status == UserStatus::Suspended {
            self.tx
                .query(tenant_sql!("DELETE FROM sessions WHERE org_id = $1 AND user_id = $2"))
                .bind(user.to_string())
                .execute(self.tx.connection())
                .await?;
        }
        let event = AuditEvent::UserStatusChanged { user, before, after: status.name() };
        self.access_changed(&[Changed::Person(user)], event).await
    }

    pub async fn set_organization_role(&mut self, user: UserId, role: OrganizationRole) -> Result<(), StoreError> {
        let (_, before) = self.status_and_role(user).await?;
        let result = self
            .tx
            .query(tenant_sql!("UPDATE users SET organization_role = $3 WHERE org_id = $1 AND id = $2"))
            .bind(user.to_string())
            .bind(role.name())
            .execute(self.tx.connection())
            .await?;
        one_row(result, "person", user)?;
        self.require_an_admin().await?;
        let event = AuditEvent::OrganizationRoleChanged { user, before, after: role.name() };
        self.access_changed(&[Changed::Person(user)], event).await
    }

    async fn status_and_role(&mut self, user: UserId) -> Result<(String, String), StoreError> {
        self.tx
            .query_as(tenant_sql!("SELECT status, organization_role FROM users WHERE org_id = $1 AND id = $2"))
            .bind(user.to_string())
            .fetch_optional(self.tx.connection())
            .await?
            .ok_or_else(|| StoreError::Unknown { noun: "person", name: user.to_string() })
    }

    /// Asked after the change, inside its transaction.
    async fn require_an_admin(&mut self) -> Result<(), StoreError> {
        let admins: i64 = self
            .tx
            .query_scalar(tenant_sql!(
                "SELECT count(*) FROM users WHERE org_id = $1 AND organization_role = 'admin' AND status = 'active'"
            ))
            .fetch_one(self.tx.connection())
            .await?;
        if admins == 0 { Err(StoreError::LastAdmin) } else { Ok(()) }
    }
}
