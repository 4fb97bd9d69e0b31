use crate::{
    Act, Administration, AuditEvent, StoreError,
    changes::Changed,
    content::add_personal_root,
    error::{one_row, taken, unknown},
    tenant::tenant_sql,
};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    Grantee, HeldOrganizationRole, OrganizationRole, Person, PersonKind, Profile, Snapshot,
    action::{AddPerson, AddServiceAccount, Edit, Remove, SetRole, SetStatus, SignOut},
};
use tessera_base::{EmailAddress, Name, TimeZone, UserId};

#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub role: HeldOrganizationRole,
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

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|status| status.name() == name)
    }
}

/// What is said of a person; `None` stays as it is.
#[derive(Clone, Default, Debug)]
pub struct UserEdit {
    pub email: Option<EmailAddress>,
    pub name: Option<Name>,
    /// `Some(None)`: that of the organization's models.
    pub timezone: Option<Option<TimeZone>>,
}

impl Act<Arc<Profile>, AddPerson> {
    /// Somebody who may sign in with this address, and holds nothing but the organization role.
    pub async fn add_user(
        mut self,
        email: &EmailAddress,
        name: &Name,
        role: HeldOrganizationRole,
        timezone: Option<TimeZone>,
    ) -> Result<UserId, StoreError> {
        require_role(self.snapshot(), role)?;
        if let Some(missing) = self.standing().lacks_to_give(role) {
            return Err(self.refuse(missing).await);
        }
        let new = NewUser { email: email.as_str(), name: name.as_str(), role, timezone };
        let user = self.administration().add_user(new).await?;
        self.commit_created(user).await?;
        Ok(user)
    }
}

impl Act<Arc<Profile>, AddServiceAccount> {
    /// A program, which comes by API keys alone, and holds nothing but the organization role.
    pub async fn add_service_account(mut self, name: &Name, role: HeldOrganizationRole) -> Result<UserId, StoreError> {
        require_role(self.snapshot(), role)?;
        if let Some(missing) = self.standing().lacks_to_give(role) {
            return Err(self.refuse(missing).await);
        }
        let user = self.administration().add_service_account(name, role).await?;
        self.commit_created(user).await?;
        Ok(user)
    }
}

impl Act<Arc<Person>, Edit> {
    pub async fn edit_user(mut self, edit: UserEdit) -> Result<(), StoreError> {
        let person = self.unchanged_person()?;
        if person.kind == PersonKind::ServiceAccount && edit.email.is_some() {
            return Err(StoreError::NoAddress);
        }
        // Whoever reads the mail of an address can come in as its person.
        if edit.email.as_ref().is_some_and(|email| *person.email != *email.as_str())
            && let Some(missing) = self.standing().lacks_to_be(person.id)
        {
            return Err(self.refuse(missing).await);
        }
        self.administration().edit_user(&person, edit).await?;
        self.commit().await
    }
}

impl Act<Arc<Person>, SetRole> {
    pub async fn set_role(mut self, role: HeldOrganizationRole) -> Result<(), StoreError> {
        let person = self.person()?;
        require_role(self.snapshot(), role)?;
        if let Some(missing) = self.standing().lacks_to_give(role) {
            return Err(self.refuse(missing).await);
        }
        if person.organization_role == role {
            return Ok(());
        }
        self.administration().set_organization_role(person.id, role).await?;
        self.commit().await
    }
}

impl Act<Arc<Person>, SetStatus> {
    pub async fn set_status(mut self, status: UserStatus) -> Result<(), StoreError> {
        let person = self.person()?;
        if person.is_active() == (status == UserStatus::Active) {
            return Ok(());
        }
        self.administration().set_user_status(person.id, status).await?;
        self.commit().await
    }
}

impl Act<Arc<Person>, SignOut> {
    /// Ends every session of theirs; answers how many those were.
    pub async fn sign_out(mut self) -> Result<u64, StoreError> {
        let user = self.person()?.id;
        let mut administration = self.administration();
        let sessions = administration.end_sessions(user).await?;
        administration.done(AuditEvent::SignedOutEverywhere { user, sessions }).await?;
        self.commit().await?;
        Ok(sessions)
    }
}

impl Act<Arc<Person>, Remove> {
    /// For good: they hold nothing any more, and their address is free. What they own stays until somebody takes it over.
    pub async fn remove_user(mut self) -> Result<(), StoreError> {
        let person = self.person()?;
        let granted: Vec<Changed> =
            self.snapshot().nodes().granting_to(Grantee::User(person.id)).map(Changed::Node).collect();
        self.administration().remove_user(person.id, granted).await?;
        self.commit().await
    }
}

impl<A: tessera_access::action::Action> Act<Arc<Person>, A> {
    /// As they are while the write is made.
    pub(crate) fn person(&self) -> Result<Arc<Person>, StoreError> {
        let id = self.resource().id;
        let person = self.snapshot().person(id).cloned();
        person.ok_or(StoreError::Unknown { noun: "person", name: id.to_string() })
    }

    fn unchanged_person(&self) -> Result<Arc<Person>, StoreError> {
        let person = self.person()?;
        let same = |one: &Person, other: &Person| {
            (&one.email, &one.name, one.timezone) == (&other.email, &other.name, other.timezone)
        };
        if same(&person, self.resource()) { Ok(person) } else { Err(StoreError::Stale) }
    }
}

/// Somebody to whom something can be given, if only for the time after they were suspended.
pub(crate) fn there(snapshot: &Snapshot, id: UserId) -> Result<&Arc<Person>, StoreError> {
    let person = snapshot.person(id).ok_or(StoreError::Unknown { noun: "person", name: id.to_string() })?;
    if person.is_removed() { Err(gone(person)) } else { Ok(person) }
}

/// Somebody who can be made an owner.
pub(crate) fn active(snapshot: &Snapshot, id: UserId) -> Result<&Arc<Person>, StoreError> {
    let person = there(snapshot, id)?;
    if person.is_active() { Ok(person) } else { Err(gone(person)) }
}

fn gone(person: &Person) -> StoreError {
    StoreError::Gone { name: person.name.to_string(), status: person.status.name() }
}

/// INVARIANT: a role that is named is there, so that a role that gives nothing is never stored by mistake.
fn require_role(snapshot: &Snapshot, role: HeldOrganizationRole) -> Result<(), StoreError> {
    match role {
        HeldOrganizationRole::Custom(id) if !snapshot.organization_roles().any(|role| role.id == id) => {
            Err(StoreError::Unknown { noun: "role", name: id.to_string() })
        }
        _ => Ok(()),
    }
}

impl Administration<'_> {
    pub async fn add_user(&mut self, new: NewUser<'_>) -> Result<UserId, StoreError> {
        let user = UserId::new(self.store.new_id()?);
        self.tx
            .query(tenant_sql!(
                "INSERT INTO users (org_id, id, email, name, organization_role, status, timezone, created_at_ms)
                 VALUES ($1, $2, $3, $4, 'member', 'active', $5, $6)"
            ))
            .bind(user.to_string())
            .bind(new.email)
            .bind(new.name)
            .bind(new.timezone.map(|timezone| timezone.name()))
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await
            .map_err(taken("person", new.email))?;
        self.write_role(user, new.role).await?;
        let root = add_personal_root(self, user).await?;
        let event = AuditEvent::UserAdded { user, organization_role: role_name(new.role) };
        self.access_changed(&[Changed::Person(user), root], event).await?;
        Ok(user)
    }

    /// Its address is its id, which nobody signs in with.
    pub async fn add_service_account(&mut self, name: &Name, role: HeldOrganizationRole) -> Result<UserId, StoreError> {
        let user = UserId::new(self.store.new_id()?);
        self.tx
            .query(tenant_sql!(
                "INSERT INTO users (org_id, id, email, name, kind, organization_role, status, created_at_ms)
                 VALUES ($1, $2, $2, $3, 'service_account', 'member', 'active', $4)"
            ))
            .bind(user.to_string())
            .bind(name.as_str())
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        self.write_role(user, role).await?;
        let root = add_personal_root(self, user).await?;
        let event = AuditEvent::ServiceAccountAdded { user, organization_role: role_name(role) };
        self.access_changed(&[Changed::Person(user), root], event).await?;
        Ok(user)
    }

    async fn edit_user(&mut self, before: &Person, edit: UserEdit) -> Result<(), StoreError> {
        let UserEdit { email, name, timezone } = edit;
        let email = email.as_ref().map_or(&*before.email, EmailAddress::as_str);
        let name = name.as_ref().map_or(&*before.name, Name::as_str);
        let timezone = timezone.unwrap_or(before.timezone);
        let zone = |timezone: Option<TimeZone>| timezone.map(|timezone| timezone.name().to_owned());
        let told = [
            ("name", Some(before.name.to_string()), Some(name.to_owned())),
            ("timezone", zone(before.timezone), zone(timezone)),
        ];
        let told = told.into_iter().filter(|(_, before, after)| before != after);
        let (mut was, mut is) = (BTreeMap::new(), BTreeMap::new());
        for (what, before, after) in told {
            was.insert(what, before);
            is.insert(what, after);
        }
        let address = (*before.email != *email).then_some("email");
        let changed: Vec<&'static str> = address.into_iter().chain(was.keys().copied()).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let edited = self
            .tx
            .query(tenant_sql!("UPDATE users SET email = $3, name = $4, timezone = $5 WHERE org_id = $1 AND id = $2"))
            .bind(before.id.to_string())
            .bind(email)
            .bind(name)
            .bind(timezone.map(|timezone| timezone.name()))
            .execute(self.tx.connection())
            .await
            .map_err(taken("person", email))?;
        one_row(edited, "person", before.id)?;
        let event = AuditEvent::UserEdited { user: before.id, changed, before: was, after: is };
        self.access_changed(&[Changed::Person(before.id)], event).await
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
            self.end_sessions(user).await?;
        }
        let event = AuditEvent::UserStatusChanged { user, before, after: status.name() };
        self.access_changed(&[Changed::Person(user)], event).await
    }

    pub(crate) async fn end_sessions(&mut self, user: UserId) -> Result<u64, StoreError> {
        let ended = self
            .tx
            .query(tenant_sql!("DELETE FROM sessions WHERE org_id = $1 AND user_id = $2"))
            .bind(user.to_string())
            .execute(self.tx.connection())
            .await?;
        Ok(ended.rows_affected())
    }

    pub async fn set_organization_role(
        &mut self,
        user: UserId,
        role: impl Into<HeldOrganizationRole>,
    ) -> Result<(), StoreError> {
        let role = role.into();
        let (_, before) = self.status_and_role(user).await?;
        self.write_role(user, role).await?;
        self.require_an_admin().await?;
        let event = AuditEvent::OrganizationRoleChanged { user, before, after: role_name(role) };
        self.access_changed(&[Changed::Person(user)], event).await
    }

    /// A custom role takes the place of the built-in one.
    async fn write_role(&mut self, user: UserId, role: HeldOrganizationRole) -> Result<(), StoreError> {
        let (built_in, custom) = match role {
            HeldOrganizationRole::BuiltIn(role) => (role, None),
            HeldOrganizationRole::Custom(id) => (OrganizationRole::Member, Some(id)),
        };
        let result = self
            .tx
            .query(tenant_sql!("UPDATE users SET organization_role = $3 WHERE org_id = $1 AND id = $2"))
            .bind(user.to_string())
            .bind(built_in.name())
            .execute(self.tx.connection())
            .await?;
        one_row(result, "person", user)?;
        self.tx
            .query(tenant_sql!("DELETE FROM user_custom_roles WHERE org_id = $1 AND user_id = $2"))
            .bind(user.to_string())
            .execute(self.tx.connection())
            .await?;
        if let Some(role) = custom {
            self.tx
                .query(tenant_sql!("INSERT INTO user_custom_roles (org_id, user_id, role_id) VALUES ($1, $2, $3)"))
                .bind(user.to_string())
                .bind(role.to_string())
                .execute(self.tx.connection())
                .await
                .map_err(unknown("role", role))?;
        }
        Ok(())
    }

    async fn remove_user(&mut self, user: UserId, granted: Vec<Changed>) -> Result<(), StoreError> {
        self.end_sessions(user).await?;
        self.revoke_keys_of(user).await?;
        for statement in [
            tenant_sql!("DELETE FROM user_custom_roles WHERE org_id = $1 AND user_id = $2"),
            tenant_sql!("DELETE FROM user_connection_roles WHERE org_id = $1 AND user_id = $2"),
            tenant_sql!("DELETE FROM user_custom_connection_roles WHERE org_id = $1 AND user_id = $2"),
            tenant_sql!("DELETE FROM user_attribute_values WHERE org_id = $1 AND user_id = $2"),
            tenant_sql!("DELETE FROM group_users WHERE org_id = $1 AND user_id = $2"),
            tenant_sql!("DELETE FROM node_user_grants WHERE org_id = $1 AND user_id = $2"),
        ] {
            self.tx.query(statement).bind(user.to_string()).execute(self.tx.connection()).await?;
        }
        // The row stays for what it made and for the trail; its address is its id, which nobody signs in with.
        self.tx
            .query(tenant_sql!(
                "UPDATE users SET status = 'suspended', organization_role = 'member', email = $2, removed_at_ms = $3
                 WHERE org_id = $1 AND id = $2"
            ))
            .bind(user.to_string())
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        self.require_an_admin().await?;
        let changes: Vec<Changed> = std::iter::once(Changed::Person(user)).chain(granted).collect();
        self.access_changed(&changes, AuditEvent::UserRemoved { user }).await
    }

    async fn status_and_role(&mut self, user: UserId) -> Result<(String, String), StoreError> {
        self.tx
            .query_as(tenant_sql!(
                "SELECT users.status, coalesce(custom.role_id, users.organization_role)
                 FROM users LEFT JOIN user_custom_roles AS custom
                   ON custom.org_id = users.org_id AND custom.user_id = users.id
                 WHERE users.org_id = $1 AND users.id = $2"
            ))
            .bind(user.to_string())
            .fetch_optional(self.tx.connection())
            .await?
            .ok_or_else(|| StoreError::Unknown { noun: "person", name: user.to_string() })
    }

    /// INVARIANT: whoever made the change, and however it was allowed, an admin remains.
    async fn require_an_admin(&mut self) -> Result<(), StoreError> {
        let admins: i64 = self
            .tx
            .query_scalar(tenant_sql!(
                "SELECT count(*) FROM users WHERE org_id = $1 AND kind = 'member' AND organization_role = 'admin' AND status = 'active'"
            ))
            .fetch_one(self.tx.connection())
            .await?;
        if admins == 0 { Err(StoreError::LastAdmin) } else { Ok(()) }
    }
}

/// A custom role by its id, which its name may outlive.
fn role_name(role: HeldOrganizationRole) -> String {
    match role {
        HeldOrganizationRole::BuiltIn(role) => role.name().to_owned(),
        HeldOrganizationRole::Custom(id) => id.to_string(),
    }
}
