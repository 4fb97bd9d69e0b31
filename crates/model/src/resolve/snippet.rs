use super::draft::Draft;
use super::path::NoPath;
use crate::checked::{FieldPath, ModelRef, Step};
use crate::file::{Node, NodeKind, Place, Problem};
use crate::{FieldId, ViewId};
use tessera_sql::frontend::{SnippetRef, parse_snippet};
use tessera_sql::tree::{Expr, Ident};

/// What a snippet may read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Columns and dimensions.
    Rows,
    /// Measures.
    Measures,
}

impl Draft<'_> {
    pub(super) fn snippet(&mut self, node: &Node) -> Option<Expr<SnippetRef>> {
        let text = node.as_str()?;
        match parse_snippet(text) {
            Ok(expr) => Some(expr),
            Err(error) => {
                let at = inside(node, error.offset);
                let problem = Problem::new(&at, "sql", error.message);
                self.problems.add(match error.help {
                    Some(help) => problem.help(help),
                    None => problem,
                });
                None
            }
        }
    }

    pub(super) fn resolve_expressions(&mut self) {
        for field in self.fields() {
            let file = self.field_file(field);
            let view = self.field(field).view;
            let reading = if file.is_measure && file.aggregate.is_none() { Reading::Measures } else { Reading::Rows };
            let expr = match &file.sql {
                Some(node) => self.expression(view, node, reading),
                None if file.is_measure => {
                    self.field_mut(field).broken = file.aggregate.is_none();
                    continue;
                }
                // A dimension without `sql` is the column of its own name.
                None => match Ident::new(file.name.text.as_str()) {
                    Ok(column) => self.column(view, column, &file.name.at).map(Expr::Column),
                    Err(_) => None,
                },
            };
            let draft = self.field_mut(field);
            draft.broken = expr.is_none();
            draft.expr = expr;
        }
    }

    /// A snippet with its names resolved for a reader in `view`.
    pub(super) fn expression(&mut self, view: ViewId, node: &Node, reading: Reading) -> Option<Expr<ModelRef>> {
        let snippet = self.snippet(node)?;
        // Every name is looked up, so that all problems are found at once.
        let resolved = snippet.try_map(&mut |name| {
            Ok::<_, std::convert::Infallible>(Expr::Column(self.reference(view, node, name, reading)))
        });
        let Ok(resolved) = resolved;
        resolved.try_map(&mut |found: &Option<ModelRef>| found.clone().map(Expr::Column).ok_or(())).ok()
    }

    fn reference(&mut self, view: ViewId, node: &Node, name: &SnippetRef, reading: Reading) -> Option<ModelRef> {
        match (name, reading) {
            (SnippetRef::Column(column), Reading::Rows) => self.column(view, column.clone(), &node.at),
            (SnippetRef::Column(column), Reading::Measures) => {
                let problem = Problem::new(
                    &node.at,
                    "measure_reads_rows",
                    format!("a measure of measures cannot read the column `{column}`"),
                );
                self.problems.add(problem.help("add `aggregate_type`, or refer to a measure with `${measure}`"));
                None
            }
            (SnippetRef::Field { view: None, field }, Reading::Rows) => Some(ModelRef::Field(FieldPath {
                steps: Vec::new(),
                field: self.find_dimension(view, field, &node.at)?,
            })),
            (SnippetRef::Field { view: Some(other), field }, Reading::Rows) => {
                Some(ModelRef::Field(self.dimension_path(view, other, field, &node.at)?))
            }
            (SnippetRef::Field { view: other, field }, Reading::Measures) => Some(ModelRef::Field(FieldPath {
                steps: Vec::new(),
                field: self.measure_of_measures(view, other.as_deref(), field, &node.at)?,
            })),
        }
    }

    fn column(&mut self, view: ViewId, column: Ident, at: &Place) -> Option<ModelRef> {
        if let (Some(catalog), Some(table)) = (self.catalog.clone(), self.table(view).cloned())
            && let Some(columns) = catalog.tables.get(&table)
            && !columns.iter().any(|known| known.name == column)
        {
            let problem = Problem::new(
                at,
                "unknown_column",
                format!("table `{}.{}` has no column `{column}`", table.schema, table.name),
            );
            self.problems.add(problem.suggest(column.as_str(), columns.iter().map(|known| known.name.as_str())));
            return None;
        }
        if let Some(names) = self.query_columns(view)
            && !names.contains(&&column)
        {
            let message = format!("the query of `{}` has no column `{column}`", self.view_file(view).name);
            let problem = Problem::new(at, "unknown_column", message);
            let problem = problem.suggest(column.as_str(), names.iter().map(|known| known.as_str()));
            self.problems.add(problem);
            return None;
        }
        Some(ModelRef::Column(column))
    }

    /// A dimension of `other`, read from a row of `view`.
    pub(super) fn dimension_path(&mut self, view: ViewId, other: &str, field: &str, at: &Place) -> Option<FieldPath> {
        let other = self.find_view(&crate::file::Word { at: at.clone(), text: other.to_owned() })?;
        let field = self.find_dimension(other, field, at)?;
        if other == view {
            return Some(FieldPath { steps: Vec::new(), field });
        }
        Some(FieldPath { steps: self.single_row_path(view, other, at)?, field })
    }

    fn single_row_path(&mut self, from: ViewId, to: ViewId, at: &Place) -> Option<Vec<Step>> {
        let (from_name, to_name) = (&self.view_file(from).name, &self.view_file(to).name);
        let problem = match self.paths.to_one(from, to) {
            Ok(steps) => return Some(steps),
            Err(NoPath::None) => {
                let problem =
                    Problem::new(at, "no_path", format!("a row of `{from_name}` has no single row of `{to_name}`"));
                problem.help(format!("declare many_to_one relationships that lead from `{from_name}` to `{to_name}`"))
            }
            Err(NoPath::Ambiguous(one, other)) => {
                let between = if one.len() + other.len() > 2 {
                    "read it through a dimension of the view in between, or "
                } else {
                    ""
                };
                let (one, other) = (self.path_text(from, &one), self.path_text(from, &other));
                let problem = Problem::new(
                    at,
                    "ambiguous_path",
                    format!("`{to_name}` is reached from `{from_name}` in several ways: {one}, and {other}"),
                );
                problem.help(format!("{between}join `{to_name}` under an alias in a topic"))
            }
            Err(NoPath::TooMany) => Problem::new(
                at,
                "ambiguous_path",
                format!("`{to_name}` is reached from `{from_name}` in too many ways"),
            ),
        };
        self.problems.add(problem);
        None
    }

    fn measure_of_measures(&mut self, view: ViewId, other: Option<&str>, field: &str, at: &Place) -> Option<FieldId> {
        let home = match other {
            None => view,
            Some(other) => self.find_view(&crate::file::Word { at: at.clone(), text: other.to_owned() })?,
        };
        let found = self.find_field(home, field, at)?;
        if !self.field_file(found).is_measure {
            let message = format!("a measure of measures cannot read the dimension `{}`", self.full_name(found));
            self.problems.add(
                Problem::new(at, "measure_reads_rows", message).help("add `aggregate_type`, or refer to a measure"),
            );
            return None;
        }
        if home != view && !self.paths.are_connected(view, home) {
            let message = format!(
                "no relationships connect `{}` with `{}`",
                self.view_file(view).name,
                self.view_file(home).name
            );
            self.problem(at, "unrelated_measure", message);
            return None;
        }
        Some(found)
    }
}

/// The place of a byte of a node's text, where the text stands on one line as it is; the node's own otherwise.
pub(super) fn inside(node: &Node, offset: usize) -> Place {
    let NodeKind::String(text) = &node.kind else { return node.at.clone() };
    let Some(starts_at) = text.starts_at else { return node.at.clone() };
    let characters = text.text.get(..offset).map_or(0, |before| before.chars().count());
    Place { column: starts_at + u32::try_from(characters).unwrap_or(0), ..node.at.clone() }
}
