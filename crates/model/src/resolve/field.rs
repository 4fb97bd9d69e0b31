use super::draft::Draft;
use crate::FieldId;
use crate::checked::{
    Dimension, Field, FieldKind, Lineage, Mask, MaskRule, Measure, ModelRef, Presentation, TimeFrame,
};
use crate::file::{MaskFile, Node, NodeKind, Problem, Word, excerpt};
use std::collections::BTreeMap;
use tessera_base::ValueType;
use tessera_sql::tree::Expr;

impl Draft<'_> {
    pub(super) fn resolve_measures(&mut self) -> BTreeMap<FieldId, Measure> {
        let measures: Vec<FieldId> = self.fields().filter(|field| self.field_file(*field).is_measure).collect();
        measures.into_iter().filter_map(|field| Some((field, self.resolve_measure(field)?))).collect()
    }

    /// By [`FieldId`], but for fields with problems.
    pub(super) fn resolve_fields(
        &mut self,
        mut measures: BTreeMap<FieldId, Measure>,
        lineages: &[Lineage],
    ) -> Vec<Field> {
        let mut fields = Vec::new();
        for (id, lineage) in self.fields().zip(lineages) {
            let file = self.field_file(id);
            let requirements = self.requirements(&file.requirements);
            let mask = file.mask.as_ref().and_then(|mask| self.mask(id, mask));
            if let (Some(MaskRule { mask: Mask::Hash, .. }), Some(file)) = (&mask, &file.mask) {
                self.check_hash(id, file, lineages);
            }
            let presentation = self.presentation(id, lineages);
            let kind = if file.is_measure { measures.remove(&id).map(FieldKind::Measure) } else { self.dimension(id) };
            let draft = self.field(id);
            if let Some((kind, value_type)) = kind.zip(draft.value_type) {
                let (view, name) = (draft.view, file.name.text.clone());
                let lineage = lineage.clone();
                fields.push(Field { id, view, name, kind, value_type, requirements, mask, lineage, presentation });
            }
        }
        fields
    }

    fn dimension(&mut self, field: FieldId) -> Option<FieldKind> {
        let timeframes = self.timeframes(field);
        let bare_column = self.bare_column(field).cloned();
        let mut expr = self.field(field).expr.clone()?;
        if let Some(to) = self.conversion(field) {
            expr = Expr::Cast { expr: Box::new(expr), to, try_: false };
        }
        Some(FieldKind::Dimension(Dimension { expr, bare_column, timeframes }))
    }

    /// As listed; without a list, all that the type has.
    fn timeframes(&mut self, field: FieldId) -> Vec<TimeFrame> {
        let file = self.field_file(field);
        let value_type = self.field(field).value_type;
        let fits = |frame: &TimeFrame| match value_type {
            None | Some(ValueType::Timestamp) => true,
            Some(ValueType::Date) => !frame.needs_time(),
            Some(_) => false,
        };
        if file.timeframes.is_empty() && value_type.is_some() {
            return TimeFrame::ALL.into_iter().filter(fits).collect();
        }
        let mut frames = Vec::new();
        for word in &file.timeframes {
            match TimeFrame::from_name(word) {
                None => {
                    let problem =
                        Problem::new(&word.at, "unknown_value", format!("unknown time frame `{}`", excerpt(word)));
                    self.problems.add(problem.suggest(word, TimeFrame::ALL.map(TimeFrame::name)));
                }
                Some(frame) if !fits(&frame) => {
                    let value_type = value_type.map(ValueType::name).unwrap_or_default();
                    let message =
                        format!("`{}` is a {value_type} and has no time frame `{word}`", self.full_name(field));
                    self.problem(&word.at, "time_frame", message);
                }
                Some(frame) if frames.contains(&frame) => {
                    self.problem(&word.at, "duplicate_name", format!("`{word}` is listed twice"))
                }
                Some(frame) => frames.push(frame),
            }
        }
        frames
    }

    fn mask(&mut self, field: FieldId, file: &MaskFile) -> Option<MaskRule> {
        let unless = self.requirements(&file.unless);
        let mask = match &file.mask {
            None => Mask::Null,
            Some(node) => self.mask_value(field, node)?,
        };
        // INVARIANT: without requirements everybody would read the values.
        (!unless.is_empty()).then_some(MaskRule { unless, mask })
    }

    /// A hash is made where the value comes from: at one dimension, reached by its name alone.
    fn check_hash(&mut self, field: FieldId, file: &MaskFile, lineages: &[Lineage]) {
        let reaches = |field: FieldId| lineages.get(field.index()).is_some_and(|lineage| !lineage.views.is_empty());
        let mut at = field;
        while reaches(at) {
            match &self.field(at).expr {
                Some(Expr::Column(ModelRef::Field(path))) if at == field || self.field_file(at).mask.is_none() => {
                    at = path.field;
                }
                _ => {
                    let name = self.full_name(field);
                    let message = format!("`{name}` is computed from other views, and cannot be masked by a hash");
                    let problem = Problem::new(&file.at, "mask_reach", message);
                    self.problems.add(problem.help("mask the dimension that it is computed from, in its own view"));
                    return;
                }
            }
        }
    }

    fn mask_value(&mut self, field: FieldId, node: &Node) -> Option<Mask> {
        let value_type = self.field(field).value_type;
        let text_mask = |draft: &mut Self, mask: Mask| {
            if let Some(other) = value_type.filter(|value_type| *value_type != ValueType::String) {
                let message =
                    format!("the mask `{}` makes strings, and `{}` is a {other}", mask.name(), draft.full_name(field));
                draft.problems.add(
                    Problem::new(&node.at, "mask_type", message).help("use `null`, `{constant: …}` or `{sql: …}`"),
                );
            }
            Some(mask)
        };
        match &node.kind {
            NodeKind::Null => return Some(Mask::Null),
            NodeKind::String(text) => match text.text.as_str() {
                "null" => return Some(Mask::Null),
                "hash" => return text_mask(self, Mask::Hash),
                "last4" => return text_mask(self, Mask::Last4),
                _ => {}
            },
            NodeKind::Map(entries) => match entries.as_slice() {
                [(key, value)] if key.text == "constant" => return self.mask_constant(field, value),
                [(key, value)] if key.text == "sql" => return self.mask_expression(field, value),
                _ => {}
            },
            NodeKind::Boolean(_) | NodeKind::Number(_) | NodeKind::List(_) => {}
        }
        let problem = Problem::new(&node.at, "unknown_value", format!("`mask` cannot be {node}"));
        self.problems.add(problem.help("one of null, hash, last4, {constant: …}, {sql: …}"));
        None
    }

    fn mask_constant(&mut self, field: FieldId, node: &Node) -> Option<Mask> {
        if node.kind == NodeKind::Null {
            return Some(Mask::Null);
        }
        let value_type = self.field(field).value_type?;
        let value = node.typed_value(value_type);
        if value.is_none() {
            let message = format!("`{}` is a {value_type} and cannot be masked by {node}", self.full_name(field));
            self.problem(&node.at, "mask_type", message);
        }
        value.map(Mask::Constant)
    }

    fn mask_expression(&mut self, field: FieldId, node: &Node) -> Option<Mask> {
        if node.as_str().is_none() {
            self.problem(&node.at, "wrong_type", format!("`sql` is a string, not {node}"));
        }
        let view = self.field(field).view;
        let expr = self.expression(view, node, super::snippet::Reading::Rows)?;
        // A mask is computed inside the governed relation, where there is no join.
        if super::order::paths_read(&expr).iter().any(|path| !path.steps.is_empty()) {
            let message = format!("the mask of `{}` reads another view", self.full_name(field));
            self.problem(&node.at, "mask_reach", message);
            return None;
        }
        if let (Some(wanted), Some(given)) = (self.field(field).value_type, self.infer(view, &expr))
            && wanted != given
        {
            self.problem(
                &node.at,
                "mask_type",
                format!("`{}` is a {wanted}, and its mask is a {given}", self.full_name(field)),
            );
        }
        Some(Mask::Sql(expr))
    }

    /// The dimension that gives this one its order: both are computed from their own view.
    fn order_by(&mut self, field: FieldId, word: &Word, lineages: &[Lineage]) -> Option<FieldId> {
        let by = self.find_dimension(self.field(field).view, word, &word.at)?;
        let reaches = |field: &FieldId| lineages.get(field.index()).is_some_and(|lineage| !lineage.views.is_empty());
        if let Some(far) = [field, by].into_iter().find(reaches) {
            let message = format!("`{}` is computed from other views, and `order_by` is not", self.full_name(far));
            let problem = Problem::new(&word.at, "order_by", message);
            self.problems.add(problem.help("say `order_by` in the view that the values come from"));
            return None;
        }
        Some(by)
    }

    fn presentation(&mut self, id: FieldId, lineages: &[Lineage]) -> Presentation {
        let file = self.field_file(id);
        let view = self.field(id).view;
        let order_by = file.order_by.as_ref().and_then(|word| self.order_by(id, word, lineages));
        let drill_fields = file
            .drill_fields
            .iter()
            .filter_map(|word| {
                let (home, name) = match word.split_once('.') {
                    None => (view, word.text.as_str()),
                    Some((home, name)) => (self.find_view(&Word { at: word.at.clone(), text: home.to_owned() })?, name),
                };
                let found = self.find_field(home, name, &word.at)?;
                Some(self.full_name(found))
            })
            .collect();
        Presentation { order_by, drill_fields, ..file.presentation.clone() }
    }
}
