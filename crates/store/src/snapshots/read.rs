//! Rows to the facts of a snapshot: all of them, or those that changed.
use crate::{
    StoreError,
    abilities::listed_abilities,
    attributes::{from_json, stored_type},
    changes::Changed,
    tenant::{TenantTx, stored_id, tenant_sql},
};
use std::{collections::HashMap, hash::Hash, sync::Arc};
use tessera_access::{
    AttributeDefinition, AttributeSource, Change, ConnectionAccess, ConnectionRole, ContentRole, CustomConnectionRole,
    CustomOrganizationRole, Grant, Grantee, Group, HeldAttribute, HeldConnectionRole, HeldOrganizationRole, Node,
    NodeKind, OrganizationRole, Person, PersonKind, PersonStatus, Profile, Snapshot, Switches,
};
use tessera_base::{ConnectionId, GroupId, NodeId, RoleId, UserId, ValueType};

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
    changes.extend(nodes(tx, None).await?.into_iter().map(Change::Node));
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
        Changed::Node(id) => first(nodes(tx, Some(id)).await?, Change::Node, Change::NodeGone(id)),
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

fn take<K: Eq + Hash, T>(held: &mut HashMap<K, Vec<T>>, holder: K) -> Vec<T> {
    held.remove(&holder).unwrap_or_default()
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
    let holders: Vec<(String, String)> =
        rows!(tx, only, "SELECT member_id, group_id FROM group_groups WHERE org_id = $1", " AND member_id = $2");
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
    let mut held = Held::new(holders, roles, attributes, types)?;
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
        groups: Vec<(String, String)>,
        roles: Vec<RoleRow>,
        attributes: Vec<AttributeRow>,
        types: &Types,
    ) -> Result<Self, StoreError> {
        let groups = groups.into_iter().map(|(member, group)| Ok((member, stored_id(&group, "group id")?)));
        let roles = roles
            .into_iter()
            .map(|(holder, connection, built_in, custom)| Ok((holder, held_role(&connection, built_in, custom)?)));
        let attributes = attributes
            .into_iter()
            .map(|(holder, name, json, source)| Ok((holder, held_attribute(name, &json, &source, types)?)));
        Ok(Self {
            groups: by_holder(groups.collect::<Result<_, StoreError>>()?),
            roles: by_holder(roles.collect::<Result<_, StoreError>>()?),
            attributes: by_holder(attributes.collect::<Result<_, StoreError>>()?),
        })
    }

    fn take(&mut self, holder: &str) -> (Vec<GroupId>, Vec<(ConnectionId, HeldConnectionRole)>, Vec<HeldAttribute>) {
        let holder = holder.to_owned();
        (
            take(&mut self.groups, holder.clone()),
            take(&mut self.roles, holder.clone()),
            take(&mut self.attributes, holder),
        )
    }
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: String,
    kind: String,
    status: String,
    removed: bool,
    email: String,
    name: String,
    timezone: Option<String>,
    organization_role: String,
    custom_role: Option<String>,
}

async fn people(tx: &mut TenantTx<'_>, only: Option<UserId>, types: &Types) -> Result<Vec<Person>, StoreError> {
    let rows: Vec<PersonRow> = rows!(
        tx,
        only,
        "SELECT users.id, users.kind, users.status, users.removed_at_ms IS NOT NULL AS removed, users.email, users.name,
                users.timezone, users.organization_role, user_custom_roles.role_id AS custom_role
         FROM users LEFT JOIN user_custom_roles
           ON user_custom_roles.org_id = users.org_id AND user_custom_roles.user_id = users.id
         WHERE users.org_id = $1",
        " AND users.id = $2"
    );
    let groups: Vec<(String, String)> =
        rows!(tx, only, "SELECT user_id, group_id FROM group_users WHERE org_id = $1", " AND user_id = $2");
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
    let mut held = Held::new(groups, roles, attributes, types)?;
    rows.into_iter().map(|row| person(row, &mut held)).collect()
}

fn person(row: PersonRow, held: &mut Held) -> Result<Person, StoreError> {
    let (groups, connection_roles, attributes) = held.take(&row.id);
    let kind = match row.kind.as_str() {
        "member" => PersonKind::Member,
        "service_account" => PersonKind::ServiceAccount,
        _ => return Err(unreadable("kind of person")),
    };
    let status = PersonStatus::from_name(&row.status).ok_or_else(|| unreadable("status of a person"))?;
    let built_in =
        OrganizationRole::from_name(&row.organization_role).ok_or_else(|| unreadable("organization role"))?;
    Ok(Person {
        id: stored_id(&row.id, "user id")?,
        kind,
        status: if row.removed { PersonStatus::Removed } else { status },
        email: row.email.into(),
        name: row.name.into(),
        timezone: row.timezone.map(|name| name.parse()).transpose().map_err(|_| unreadable("time zone"))?,
        organization_role: match row.custom_role {
            Some(id) => HeldOrganizationRole::Custom(stored_id(&id, "role id")?),
            None => HeldOrganizationRole::BuiltIn(built_in),
        },
        groups,
        connection_roles,
        attributes,
    })
}

#[derive(sqlx::FromRow)]
struct NodeRow {
    id: String,
    kind: String,
    name: String,
    parent_id: Option<String>,
    owner_id: Option<String>,
    connection_id: Option<String>,
    everyone_role: Option<String>,
    restricted: bool,
    locked: bool,
    trashed: bool,
    switched_on: String,
    switched_off: String,
}

async fn nodes(tx: &mut TenantTx<'_>, only: Option<NodeId>) -> Result<Vec<Node>, StoreError> {
    let rows: Vec<NodeRow> = rows!(
        tx,
        only,
        "SELECT id, kind, name, parent_id, owner_id, connection_id, everyone_role, restricted, locked,
                trashed_at_ms IS NOT NULL AS trashed, switched_on, switched_off
         FROM nodes WHERE org_id = $1",
        " AND id = $2"
    );
    let users: Vec<(String, String, String)> =
        rows!(tx, only, "SELECT node_id, user_id, role FROM node_user_grants WHERE org_id = $1", " AND node_id = $2");
    let groups: Vec<(String, String, String)> =
        rows!(tx, only, "SELECT node_id, group_id, role FROM node_group_grants WHERE org_id = $1", " AND node_id = $2");
    let users = users.into_iter().map(|(node, user, role)| {
        Ok((node, Grant { to: Grantee::User(stored_id(&user, "user id")?), role: content_role(&role)? }))
    });
    let groups = groups.into_iter().map(|(node, group, role)| {
        Ok((node, Grant { to: Grantee::Group(stored_id(&group, "group id")?), role: content_role(&role)? }))
    });
    let mut grants: HashMap<String, Vec<Grant>> = by_holder(users.chain(groups).collect::<Result<_, StoreError>>()?);
    let no_grants: Arc<[Grant]> = Arc::new([]);
    rows.into_iter().map(|row| node(row, &mut grants, &no_grants)).collect()
}

fn node(row: NodeRow, grants: &mut HashMap<String, Vec<Grant>>, none: &Arc<[Grant]>) -> Result<Node, StoreError> {
    let kind = match row.kind.as_str() {
        "folder" => NodeKind::Folder,
        "document" => NodeKind::Document,
        _ => return Err(unreadable("kind of content")),
    };
    let mut granted = grants.remove(&row.id).unwrap_or_default();
    if let Some(role) = &row.everyone_role {
        granted.push(Grant { to: Grantee::Everyone, role: content_role(role)? });
    }
    let connection = row.connection_id.as_deref().map(|id| stored_id(id, "connection id")).transpose()?;
    Ok(Node {
        id: stored_id(&row.id, "node id")?,
        kind,
        name: row.name.into(),
        parent: row.parent_id.as_deref().map(|id| stored_id(id, "node id")).transpose()?,
        owner: row.owner_id.as_deref().map(|id| stored_id(id, "user id")).transpose()?,
        connection,
        restricted: row.restricted,
        locked: row.locked,
        trashed: row.trashed,
        switches: Switches { on: listed_abilities(&row.switched_on)?, off: listed_abilities(&row.switched_off)? },
        grants: if granted.is_empty() { none.clone() } else { granted.into() },
    })
}

fn content_role(name: &str) -> Result<ContentRole, StoreError> {
    ContentRole::from_name(name).ok_or_else(|| unreadable("content role"))
}
