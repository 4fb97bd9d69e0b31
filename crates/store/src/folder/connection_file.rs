//! `connections.yaml`: `warehouse: {engine: files, path: data, mask_key: "…"}`.
use super::FolderError;
use crate::entropy::{SystemRandom, random_bytes};
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};
use tessera_access::{Credentials, EngineKind};
use tessera_model::file::{Node, NodeKind, Problem};

#[derive(Clone)]
pub(super) struct ConnectionFile {
    pub(super) folder: PathBuf,
    mask_key: Option<Vec<u8>>,
}

impl fmt::Debug for ConnectionFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionFile({})", self.folder.display())
    }
}

impl ConnectionFile {
    /// The same, with the files of another folder.
    pub(super) fn at(&self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), mask_key: self.mask_key.clone() }
    }

    pub(super) fn files(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), mask_key: None }
    }

    pub(super) fn engine(&self) -> EngineKind {
        EngineKind::Files { folder: self.folder.clone() }
    }

    /// Without a key in the file, hashes are good for one run: they tell equal from different, and nothing else.
    pub(super) fn credentials(&self) -> Result<Credentials, FolderError> {
        let mask_key = match &self.mask_key {
            Some(key) => key.clone(),
            None => random_bytes::<32>(&SystemRandom)?.to_vec(),
        };
        Ok(Credentials { mask_key })
    }
}

/// Paths are relative to `root`.
pub(super) fn read(node: &Node, root: &Path) -> Result<BTreeMap<String, ConnectionFile>, FolderError> {
    let mut problems = Vec::new();
    let connections = entries(node, "`connections.yaml`", &[], &mut problems)
        .into_iter()
        .filter_map(|(name, node)| Some((name.to_owned(), connection(node, root, &mut problems)?)))
        .collect();
    if problems.is_empty() { Ok(connections) } else { Err(FolderError::Problems(problems)) }
}

fn connection(node: &Node, root: &Path, problems: &mut Vec<Problem>) -> Option<ConnectionFile> {
    let (mut engine, mut folder, mut mask_key) = (None, None, None);
    for (key, value) in entries(node, "a connection", &["engine", "path", "mask_key"], problems) {
        let text = string(value, key, problems)?;
        match key {
            "engine" if text == "files" => engine = Some(()),
            "engine" => {
                problems.push(wrong(value, key, "`files`"));
                return None;
            }
            "path" => folder = Some(root.join(text)),
            _ => mask_key = Some(text.into_bytes()),
        }
    }
    for (key, is_missing) in [("engine", engine.is_none()), ("path", folder.is_none())] {
        if is_missing {
            problems.push(Problem::new(&node.at, "missing_key", format!("a connection needs `{key}`")));
        }
    }
    Some(ConnectionFile { folder: folder?, mask_key: mask_key.filter(|key| !key.is_empty()) })
}

/// What is wrong with `node`, in its place.
fn wrong(node: &Node, key: &str, wanted: &str) -> Problem {
    Problem::new(&node.at, "wrong_type", format!("`{key}` is {wanted}, not {node}"))
}

/// The entries of a map that has these keys and no others; none for null, so that a file may be empty but for comments.
fn entries<'n>(node: &'n Node, what: &str, known: &[&str], problems: &mut Vec<Problem>) -> Vec<(&'n str, &'n Node)> {
    let map = match &node.kind {
        NodeKind::Map(entries) => entries.as_slice(),
        NodeKind::Null => &[],
        _ => {
            problems.push(Problem::new(&node.at, "wrong_type", format!("{what} is a map, not {}", node.kind_name())));
            &[]
        }
    };
    let is_known = |name: &str| known.is_empty() || known.contains(&name);
    for (word, _) in map.iter().filter(|(word, _)| !is_known(&word.text)) {
        let problem = Problem::new(&word.at, "unknown_key", format!("{what} has no key `{}`", word.text));
        problems.push(problem.suggest(&word.text, known.iter().copied()));
    }
    map.iter().filter(|(word, _)| is_known(&word.text)).map(|(word, value)| (word.text.as_str(), value)).collect()
}

fn string(node: &Node, key: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let text = node.as_str();
    if text.is_none() {
        problems.push(wrong(node, key, "a string"));
    }
    text.map(str::to_owned)
}
