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
    CheckedModel,
    checked::View,
    file::{ModelFiles, Node, NodeKind, Place, Problem},
    request::{FieldName, FieldQuery, QueryRoot},
};
use tessera_query::{RowLimit, Settings};
use tokio_util::sync::CancellationToken;

/// The measure that counts the rows of a view.
const ROWS: &str = "rows_of_this_view";

/// Of every view with a primary key, that it is never null and never comes twice.
pub(super) async fn primary_keys(workspace: &Workspace, now: Instant) -> Result<Vec<Problem>, FolderFailure> {
    let probe = Probe {
        keeper: workspace.folder.keeper(now)?,
        workspace: workspace.with_files(without_rules(workspace.files().clone()))?,
        settings: Settings { now, timezone: None, rows: RowLimit::CommandLine },
    };
    let mut problems = Vec::new();
    let model = &probe.workspace.checked;
    for view in model.views.iter().filter(|view| !view.primary_key.is_empty()) {
        for (filter, what) in [(is_null(model, view), "is null in some rows"), (is_repeated(view), "is not unique")] {
            if probe.finds_rows(view, filter).await? {
                let at = place_of_key(workspace.files(), &view.name);
                problems.push(Problem::new(&at, "primary_key", format!("the primary key of `{}` {what}", view.name)));
            }
        }
    }
    Ok(problems)
}

struct Probe {
    keeper: Arc<AccessContext>,
    workspace: Workspace,
    settings: Settings,
}

impl Probe {
    /// Whether some key of the view meets the filter.
    async fn finds_rows(&self, view: &View, filter: Node) -> Result<bool, FolderFailure> {
        let fields = key_of(&self.workspace.checked, view).chain([field(view, ROWS)]).collect();
        let root = QueryRoot::View(view.name.clone());
        let request =
            FieldQuery { root, fields, filters: vec![filter], sorts: Vec::new(), limit: Some(1), timezone: None };
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

fn key_of<'m>(model: &'m CheckedModel, view: &'m View) -> impl Iterator<Item = FieldName> + 'm {
    view.primary_key.iter().map(|id| field(view, &model.field(*id).name))
}

fn field(view: &View, name: &str) -> FieldName {
    FieldName { view: view.name.clone(), field: name.to_owned(), frame: None }
}

fn is_null(model: &CheckedModel, view: &View) -> Node {
    let tests = key_of(model, view).map(|field| {
        Node::map([("field", Node::string(field.to_string())), ("is_null", node(NodeKind::Boolean(true)))])
    });
    Node::map([("any_of", node(NodeKind::List(tests.collect())))])
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
