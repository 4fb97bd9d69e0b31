use crate::{
    Act, AuditEvent, Bootstrap, Store, StoreError, Tenant,
    abilities::{list_abilities, listed_abilities},
    audit,
    changes::Changed,
    database::{Routing, Statement},
    error::taken,
    tenant::{TenantTx, stored_id, tenant_sql},
    vault::{DataKey, Place},
};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{AbilitySet, DocumentAbility, Permit, Profile, action::ChangeSettings};
use tessera_base::{Name, OrganizationId, UserId};
use zeroize::Zeroizing;

const HOUR_MS: i64 = 60 * 60 * 1000;
const IDLE_LIMIT_MS: i64 = 12 * HOUR_MS;
const ABSOLUTE_LIMIT_MS: i64 = 7 * 24 * HOUR_MS;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organization {
    pub id: OrganizationId,
    /// Short and immutable, for addresses and configuration.
    pub key: String,
    pub name: String,
}

/// Routing before anybody is known: which organization, which person. Nothing here may reach an answer as it is.
impl Store {
    pub async fn organization_by_key(&self, key: &str) -> Result<Option<Organization>, StoreError> {
        let mut transaction = self.read().await?;
        let row: Option<(String, String)> = Statement::new("SELECT org_id, name FROM organizations WHERE key = $1")
            .bind(key)
            .rows()
            .fetch_optional(transaction.finding(Routing::OrganizationKey(key.to_owned())))
            .await?;
        row.map(|(id, name)| Ok(Organization { id: stored_id(&id, "organization id")?, key: key.to_owned(), name }))
            .transpose()
    }

    /// All of them, by key. For what the instance does by itself.
    pub async fn organizations(&self) -> Result<Vec<Organization>, StoreError> {
        let mut transaction = self.read().await?;
        let rows: Vec<(String, String, String)> =
            Statement::new("SELECT org_id, key, name FROM organizations ORDER BY key")
                .rows()
                .fetch_all(transaction.finding(Routing::Instance))
                .await?;
        rows.into_iter()
            .map(|(id, key, name)| Ok(Organization { id: stored_id(&id, "organization id")?, key, name }))
            .collect()
    }

    pub async fn user_by_email(&self, organization: OrganizationId, email: &str) -> Result<Option<UserId>, StoreError> {
        let mut transaction = self.read().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        let id: Option<String> = tx
            .query_scalar(tenant_sql!("SELECT id FROM users WHERE org_id = $1 AND email = $2"))
            .bind(email.to_owned())
            .fetch_optional(tx.connection())
            .await?;
        id.map(|id| stored_id(&id, "user id")).transpose()
    }
}

impl Bootstrap {
    /// A new organization with keys of its own, and nobody in it.
    pub async fn create_organization(&mut self, key: &str, name: &str) -> Result<OrganizationId, StoreError> {
        let organization = OrganizationId::new(self.store.new_id()?);
        let random = self.store.random();
        let created_at_ms = self.store.now().timestamp_millis();
        let (data_key, wrapped) = self.store.vault().new_data_key(organization, DATA_KEY_VERSION, random)?;
        let mask_key: Zeroizing<[u8; 32]> = Zeroizing::new(crate::entropy::random_bytes(random)?);
        let mask_key =
            data_key.seal(&mask_key_place(organization, &organization.to_string()), mask_key.as_slice(), random)?;
        let mut administration = self.organization(organization);
        let tx = &mut administration.tx;
        tx.query(tenant_sql!(
            "INSERT INTO organizations
             (org_id, key, name, session_idle_limit_ms, session_absolute_limit_ms, mask_key, audit_hash, created_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ))
        .bind(key.to_owned())
        .bind(name.to_owned())
        .bind(IDLE_LIMIT_MS)
        .bind(ABSOLUTE_LIMIT_MS)
        .bind(mask_key)
        .bind(audit::beginning(organization))
        .bind(created_at_ms)
        .execute(tx.connection())
        .await
        .map_err(taken("organization", key))?;
        tx.query(tenant_sql!(
            "INSERT INTO data_keys (org_id, version, wrapped, created_at_ms) VALUES ($1, $2, $3, $4)"
        ))
        .bind(i64::from(DATA_KEY_VERSION))
        .bind(wrapped)
        .bind(created_at_ms)
        .execute(tx.connection())
        .await?;
        let root = crate::content::add_shared_root(&mut administration).await?;
        administration
            .access_changed(&[Changed::Organization, root], AuditEvent::OrganizationCreated { key: key.to_owned() })
            .await?;
        Ok(organization)
    }
}

/// What an organization's admins choose.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Settings {
    pub name: String,
    /// What documents let their readers do, unless they say otherwise.
    pub document_abilities: AbilitySet<DocumentAbility>,
    /// A session that is left alone for so long ends.
    pub session_idle_minutes: u32,
    /// A session ends after so long in any case.
    pub session_absolute_minutes: u32,
    /// For how long the audit trail is kept; `None` is for ever.
    pub audit_retention_days: Option<u32>,
}

/// `None` stays as it is.
#[derive(Clone, Default, Debug)]
pub struct SettingsEdit {
    pub name: Option<Name>,
    pub document_abilities: Option<AbilitySet<DocumentAbility>>,
    pub session_idle_minutes: Option<u32>,
    pub session_absolute_minutes: Option<u32>,
    /// `Some(None)`: for ever.
    pub audit_retention_days: Option<Option<u32>>,
}

const MINUTE_MS: i64 = 60_000;
const SHORTEST_SESSION_MINUTES: u32 = 5;
const LONGEST_SESSION_MINUTES: u32 = 90 * 24 * 60;

impl Settings {
    /// By their names, as an event tells them.
    fn told(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("name", self.name.clone()),
            ("document_abilities", list_abilities(self.document_abilities)),
            ("session_idle_minutes", self.session_idle_minutes.to_string()),
            ("session_absolute_minutes", self.session_absolute_minutes.to_string()),
        ])
    }

    fn edited(&self, edit: SettingsEdit) -> Result<Self, StoreError> {
        let SettingsEdit {
            name,
            document_abilities,
            session_idle_minutes,
            session_absolute_minutes,
            audit_retention_days,
        } = edit;
        let edited = Self {
            name: name.map_or_else(|| self.name.clone(), |name| name.to_string()),
            document_abilities: document_abilities.unwrap_or(self.document_abilities),
            session_idle_minutes: session_idle_minutes.unwrap_or(self.session_idle_minutes),
            session_absolute_minutes: session_absolute_minutes.unwrap_or(self.session_absolute_minutes),
            audit_retention_days: audit_retention_days.unwrap_or(self.audit_retention_days),
        };
        let (least_minutes, most_minutes) = (SHORTEST_SESSION_MINUTES, LONGEST_SESSION_MINUTES);
        let sound = least_minutes <= edited.session_idle_minutes
            && edited.session_idle_minutes <= edited.session_absolute_minutes
            && edited.session_absolute_minutes <= most_minutes;
        if sound { Ok(edited) } else { Err(StoreError::SessionLimits { least_minutes, most_minutes }) }
    }
}

impl Tenant<'_> {
    pub async fn settings(&self, _: &Permit<Arc<Profile>, ChangeSettings>) -> Result<Settings, StoreError> {
        let mut transaction = self.store.read().await?;
        settings(&mut TenantTx::new(self.context.organization(), &mut transaction)).await
    }
}

impl Act<Arc<Profile>, ChangeSettings> {
    /// `seen` is what the person changes; a session that is already too long ends with its next request.
    pub async fn change_settings(mut self, seen: &Settings, edit: SettingsEdit) -> Result<(), StoreError> {
        let mut administration = self.administration();
        let before = settings(&mut administration.tx).await?;
        if before != *seen {
            return Err(StoreError::Stale);
        }
        let after = before.edited(edit)?;
        if before == after {
            return Ok(());
        }
        administration
            .tx
            .query(tenant_sql!(
                "UPDATE organizations SET name = $2, document_abilities = $3, session_idle_limit_ms = $4,
                        session_absolute_limit_ms = $5 WHERE org_id = $1"
            ))
            .bind(after.name.clone())
            .bind(list_abilities(after.document_abilities))
            .bind(i64::from(after.session_idle_minutes) * MINUTE_MS)
            .bind(i64::from(after.session_absolute_minutes) * MINUTE_MS)
            .execute(administration.tx.connection())
            .await?;
        let (mut told_before, mut told_after) = (before.told(), after.told());
        told_before.retain(|name, value| after.told().get(name) != Some(value));
        told_after.retain(|name, _| told_before.contains_key(name));
        if !told_before.is_empty() {
            let event = AuditEvent::SettingsChanged { before: told_before, after: told_after };
            administration.access_changed(&[Changed::Organization], event).await?;
        }
        administration.set_audit_retention(after.audit_retention_days).await?;
        self.commit().await
    }
}

async fn settings(tx: &mut TenantTx<'_>) -> Result<Settings, StoreError> {
    let (name, document_abilities, idle_ms, absolute_ms, retention): (String, String, i64, i64, Option<i64>) = tx
        .query_as(tenant_sql!(
            "SELECT name, document_abilities, session_idle_limit_ms, session_absolute_limit_ms, audit_retention_days
             FROM organizations WHERE org_id = $1"
        ))
        .fetch_one(tx.connection())
        .await?;
    let small = |number: i64| u32::try_from(number).map_err(|_| StoreError::Unreadable { what: "setting" });
    Ok(Settings {
        name,
        document_abilities: listed_abilities(&document_abilities)?,
        session_idle_minutes: small(idle_ms / MINUTE_MS)?,
        session_absolute_minutes: small(absolute_ms / MINUTE_MS)?,
        audit_retention_days: retention.map(small).transpose()?,
    })
}

const DATA_KEY_VERSION: u32 = 1;

fn mask_key_place(organization: OrganizationId, row: &str) -> Place<'_> {
    Place { purpose: "mask key", organization, table: "organizations", row, column: "mask_key", version: 1 }
}

/// The key of the `hash` mask.
pub(crate) async fn mask_key(store: &Store, tx: &mut TenantTx<'_>) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let organization = tx.organization();
    let sealed: Vec<u8> = tx
        .query_scalar(tenant_sql!("SELECT mask_key FROM organizations WHERE org_id = $1"))
        .fetch_one(tx.connection())
        .await?;
    Ok(data_key(store, tx).await?.open(&mask_key_place(organization, &organization.to_string()), &sealed)?)
}

async fn data_key(store: &Store, tx: &mut TenantTx<'_>) -> Result<DataKey, StoreError> {
    let (version, wrapped): (i64, Vec<u8>) = tx
        .query_as(tenant_sql!("SELECT version, wrapped FROM data_keys WHERE org_id = $1 ORDER BY version DESC LIMIT 1"))
        .fetch_one(tx.connection())
        .await?;
    let version = u32::try_from(version).map_err(|_| StoreError::Unreadable { what: "data key" })?;
    Ok(store.vault().unwrap_data_key(tx.organization(), version, &wrapped)?)
}
