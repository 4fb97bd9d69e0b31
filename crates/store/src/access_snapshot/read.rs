use super::AccessSnapshot;
use crate::{
    AttributeDefinition, Organization, StoreError,
    attributes::{from_json, stored_type},
    tenant::{TenantTx, id_list, stored_id, tenant_sql},
};
use std::collections::BTreeMap;
use tessera_access::{
    Abilities, Assignment, Attributes, ConnectionAbility, ConnectionRole, GroupRef, OrganizationRole, Origin, User,
    resolve_attribute,
};
use tessera_base::{ConnectionId, UserId, Value};

#[derive(sqlx::FromRow)]
struct PersonRow {
    access_version: i64,
    key: String,
    organization_name: String,
    email: String,
    name: String,
    organization_role: String,
    timezone: Option<String>,
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    id: String,
    key: String,
    name: String,
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

/// Within the one transaction of `tx`, so that all of it is of one version.
pub(super) async fn read(tx: &mut TenantTx<'_>, user: UserId) -> Result<Option<AccessSnapshot>, StoreError> {
    let person: Option<PersonRow> = tx
        .query_as(tenant_sql!(
            "SELECT organizations.access_version, organizations.key, organizations.name AS organization_name,
                    users.email, users.name, users.organization_role, users.timezone
             FROM users JOIN organizations ON organizations.org_id = users.org_id
             WHERE users.org_id = $1 AND users.id = $2 AND users.status = 'active'"
        ))
        .bind(user.to_string())
        .fetch_optional(tx.connection())
        .await?;
    let Some(person) = person else {
        return Ok(None);
    };
    let unreadable = |what| StoreError::Unreadable { what };
    let organization_role =
        OrganizationRole::from_name(&person.organization_role).ok_or_else(|| unreadable("organization role"))?;
    let timezone = person.timezone.map(|name| name.parse()).transpose().map_err(|_| unreadable("time zone"))?;
    let groups = groups(tx, user).await?;
    let connection_abilities = connection_abilities(tx, user, &groups, organization_role).await?;
    let attribute_definitions = attribute_definitions(tx).await?;
    let attributes = attributes(tx, user, &groups, &attribute_definitions).await?;
    let held = Assignment::new(organization_role.name(), Origin::Direct, organization_role.abilities());
    Ok(Some(AccessSnapshot {
        version: person.access_version.unsigned_abs(),
        organization: Organization { id: tx.organization(), key: person.key, name: person.organization_name },
        user: User { id: user, known_as: Some(user.to_string()), email: person.email, name: person.name, timezone },
        groups: groups.into_iter().map(|group| GroupRef { key: group.key, name: group.name }).collect(),
        organization_role,
        organization_abilities: Abilities::new(vec![held]),
        connection_abilities,
        attributes,
        attribute_definitions,
    }))
}

async fn groups(tx: &mut TenantTx<'_>, user: UserId) -> Result<Vec<GroupRow>, StoreError> {
    let groups = tx
        .query_as(tenant_sql!(
            "WITH RECURSIVE holders (id) AS (
                 SELECT group_id FROM group_users WHERE org_id = $1 AND user_id = $2
                 UNION
                 SELECT group_groups.group_id FROM group_groups JOIN holders ON holders.id = group_groups.member_id
                 WHERE group_groups.org_id = $1
             )
             SELECT groups.id, groups.key, groups.name FROM groups JOIN holders ON holders.id = groups.id
             WHERE groups.org_id = $1 ORDER BY groups.name"
        ))
        .bind(user.to_string())
        .fetch_all(tx.connection())
        .await?;
    Ok(groups)
}

/// The union of all assignments. Those made to the person come first, so that a reason names the nearest one.
async fn connection_abilities(
    tx: &mut TenantTx<'_>,
    user: UserId,
    groups: &[GroupRow],
    organization_role: OrganizationRole,
) -> Result<BTreeMap<ConnectionId, Abilities<ConnectionAbility>>, StoreError> {
    let direct: Vec<(String, String)> = tx
        .query_as(tenant_sql!(
            "SELECT connection_id, role FROM user_connection_roles WHERE org_id = $1 AND user_id = $2"
        ))
        .bind(user.to_string())
        .fetch_all(tx.connection())
        .await?;
    let through_groups: Vec<(String, String, String)> = tx
        .query_as(tenant_sql!(
            "SELECT roles.connection_id, roles.role, groups.name
             FROM group_connection_roles AS roles JOIN groups ON groups.org_id = roles.org_id AND groups.id = roles.group_id
             WHERE roles.org_id = $1 AND roles.group_id IN (SELECT value FROM json_each($2)) ORDER BY groups.name"
        ))
        .bind(id_list(groups.iter().map(|group| &group.id)))
        .fetch_all(tx.connection())
        .await?;
    let connections: Vec<(String, Option<String>)> = tx
        .query_as(tenant_sql!("SELECT id, base_role FROM connections WHERE org_id = $1"))
        .fetch_all(tx.connection())
        .await?;

    let mut held: BTreeMap<ConnectionId, Vec<Assignment<ConnectionAbility>>> = BTreeMap::new();
    let mut hold = |connection: &str, role: &str, origin: Origin| {
        let role = ConnectionRole::from_name(role).ok_or(StoreError::Unreadable { what: "connection role" })?;
        let assignment = Assignment::new(role.to_string(), origin, role.abilities());
        held.entry(stored_id(connection, "connection id")?).or_default().push(assignment);
        Ok::<_, StoreError>(())
    };
    for (connection, role) in &direct {
        hold(connection, role, Origin::Direct)?;
    }
    for (connection, role, group) in through_groups {
        hold(&connection, &role, Origin::Group(group))?;
    }
    for (connection, base_role) in &connections {
        if let Some(role) = base_role {
            hold(connection, role, Origin::Everyone)?;
        }
        if organization_role == OrganizationRole::Admin {
            hold(connection, ConnectionRole::ConnectionAdmin.name(), Origin::OrganizationAdmin)?;
        }
    }
    Ok(held.into_iter().map(|(connection, assignments)| (connection, Abilities::new(assignments))).collect())
}

async fn attribute_definitions(tx: &mut TenantTx<'_>) -> Result<Vec<AttributeDefinition>, StoreError> {
    let rows: Vec<DefinitionRow> = tx
        .query_as(tenant_sql!(
            "SELECT name, label, description, value_type, multiple, default_json, secures_data
             FROM attribute_definitions WHERE org_id = $1 ORDER BY name"
        ))
        .fetch_all(tx.connection())
        .await?;
    let definitions = rows.into_iter().map(|row| {
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
    });
    definitions.collect()
}

async fn attributes(
    tx: &mut TenantTx<'_>,
    user: UserId,
    groups: &[GroupRow],
    definitions: &[AttributeDefinition],
) -> Result<Attributes, StoreError> {
    let own: Vec<(String, String)> = tx
        .query_as(tenant_sql!("SELECT name, values_json FROM user_attribute_values WHERE org_id = $1 AND user_id = $2"))
        .bind(user.to_string())
        .fetch_all(tx.connection())
        .await?;
    let of_groups: Vec<(String, String, String)> = tx
        .query_as(tenant_sql!(
            "SELECT held.name, groups.name, held.values_json
             FROM group_attribute_values AS held JOIN groups ON groups.org_id = held.org_id AND groups.id = held.group_id
             WHERE held.org_id = $1 AND held.group_id IN (SELECT value FROM json_each($2)) ORDER BY groups.name"
        ))
        .bind(id_list(groups.iter().map(|group| &group.id)))
        .fetch_all(tx.connection())
        .await?;

    let mut attributes = Attributes::default();
    for definition in definitions {
        let read = |json: &String| from_json(json, definition.value_type);
        let own = own.iter().find(|(name, _)| *name == definition.name).map(|(_, json)| read(json)).transpose()?;
        let of_groups = of_groups.iter().filter(|(name, ..)| *name == definition.name);
        let of_groups: Vec<(String, Vec<Value>)> =
            of_groups.map(|(_, group, json)| Ok((group.clone(), read(json)?))).collect::<Result<_, StoreError>>()?;
        if let Some(state) = resolve_attribute(definition.multiple, own, of_groups, definition.default.clone()) {
            attributes.set(definition.name.clone(), state);
        }
    }
    Ok(attributes)
}
