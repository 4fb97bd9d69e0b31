//! Reading maps with known keys: what is not known is a problem, and reading goes on.
use super::problem::Problems;
use super::{Node, NodeKind, Place, Problem, Word};

/// A map whose keys have been checked.
pub(crate) struct Entries<'n> {
    pub(crate) at: &'n Place,
    what: &'static str,
    entries: &'n [(Word, Node)],
}

impl<'n> Entries<'n> {
    /// `what`: as messages call it, `a view`.
    pub(crate) fn of(node: &'n Node, what: &'static str, known: &[&str], problems: &mut Problems) -> Option<Self> {
        let map = Self::unchecked(node, what, problems)?;
        for (key, _) in map.entries {
            if !known.contains(&key.text.as_str()) {
                let problem = Problem::new(&key.at, "unknown_key", format!("{what} has no key `{key}`"));
                problems.add(problem.suggest(key, known.iter().copied()));
            }
        }
        Some(map)
    }

    /// A map from names of the writer's own.
    pub(crate) fn unchecked(node: &'n Node, what: &'static str, problems: &mut Problems) -> Option<Self> {
        match &node.kind {
            NodeKind::Map(entries) => Some(Self { at: &node.at, what, entries }),
            _ => {
                problems.add(Problem::new(
                    &node.at,
                    "wrong_type",
                    format!("{what} is a map, not {}", node.kind_name()),
                ));
                None
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'n (Word, Node)> {
        self.entries.iter()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(word, _)| word.text == key).map(|(_, node)| node)
    }

    pub(crate) fn required(&self, key: &'static str, problems: &mut Problems) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            problems.add(Problem::new(self.at, "missing_key", format!("{} needs `{key}`", self.what)));
        }
        found
    }

    pub(crate) fn word(&self, key: &'static str, problems: &mut Problems) -> Option<Word> {
        word(self.get(key)?, key, problems)
    }

    pub(crate) fn string(&self, key: &'static str, problems: &mut Problems) -> Option<String> {
        Some(self.word(key, problems)?.text)
    }

    pub(crate) fn boolean(&self, key: &'static str, default: bool, problems: &mut Problems) -> bool {
        match self.get(key).map(|node| (&node.kind, node)) {
            None => default,
            Some((NodeKind::Boolean(boolean), _)) => *boolean,
            Some((_, node)) => {
                wrong(node, key, "true or false", problems);
                default
            }
        }
    }

    /// A whole number within `range`.
    pub(crate) fn integer(
        &self,
        key: &'static str,
        range: std::ops::RangeInclusive<u64>,
        problems: &mut Problems,
    ) -> Option<u64> {
        let node = self.get(key)?;
        let number = match &node.kind {
            NodeKind::Number(number) => {
                number.to_i64().and_then(|number| u64::try_from(number).ok()).filter(|n| range.contains(n))
            }
            _ => None,
        };
        if number.is_none() {
            wrong(node, key, &format!("a whole number from {} to {}", range.start(), range.end()), problems);
        }
        number
    }

    /// The items of a list; nothing when the key is absent.
    pub(crate) fn list(&self, key: &'static str, problems: &mut Problems) -> &'n [Node] {
        match self.get(key) {
            None => &[],
            Some(node) => list(node, key, problems).unwrap_or_default(),
        }
    }

    pub(crate) fn words(&self, key: &'static str, problems: &mut Problems) -> Vec<Word> {
        self.list(key, problems).iter().filter_map(|node| item(node, key, problems)).collect()
    }

    pub(crate) fn strings(&self, key: &'static str, problems: &mut Problems) -> Vec<String> {
        self.words(key, problems).into_iter().map(|word| word.text).collect()
    }

    /// A list of rules: given and empty, it would silently mean no rule, or nobody.
    pub(crate) fn rules(&self, key: &'static str, problems: &mut Problems) -> &'n [Node] {
        let items = self.list(key, problems);
        if let Some(node) = self.get(key)
            && items.is_empty()
            && node.as_list().is_some()
        {
            let problem = Problem::new(&node.at, "empty_list", format!("`{key}` is empty"));
            problems.add(problem.help("leave the key out, or list at least one item"));
        }
        items
    }

    pub(crate) fn rule_words(&self, key: &'static str, problems: &mut Problems) -> Vec<Word> {
        self.rules(key, problems).iter().filter_map(|node| item(node, key, problems)).collect()
    }

    /// One of `choices`, by its name.
    pub(crate) fn choice<T: Copy>(
        &self,
        key: &'static str,
        choices: &[(&'static str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        let node = self.get(key)?;
        let found = choices.iter().find(|(name, _)| node.as_str() == Some(name)).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let problem = Problem::new(&node.at, "unknown_value", format!("`{key}` cannot be {node}"));
            problems.add(
                problem
                    .suggest(node.as_str().unwrap_or_default(), names.iter().copied())
                    .or_help(format!("one of {}", names.join(", "))),
            );
        }
        found
    }
}

pub(crate) fn word(node: &Node, key: &str, problems: &mut Problems) -> Option<Word> {
    match &node.kind {
        NodeKind::String(text) => Some(Word { at: node.at.clone(), text: text.text.clone() }),
        _ => {
            wrong(node, key, "a string", problems);
            None
        }
    }
}

/// A name in the list of `key`.
fn item(node: &Node, key: &str, problems: &mut Problems) -> Option<Word> {
    if node.as_str().is_none() {
        problems.add(Problem::new(&node.at, "wrong_type", format!("`{key}` lists strings, not {node}")));
        return None;
    }
    word(node, key, problems)
}

pub(crate) fn list<'n>(node: &'n Node, key: &str, problems: &mut Problems) -> Option<&'n [Node]> {
    if node.as_list().is_none() {
        wrong(node, key, "a list", problems);
    }
    node.as_list()
}

fn wrong(node: &Node, key: &str, wanted: &str, problems: &mut Problems) {
    let problem = Problem::new(&node.at, "wrong_type", format!("`{key}` is {wanted}, not {node}"));
    let quotable = wanted == "a string" && matches!(node.kind, NodeKind::Boolean(_) | NodeKind::Number(_));
    problems.add(if quotable { problem.help("put it in quotes") } else { problem });
}

/// A name that fields, views and the like may have.
pub(crate) fn check_name(name: &Word, what: &str, problems: &mut Problems) {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || name.len() > 100 || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let message = format!("`{}` cannot be the name of {what}", super::node::excerpt(name));
        problems.add(
            Problem::new(&name.at, "name", message)
                .help("letters, digits and `_`, at most 100, not starting with a digit"),
        );
    }
}
