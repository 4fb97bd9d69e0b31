use super::draft::Draft;
use crate::FieldId;
use crate::checked::{FieldPath, Measure, ModelRef};
use std::collections::BTreeMap;
use tessera_sql::tree::Expr;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open,
    Done,
}

impl Draft<'_> {
    /// All fields, each after those that its expression names, and after those that its view's query reads for it; a field
    /// of a cycle is a problem and counts as broken.
    pub(super) fn order(&mut self) -> Vec<FieldId> {
        self.order_by_reads(|draft, field| {
            let paths = draft.field(field).expr.as_ref().map(paths_read).unwrap_or_default();
            paths.into_iter().map(|path| path.field).chain(draft.inputs_of(field)).collect()
        })
    }

    /// All fields, each after everything that it reads: also in the filters and the order of measures.
    pub(super) fn order_with_filters(&mut self, measures: &BTreeMap<FieldId, Measure>) -> Vec<FieldId> {
        self.order_by_reads(|draft, field| {
            let paths = draft.paths_of(field, measures);
            paths.into_iter().map(|path| path.field).chain(draft.inputs_of(field)).collect()
        })
    }

    fn order_by_reads(&mut self, reads: impl Fn(&Self, FieldId) -> Vec<FieldId>) -> Vec<FieldId> {
        let mut marks = BTreeMap::new();
        let mut order = Vec::new();
        for field in self.fields() {
            self.visit(field, &reads, &mut marks, &mut order);
        }
        order
    }

    /// Depth first with its own stack: a chain of references may be longer than the thread's.
    fn visit(
        &mut self,
        root: FieldId,
        reads: &impl Fn(&Self, FieldId) -> Vec<FieldId>,
        marks: &mut BTreeMap<FieldId, Mark>,
        order: &mut Vec<FieldId>,
    ) {
        if marks.contains_key(&root) {
            return;
        }
        marks.insert(root, Mark::Open);
        let mut stack = vec![(root, reads(self, root).into_iter())];
        while let Some((field, inputs)) = stack.last_mut() {
            let field = *field;
            match inputs.next() {
                None => {
                    marks.insert(field, Mark::Done);
                    order.push(field);
                    stack.pop();
                }
                Some(input) => match marks.get(&input) {
                    Some(Mark::Done) => {}
                    Some(Mark::Open) => {
                        let cycle: Vec<FieldId> =
                            stack.iter().map(|(open, _)| *open).skip_while(|open| *open != input).collect();
                        self.refuse_cycle(&cycle);
                    }
                    None => {
                        marks.insert(input, Mark::Open);
                        let next = reads(self, input).into_iter();
                        stack.push((input, next));
                    }
                },
            }
        }
    }

    fn refuse_cycle(&mut self, cycle: &[FieldId]) {
        let Some(first) = cycle.first().copied() else { return };
        let names: Vec<String> = cycle.iter().chain([&first]).map(|field| self.full_name(*field)).collect();
        let at = self.field_file(first).name.at.clone();
        self.problem(&at, "cycle", format!("a field cannot be computed from itself: {}", names.join(" → ")));
        for field in cycle {
            self.field_mut(*field).broken = true;
            self.field_mut(*field).expr = None;
        }
    }
}

pub(super) fn paths_read(expr: &Expr<ModelRef>) -> Vec<FieldPath> {
    let mut paths = Vec::new();
    expr.for_each_column(&mut |read| {
        if let ModelRef::Field(path) = read {
            paths.push(path.clone());
        }
    });
    paths
}
