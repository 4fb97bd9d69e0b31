//! `ACTOR.yaml`, and the `as:` of a policy test: who asks.
use super::read::Entries;
use super::{Node, NodeKind, Problem, Problems, Word, excerpt};
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
        let node = Node::from_yaml(file, bytes).map_err(|problem| vec![problem])?;
        let mut problems = Problems::default();
        match Self::read(&node, &mut problems) {
            Some(actor) if problems.is_empty() => Ok(actor),
            _ => Err(problems.into_sorted()),
        }
    }

    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let keys = ["user", "attributes", "groups", "connection_role", "organization_admin"];
        let entries = Entries::of(node, "an actor", &keys, problems)?;
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
        let role = entries.get("connection_role").filter(|node| node.kind != NodeKind::Null);
        let roles = ConnectionRole::ALL.map(|role| (role.name(), role));
        Some(Self {
            user,
            attributes,
            groups: entries.strings("groups", problems).into_iter().collect(),
            connection_role: role.and_then(|_| entries.choice("connection_role", &roles, problems)),
            organization_admin: entries.boolean("organization_admin", false, problems),
        })
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
    let entries = Entries::of(node, "a user", &["id", "email", "name"], problems)?;
    Some(ActorUser {
        id: entries.string("id", problems),
        email: entries.string("email", problems),
        name: entries.string("name", problems),
    })
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
