//! `topics/<name>.topic.yaml`, as written.
use super::problem::Problems;
use super::read::{Entries, check_name, word};
use super::view_file::label_of;
use super::{Node, NodeKind, Problem, Word};

pub(crate) struct TopicFile {
    pub(crate) name: Word,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    pub(crate) hidden: bool,
    pub(crate) base_view: Word,
    pub(crate) joins: Vec<JoinFile>,
    /// `None`: every field.
    pub(crate) fields: Option<Vec<Word>>,
    pub(crate) always_filter: Vec<Node>,
    pub(crate) default_filters: Vec<Node>,
    pub(crate) access_filters: Vec<Node>,
    pub(crate) requirements: Vec<Word>,
}

/// One branch of the join tree.
pub(crate) struct JoinFile {
    /// The view's name, or an alias.
    pub(crate) name: Word,
    pub(crate) view: Option<Word>,
    pub(crate) relationship: Option<Word>,
    pub(crate) children: Vec<JoinFile>,
}

const KEYS: [&str; 11] = [
    "topic",
    "label",
    "description",
    "hidden",
    "base_view",
    "joins",
    "fields",
    "always_filter",
    "default_filters",
    "access_filters",
    "required_access_grants",
];

impl TopicFile {
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let entries = Entries::of(node, "a topic", &KEYS, problems)?;
        let name = entries.required("topic", problems).and_then(|node| word(node, "topic", problems));
        let base_view = entries.required("base_view", problems).and_then(|node| word(node, "base_view", problems));
        let (name, base_view) = name.zip(base_view)?;
        check_name(&name, "a topic", problems);
        Some(Self {
            label: entries.string("label", problems).unwrap_or_else(|| label_of(&name)),
            description: entries.string("description", problems),
            hidden: entries.boolean("hidden", false, problems),
            base_view,
            joins: entries.get("joins").map(|node| base_joins(node, problems)).unwrap_or_default(),
            fields: entries.get("fields").map(|_| entries.rule_words("fields", problems)),
            always_filter: entries.rules("always_filter", problems).to_vec(),
            default_filters: entries.rules("default_filters", problems).to_vec(),
            access_filters: entries.rules("access_filters", problems).to_vec(),
            requirements: entries.rule_words("required_access_grants", problems),
            name,
        })
    }
}

fn base_joins(node: &Node, problems: &mut Problems) -> Vec<JoinFile> {
    for (key, _) in node.as_map().unwrap_or_default().iter().filter(|(key, _)| is_setting(key)) {
        problems.add(Problem::new(
            &key.at,
            "unknown_key",
            format!("`{key}` belongs to a joined view, not to the base view"),
        ));
    }
    joins(node, problems)
}

fn joins(node: &Node, problems: &mut Problems) -> Vec<JoinFile> {
    let Some(entries) = Entries::unchecked(node, "`joins`", problems) else { return Vec::new() };
    entries.iter().filter(|(key, _)| !is_setting(key)).map(|(key, node)| join(key, node, problems)).collect()
}

/// Keys that say how a view is joined; all others are views joined to it.
fn is_setting(key: &Word) -> bool {
    matches!(key.text.as_str(), "view" | "relationship")
}

fn join(name: &Word, node: &Node, problems: &mut Problems) -> JoinFile {
    check_name(name, "a joined view", problems);
    let empty = JoinFile { name: name.clone(), view: None, relationship: None, children: Vec::new() };
    match &node.kind {
        NodeKind::Null => empty,
        NodeKind::Map(_) => {
            let setting = |key, problems: &mut Problems| node.get(key).and_then(|node| word(node, key, problems));
            JoinFile {
                view: setting("view", problems),
                relationship: setting("relationship", problems),
                children: joins(node, problems),
                ..empty
            }
        }
        _ => {
            let message = format!("the joins of `{name}` are a map, not {node}");
            problems.add(Problem::new(&node.at, "wrong_type", message).help("`{}` where nothing is joined to it"));
            empty
        }
    }
}
