//! Small random organizations, each made by one number: what fails once fails again.
use fastrand::Rng;
use std::sync::Arc;
use tessera_access::{
    Ability, AbilitySet, AccessContext, ActionKind, AttributeDefinition, AttributeSource, Change, ConnectionAbility,
    ConnectionAccess, ConnectionRole, ContentRole, CustomConnectionRole, CustomOrganizationRole, DocumentAbility,
    Facts, Grant, Grantee, Group, HeldAttribute, HeldConnectionRole, HeldOrganizationRole, Node, NodeKind,
    OrganizationAbility, OrganizationRole, Person, PersonKind, PersonStatus, Profile, ResourceKind, Snapshot, Standing,
    Switches, Wish,
};
use tessera_base::{
    Arrival, ConnectionId, GroupId, Instant, NodeId, OrganizationId, RequestId, RoleId, UserId, Value, ValueType,
};
use uuid::Uuid;

/// How many organizations each property is tried on.
pub(crate) const WORLDS: u64 = 3000;

pub(crate) const ORGANIZATION: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
pub(crate) const NEIGHBOUR: OrganizationId = OrganizationId::new(Uuid::from_u128(2));

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Group>,
    pub(crate) organization_roles: Vec<CustomOrganizationRole>,
    pub(crate) connection_roles: Vec<CustomConnectionRole>,
    pub(crate) connections: Vec<ConnectionAccess>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) document_abilities: AbilitySet<DocumentAbility>,
}

pub(crate) fn user(number: usize) -> UserId {
    UserId::new(Uuid::from_u128(0x100 + number as u128))
}

pub(crate) fn group(number: usize) -> GroupId {
    GroupId::new(Uuid::from_u128(0x200 + number as u128))
}

pub(crate) fn connection(number: usize) -> ConnectionId {
    ConnectionId::new(Uuid::from_u128(0x300 + number as u128))
}

pub(crate) fn node(number: usize) -> NodeId {
    NodeId::new(Uuid::from_u128(0x400 + number as u128))
}

fn role(number: usize) -> RoleId {
    RoleId::new(Uuid::from_u128(0x500 + number as u128))
}

fn some<A: Ability>(rng: &mut Rng, one_in: u32) -> AbilitySet<A> {
    A::ALL.iter().copied().filter(|_| rng.u32(..one_in) == 0).collect()
}

/// Of the numbers below `of`, each with the same chance.
fn subset(rng: &mut Rng, of: usize, one_in: u32) -> Vec<usize> {
    (0..of).filter(|_| rng.u32(..one_in) == 0).collect()
}

fn held_connection_role(rng: &mut Rng) -> HeldConnectionRole {
    match rng.usize(..7) {
        number @ 0..5 => HeldConnectionRole::BuiltIn(ConnectionRole::ALL[number]),
        number => HeldConnectionRole::Custom(role(10 + number - 5)),
    }
}

fn held_connection_roles(rng: &mut Rng) -> Vec<(ConnectionId, HeldConnectionRole)> {
    subset(rng, 2, 4).into_iter().map(|number| (connection(number), held_connection_role(rng))).collect()
}

fn held_attributes(rng: &mut Rng) -> Vec<HeldAttribute> {
    let names = [("region", "EUROPE"), ("team", "red")];
    let names = names.into_iter().filter(|_| rng.u32(..3) == 0).collect::<Vec<_>>();
    let held = names.into_iter().map(|(name, value)| HeldAttribute {
        name: name.into(),
        values: vec![Value::String(if rng.bool() { value.to_owned() } else { "other".to_owned() })],
        source: AttributeSource::Administrator,
    });
    held.collect()
}

fn grants(rng: &mut Rng, people: usize, groups: usize) -> Arc<[Grant]> {
    let mut grantees: Vec<Grantee> =
        subset(rng, people, 6).into_iter().map(|number| Grantee::User(user(number))).collect();
    grantees.extend(subset(rng, groups, 5).into_iter().map(|number| Grantee::Group(group(number))));
    if rng.u32(..8) == 0 {
        grantees.push(Grantee::Everyone);
    }
    grantees.into_iter().map(|to| Grant { to, role: ContentRole::ALL[rng.usize(..4)] }).collect()
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let rng = &mut Rng::with_seed(seed);
        let (people, groups) = (rng.usize(1..6), rng.usize(..5));
        Self {
            organization_roles: (0..2)
                .map(|number| CustomOrganizationRole {
                    id: role(number),
                    name: format!("Custom {number}").into(),
                    abilities: some(rng, 3),
                })
                .collect(),
            connection_roles: (0..2)
                .map(|number| CustomConnectionRole {
                    id: role(10 + number),
                    name: format!("Tier {number}").into(),
                    tier: ConnectionRole::ALL[rng.usize(..5)],
                    switched_off: some(rng, 3),
                })
                .collect(),
            connections: (0..2)
                .map(|number| ConnectionAccess {
                    id: connection(number),
                    name: format!("connection {number}").into(),
                    base_role: (rng.u32(..5) == 0).then(|| held_connection_role(rng)),
                })
                .collect(),
            people: (0..people)
                .map(|number| Person {
                    id: user(number),
                    kind: if rng.u32(..6) == 0 { PersonKind::ServiceAccount } else { PersonKind::Member },
                    status: match rng.u32(..8) {
                        0 => PersonStatus::Suspended,
                        1 => PersonStatus::Removed,
                        _ => PersonStatus::Active,
                    },
                    email: format!("p{number}@acme.example").into(),
                    name: format!("Person {number}").into(),
                    timezone: None,
                    organization_role: match rng.usize(..6) {
                        0 => HeldOrganizationRole::BuiltIn(OrganizationRole::Admin),
                        number @ 1..3 => HeldOrganizationRole::Custom(role(number - 1)),
                        _ => HeldOrganizationRole::BuiltIn(OrganizationRole::Member),
                    },
                    groups: subset(rng, groups, 3).into_iter().map(group).collect(),
                    connection_roles: held_connection_roles(rng),
                    attributes: held_attributes(rng),
                })
                .collect(),
            groups: (0..groups)
                .map(|number| Group {
                    id: group(number),
                    key: format!("g{number}").into(),
                    name: format!("Group {number}").into(),
                    // Only later ones hold it: no circles.
                    groups: subset(rng, groups - number - 1, 3)
                        .into_iter()
                        .map(|other| group(number + 1 + other))
                        .collect(),
                    connection_roles: held_connection_roles(rng),
                    attributes: held_attributes(rng),
                })
                .collect(),
            nodes: nodes(rng, people, groups),
            document_abilities: some(rng, 2),
        }
    }

    pub(crate) fn changes(&self) -> Vec<Change> {
        let definition = |name: &str, multiple| AttributeDefinition {
            name: name.to_owned(),
            label: name.to_owned(),
            description: None,
            value_type: ValueType::String,
            multiple,
            default: None,
            secures_data: true,
        };
        let mut changes = vec![
            Change::Profile(Profile { document_abilities: self.document_abilities, ..Profile::default() }),
            Change::Attribute(definition("region", true)),
            Change::Attribute(definition("team", false)),
        ];
        changes.extend(self.organization_roles.iter().cloned().map(Change::OrganizationRole));
        changes.extend(self.connection_roles.iter().cloned().map(Change::ConnectionRole));
        changes.extend(self.connections.iter().cloned().map(Change::Connection));
        changes.extend(self.people.iter().cloned().map(Change::Person));
        changes.extend(self.groups.iter().cloned().map(Change::Group));
        changes.extend(self.nodes.iter().cloned().map(Change::Node));
        changes
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::new(Snapshot::empty(ORGANIZATION).with(1, self.changes()))
    }

    /// Something of each kind that a decision can be about.
    pub(crate) fn resources(&self) -> Vec<(ResourceKind, Facts)> {
        let of = Facts::of(ORGANIZATION);
        let mut resources: Vec<(ResourceKind, Facts)> =
            [ResourceKind::Organization, ResourceKind::Group, ResourceKind::Attribute, ResourceKind::Role]
                .map(|kind| (kind, of))
                .into();
        resources.push((ResourceKind::SupportGrant, of));
        resources.push((ResourceKind::ApiKey, Facts { owner: Some(user(0)), ..of }));
        for connection in &self.connections {
            let on = Facts { connection: Some(connection.id), ..of };
            resources.extend([ResourceKind::Connection, ResourceKind::Model].map(|kind| (kind, on)));
            let run = Facts { owner: Some(user(0)), ..on };
            resources.push((ResourceKind::QueryRun, run));
            resources.push((ResourceKind::AccessRequest, Facts { wish: Some(self.wish(resources.len())), ..run }));
        }
        resources.extend(self.people.iter().map(|p| (ResourceKind::Person, Facts { owner: Some(p.id), ..of })));
        for node in &self.nodes {
            let facts = facts_of(node);
            resources.push((kind_of(node), facts));
            resources.push((ResourceKind::Trashed, facts));
            let wish = Some(self.wish(resources.len()));
            let request = Facts { owner: Some(user(0)), connection: None, wish, ..facts };
            resources.push((ResourceKind::AccessRequest, request));
        }
        resources
    }

    /// One of all that there can be; most of them can be decided.
    fn wish(&self, number: usize) -> Wish {
        let number = number + self.people.len() + self.groups.len();
        let role = ConnectionRole::ALL.get(number % 6).copied();
        Wish { open: !number.is_multiple_of(5), grantable: !number.is_multiple_of(7), role }
    }
}

pub(crate) fn kind_of(node: &Node) -> ResourceKind {
    match node.kind {
        NodeKind::Folder => ResourceKind::Folder,
        NodeKind::Document => ResourceKind::Document,
    }
}

pub(crate) fn facts_of(node: &Node) -> Facts {
    Facts { connection: node.connection, owner: node.owner, node: Some(node.id), ..Facts::of(ORGANIZATION) }
}

/// *Shared*, the first person's *My documents*, and what is below them.
fn nodes(rng: &mut Rng, people: usize, groups: usize) -> Vec<Node> {
    let mut nodes: Vec<(Node, usize)> = Vec::new();
    for number in 0..rng.usize(2..14) {
        let folders: Vec<usize> =
            (0..nodes.len()).filter(|at| nodes[*at].0.kind == NodeKind::Folder && nodes[*at].1 < 7).collect();
        // Deep ones are wanted: the last folder is taken more often.
        let parent = match number {
            0 | 1 => None,
            _ if rng.bool() => folders.last().copied(),
            _ => Some(folders[rng.usize(..folders.len())]),
        };
        let kind = if parent.is_none() || rng.bool() { NodeKind::Folder } else { NodeKind::Document };
        let owner = match parent {
            None => (number == 1).then(|| user(0)),
            Some(_) => (rng.u32(..4) == 0).then(|| user(rng.usize(..people))),
        };
        let depth = parent.map_or(0, |parent| nodes[parent].1 + 1);
        let made = Node {
            id: node(number),
            kind,
            name: format!("node {number}").into(),
            parent: parent.map(node),
            owner,
            connection: (kind == NodeKind::Document).then(|| connection(rng.usize(..2))),
            restricted: parent.is_some() && rng.u32(..5) == 0,
            locked: kind == NodeKind::Folder && rng.u32(..5) == 0,
            trashed: parent.is_some() && rng.u32(..10) == 0,
            switches: Switches { on: some(rng, 5), off: some(rng, 5) },
            grants: grants(rng, people, groups),
        };
        nodes.push((made, depth));
    }
    nodes.into_iter().map(|(node, _)| node).collect()
}

/// As whoever it is, if they are active.
pub(crate) fn standing(snapshot: &Arc<Snapshot>, id: UserId) -> Option<Standing> {
    snapshot.job("test", id)
}

#[expect(clippy::disallowed_methods, reason = "a test is its own gate")]
pub(crate) fn context(standing: Standing) -> Arc<AccessContext> {
    let (arrival, now) = (Arrival::within(RequestId::new(Uuid::nil())), Instant::UNIX_EPOCH);
    Arc::new(AccessContext::establish(arrival, now, Arc::new(standing)))
}

/// Of everybody who is active.
pub(crate) fn contexts(world: &World, snapshot: &Arc<Snapshot>) -> Vec<Arc<AccessContext>> {
    world.people.iter().filter_map(|person| standing(snapshot, person.id)).map(context).collect()
}

/// Every pair that means something.
pub(crate) fn actions(resource: ResourceKind) -> impl Iterator<Item = ActionKind> {
    ActionKind::ALL.iter().copied().filter(move |action| !tessera_access::alternatives(resource, *action).is_empty())
}

pub(crate) fn all_connection_abilities() -> impl Iterator<Item = ConnectionAbility> {
    <ConnectionAbility as Ability>::ALL.iter().copied()
}

pub(crate) fn all_organization_abilities() -> impl Iterator<Item = OrganizationAbility> {
    <OrganizationAbility as Ability>::ALL.iter().copied()
}
