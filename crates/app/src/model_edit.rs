//! Changes of model files, made on what they say and not on their text. What is written again is JSON, which is YAML.
use tessera_model::file::{ModelFiles, Node, NodeKind, Place, Word};

/// The way from the root of a file to one of its parts.
pub(crate) type Path = Vec<Step>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

pub(crate) fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

pub(crate) fn node(kind: NodeKind) -> Node {
    Node { at: Place::nowhere(), kind }
}

/// Changes every file of a folder that reads as YAML; the check of the model tells of the others.
pub(crate) fn edit(files: &mut ModelFiles, folder: &str, change: impl Fn(&mut Node)) {
    for (path, bytes) in files.iter_mut().filter(|(path, _)| path.split('/').next() == Some(folder)) {
        if let Ok(mut root) = Node::from_yaml(path, bytes) {
            change(&mut root);
            *bytes = text(&root).into_bytes();
        }
    }
}

/// The name of a grant that everybody holds.
const EVERYBODY: &str = "everybody_at_all";

/// Lets anybody read a view that has no rule. One that reads with the rights of its author needs a rule, which everybody
/// meets: see [`declare_everybody`].
pub(crate) fn open(view: &mut Node) {
    if view.get("definer_rights").is_some() {
        put(view, "required_access_grants", node(NodeKind::List(vec![Node::string(EVERYBODY)])));
    } else {
        put(view, "access", Node::string("everyone"));
    }
}

pub(crate) fn declare_everybody(files: &mut ModelFiles) {
    edit(files, "model.yaml", |model| {
        if model.get("access_grants").is_none() {
            put(model, "access_grants", Node::map([]));
        }
        if let Some(grants) = find(model, &[key("access_grants")]) {
            put(grants, EVERYBODY, met_by_everybody());
        }
    });
}

/// Every person either is an organization admin or is not.
pub(crate) fn met_by_everybody() -> Node {
    let either = NodeKind::List([true, false].map(|value| node(NodeKind::Boolean(value))).to_vec());
    Node::map([("user_attribute", Node::string("is_org_admin")), ("allowed_values", node(either))])
}

fn child<'n>(node: &'n mut Node, step: &Step) -> Option<&'n mut Node> {
    match (&mut node.kind, step) {
        (NodeKind::Map(entries), Step::Key(name)) => {
            entries.iter_mut().find(|(word, _)| word.text == *name).map(|(_, child)| child)
        }
        (NodeKind::List(items), Step::Index(index)) => items.get_mut(*index),
        _ => None,
    }
}

pub(crate) fn find<'n>(root: &'n mut Node, path: &[Step]) -> Option<&'n mut Node> {
    path.iter().try_fold(root, child)
}

/// Sets a key of a map, which is made where there is none yet.
pub(crate) fn put(node: &mut Node, name: &str, value: Node) {
    match child(node, &key(name)) {
        Some(present) => *present = value,
        None => {
            if let NodeKind::Map(entries) = &mut node.kind {
                entries.push((Word { at: Place::nowhere(), text: name.to_owned() }, value));
            }
        }
    }
}

pub(crate) fn remove_keys(node: &mut Node, names: &[&str]) {
    if let NodeKind::Map(entries) = &mut node.kind {
        entries.retain(|(word, _)| !names.contains(&word.text.as_str()));
    }
}

/// Removes what the path leads to; a list that this leaves empty goes with it.
pub(crate) fn remove(root: &mut Node, path: &[Step]) {
    let Some((last, above)) = path.split_last() else { return };
    let Some(parent) = find(root, above) else { return };
    match (&mut parent.kind, last) {
        (NodeKind::Map(_), Step::Key(name)) => remove_keys(parent, &[name]),
        (NodeKind::List(items), Step::Index(index)) if *index < items.len() => {
            items.remove(*index);
            if items.is_empty() {
                remove(root, above);
            }
        }
        _ => {}
    }
}

pub(crate) fn text(node: &Node) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match &node.kind {
        NodeKind::Null => "null".to_owned(),
        NodeKind::Boolean(boolean) => boolean.to_string(),
        NodeKind::Number(number) => number.to_string(),
        NodeKind::String(string) => quoted(&string.text),
        NodeKind::List(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        NodeKind::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(word, child)| format!("{}: {}", quoted(word), text(child))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}
