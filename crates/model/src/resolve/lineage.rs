use super::draft::Draft;
use super::order::paths_read;
use crate::FieldId;
use crate::checked::{Aggregate, FieldPath, Lineage, Measure, ModelRef};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Default)]
struct Sets {
    fields: BTreeSet<FieldId>,
    views: BTreeSet<crate::ViewId>,
    masked_alike: BTreeSet<Vec<FieldId>>,
}

impl Draft<'_> {
    /// What each field is computed from, by [`FieldId`].
    pub(super) fn lineages(&mut self, measures: &BTreeMap<FieldId, Measure>) -> Vec<Lineage> {
        // INVARIANT: a field comes after everything that it reads, so that it inherits what those inherit.
        let order = self.order_with_filters(measures);
        let columns: Vec<_> = self.views().map(|(view, _)| self.columns(view)).collect();
        let mut sets: BTreeMap<FieldId, Sets> = BTreeMap::new();
        for field in &order {
            let own_view = self.field(*field).view;
            let mut set = Sets::default();
            for path in self.paths_of(*field, measures) {
                self.add_path(&path, &sets, &mut set);
            }
            for column in self.raw_columns(*field) {
                let bare = columns
                    .get(own_view.index())
                    .and_then(|columns| columns.get(&column))
                    .map(|usage| usage.bare.as_slice());
                let bare = bare.unwrap_or_default();
                set.fields.extend(bare);
                let masked: Vec<FieldId> =
                    bare.iter().copied().filter(|bare| self.field_file(*bare).mask.is_some()).collect();
                if masked.len() > 1 {
                    set.masked_alike.insert(masked);
                }
            }
            for input in self.inputs_of(*field) {
                let mut of_input = Sets::default();
                self.add_path(&FieldPath { steps: Vec::new(), field: input }, &sets, &mut of_input);
                // That the query can be read is the state of the relation.
                set.fields.extend(of_input.fields);
                set.masked_alike.extend(of_input.masked_alike);
            }
            set.fields.remove(field);
            set.views.remove(&own_view);
            sets.insert(*field, set);
        }
        self.fields()
            .map(|field| {
                let Sets { fields, views, masked_alike } = sets.remove(&field).unwrap_or_default();
                Lineage {
                    fields: fields.into_iter().collect(),
                    views: views.into_iter().collect(),
                    masked_alike: masked_alike.into_iter().collect(),
                }
            })
            .collect()
    }

    fn add_path(&self, path: &FieldPath, known: &BTreeMap<FieldId, Sets>, set: &mut Sets) {
        set.fields.insert(path.field);
        set.views.insert(self.field(path.field).view);
        for step in &path.steps {
            let relationship = self.relationship(step.relationship);
            set.views.insert(if step.backward { relationship.from } else { relationship.to });
        }
        debug_assert!(
            known.contains_key(&path.field) || self.field(path.field).broken,
            "a field comes after its inputs"
        );
        if let Some(inputs) = known.get(&path.field) {
            set.views.extend(&inputs.views);
            // A declassified measure answers for its inputs: whether they restrict is decided per person.
            if self.field_file(path.field).declassify.is_none() {
                set.fields.extend(&inputs.fields);
                set.masked_alike.extend(inputs.masked_alike.iter().cloned());
            }
        }
    }

    /// What a field reads in its expression, its filters and its order.
    pub(super) fn paths_of(&self, field: FieldId, measures: &BTreeMap<FieldId, Measure>) -> Vec<FieldPath> {
        let mut paths = self.field(field).expr.as_ref().map(paths_read).unwrap_or_default();
        if let Some(Measure::Aggregate { aggregate, filter, .. }) = measures.get(&field) {
            if let Some(filter) = filter {
                filter.for_each_field(&mut |path| paths.push(path.clone()));
            }
            if let Aggregate::First { by } | Aggregate::Last { by } = aggregate {
                paths.push(by.clone());
            }
        }
        paths
    }

    /// Columns that count as read: a bare dimension with a restriction of its own follows that alone.
    fn raw_columns(&self, field: FieldId) -> Vec<tessera_sql::tree::Ident> {
        let file = self.field_file(field);
        if self.bare_column(field).is_some() && (!file.requirements.is_empty() || file.mask.is_some()) {
            return Vec::new();
        }
        let mut columns = Vec::new();
        if let Some(expr) = &self.field(field).expr {
            expr.for_each_column(&mut |read| {
                if let ModelRef::Column(column) = read {
                    columns.push(column.clone());
                }
            });
        }
        columns
    }
}
