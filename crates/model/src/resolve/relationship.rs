use super::draft::Draft;
use crate::checked::{Relationship, Step};
use crate::file::{Problem, RelationshipFile};
use crate::{FieldId, RelationshipId, ViewId};
use std::collections::BTreeMap;
use tessera_sql::frontend::SnippetRef;
use tessera_sql::tree::{BinaryOp, Expr};

impl Draft<'_> {
    pub(super) fn resolve_relationships(&mut self) {
        let files = &self.model.relationships;
        let mut names = BTreeMap::new();
        for file in files {
            let (from, to) = (self.find_view(&file.from), self.find_view(&file.to));
            if let Some(name) = &file.name
                && let Some(line) = names.insert(name.text.as_str(), name.at.line)
            {
                self.problem(
                    &name.at,
                    "duplicate_name",
                    format!("the relationship `{name}` is declared on line {line} as well"),
                );
            }
            let Some((from, to)) = from.zip(to) else { continue };
            let id = RelationshipId(u32::try_from(self.relationships.len()).unwrap_or(u32::MAX));
            let keys = self.keys(file, from, to);
            let name = file.name.as_ref().map(|name| name.text.clone());
            // Without keys, after a problem, it still leads where it says, so that readers of it are no further problem.
            let relationship =
                Relationship { id, name, from, to, keys, cardinality: file.cardinality, join: file.join };
            self.paths.add(&relationship);
            self.relationships.push(relationship);
            self.relationship_places.push(file.at.clone());
        }
    }

    fn keys(&mut self, file: &RelationshipFile, from: ViewId, to: ViewId) -> Vec<(FieldId, FieldId)> {
        let Some(expr) = self.snippet(&file.on) else { return Vec::new() };
        let mut equalities = Vec::new();
        if !collect_equalities(&expr, &mut equalities) || equalities.is_empty() {
            let problem = Problem::new(
                &file.on.at,
                "relationship_on",
                "`on` is an equality of two dimensions, or several joined by AND",
            );
            self.problems.add(problem.help(format!("`${{{}.key}} = ${{{}.key}}`", file.from, file.to)));
            return Vec::new();
        }
        equalities.into_iter().filter_map(|(left, right)| self.key(file, from, to, left, right)).collect()
    }

    /// The pair with the side of `from` first. Between a view and itself, the left side is `from`.
    fn key(
        &mut self,
        file: &RelationshipFile,
        from: ViewId,
        to: ViewId,
        left: &SnippetRef,
        right: &SnippetRef,
    ) -> Option<(FieldId, FieldId)> {
        let (left, right) = (self.qualified(file, left)?, self.qualified(file, right)?);
        let swapped = left.0 != file.from.text;
        let (near, far) = if swapped { (right, left) } else { (left, right) };
        if near.0 != file.from.text || far.0 != file.to.text {
            self.problem(
                &file.on.at,
                "relationship_on",
                format!("`on` compares a dimension of `{}` with one of `{}`", file.from, file.to),
            );
            return None;
        }
        let near = self.find_dimension(from, near.1, &file.on.at);
        let far = self.find_dimension(to, far.1, &file.on.at);
        near.zip(far)
    }

    fn qualified<'s>(&mut self, file: &RelationshipFile, side: &'s SnippetRef) -> Option<(&'s str, &'s str)> {
        match side {
            SnippetRef::Field { view: Some(view), field } => Some((view, field)),
            SnippetRef::Field { view: None, field } => {
                self.problem(
                    &file.on.at,
                    "relationship_on",
                    format!("`${{{field}}}` needs its view: `${{view.{field}}}`"),
                );
                None
            }
            SnippetRef::Column(column) => {
                self.problem(
                    &file.on.at,
                    "relationship_on",
                    format!("`on` compares dimensions; `{column}` is a column"),
                );
                None
            }
        }
    }

    /// Once the types of all fields are known.
    pub(super) fn check_relationship_keys(&mut self) {
        let keys: Vec<(RelationshipId, FieldId, FieldId)> = self
            .relationships
            .iter()
            .flat_map(|relationship| relationship.keys.iter().map(|(near, far)| (relationship.id, *near, *far)))
            .collect();
        for (id, near, far) in keys {
            for key in [near, far] {
                if let Some(mask) = &self.field_file(key).mask {
                    let message =
                        format!("`{}` is the key of a relationship and cannot be masked", self.full_name(key));
                    let problem = Problem::new(&mask.at, "masked_key", message);
                    self.problems
                        .add(problem.help("hide it with `required_access_grants`, or join by another dimension"));
                }
            }
            let (near_type, far_type) = (self.field(near).value_type, self.field(far).value_type);
            if let (Some(near_type), Some(far_type)) = (near_type, far_type)
                && near_type != far_type
            {
                let message =
                    format!("`{}` is a {near_type} and `{}` a {far_type}", self.full_name(near), self.full_name(far));
                if let Some(at) = self.relationship_places.get(id.index()).cloned() {
                    self.problem(&at, "type_mismatch", message);
                }
            }
        }
    }

    /// A way as messages show it: `orders → customers`.
    pub(super) fn path_text(&self, from: ViewId, steps: &[Step]) -> String {
        let mut text = self.view_file(from).name.text.clone();
        for step in steps {
            let relationship = self.relationship(step.relationship);
            let target = if step.backward { relationship.from } else { relationship.to };
            text.push_str(" → ");
            text.push_str(&self.view_file(target).name);
            if let Some(name) = &relationship.name {
                text.push_str(&format!(" ({name})"));
            }
        }
        text
    }
}

fn collect_equalities<'e>(expr: &'e Expr<SnippetRef>, pairs: &mut Vec<(&'e SnippetRef, &'e SnippetRef)>) -> bool {
    match expr {
        Expr::All(parts) => parts.iter().all(|part| collect_equalities(part, pairs)),
        Expr::Binary { op: BinaryOp::Equal, left, right } => match (&**left, &**right) {
            (Expr::Column(left), Expr::Column(right)) => {
                pairs.push((left, right));
                true
            }
            _ => false,
        },
        _ => false,
    }
}
