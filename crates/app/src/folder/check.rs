//! `tessera check`: whether a model folder loads, and whether the keys that it declares are keys.
use super::{FolderFailure, Workspace, probe};
use std::{path::Path, sync::Arc};
use tessera_base::Instant;
use tessera_engine::EngineHost;
use tessera_model::{
    CheckedModel,
    checked::View,
    file::{Place, Problem},
};
use tessera_sql::tree::PhysicalTable;

/// What a model that loads consists of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checked {
    pub views: usize,
    pub fields: usize,
    pub topics: usize,
    /// Nothing in `connections.yaml` says where the data is, so that tables and columns were taken at their word.
    pub without_data: bool,
}

/// Checks the folder; with `data`, also that primary keys are unique and never null.
pub async fn check(path: &Path, data: bool, host: Arc<EngineHost>, now: Instant) -> Result<Checked, FolderFailure> {
    let workspace = Workspace::open(path, host, now).await?;
    let model = &workspace.checked;
    let unreadable = unreadable_tables(model);
    if !unreadable.is_empty() {
        return Err(unreadable.into());
    }
    if data {
        let problems = probe::keys(&workspace, now).await?;
        if !problems.is_empty() {
            return Err(problems.into());
        }
    }
    Ok(Checked {
        views: model.views.len(),
        fields: model.fields.len(),
        topics: model.topics.len(),
        without_data: workspace.data.is_none(),
    })
}

/// A damaged file does not keep a model from loading: its own table is unavailable, and everything else works. Whoever
/// checks wants to know.
fn unreadable_tables(model: &CheckedModel) -> Vec<Problem> {
    let problem = |view: &View, table: &PhysicalTable| {
        let why = model.catalog.unreadable.get(table)?;
        let message = format!("table `{}.{}` of view `{}` cannot be read: {why}", table.schema, table.name, view.name);
        let problem =
            Problem::new(&Place::file(&format!("views/{}.view.yaml", view.name)), "unreadable_table", message);
        Some(problem.help("replace the file; until then only questions to this table fail"))
    };
    let tables = model.views.iter().flat_map(|view| view.source.tables().map(move |table| (view, table)));
    tables.filter_map(|(view, table)| problem(view, table)).collect()
}
