//! `ACTOR.yaml`, and the `as:` of a policy test: who asks.
use super::read::Entries;
use super::{Node, NodeKind, Place, Problem, Problems, Word, excerpt};
use std::collections::{BTreeMap, BTreeSet};
use tessera_access::{AttributeState, AttributeValues, Attributes, ConnectionRole};
use tessera_base::Value;

/// Nothing given is nothing granted.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ActorFile {
    pub user: ActorUser,
    /// Typed by their syntax; the model's declaration decides what counts. An attribute with a value that is no constant
    /// is not set.
    pub attributes: BTreeMap<String, Vec<Value>>,
    /// Group keys.
    pub groups: BTreeSet<String>,
    pub connection_role: Option<ConnectionRole>,
    pub organization_admin: bool,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ActorUser {
    pub id: Option<String>,
    pub email: Option<String>,
    pub name: Option<String>,
}

impl ActorFile {
    pub fn from_yaml(file: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let nothing = || Node { at: Place::file(file), kind: NodeKind::Null };
        let is_empty = |text: &str| text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#'));
        let node = match std::str::from_utf8(bytes) {
            Ok(text) if is_empty(text) => nothing(),
            _ => Node::from_yaml(file, bytes).map_err(|problem| vec![problem])?,
        };
        let mut problems = Problems::default();
        match Self::read(&node, &mut problems) {
            Some(actor) if problems.is_empty() => Ok(actor),
            _ => Err(problems.into_sorted()),
        }
    }

    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let keys = ["user", "attributes", "groups", "connection_role", "organization_admin"];
        let given = without_nulls(node);
        let entries = Entries::of(&given, "an actor", &keys, problems)?;
        let user = entries.get("user").and_then(|node| user(node, problems)).unwrap_or_default();
        let mut attributes = BTreeMap::new();
        if let Some(map) = entries.get("attributes").and_then(|node| Entries::unchecked(node, "`attributes`", problems))
        {
            for (name, node) in map.iter() {
                if Attributes::SYSTEM.contains(&name.text.as_str()) {
                    problems.add(system_attribute(name));
                }
                attributes.extend(values(node).map(|values| (name.text.clone(), values)));
            }
        }
        let roles = ConnectionRole::ALL.map(|role| (role.name(), role));
        Some(Self {
            user,
            attributes,
            groups: entries.strings("groups", problems).into_iter().collect(),
            connection_role: entries.choice("connection_role", &roles, problems),
            organization_admin: entries.boolean("organization_admin", false, problems),
        })
    }

    /// Somebody else, who is like this one where `other` says nothing: `same_as: {attributes: …}`.
    pub(super) fn but(&self, node: &Node, other: Self) -> Self {
        let says = |key| node.get(key).is_some();
        Self {
            user: if says("user") { other.user } else { self.user.clone() },
            attributes: if says("attributes") { other.attributes } else { self.attributes.clone() },
            groups: if says("groups") { other.groups } else { self.groups.clone() },
            connection_role: if says("connection_role") { other.connection_role } else { self.connection_role },
            organization_admin: if says("organization_admin") {
                other.organization_admin
            } else {
                self.organization_admin
            },
        }
    }

    /// As set on the person. The gate adds the attributes of the product itself.
    pub fn attributes(&self) -> Attributes {
        let mut attributes = Attributes::default();
        for (name, values) in &self.attributes {
            let values = AttributeValues { values: values.clone(), origin: "set on you".to_owned() };
            attributes.set(name, AttributeState::Set(values));
        }
        attributes
    }
}

fn user(node: &Node, problems: &mut Problems) -> Option<ActorUser> {
    let node = without_nulls(node);
    let entries = Entries::of(&node, "a user", &["id", "email", "name"], problems)?;
    Some(ActorUser {
        id: entries.string("id", problems),
        email: entries.string("email", problems),
        name: entries.string("name", problems),
    })
}

/// What is null is not given.
fn without_nulls(node: &Node) -> Node {
    let kind = match &node.kind {
        NodeKind::Null => NodeKind::Map(Vec::new()),
        NodeKind::Map(entries) => {
            NodeKind::Map(entries.iter().filter(|(_, node)| node.kind != NodeKind::Null).cloned().collect())
        }
        other => other.clone(),
    };
    Node { at: node.at.clone(), kind }
}

fn system_attribute(name: &Word) -> Problem {
    let problem = Problem::new(
        &name.at,
        "system_attribute",
        format!("`{}` is an attribute of the product itself", excerpt(name)),
    );
    problem.help("it follows from `user`, `groups` and `organization_admin`")
}

/// A scalar is one value.
fn values(node: &Node) -> Option<Vec<Value>> {
    match &node.kind {
        NodeKind::List(items) => items.iter().map(Node::natural_value).collect(),
        _ => node.natural_value().map(|value| vec![value]),
    }
}
