//! Rows to the facts of a snapshot: all of them, or those that changed.
use super::{nodes, page::Page};
use crate::{
    StoreError,
    abilities::listed_abilities,
    attributes::{from_json, stored_type},
    changes::Changed,
    support::standing_grants,
    tenant::{TenantTx, stored_id, tenant_sql},
};
use std::{collections::HashMap, hash::Hash};
use tessera_access::{
    AttributeDefinition, AttributeSource, Change, ConnectionAccess, ConnectionRole, CustomConnectionRole,
    CustomOrganizationRole, Group, HeldAttribute, HeldConnectionRole, HeldOrganizationRole, OrganizationRole, Person,
    PersonKind, PersonStatus, Profile, Snapshot,
};
use tessera_base::{ConnectionId, GroupId, RoleId, UserId, ValueType};

/// More changes than this are not followed one by one.
const MOST_FOLLOWED: usize = 200;

/// Everything, within the one transaction of `tx`, so that all of it is of one version.
pub(super) async fn all(tx: &mut TenantTx<'_>, version: u64) -> Result<Snapshot, StoreError> {
    let mut changes = vec![Change::Profile(profile(tx).await?)];
    changes.extend(organization_roles(tx, None).await?.into_iter().map(Change::OrganizationRole));
    changes.extend(connection_roles(tx, None).await?.into_iter().map(Change::ConnectionRole));
    changes.extend(connections(tx, None).await?.into_iter().map(Change::Connection));
    let definitions = attribute_definitions(tx, None).await?;
    let types = types(&definitions);
    changes.extend(definitions.into_iter().map(Change::Attribute));
    changes.extend(groups(tx, None, &types).await?.into_iter().map(Change::Group));
    changes.extend(people(tx, None, &types).await?.into_iter().map(Change::Person));
    changes.extend(nodes::all(tx).await?.into_iter().map(Change::Node));
    changes.extend(standing_grants(tx, None).await?.into_iter().map(Change::Support));
    Ok(Snapshot::empty(tx.organization()).with(version, changes))
}

/// What `older` became by `version`.
pub(super) async fn follow(tx: &mut TenantTx<'_>, older: &Snapshot, version: u64) -> Result<Snapshot, StoreError> {
    let rows: Vec<(i64, String, String)> = tx
        .query_as(tenant_sql!(
            "SELECT version, kind, id FROM access_changes WHERE org_id = $1 AND version > $2 ORDER BY version LIMIT $3"
        ))
        .bind(older.version().cast_signed())
        .bind(i64::try_from(MOST_FOLLOWED).unwrap_or(i64::MAX) + 1)
        .fetch_all(tx.connection())
        .await?;
    // Every version left a change; where one is missing, it was before changes were written down.
    let mut next = older.version();
    let complete = rows.iter().all(|(of, ..)| {
        let follows = of.unsigned_abs() <= next + 1;
        next = of.unsigned_abs();
        follows
    });
    if !complete || next != version || rows.len() > MOST_FOLLOWED {
        return all(tx, version).await;
    }
    let mut changed = Vec::new();
    for (_, kind, id) in &rows {
        let one = Changed::stored(kind, id)?;
        if !changed.contains(&one) {
            changed.push(one);
        }
    }
    // Values are read by the types of their definitions, so a changed definition touches whoever holds it.
    if changed.iter().any(|one| matches!(one, Changed::Attribute(_))) {
        return all(tx, version).await;
    }
    let types = older.attributes().map(|definition| (definition.name.clone(), definition.value_type)).collect();
    let mut changes = Vec::new();
    for one in changed {
        changes.push(read(tx, one, &types).await?);
    }
    Ok(older.with(version, changes))
}

/// One thing as it is now.
async fn read(tx: &mut TenantTx<'_>, changed: Changed, types: &Types) -> Result<Change, StoreError> {
    Ok(match changed {
        Changed::Organization => Change::Profile(profile(tx).await?),
        Changed::Person(id) => first(people(tx, Some(id), types).await?, Change::Person, Change::PersonGone(id)),
        Changed::Group(id) => first(groups(tx, Some(id), types).await?, Change::Group, Change::GroupGone(id)),
        Changed::OrganizationRole(id) => {
            first(organization_roles(tx, Some(id)).await?, Change::OrganizationRole, Change::RoleGone(id))
        }
        Changed::ConnectionRole(id) => {
            first(connection_roles(tx, Some(id)).await?, Change::ConnectionRole, Change::RoleGone(id))
        }
        Changed::Connection(id) => {
            first(connections(tx, Some(id)).await?, Change::Connection, Change::ConnectionGone(id))
        }
        Changed::Attribute(name) => {
            let gone = Change::AttributeGone(name.clone());
            first(attribute_definitions(tx, Some(name)).await?, Change::Attribute, gone)
        }
        Changed::Node(id) => nodes::one(tx, id).await?.map_or(Change::NodeGone(id), Change::Node),
        Changed::Support(id) => first(standing_grants(tx, Some(id)).await?, Change::Support, Change::SupportGone(id)),
    })
}

fn first<T>(found: Vec<T>, change: impl FnOnce(T) -> Change, gone: Change) -> Change {
    found.into_iter().next().map_or(gone, change)
}

/// The type of each attribute by its name.
type Types = HashMap<String, ValueType>;

fn types(definitions: &[AttributeDefinition]) -> Types {
    definitions.iter().map(|definition| (definition.name.clone(), definition.value_type)).collect()
}

fn unreadable(what: &'static str) -> StoreError {
    StoreError::Unreadable { what }
}

/// What a statement for all or for one binds as `$2`.
macro_rules! rows {
    ($tx:expr, $only:expr, $select:literal, $one:literal) => {{
        let only: Option<String> = $only.as_ref().map(ToString::to_string);
        match only {
            None => $tx.query_as(tenant_sql!($select)).fetch_all($tx.connection()).await?,
            Some(only) => $tx.query_as(tenant_sql!($select, $one)).bind(only).fetch_all($tx.connection()).await?,
        }
    }};
}

/// The same, as one text for a [`Page`]. What orders the rows ends the statement: in the order of their keys is about how
/// they lie in the file.
macro_rules! page {
    ($tx:expr, $only:expr, $select:literal, $one:literal, $end:literal) => {{
        let only: Option<String> = $only.as_ref().map(ToString::to_string);
        let page: Option<String> = match only {
            None => $tx.query_scalar(tenant_sql!($select, $end)).fetch_one($tx.connection()).await?,
            Some(only) => {
                $tx.query_scalar(tenant_sql!($select, $one, $end)).bind(only).fetch_one($tx.connection()).await?
            }
        };
        page.unwrap_or_default()
    }};
}

async fn profile(tx: &mut TenantTx<'_>) -> Result<Profile, StoreError> {
    let (key, name, abilities): (String, String, String) = tx
        .query_as(tenant_sql!("SELECT key, name, document_abilities FROM organizations WHERE org_id = $1"))
        .fetch_one(tx.connection())
        .await?;
    Ok(Profile { key: key.into(), name: name.into(), document_abilities: listed_abilities(&abilities)? })
}

async fn organization_roles(
    tx: &mut TenantTx<'_>,
    only: Option<RoleId>,
) -> Result<Vec<CustomOrganizationRole>, StoreError> {
    let rows: Vec<(String, String, String)> =
        rows!(tx, only, "SELECT id, name, abilities FROM organization_roles WHERE org_id = $1", " AND id = $2");
    let role = |(id, name, abilities): (String, String, String)| {
        let abilities = listed_abilities(&abilities)?;
        Ok(CustomOrganizationRole { id: stored_id(&id, "role id")?, name: name.into(), abilities })
    };
    rows.into_iter().map(role).collect()
}

async fn connection_roles(
    tx: &mut TenantTx<'_>,
    only: Option<RoleId>,
) -> Result<Vec<CustomConnectionRole>, StoreError> {
    let rows: Vec<(String, String, String, String)> =
        rows!(tx, only, "SELECT id, name, tier, switched_off FROM connection_roles WHERE org_id = $1", " AND id = $2");
    let role = |(id, name, tier, switched_off): (String, String, String, String)| {
        let tier = ConnectionRole::from_name(&tier).ok_or_else(|| unreadable("connection role"))?;
        let switched_off = listed_abilities(&switched_off)?;
        Ok(CustomConnectionRole { id: stored_id(&id, "role id")?, name: name.into(), tier, switched_off })
    };
    rows.into_iter().map(role).collect()
}

async fn connections(tx: &mut TenantTx<'_>, only: Option<ConnectionId>) -> Result<Vec<ConnectionAccess>, StoreError> {
    let rows: Vec<(String, String, Option<String>, Option<String>)> = rows!(
        tx,
        only,
        "SELECT connections.id, connections.name, connections.base_role, custom_base_roles.role_id
         FROM connections LEFT JOIN custom_base_roles
           ON custom_base_roles.org_id = connections.org_id AND custom_base_roles.connection_id = connections.id
         WHERE connections.org_id = $1",
        " AND connections.id = $2"
    );
    let connection = |(id, name, built_in, custom): (String, String, Option<String>, Option<String>)| {
        let base_role = match (custom, built_in) {
            (Some(custom), _) => Some(HeldConnectionRole::Custom(stored_id(&custom, "role id")?)),
            (None, Some(built_in)) => Some(built_in_role(&built_in)?),
            (None, None) => None,
        };
        Ok(ConnectionAccess { id: stored_id(&id, "connection id")?, name: name.into(), base_role })
    };
    rows.into_iter().map(connection).collect()
}

fn built_in_role(name: &str) -> Result<HeldConnectionRole, StoreError> {
    let role = ConnectionRole::from_name(name).ok_or_else(|| unreadable("connection role"))?;
    Ok(HeldConnectionRole::BuiltIn(role))
}

#[derive(sqlx::FromRow)]
struct DefinitionRow {
    name: String,
    label: String,
    description: Option<String>,
    value_type: String,
    multiple: bool,
    default_json: Option<String>,
    secures_data: bool,
}

async fn attribute_definitions(
    tx: &mut TenantTx<'_>,
    only: Option<String>,
) -> Result<Vec<AttributeDefinition>, StoreError> {
    let rows: Vec<DefinitionRow> = rows!(
        tx,
        only,
        "SELECT name, label, description, value_type, multiple, default_json, secures_data
         FROM attribute_definitions WHERE org_id = $1",
        " AND name = $2"
    );
    let definition = |row: DefinitionRow| {
        let value_type = stored_type(&row.value_type)?;
        Ok(AttributeDefinition {
            name: row.name,
            label: row.label,
            description: row.description,
            value_type,
            multiple: row.multiple,
            default: row.default_json.map(|json| from_json(&json, value_type)).transpose()?,
            secures_data: row.secures_data,
        })
    };
    rows.into_iter().map(definition).collect()
}

/// Rows of a holder and something that it holds, by the holder.
fn by_holder<K: Eq + Hash, T>(rows: Vec<(K, T)>) -> HashMap<K, Vec<T>> {
    let mut held: HashMap<K, Vec<T>> = HashMap::new();
    for (holder, thing) in rows {
        held.entry(holder).or_default().push(thing);
    }
    held
}

fn held_attribute(name: String, json: &str, source: &str, types: &Types) -> Result<HeldAttribute, StoreError> {
    let value_type = types.get(&name).ok_or_else(|| unreadable("attribute name"))?;
    let source = AttributeSource::from_name(source).ok_or_else(|| unreadable("attribute source"))?;
    Ok(HeldAttribute { values: from_json(json, *value_type)?, name: name.into(), source })
}

fn held_role(
    connection: &str,
    built_in: Option<String>,
    custom: Option<String>,
) -> Result<(ConnectionId, HeldConnectionRole), StoreError> {
    let role = match (built_in, custom) {
        (Some(name), _) => built_in_role(&name)?,
        (None, Some(id)) => HeldConnectionRole::Custom(stored_id(&id, "role id")?),
        (None, None) => return Err(unreadable("connection role")),
    };
    Ok((stored_id(connection, "connection id")?, role))
}

type RoleRow = (String, String, Option<String>, Option<String>);
type AttributeRow = (String, String, String, String);

async fn groups(tx: &mut TenantTx<'_>, only: Option<GroupId>, types: &Types) -> Result<Vec<Group>, StoreError> {
    let rows: Vec<(String, String, String)> =
        rows!(tx, only, "SELECT id, key, name FROM groups WHERE org_id = $1", " AND id = $2");
    let holders = page!(
        tx,
        only,
        "SELECT string_agg(concat_ws(' ', member_id, group_id), ' ') FROM group_groups WHERE org_id = $1",
        " AND member_id = $2",
        ""
    );
    let roles: Vec<RoleRow> = rows!(
        tx,
        only,
        "SELECT group_id, connection_id, role, custom FROM (
             SELECT org_id, group_id, connection_id, role, NULL AS custom FROM group_connection_roles
             UNION ALL
             SELECT org_id, group_id, connection_id, NULL, role_id FROM group_custom_connection_roles
         ) AS held WHERE org_id = $1",
        " AND group_id = $2"
    );
    let attributes: Vec<AttributeRow> = rows!(
        tx,
        only,
        "SELECT group_id, name, values_json, source FROM group_attribute_values WHERE org_id = $1",
        " AND group_id = $2"
    );
    let mut held = Held::new(&holders, roles, attributes, types)?;
    let group = |(id, key, name): (String, String, String)| {
        let (groups, connection_roles, attributes) = held.take(&id);
        Ok(Group {
            id: stored_id(&id, "group id")?,
            key: key.into(),
            name: name.into(),
            groups,
            connection_roles,
            attributes,
        })
    };
    rows.into_iter().map(group).collect()
}

/// What people or groups are in, and hold.
struct Held {
    groups: HashMap<String, Vec<GroupId>>,
    roles: HashMap<String, Vec<(ConnectionId, HeldConnectionRole)>>,
    attributes: HashMap<String, Vec<HeldAttribute>>,
}

impl Held {
    fn new(
        memberships: &str,
        roles: Vec<RoleRow>,
        attributes: Vec<AttributeRow>,
        types: &Types,
    ) -> Result<Self, StoreError> {
        let mut groups: HashMap<String, Vec<GroupId>> = HashMap::new();
        let mut rows = Page::new(memberships);
        while let Some(member) = rows.row() {
            groups.entry(member.to_owned()).or_default().push(stored_id(rows.word(), "group id")?);
        }
        let roles = roles
            .into_iter()
            .map(|(holder, connection, built_in, custom)| Ok((holder, held_role(&connection, built_in, custom)?)));
        let attributes = attributes
            .into_iter()
            .map(|(holder, name, json, source)| Ok((holder, held_attribute(name, &json, &source, types)?)));
        Ok(Self {
            groups,
            roles: by_holder(roles.collect::<Result<_, StoreError>>()?),
            attributes: by_holder(attributes.collect::<Result<_, StoreError>>()?),
        })
    }

    fn take(&mut self, holder: &str) -> (Vec<GroupId>, Vec<(ConnectionId, HeldConnectionRole)>, Vec<HeldAttribute>) {
        (
            self.groups.remove(holder).unwrap_or_default(),
            self.roles.remove(holder).unwrap_or_default(),
            self.attributes.remove(holder).unwrap_or_default(),
        )
    }
}

async fn people(tx: &mut TenantTx<'_>, only: Option<UserId>, types: &Types) -> Result<Vec<Person>, StoreError> {
    let rows = page!(
        tx,
        only,
        "SELECT string_agg(person, ' ') FROM (
             SELECT concat_ws(' ', users.id, users.kind, users.status,
                    CASE WHEN users.removed_at_ms IS NULL THEN '' ELSE 'removed' END, users.organization_role,
                    coalesce(user_custom_roles.role_id, ''), coalesce(users.timezone, ''),
                    octet_length(users.email), users.email, octet_length(users.name), users.name) AS person
             FROM users LEFT JOIN user_custom_roles
               ON user_custom_roles.org_id = users.org_id AND user_custom_roles.user_id = users.id
             WHERE users.org_id = $1",
        " AND users.id = $2",
        " ORDER BY users.id) AS page"
    );
    let groups = page!(
        tx,
        only,
        "SELECT string_agg(concat_ws(' ', user_id, group_id), ' ') FROM group_users WHERE org_id = $1",
        " AND user_id = $2",
        ""
    );
    let roles: Vec<RoleRow> = rows!(
        tx,
        only,
        "SELECT user_id, connection_id, role, custom FROM (
             SELECT org_id, user_id, connection_id, role, NULL AS custom FROM user_connection_roles
             UNION ALL
             SELECT org_id, user_id, connection_id, NULL, role_id FROM user_custom_connection_roles
         ) AS held WHERE org_id = $1",
        " AND user_id = $2"
    );
    let attributes: Vec<AttributeRow> = rows!(
        tx,
        only,
        "SELECT user_id, name, values_json, source FROM user_attribute_values WHERE org_id = $1",
        " AND user_id = $2"
    );
    let mut held = Held::new(&groups, roles, attributes, types)?;
    let mut rows = Page::new(&rows);
    let mut people = Vec::new();
    while let Some(id) = rows.row() {
        people.push(person(id, &mut rows, &mut held)?);
    }
    Ok(people)
}

fn person(id: &str, row: &mut Page<'_>, held: &mut Held) -> Result<Person, StoreError> {
    let (groups, connection_roles, attributes) = held.take(id);
    let kind = match row.word() {
        "member" => PersonKind::Member,
        "service_account" => PersonKind::ServiceAccount,
        _ => return Err(unreadable("kind of person")),
    };
    let status = PersonStatus::from_name(row.word()).ok_or_else(|| unreadable("status of a person"))?;
    let status = if row.word().is_empty() { status } else { PersonStatus::Removed };
    let built_in = OrganizationRole::from_name(row.word()).ok_or_else(|| unreadable("organization role"))?;
    let organization_role = match row.word() {
        "" => HeldOrganizationRole::BuiltIn(built_in),
        custom => HeldOrganizationRole::Custom(stored_id(custom, "role id")?),
    };
    let timezone = match row.word() {
        "" => None,
        name => Some(name.parse().map_err(|_| unreadable("time zone"))?),
    };
    Ok(Person {
        id: stored_id(id, "user id")?,
        kind,
        status,
        email: row.text()?.into(),
        name: row.text()?.into(),
        timezone,
        organization_role,
        groups,
        connection_roles,
        attributes,
    })
}
