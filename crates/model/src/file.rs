//! Model files: YAML → what is written → [`CheckedModel`], with every problem that there is.
mod actor_file;
mod json;
mod model_file;
mod node;
mod policy_test;
mod problem;
mod read;
mod topic_file;
mod view_file;
mod yaml;

pub use actor_file::{ActorFile, ActorUser};
pub use node::{Node, NodeKind, Place, Text, Word};
pub use policy_test::{Expectation, GivenRow, GivenTable, PolicyTest, TestQuery, policy_tests};
pub use problem::{Problem, closest};

pub(crate) use model_file::{ModelFile, RelationshipFile, timezone};
pub(crate) use node::excerpt;
pub(crate) use problem::Problems;
pub(crate) use read::{Entries, word};
pub(crate) use topic_file::{JoinFile, TopicFile};
pub(crate) use view_file::{FieldFile, FieldsFile, MaskFile, SourceFile, ViewFile};

use crate::{Catalog, CheckedModel, resolve};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The bytes of a model's files by path, relative to its folder, with `/`: `views/orders.view.yaml`.
pub type ModelFiles = BTreeMap<String, Vec<u8>>;

/// The files that make a model, as written.
pub(crate) struct ModelSource {
    pub(crate) model: ModelFile,
    /// In the order of their names.
    pub(crate) views: Vec<ViewFile>,
    pub(crate) topics: Vec<TopicFile>,
    /// Views whose files cannot be read: what names one of them may be right.
    pub(crate) unread_views: BTreeSet<String>,
}

/// Checks a model completely. With a `catalog`, its tables and columns must exist and its types must fit; without one,
/// every field whose type cannot be told from others needs a `type`.
pub fn check(files: &ModelFiles, catalog: Option<Arc<Catalog>>) -> Result<CheckedModel, Vec<Problem>> {
    let mut problems = Problems::default();
    let source = load(files, &mut problems);
    match source.and_then(|source| resolve::resolve(&source, catalog, &mut problems)) {
        Some(checked) if problems.is_empty() => Ok(checked),
        _ => Err(problems.into_sorted()),
    }
}

fn load(files: &ModelFiles, problems: &mut Problems) -> Option<ModelSource> {
    let model = match files.get("model.yaml") {
        Some(bytes) => parse("model.yaml", bytes, problems).and_then(|node| ModelFile::read(&node, problems)),
        None => {
            problems.add(Problem::new(&Place::file("model.yaml"), "missing_file", "the folder has no `model.yaml`"));
            None
        }
    };
    let mut views = Vec::new();
    let mut topics = Vec::new();
    let mut unread_views = BTreeSet::new();
    for (path, bytes) in files {
        match kind(path, problems) {
            Some(FileKind::View(stem)) => {
                let view = parse(path, bytes, problems).and_then(|node| ViewFile::read(&node, problems));
                if view.is_none() {
                    unread_views.insert(stem.to_owned());
                }
                views.extend(view.filter(|view| {
                    is_new(&view.name, stem, views.iter().map(|other: &ViewFile| &other.name), problems)
                }));
            }
            Some(FileKind::Topic(stem)) => {
                let topic = parse(path, bytes, problems).and_then(|node| TopicFile::read(&node, problems));
                topics.extend(topic.filter(|topic| {
                    is_new(&topic.name, stem, topics.iter().map(|other: &TopicFile| &other.name), problems)
                }));
            }
            None => {}
        }
    }
    views.sort_by(|a, b| a.name.text.cmp(&b.name.text));
    topics.sort_by(|a, b| a.name.text.cmp(&b.name.text));
    Some(ModelSource { model: model?, views, topics, unread_views })
}

fn parse(path: &str, bytes: &[u8], problems: &mut Problems) -> Option<Node> {
    Node::from_yaml(path, bytes).map_err(|problem| problems.add(problem)).ok()
}

enum FileKind<'p> {
    View(&'p str),
    Topic(&'p str),
}

/// By its folder and ending. A file that looks as if it were meant to count, and would not, is a problem.
fn kind<'p>(path: &'p str, problems: &mut Problems) -> Option<FileKind<'p>> {
    let (folder, _) = path.split_once('/')?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = match folder {
        "views" => ".view.yaml",
        "topics" => ".topic.yaml",
        "tests" => ".test.yaml",
        _ => return None,
    };
    let Some(stem) = name.strip_suffix(ending) else {
        if name.ends_with(".yaml") || name.ends_with(".yml") {
            let problem = Problem::new(
                &Place::file(path),
                "file_name",
                format!("a file in `{folder}` would be ignored under this name"),
            );
            problems.add(problem.help(format!("files in `{folder}` are called `<name>{ending}`")));
        }
        return None;
    };
    match folder {
        "views" => Some(FileKind::View(stem)),
        "topics" => Some(FileKind::Topic(stem)),
        _ => None,
    }
}

fn is_new<'o>(name: &Word, stem: &str, mut others: impl Iterator<Item = &'o Word>, problems: &mut Problems) -> bool {
    if name.text != stem {
        let problem = Problem::new(
            &name.at,
            "file_name",
            format!("`{}` stands in the file of `{}`", excerpt(name), excerpt(stem)),
        );
        problems.add(problem.help("a file is called by the name that it declares"));
    }
    let double = others.find(|other| other.text == name.text);
    if let Some(other) = double {
        problems.add(Problem::new(
            &name.at,
            "duplicate_name",
            format!("`{name}` is declared in {} as well", other.at.file),
        ));
    }
    double.is_none()
}
