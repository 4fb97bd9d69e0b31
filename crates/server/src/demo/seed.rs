//! Puts the demonstration's organizations, people and models into an empty store.
use super::script::{Organization, Person, Script};
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};
use tessera_access::{AttributeDefinition, AttributeSource, EngineKind};
use tessera_api::{DemoIdentity, DemoPerson};
use tessera_base::{ConnectionId, GroupId, OrganizationId};
use tessera_store::{Administration, Assignee, AttributeHolder, Bootstrap, GroupMember, NewUser, Store, StoreError};

/// What an organization's people are attached to.
struct Seeded {
    id: OrganizationId,
    connection: ConnectionId,
    groups: HashMap<String, GroupId>,
}

/// Fills the store in one transaction. `data` holds a folder per organization.
pub(crate) async fn seed(store: &Store, script: &Script, data: &Path) -> Result<(), StoreError> {
    #[expect(clippy::disallowed_methods, reason = "the demonstration makes its own organizations")]
    let mut bootstrap = store.bootstrap().await?;
    let mut seeded = HashMap::new();
    for organization in &script.organizations {
        let folder = data.join(&organization.data);
        seeded.insert(organization.key.as_str(), add_organization(&mut bootstrap, organization, &folder).await?);
    }
    for person in &script.people {
        if let Some(organization) = seeded.get(person.organization.as_str()) {
            add_person(&mut bootstrap.organization(organization.id), person, organization).await?;
        }
    }
    bootstrap.commit().await?;
    for operator in &script.operators {
        #[expect(clippy::disallowed_methods, reason = "the demonstration has an operator of its own")]
        let staff = store.operators();
        staff.add(&operator.email, &operator.name).await?;
    }
    Ok(())
}

/// The people whom a visitor may be, as the store knows them.
pub(crate) async fn people(store: &Store, script: &Script) -> Result<Vec<DemoPerson>, StoreError> {
    let mut people = Vec::new();
    for person in &script.people {
        let Some(organization) = store.organization_by_key(&person.organization).await? else { continue };
        let Some(user) = store.user_by_email(organization.id, &person.email).await? else { continue };
        people.push(DemoPerson {
            person: person.person.clone(),
            name: person.name.clone(),
            organization: organization.name,
            is: person.is.clone(),
            sees: person.sees.clone(),
            identity: DemoIdentity::Member { organization: organization.id, user },
        });
    }
    #[expect(clippy::disallowed_methods, reason = "the demonstration has an operator of its own")]
    let staff = store.operators().list().await?;
    for operator in staff {
        let Some(known) = script.operators.iter().find(|known| known.email.as_str() == operator.email) else {
            continue;
        };
        people.push(DemoPerson {
            person: known.person.clone(),
            name: operator.name,
            organization: "Operator of this server".to_owned(),
            is: known.is.clone(),
            sees: known.sees.clone(),
            identity: DemoIdentity::Operator(operator.id),
        });
    }
    Ok(people)
}

async fn add_organization(
    bootstrap: &mut Bootstrap,
    organization: &Organization,
    folder: &Path,
) -> Result<Seeded, StoreError> {
    let id = bootstrap.create_organization(&organization.key, &organization.name).await?;
    let mut administration = bootstrap.organization(id);
    for attribute in &organization.attributes {
        let definition = AttributeDefinition {
            name: attribute.name.clone(),
            label: attribute.label.clone(),
            description: attribute.description.clone(),
            value_type: attribute.value_type,
            multiple: attribute.multiple,
            default: None,
            secures_data: true,
        };
        administration.define_attribute(&definition).await?;
    }
    let mut groups = HashMap::new();
    for group in &organization.groups {
        groups.insert(group.key.clone(), administration.add_group(&group.key, &group.name).await?);
    }
    let engine = EngineKind::Files { folder: folder.to_owned() };
    let connection = administration.add_connection(&organization.connection, &engine).await?;
    let files: BTreeMap<String, String> = organization
        .model_files()
        .into_iter()
        .map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    administration.publish_model(connection, &organization.connection, &organization.connection_label, &files).await?;
    Ok(Seeded { id, connection, groups })
}

async fn add_person(
    administration: &mut Administration<'_>,
    person: &Person,
    organization: &Seeded,
) -> Result<(), StoreError> {
    let new =
        NewUser { email: &person.email, name: &person.name, role: person.organization_role.into(), timezone: None };
    let user = administration.add_user(new).await?;
    for key in &person.groups {
        if let Some(group) = organization.groups.get(key) {
            administration.add_group_member(*group, GroupMember::User(user)).await?;
        }
    }
    for (name, values) in &person.attributes {
        let holder = AttributeHolder::User(user);
        administration.set_attribute(holder, name, values, AttributeSource::Administrator).await?;
    }
    if let Some(role) = person.connection_role {
        administration.give_connection_role(organization.connection, Assignee::User(user), role).await?;
    }
    Ok(())
}
