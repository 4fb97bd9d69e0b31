use super::draft::Draft;
use crate::checked::{AccessFilter, Lineage, ViewAccess};
use crate::file::{Node, Place, Problem, SourceFile, ViewFile, Word, excerpt};
use crate::{FieldId, ViewId};
use tessera_sql::tree::{Ident, PhysicalTable};

impl Draft<'_> {
    /// `table: schema.name`, or `name` in the schema `main`.
    pub(super) fn resolve_tables(&mut self) {
        for (view, file) in self.views() {
            let Some(SourceFile::Table(word)) = &file.source else { continue };
            match table(word) {
                Some(table) => {
                    self.check_table(&table, &word.at);
                    self.set_table(view, table);
                }
                None => {
                    let problem =
                        Problem::new(&word.at, "table_name", format!("`{}` is not the name of a table", excerpt(word)));
                    self.problems.add(problem.help("`schema.table`, or `table` in the schema `main`"));
                }
            }
        }
    }

    pub(super) fn check_table(&mut self, table: &PhysicalTable, at: &Place) {
        let Some(catalog) = self.catalog.clone() else { return };
        if catalog.tables.contains_key(table) || catalog.unreadable.contains_key(table) {
            return;
        }
        let names: Vec<String> =
            catalog.tables.keys().map(|known| format!("{}.{}", known.schema, known.name)).collect();
        let message = format!("the connection has no table `{}.{}`", table.schema, table.name);
        let problem = Problem::new(at, "unknown_table", message);
        self.problems
            .add(problem.suggest(&format!("{}.{}", table.schema, table.name), names.iter().map(String::as_str)));
    }

    /// The dimensions that are found; the others are problems already, added by [`Self::resolve_view_access`].
    pub(super) fn primary_key(&self, view: ViewId) -> Vec<FieldId> {
        let key = &self.view_file(view).primary_key;
        key.iter()
            .filter_map(|word| self.fields_of(view).find(|(name, _)| *name == word.text).map(|(_, field)| field))
            .collect()
    }

    pub(super) fn resolve_view_access(&mut self, lineages: &[Lineage]) -> Vec<ViewAccess> {
        self.views().map(|(view, file)| self.view_access(view, file, lineages)).collect()
    }

    fn view_access(&mut self, view: ViewId, file: &ViewFile, lineages: &[Lineage]) -> ViewAccess {
        let mut key: Vec<&str> = Vec::new();
        for word in &file.primary_key {
            self.find_dimension(view, word, &word.at);
            if key.contains(&word.text.as_str()) {
                self.problem(&word.at, "duplicate_name", format!("`{word}` is listed twice"));
            }
            key.push(word);
        }
        if let Some(at) = &file.everyone
            && !(file.requirements.is_empty() && file.filters.is_empty())
        {
            let problem = Problem::new(
                at,
                "everyone_beside_rule",
                format!("`access: everyone` stands beside a rule of `{}`", file.name),
            );
            self.problems.add(problem.help("remove the one that is not meant"));
        }
        ViewAccess {
            everyone: file.everyone.is_some(),
            requirements: self.requirements(&file.requirements),
            filters: file.filters.iter().filter_map(|node| self.view_rule(view, node, lineages)).collect(),
        }
    }
}

impl Draft<'_> {
    fn view_rule(&mut self, view: ViewId, node: &Node, lineages: &[Lineage]) -> Option<AccessFilter> {
        let rule = self.access_filter(view, node)?;
        self.check_rule_reach(view, &rule, &node.at, lineages);
        Some(rule)
    }
}

fn table(word: &Word) -> Option<PhysicalTable> {
    let (schema, name) = word.split_once('.').unwrap_or(("main", word));
    if name.contains('.') {
        return None;
    }
    Some(PhysicalTable { schema: Ident::new(schema).ok()?, name: Ident::new(name).ok()? })
}
