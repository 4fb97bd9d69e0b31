//! What it costs to read from the database who may do what: of one large organization, and of many small ones that
//! nobody uses now.
use crate::{
    Error,
    access::{self, resident_bytes, short},
    samples::Samples,
};
use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Instant};
use tempfile::TempDir;
use tessera_access::{
    Change, ConnectionRole, EngineKind, Grantee, Group, HeldConnectionRole, HeldOrganizationRole, Node, NodeKind,
    OrganizationRole, Person,
};
use tessera_base::{ConnectionId, GroupId, Name, NodeId, OrganizationId, UserId};
use tessera_store::{
    Administration, Assignee, Bootstrap, Database, GroupMember, KeyFile, NewUser, Store, SystemClock, SystemRandom,
};

const READINGS: usize = 9;
const SMALL_ORGANIZATIONS: usize = 10_000;
const SMALL_PEOPLE: usize = 5;
/// Organizations that are made in one transaction.
const BATCH: usize = 500;

/// Rows for the table of [`access`].
pub(crate) async fn measure() -> Result<Vec<Vec<String>>, Error> {
    let mut rows = large().await?;
    rows.push(small().await?);
    Ok(rows)
}

/// Two rows: how long reading it takes, and how much it is.
async fn large() -> Result<Vec<Vec<String>>, Error> {
    let folder = TempDir::new()?;
    let store = open(&folder).await?;
    let organization = fill(&store).await?;
    store.close().await;

    let store = open(&folder).await?;
    let before = resident_bytes()?;
    let mut readings = Vec::new();
    let mut grown = 0;
    for _ in 0..READINGS {
        store.forget_idle();
        let start = Instant::now();
        let snapshot = store.snapshot(organization).await?.ok_or("the organization is gone")?;
        readings.push(start.elapsed());
        // The first reading finds nothing that an earlier one has let go of.
        if grown == 0 {
            grown = resident_bytes()?.saturating_sub(before);
        }
        if snapshot.nodes().iter().count() < access::NODES {
            return Err("the snapshot is not whole".into());
        }
    }
    store.close().await;
    let readings = Samples::new(readings);
    let time = "the snapshot, read from the database";
    Ok(vec![
        vec![time.to_owned(), short(readings.median()), short(readings.percentile(99)), "≤ 300 ms".to_owned()],
        vec![
            "the same, resident".to_owned(),
            format!("{:.0} MB", grown as f64 / 1e6),
            String::new(),
            "≤ 100 MB".to_owned(),
        ],
    ])
}

async fn small() -> Result<Vec<String>, Error> {
    let folder = TempDir::new()?;
    let store = open(&folder).await?;
    let mut organizations = Vec::new();
    while organizations.len() < SMALL_ORGANIZATIONS {
        let mut bootstrap = bootstrap(&store).await?;
        for _ in 0..BATCH {
            organizations.push(found(&mut bootstrap, organizations.len()).await?);
        }
        bootstrap.commit().await?;
    }
    store.close().await;

    let store = open(&folder).await?;
    let before = resident_bytes()?;
    for organization in organizations {
        store.snapshot(organization).await?.ok_or("the organization is gone")?;
    }
    let each = resident_bytes()?.saturating_sub(before) as f64 / SMALL_ORGANIZATIONS as f64;
    store.close().await;
    let what = format!("each of {SMALL_ORGANIZATIONS} idle organizations of {SMALL_PEOPLE} people, resident");
    Ok(vec![what, format!("{:.1} KB", each / 1e3), String::new(), "≤ 50 KB".to_owned()])
}

async fn open(folder: &TempDir) -> Result<Store, Error> {
    let key_file = KeyFile::open_or_create(&folder.path().join("tessera.key"), &SystemRandom)?;
    let database = Database::File(folder.path().join("tessera.db"));
    Ok(Store::open(&database, &key_file, Arc::new(SystemClock), Arc::new(SystemRandom)).await?)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is its own first start")]
async fn bootstrap(store: &Store) -> Result<Bootstrap, Error> {
    Ok(store.bootstrap().await?)
}

/// People with their roots, one group that holds one of them, and a connection.
async fn found(bootstrap: &mut Bootstrap, number: usize) -> Result<OrganizationId, Error> {
    let organization = bootstrap.create_organization(&format!("small-{number}"), &format!("Small {number}")).await?;
    let mut administration = bootstrap.organization(organization);
    let group = administration.add_group("analysts", "Analysts").await?;
    let connection = connect(&mut administration).await?;
    for number in 0..SMALL_PEOPLE {
        let role = if number == 0 { OrganizationRole::Admin } else { OrganizationRole::Member };
        let role = HeldOrganizationRole::BuiltIn(role);
        let (email, name) = (format!("p{number}@small.example"), format!("Person {number}"));
        let user = administration.add_user(NewUser { email: &email, name: &name, role, timezone: None }).await?;
        if number == 1 {
            administration.add_group_member(group, GroupMember::User(user)).await?;
        }
    }
    administration.give_connection_role(connection, Assignee::Group(group), ConnectionRole::Querier).await?;
    Ok(organization)
}

async fn connect(administration: &mut Administration<'_>) -> Result<ConnectionId, Error> {
    let engine = EngineKind::Files { folder: PathBuf::from("/data") };
    Ok(administration.add_connection("warehouse", &engine).await?)
}

/// The organization of [`access`], written into the database.
async fn fill(store: &Store) -> Result<OrganizationId, Error> {
    let mut bootstrap = bootstrap(store).await?;
    let organization = bootstrap.create_organization("large", "Large").await?;
    bootstrap.commit().await?;
    let shared = store.snapshot(organization).await?.and_then(|snapshot| Some(snapshot.nodes().root(None)?.id));

    let mut bootstrap = self::bootstrap(store).await?;
    let mut administration = bootstrap.organization(organization);
    let mut ids = Ids::new(connect(&mut administration).await?);
    for change in access::facts() {
        match change {
            Change::Group(group) => ids.add_group(&mut administration, &group).await?,
            Change::Person(person) => ids.add_person(&mut administration, &person).await?,
            Change::Node(node) if node.is_root() => {
                ids.nodes.insert(node.id, shared.ok_or("nothing is shared")?);
            }
            Change::Node(node) => ids.add_node(&mut administration, &node).await?,
            _ => {}
        }
    }
    bootstrap.commit().await?;
    Ok(organization)
}

/// What the database called things.
struct Ids {
    connection: ConnectionId,
    groups: HashMap<GroupId, GroupId>,
    people: HashMap<UserId, UserId>,
    nodes: HashMap<NodeId, NodeId>,
}

impl Ids {
    fn new(connection: ConnectionId) -> Self {
        Self { connection, groups: HashMap::new(), people: HashMap::new(), nodes: HashMap::new() }
    }

    async fn add_group(&mut self, administration: &mut Administration<'_>, group: &Group) -> Result<(), Error> {
        let id = administration.add_group(&group.key, &group.name).await?;
        for holder in &group.groups {
            administration.add_group_member(self.groups[holder], GroupMember::Group(id)).await?;
        }
        for (_, role) in &group.connection_roles {
            if let HeldConnectionRole::BuiltIn(role) = role {
                administration.give_connection_role(self.connection, Assignee::Group(id), *role).await?;
            }
        }
        self.groups.insert(group.id, id);
        Ok(())
    }

    async fn add_person(&mut self, administration: &mut Administration<'_>, person: &Person) -> Result<(), Error> {
        let role = person.organization_role;
        let new = NewUser { email: &person.email, name: &person.name, role, timezone: None };
        let id = administration.add_user(new).await?;
        for group in &person.groups {
            administration.add_group_member(self.groups[group], GroupMember::User(id)).await?;
        }
        self.people.insert(person.id, id);
        Ok(())
    }

    async fn add_node(&mut self, administration: &mut Administration<'_>, node: &Node) -> Result<(), Error> {
        let parent = self.nodes[&node.parent.ok_or("no folder")?];
        let owner = self.people[&node.owner.ok_or("no owner")?];
        let name = Name::parse(&node.name)?;
        let id = match node.kind {
            NodeKind::Folder => administration.create_folder(parent, name, owner).await?,
            NodeKind::Document => administration.create_document(parent, self.connection, name, owner).await?,
        };
        for grant in node.grants.iter() {
            let to = match grant.to {
                Grantee::User(user) => Grantee::User(self.people[&user]),
                Grantee::Group(group) => Grantee::Group(self.groups[&group]),
                Grantee::Everyone => Grantee::Everyone,
            };
            administration.grant(id, to, grant.role).await?;
        }
        self.nodes.insert(node.id, id);
        Ok(())
    }
}
