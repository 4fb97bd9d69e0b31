//! Views of a query: what they read of other views, and that they read no table which another view governs.
use super::draft::Draft;
use super::saved_query::FieldsDraft;
use super::snippet::inside;
use crate::checked::{AccessFilter, FieldPath, Lineage, QueryDefinition, QuerySource};
use crate::file::{Node, Place, Problem, SourceFile, Word};
use crate::{FieldId, ViewId};
use std::collections::{BTreeMap, BTreeSet};
use tessera_sql::frontend::{StatementError, ViewQuery, parse_view_query};
use tessera_sql::tree::{Ident, PhysicalTable};

/// The query of a view on its way to being checked.
pub(super) enum QueryDraft {
    Sql(SqlDraft),
    Fields(FieldsDraft),
}

pub(super) struct SqlDraft {
    query: ViewQuery,
    views: Vec<ViewId>,
    tables: BTreeSet<PhysicalTable>,
}

impl Draft<'_> {
    /// Once the tables of all other views and the join trees of the topics are known.
    pub(super) fn resolve_queries(&mut self) {
        for (view, file) in self.views() {
            let query = match &file.source {
                Some(SourceFile::Sql { text, definer }) => {
                    self.sql_draft(view, text, definer.as_ref()).map(QueryDraft::Sql)
                }
                Some(SourceFile::Fields(file)) => self.fields_draft(file).map(QueryDraft::Fields),
                Some(SourceFile::Table(_)) | None => None,
            };
            self.set_query(view, query);
        }
        self.refuse_circular_queries();
    }

    fn sql_draft(&mut self, view: ViewId, node: &Node, definer: Option<&Place>) -> Option<SqlDraft> {
        let own_name = &self.view_file(view).name;
        let query = match parse_view_query(node.as_str()?, |read| format!("{own_name}.{read}")) {
            Ok(query) => query,
            Err(error) => {
                self.refuse_query(node, error);
                return None;
            }
        };
        let mut views = Vec::new();
        for (name, position) in &query.views {
            let at = place(node, *position);
            views.push(self.find_view(&Word { at, text: name.clone() })?);
        }
        let references: BTreeSet<_> = query.views.keys().map(|read| format!("{own_name}.{read}")).collect();
        let mut tables = BTreeSet::new();
        for name in &query.statement.tables {
            if name.schema.is_none() && references.contains(name.name.as_str()) {
                continue;
            }
            let table = PhysicalTable { schema: name.schema_or_main(), name: name.name.clone() };
            let at = place(node, name.position);
            self.check_table(&table, &at);
            if tables.insert(table.clone()) && definer.is_none() {
                self.refuse_governed(&table, &at);
            }
        }
        let file = self.view_file(view);
        if let Some(definer) = definer
            && file.requirements.is_empty()
            && file.filters.is_empty()
        {
            let message = format!("`{own_name}` reads with the rights of its author and has no rule of its own");
            let problem = Problem::new(definer, "definer_without_rule", message);
            self.problems.add(problem.help("add `required_access_grants` or `access_filters`"));
        }
        Some(SqlDraft { query, views, tables })
    }

    fn refuse_query(&mut self, node: &Node, error: StatementError) {
        let problem = Problem::new(&place(node, error.position), "sql", error.message);
        self.problems.add(match error.help {
            Some(help) => problem.help(help),
            None => problem,
        });
    }

    fn refuse_governed(&mut self, table: &PhysicalTable, at: &Place) {
        let governs = self.views().find(|(view, _)| self.table(*view) == Some(table)).map(|(_, file)| &file.name);
        if let Some(governs) = governs {
            let message = format!("the view `{governs}` governs the table `{}.{}`", table.schema, table.name);
            self.problems.add(Problem::new(at, "governed_table", message).help(format!(
                "write `${{{governs}}}` to read what each person may see of it; or `definer_rights: true` and a rule of this view"
            )));
        }
    }

    /// What the query of a view reads of other views, as far as it is known.
    fn views_read(&self, view: ViewId) -> Option<Vec<ViewId>> {
        Some(match self.query(view)? {
            QueryDraft::Sql(draft) => draft.views.clone(),
            QueryDraft::Fields(draft) => draft.views().collect(),
        })
    }

    pub(super) fn refuse_circular_queries(&mut self) {
        let sorted = self.query_views();
        for (view, file) in self.views() {
            if self.query(view).is_some() && !sorted.contains(&view) {
                let message = format!("the query of `{}` reads itself, directly or through other views", file.name);
                self.problem(&file.name.at, "cycle", message);
                self.set_query(view, None);
            }
        }
    }

    /// Each after those that it reads; what reads itself is not among them.
    pub(super) fn query_views(&self) -> Vec<ViewId> {
        let mut sorted: Vec<ViewId> = Vec::new();
        loop {
            let is_ready = |view: &ViewId| {
                !sorted.contains(view)
                    && self.views_read(*view).is_some_and(|views| {
                        views.iter().all(|read| self.query(*read).is_none() || sorted.contains(read))
                    })
            };
            let ready: Vec<ViewId> = self.views().map(|(view, _)| view).filter(is_ready).collect();
            if ready.is_empty() {
                return sorted;
            }
            sorted.extend(ready);
        }
    }

    /// The columns of a query, where they are known.
    pub(super) fn query_columns(&self, view: ViewId) -> Option<Vec<&Ident>> {
        match self.query(view)? {
            QueryDraft::Sql(draft) => Some(draft.query.columns.as_ref()?.iter().map(|column| &column.name).collect()),
            QueryDraft::Fields(draft) => Some(draft.columns().collect()),
        }
    }

    /// The dimensions of the views that a query reads, by their names in it.
    fn dimensions_named(&self, query: &SqlDraft, names: &BTreeSet<String>) -> BTreeSet<FieldId> {
        let fields = query.views.iter().flat_map(|view| self.fields_of(*view));
        fields
            .filter(|(name, field)| names.contains(*name) && !self.field_file(*field).is_measure)
            .map(|(_, field)| field)
            .collect()
    }

    /// The fields of other views that a field of a query's view is computed from.
    pub(super) fn inputs_of(&self, field: FieldId) -> BTreeSet<FieldId> {
        let columns = self.columns_read(field);
        match self.query(self.field(field).view) {
            None => BTreeSet::new(),
            Some(QueryDraft::Fields(draft)) => columns.iter().filter_map(|column| draft.field_of(column)).collect(),
            Some(QueryDraft::Sql(draft)) => {
                let mut inputs = self.dimensions_named(draft, &draft.query.reads);
                inputs.extend(columns.iter().flat_map(|column| self.inputs_of_column(draft, column)));
                inputs
            }
        }
    }

    fn inputs_of_column(&self, query: &SqlDraft, column: &Ident) -> BTreeSet<FieldId> {
        let columns = query.query.columns.iter().flatten();
        columns
            .filter(|known| known.name == *column)
            .flat_map(|known| self.dimensions_named(query, &known.reads))
            .collect()
    }

    /// The names of all columns that a query reads are known. Once the lineages are.
    pub(super) fn check_query_columns(&mut self, lineages: &[Lineage]) {
        for (view, file) in self.views() {
            let (Some(QueryDraft::Sql(query)), Some(SourceFile::Sql { text, .. })) = (self.query(view), &file.source)
            else {
                continue;
            };
            let mut problems = Vec::new();
            for (name, position) in &query.query.statement.columns {
                let found = self.dimensions_named(query, &BTreeSet::from([name.clone()]));
                let reaches = |field: &FieldId| lineages.get(field.index()).is_some_and(|of| !of.views.is_empty());
                if let Some(far) = found.iter().find(|field| reaches(field))
                    && found.iter().all(reaches)
                {
                    let message = format!("`{}` is computed from other views", self.full_name(*far));
                    let problem = Problem::new(&place(text, *position), "query_reaches", message);
                    problems.push(problem.help("join those views in this query"));
                } else if found.is_empty() && query.query.is_flat && !self.is_column_of(query, name) {
                    let message = format!("the query reads nothing that has a column or a dimension `{name}`");
                    problems.push(Problem::new(&place(text, *position), "unknown_column", message));
                }
            }
            problems.into_iter().for_each(|problem| self.problems.add(problem));
        }
    }

    /// Of a table that the query reads, or of its own; a table whose columns are not known may have any.
    fn is_column_of(&self, query: &SqlDraft, name: &str) -> bool {
        let of_table = |table: &PhysicalTable| {
            let columns = self.catalog.as_ref().and_then(|catalog| catalog.tables.get(table));
            columns.is_none_or(|columns| columns.iter().any(|column| column.name.as_str() == name))
        };
        query.tables.iter().any(of_table)
            || query
                .query
                .columns
                .iter()
                .flatten()
                .any(|column| column.name.as_str() == name && !column.reads.contains(name))
    }

    /// The dimensions by which rows are joined and counted.
    pub(super) fn keys_of_rows(&self) -> BTreeSet<FieldId> {
        let primary = self.views().flat_map(|(view, _)| self.primary_key(view));
        let joined = self.relationships.iter().flat_map(|relationship| &relationship.keys);
        primary.chain(joined.flat_map(|(near, far)| [*near, *far])).collect()
    }

    /// `keys`: the dimensions by which rows of the view are joined and counted.
    pub(super) fn query_source(
        &self,
        view: ViewId,
        keys: &BTreeSet<FieldId>,
        lineages: &[Lineage],
    ) -> Option<QuerySource> {
        match self.query(view)? {
            QueryDraft::Sql(draft) => Some(self.sql_source(view, draft, keys, lineages)),
            QueryDraft::Fields(draft) => self.fields_source(view, draft, keys),
        }
    }

    fn sql_source(
        &self,
        view: ViewId,
        draft: &SqlDraft,
        keys: &BTreeSet<FieldId>,
        lineages: &[Lineage],
    ) -> QuerySource {
        let SqlDraft { query, views, tables } = draft;
        let mut uses = self.dimensions_named(draft, &query.reads);
        for column in keys.iter().filter(|key| self.field(**key).view == view).flat_map(|key| self.columns_read(*key)) {
            uses.extend(self.inputs_of_column(draft, &column));
        }
        let columns = query.columns.iter().flatten();
        let columns: BTreeMap<Ident, BTreeSet<FieldId>> =
            columns.map(|column| (column.name.clone(), self.dimensions_named(draft, &column.reads))).collect();
        let names = query.statement.columns.iter().map(|(name, _)| name.clone()).collect();
        let mut offered = self.dimensions_named(draft, &names);
        offered.retain(|field| lineages.get(field.index()).is_some_and(|lineage| lineage.views.is_empty()));
        let definition = QueryDefinition::Sql { query: query.clone(), offered, tables: tables.clone() };
        QuerySource { definition, views: views.clone(), uses, columns }
    }

    /// A rule reads tables as they are: it cannot reach what is computed for each person.
    pub(super) fn check_rule_reach(&mut self, view: ViewId, rule: &AccessFilter, at: &Place, lineages: &[Lineage]) {
        match rule {
            AccessFilter::Grant(_) => {}
            AccessFilter::Any(rules) | AccessFilter::All(rules) => {
                rules.iter().for_each(|rule| self.check_rule_reach(view, rule, at, lineages));
            }
            AccessFilter::Attribute { field: FieldPath { steps, field }, .. } => {
                let stepped = steps.iter().map(|step| {
                    let relationship = self.relationship(step.relationship);
                    if step.backward { relationship.from } else { relationship.to }
                });
                let read = lineages.get(field.index()).into_iter().flat_map(|lineage| lineage.views.iter().copied());
                let far = stepped.chain(read).find(|reached| *reached != view && self.query(*reached).is_some());
                if let Some(far) = far {
                    let message = format!("a rule cannot reach `{}`, which is a query", self.view_file(far).name);
                    let problem = Problem::new(at, "rule_reaches_query", message);
                    self.problems.add(problem.help("let it compare a dimension of a view with `table`"));
                }
            }
        }
    }
}

/// A place in a text that stands on one line as it is; the text's own otherwise.
fn place(node: &Node, position: Option<(u64, u64)>) -> Place {
    match position {
        Some((1, column)) => {
            let characters = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
            let text = node.as_str().unwrap_or_default();
            inside(node, text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset))
        }
        Some(_) | None => node.at.clone(),
    }
}
