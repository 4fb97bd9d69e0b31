//! Looks into the data for what a model takes for granted. The keeper of a folder may see all of it, so the questions are
//! asked of the same model without its rules; they go the way of every question.
use super::{FolderFailure, Workspace};
use crate::{
    Question,
    model_edit::{declare_everybody, edit, find, key, node, open, put, remove_keys},
};
use std::sync::Arc;
use tessera_access::AccessContext;
use tessera_base::Instant;
use tessera_model::{
    CheckedModel, FieldId, ViewId,
    checked::{Cardinality, Relationship, View},
    file::{ModelFiles, Node, NodeKind, Place, Problem},
    request::{FieldName, FieldQuery, QueryRoot},
};
use tessera_query::{RowLimit, Settings};
use tokio_util::sync::CancellationToken;

/// The measure that counts the rows of a view.
const ROWS: &str = "rows_of_this_view";

/// Of every view with a primary key, that it is never null and never comes twice; and of every relationship, that a row
/// has one partner where the model says so.
pub(super) async fn keys(workspace: &Workspace, now: Instant) -> Result<Vec<Problem>, FolderFailure> {
    let probe = Probe {
        keeper: workspace.folder.keeper(now),
        workspace: workspace.with_files(without_rules(workspace.files().clone()))?,
        settings: Settings { now, timezone: None, rows: RowLimit::CommandLine },
    };
    let mut problems = Vec::new();
    let model = &probe.workspace.checked;
    for view in model.views.iter().filter(|view| !view.primary_key.is_empty()) {
        let key = &view.primary_key;
        for (filter, what) in
            [(any_is_null(model, view, key), "is null in some rows"), (is_repeated(view), "is not unique")]
        {
            if probe.finds_rows(view, key, vec![filter]).await? {
                let at = place_of_key(workspace.files(), &view.name);
                problems.push(Problem::new(&at, "primary_key", format!("the primary key of `{}` {what}", view.name)));
            }
        }
    }
    for (index, relationship) in model.relationships.iter().enumerate() {
        for (view, key) in single_sides(relationship) {
            let view = model.view(view);
            // A primary key has been looked at.
            if view.primary_key.iter().all(|field| key.contains(field)) && !view.primary_key.is_empty() {
                continue;
            }
            let filters = vec![none_is_null(model, view, &key), is_repeated(view)];
            if probe.finds_rows(view, &key, filters).await? {
                let message = format!(
                    "the relationship from `{}` to `{}` has several rows of `{}` for one, and is declared to have one",
                    model.view(relationship.from).name,
                    model.view(relationship.to).name,
                    view.name
                );
                let at = place_of_relationship(workspace.files(), index);
                problems.push(Problem::new(&at, "relationship", message).help("declare its `type` as the data is"));
            }
        }
    }
    Ok(problems)
}

/// The sides of which there is at most one row for a row of the other, with their keys.
fn single_sides(relationship: &Relationship) -> Vec<(ViewId, Vec<FieldId>)> {
    let from = || (relationship.from, relationship.keys.iter().map(|(from, _)| *from).collect());
    let to = || (relationship.to, relationship.keys.iter().map(|(_, to)| *to).collect());
    match relationship.cardinality {
        Cardinality::ManyToOne => vec![to()],
        Cardinality::OneToMany => vec![from()],
        Cardinality::OneToOne => vec![from(), to()],
        Cardinality::ManyToMany => Vec::new(),
    }
}

struct Probe {
    keeper: Arc<AccessContext>,
    workspace: Workspace,
    settings: Settings,
}

impl Probe {
    /// Whether some key of the view meets the filters.
    async fn finds_rows(&self, view: &View, key: &[FieldId], filters: Vec<Node>) -> Result<bool, FolderFailure> {
        let fields = key_of(&self.workspace.checked, view, key).chain([field(view, ROWS)]).collect();
        let root = QueryRoot::View(view.name.clone());
        let request = FieldQuery { root, fields, filters, sorts: Vec::new(), limit: Some(1), timezone: None };
        let governed = self.workspace.govern(&self.keeper, &Question::Fields(request), &self.settings)?;
        let mut rows = self.workspace.run(&self.keeper, governed, CancellationToken::new()).await?;
        while let Some(batch) = rows.next().await {
            if batch?.num_rows() > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn key_of<'m>(model: &'m CheckedModel, view: &'m View, key: &'m [FieldId]) -> impl Iterator<Item = FieldName> + 'm {
    key.iter().map(|id| field(view, &model.field(*id).name))
}

fn field(view: &View, name: &str) -> FieldName {
    FieldName { view: view.name.clone(), field: name.to_owned(), frame: None }
}

fn any_is_null(model: &CheckedModel, view: &View, key: &[FieldId]) -> Node {
    Node::map([("any_of", node(NodeKind::List(null_tests(model, view, key, true))))])
}

fn none_is_null(model: &CheckedModel, view: &View, key: &[FieldId]) -> Node {
    Node::map([("all_of", node(NodeKind::List(null_tests(model, view, key, false))))])
}

fn null_tests(model: &CheckedModel, view: &View, key: &[FieldId], is_null: bool) -> Vec<Node> {
    let test = |field: FieldName| {
        let is_null = node(NodeKind::Boolean(is_null));
        Node::map([("field", Node::string(field.to_string())), ("is_null", is_null)])
    };
    key_of(model, view, key).map(test).collect()
}

fn is_repeated(view: &View) -> Node {
    let field = Node::string(field(view, ROWS).to_string());
    Node::map([("field", field), ("greater_than", node(NodeKind::Number(1.into())))])
}

/// The model as whoever keeps it may see it, with a measure that counts the rows of each view.
fn without_rules(mut files: ModelFiles) -> ModelFiles {
    let rules = ["access", "required_access_grants", "access_filters", "mask", "mask_unless_access_grants"];
    edit(&mut files, "topics", |root| remove_keys(root, &rules));
    edit(&mut files, "views", |root| {
        remove_keys(root, &rules);
        open(root);
        for group in ["dimensions", "measures"] {
            if let Some(Node { kind: NodeKind::Map(fields), .. }) = find(root, &[key(group)]) {
                fields.iter_mut().for_each(|(_, field)| remove_keys(field, &rules));
            }
        }
        if root.get("measures").is_none() {
            put(root, "measures", Node::map([]));
        }
        if let Some(measures) = find(root, &[key("measures")]) {
            put(measures, ROWS, Node::map([("aggregate_type", Node::string("count"))]));
        }
    });
    declare_everybody(&mut files);
    files
}

fn place_of_key(files: &ModelFiles, view: &str) -> Place {
    let roots = files.iter().filter_map(|(path, bytes)| Node::from_yaml(path, bytes).ok());
    let found = roots.into_iter().find(|root| root.get("view").and_then(Node::as_str) == Some(view));
    found.as_ref().and_then(|root| root.get("primary_key")).map_or_else(Place::nowhere, |key| key.at.clone())
}

fn place_of_relationship(files: &ModelFiles, index: usize) -> Place {
    let model = files.get("model.yaml").and_then(|bytes| Node::from_yaml("model.yaml", bytes).ok());
    let list = model.as_ref().and_then(|model| model.get("relationships")).and_then(Node::as_list);
    list.and_then(|list| list.get(index)).map_or_else(Place::nowhere, |node| node.at.clone())
}
