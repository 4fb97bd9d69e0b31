//! `demo/demo.yaml` and the model files beside it, carried in the binary.
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use tessera_access::{ConnectionRole, OrganizationRole};
use tessera_base::{EmailAddress, Name, Value, ValueType};
use tessera_model::file::Node;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../demo"]
struct Files;

const SCRIPT: &str = "demo.yaml";
const STORY: &str = "story.json";

/// What the demonstration consists of.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) organizations: Vec<Organization>,
    pub(crate) people: Vec<Person>,
    pub(crate) operators: Vec<Operator>,
}

#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) connection: String,
    pub(crate) connection_label: String,
    /// The folder of its model files, in `demo/`.
    pub(crate) model: String,
    /// The folder of its data, in the server's data folder.
    pub(crate) data: String,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) value_type: ValueType,
    pub(crate) multiple: bool,
    pub(crate) description: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) key: String,
    pub(crate) name: String,
}

#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) person: String,
    /// By its key.
    pub(crate) organization: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) is: String,
    pub(crate) sees: String,
    pub(crate) organization_role: OrganizationRole,
    pub(crate) connection_role: Option<ConnectionRole>,
    pub(crate) attributes: Vec<(String, Vec<Value>)>,
    /// By their keys.
    pub(crate) groups: Vec<String>,
}

/// One of the staff of whoever runs the demonstration.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) person: String,
    pub(crate) name: Name,
    pub(crate) email: EmailAddress,
    pub(crate) is: String,
    pub(crate) sees: String,
}

/// The script is a part of the program; a test reads it, so these never reach anybody who runs a release.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    #[error("the binary does not carry `demo.yaml`")]
    Missing,
    #[error("demo.yaml: {0}")]
    Syntax(#[from] tessera_model::file::Problem),
    #[error("demo.yaml:{line}: {wanted} is expected here")]
    Shape { line: u32, wanted: String },
}

impl Script {
    pub(crate) fn load() -> Result<Self, ScriptError> {
        let file = Files::get(SCRIPT).ok_or(ScriptError::Missing)?;
        let root = Node::from_yaml(SCRIPT, &file.data)?;
        Ok(Self {
            organizations: list(&root, "organizations", organization)?,
            people: list(&root, "people", person)?,
            operators: list(&root, "operators", operator)?,
        })
    }

    /// What its people have done.
    pub(crate) fn story() -> Vec<u8> {
        Files::get(STORY).map(|file| file.data.into_owned()).unwrap_or_default()
    }

    /// Differs whenever a file of the demonstration differs.
    pub(crate) fn fingerprint(&self) -> String {
        let mut files: Vec<String> = Files::iter()
            .filter(|path| path.ends_with(".yaml") || path.as_ref() == STORY)
            .filter_map(|path| {
                let hash = Files::get(&path)?.metadata.sha256_hash();
                let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(format!("{path} {hash}\n"))
            })
            .collect();
        files.sort();
        files.concat()
    }
}

impl Organization {
    /// Model files by their path within the model's folder: what is YAML there, but not the command line's connections.
    pub(crate) fn model_files(&self) -> BTreeMap<String, Vec<u8>> {
        let prefix = format!("{}/", self.model);
        Files::iter()
            .filter_map(|path| {
                let relative = path.strip_prefix(&prefix)?;
                if !relative.ends_with(".yaml") || relative == "connections.yaml" {
                    return None;
                }
                Some((relative.to_owned(), Files::get(&path)?.data.into_owned()))
            })
            .collect()
    }
}

fn organization(node: &Node) -> Result<Organization, ScriptError> {
    Ok(Organization {
        key: text(node, "key")?,
        name: text(node, "name")?,
        connection: text(node, "connection")?,
        connection_label: text(node, "connection_label")?,
        model: text(node, "model")?,
        data: text(node, "data")?,
        attributes: list(node, "attributes", attribute)?,
        groups: list(node, "groups", |node| Ok(Group { key: text(node, "key")?, name: text(node, "name")? }))?,
    })
}

fn attribute(node: &Node) -> Result<Attribute, ScriptError> {
    Ok(Attribute {
        name: text(node, "name")?,
        label: text(node, "label")?,
        value_type: named(node, "type", ValueType::from_name)?,
        multiple: matches!(node.get("multiple").and_then(Node::natural_value), Some(Value::Boolean(true))),
        description: node.get("description").and_then(Node::as_str).map(str::to_owned),
    })
}

fn person(node: &Node) -> Result<Person, ScriptError> {
    let connection_role = match node.get("connection_role").and_then(Node::as_str) {
        Some(_) => Some(named(node, "connection_role", ConnectionRole::from_name)?),
        None => None,
    };
    Ok(Person {
        person: text(node, "person")?,
        organization: text(node, "organization")?,
        name: text(node, "name")?,
        email: text(node, "email")?,
        is: text(node, "is")?,
        sees: text(node, "sees")?,
        organization_role: named(node, "organization_role", OrganizationRole::from_name)?,
        connection_role,
        attributes: attributes(node)?,
        groups: list(node, "groups", |node| {
            node.as_str().map(str::to_owned).ok_or_else(|| shape(node, "a group's key"))
        })?,
    })
}

fn operator(node: &Node) -> Result<Operator, ScriptError> {
    Ok(Operator {
        person: text(node, "person")?,
        name: Name::parse(&text(node, "name")?).map_err(|_| shape(node, "name"))?,
        email: EmailAddress::parse(&text(node, "email")?).map_err(|_| shape(node, "email"))?,
        is: text(node, "is")?,
        sees: text(node, "sees")?,
    })
}

/// A scalar is one value.
fn attributes(person: &Node) -> Result<Vec<(String, Vec<Value>)>, ScriptError> {
    let entries = person.get("attributes").and_then(Node::as_map).unwrap_or_default();
    let values = |node: &Node| {
        let one = std::slice::from_ref(node);
        let values = node.as_list().unwrap_or(one).iter().map(Node::natural_value);
        values.collect::<Option<Vec<Value>>>().ok_or_else(|| shape(node, "a value, or a list of values"))
    };
    entries.iter().map(|(name, node)| Ok((name.text.clone(), values(node)?))).collect()
}

fn list<T>(node: &Node, key: &str, read: impl Fn(&Node) -> Result<T, ScriptError>) -> Result<Vec<T>, ScriptError> {
    let items = node.get(key).and_then(Node::as_list).ok_or_else(|| shape(node, key))?;
    items.iter().map(read).collect()
}

fn text(node: &Node, key: &str) -> Result<String, ScriptError> {
    node.get(key).and_then(Node::as_str).map(str::to_owned).ok_or_else(|| shape(node, key))
}

fn named<T>(node: &Node, key: &str, find: impl Fn(&str) -> Option<T>) -> Result<T, ScriptError> {
    find(&text(node, key)?).ok_or_else(|| shape(node, key))
}

fn shape(node: &Node, wanted: &str) -> ScriptError {
    ScriptError::Shape { line: node.at.line, wanted: format!("`{wanted}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_reads_and_refers_only_to_what_it_holds() {
        let script = Script::load().unwrap();
        assert_eq!(script.organizations.len(), 2);
        for person in &script.people {
            let of_person = |organization: &&Organization| organization.key == person.organization;
            let organization = script.organizations.iter().find(of_person).unwrap();
            assert!(person.groups.iter().all(|key| organization.groups.iter().any(|group| group.key == *key)));
            for (name, values) in &person.attributes {
                let attribute = organization.attributes.iter().find(|attribute| attribute.name == *name).unwrap();
                assert!(values.iter().all(|value| value.value_type() == attribute.value_type), "{name}");
            }
        }
        let quinn = script.people.iter().find(|person| person.person == "quinn").unwrap();
        assert_eq!(quinn.connection_role, Some(ConnectionRole::Querier));
    }

    #[test]
    fn the_binary_carries_the_models() {
        for organization in Script::load().unwrap().organizations {
            let files = organization.model_files();
            assert!(files.contains_key("model.yaml"), "{}", organization.key);
            assert!(files.keys().any(|path| path.starts_with("views/")), "{}", organization.key);
            assert!(!files.contains_key("connections.yaml"));
        }
    }
}
