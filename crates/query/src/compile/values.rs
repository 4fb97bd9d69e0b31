//! Values of one query: dimensions at nodes of the join tree, filters as conditions, inputs of measures.
use crate::{
    Refusal, RefusalKind,
    compile::{Calendar, JoinTree, time::comparison},
    govern::{Output, Relations, Rows, bind, masked},
};
use std::collections::BTreeSet;
use tessera_base::{Value as Constant, ValueType};
use tessera_model::{
    CheckedModel, DataScope, FieldId, ViewId,
    checked::{Dimension, FieldKind, FieldPath, Mask, ModelRef, NodeField, NodeIndex, Step},
    filter::{Filter, Test, TextMatch},
    scope::{FieldState, RelationState},
};
use tessera_sql::{
    functions,
    tree::{BinaryOp, CastType, ColumnRef, Expr, GovernedName, Literal},
};

pub(crate) type Value = Expr<ColumnRef, GovernedName>;

/// Everything that giving names their values needs; the join tree and the governed relations grow as values are made.
pub(crate) struct Values<'m> {
    pub model: &'m CheckedModel,
    pub scope: &'m DataScope<'m>,
    pub tree: JoinTree<'m>,
    pub relations: Relations<'m>,
    pub calendar: Calendar,
}

/// How much of the stored value a use may read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reading {
    AsSeen,
    /// For keys, and for inputs of declassified measures.
    Raw,
}

impl<'m> Values<'m> {
    fn dimension(&self, field: FieldId) -> Result<&'m Dimension, Refusal> {
        match &self.model.field(field).kind {
            FieldKind::Dimension(dimension) => Ok(dimension),
            FieldKind::Measure(_) => Err(Refusal::internal("a measure stands where a dimension belongs")),
        }
    }

    /// A relation may be read at all: absent is unknown, closed says why.
    pub fn require(&self, view: ViewId, asked: &str) -> Result<(), Refusal> {
        match self.scope.relation(view) {
            RelationState::Open(_) => Ok(()),
            RelationState::Closed(closure) => Err(Refusal::closed(closure)),
            RelationState::Absent(_) => {
                Err(Refusal::new(RefusalKind::Unknown, format!("unknown field `{asked}`")).field(asked))
            }
        }
    }

    pub fn reach(&mut self, node: NodeIndex, steps: &[Step], asked: &str) -> Result<NodeIndex, Refusal> {
        steps.iter().try_fold(node, |node, step| {
            let reached = self.tree.reach(node, *step);
            self.require(self.tree.view(reached), asked)?;
            Ok(reached)
        })
    }

    /// What a node reads.
    pub fn rows(&self, node: NodeIndex) -> Rows {
        Rows { view: self.tree.view(node), of_topic: node == JoinTree::BASE && self.relations.limits_base() }
    }

    fn output(&mut self, node: NodeIndex, output: Output) -> Value {
        let column = self.relations.output(self.rows(node), output);
        Expr::Column(ColumnRef { relation: self.tree.alias(node).clone(), column })
    }

    /// A dimension at a node. What its own view can compute is a column of the governed relation; what reaches across a
    /// join is computed here, from what the reached relations offer.
    pub fn dimension_at(&mut self, node: NodeIndex, field: FieldId, reading: Reading) -> Result<Value, Refusal> {
        let model = self.model;
        let definition = model.field(field);
        if definition.lineage.views.is_empty() {
            let output = match reading {
                Reading::AsSeen => Output::Field(field),
                Reading::Raw => Output::Raw(field),
            };
            return Ok(self.output(node, output));
        }
        let dimension = self.dimension(field)?;
        let applied = definition.mask.as_ref().map(|rule| &rule.mask);
        let applied = applied.filter(|_| reading == Reading::AsSeen && self.scope.own_mask_applies(field));
        if applied == Some(&Mask::Hash) {
            return self.hashed(node, &dimension.expr);
        }
        let value = self.expression(node, &dimension.expr, reading)?;
        let value = match applied {
            Some(mask) => {
                let raw_sql = match mask {
                    Mask::Sql(expr) => Some(self.expression(node, expr, Reading::Raw)?),
                    Mask::Null | Mask::Hash | Mask::Last4 | Mask::Constant(_) => None,
                };
                masked(model, definition, mask, value, raw_sql)
            }
            None => value,
        };
        Ok(if is_null_without_row(&dimension.expr, applied) { value } else { self.where_present(node, value) })
    }

    /// A dimension is a value of a row: where a join found none, there is no value either.
    fn where_present(&mut self, node: NodeIndex, value: Value) -> Value {
        let present = self.present(node);
        Expr::Case { operand: None, branches: vec![(present.is_not_null(), value)], otherwise: None }
    }

    pub fn present(&mut self, node: NodeIndex) -> Value {
        self.output(node, Output::Present)
    }

    /// Hashes are made inside governed relations only. INVARIANT: what is masked by a hash is a dimension of one view.
    fn hashed(&mut self, node: NodeIndex, expr: &Expr<ModelRef>) -> Result<Value, Refusal> {
        let Expr::Column(ModelRef::Field(path)) = expr else {
            return Err(Refusal::internal("a hash is made of several views"));
        };
        let model = self.model;
        let name = model.full_name(path.field);
        let node = self.reach(node, &path.steps, &name)?;
        if model.field(path.field).lineage.views.is_empty() {
            return Ok(self.output(node, Output::Hashed(path.field)));
        }
        let dimension = self.dimension(path.field)?;
        self.hashed(node, &dimension.expr)
    }

    pub fn path_value(&mut self, node: NodeIndex, path: &FieldPath, reading: Reading) -> Result<Value, Refusal> {
        let name = self.model.full_name(path.field);
        let node = self.reach(node, &path.steps, &name)?;
        self.dimension_at(node, path.field, reading)
    }

    /// An expression of the model at a node.
    pub fn expression(&mut self, node: NodeIndex, expr: &Expr<ModelRef>, reading: Reading) -> Result<Value, Refusal> {
        bind(expr, &mut |reference| match reference {
            ModelRef::Column(column) => {
                let output = match reading {
                    Reading::AsSeen => Output::Column(column.clone()),
                    Reading::Raw => Output::RawColumn(column.clone()),
                };
                Ok(self.output(node, output))
            }
            ModelRef::Field(path) => self.path_value(node, path, reading),
        })
    }

    /// A dimension of the request, at its time frame.
    pub fn dimension_value(&mut self, field: &NodeField) -> Result<Value, Refusal> {
        let value = self.dimension_at(field.node, field.field, Reading::AsSeen)?;
        Ok(match field.frame {
            Some(frame) => self.calendar.at_frame(value, self.model.field(field.field).value_type, frame),
            None => value,
        })
    }

    /// The key equality of one hop; raw on both sides.
    pub fn join_condition(&mut self, from: NodeIndex, to: NodeIndex, step: Step) -> Result<Value, Refusal> {
        let model = self.model;
        let mut equalities = Vec::new();
        for (left, right) in &model.relationship(step.relationship).keys {
            let (near, far) = if step.backward { (*right, *left) } else { (*left, *right) };
            let near = self.dimension_at(from, near, Reading::Raw)?;
            let far = self.dimension_at(to, far, Reading::Raw)?;
            equalities.push(Expr::binary(BinaryOp::Equal, near, far));
        }
        Ok(Expr::all(equalities))
    }

    pub fn primary_key(&mut self, node: NodeIndex) -> Result<Vec<Value>, Refusal> {
        let model = self.model;
        let key = &model.view(self.tree.view(node)).primary_key;
        key.iter().map(|field| self.dimension_at(node, *field, Reading::Raw)).collect()
    }

    /// The nodes that a value reads.
    pub fn nodes_of(&self, value: &Value) -> BTreeSet<NodeIndex> {
        let mut nodes = BTreeSet::new();
        value.for_each_column(&mut |column| nodes.extend(self.tree.by_alias(&column.relation)));
        nodes
    }

    /// A filter as a condition; `value` gives a field its value.
    pub fn condition<F>(
        &mut self,
        filter: &Filter<F>,
        value: &mut impl FnMut(&mut Self, &F) -> Result<(Value, ValueType), Refusal>,
    ) -> Result<Value, Refusal> {
        Ok(match filter {
            Filter::All(filters) => {
                Expr::all(filters.iter().map(|f| self.condition(f, value)).collect::<Result<_, _>>()?)
            }
            Filter::Any(filters) => {
                Expr::any(filters.iter().map(|f| self.condition(f, value)).collect::<Result<_, _>>()?)
            }
            Filter::Test { field, test } => {
                let (value, value_type) = value(self, field)?;
                self.test(value, value_type, test)
            }
        })
    }

    fn test(&self, value: Value, value_type: ValueType, test: &Test) -> Value {
        match test {
            Test::In { values, null: false, negated: false }
                if is_comparison(&value) && values.as_slice() == [Constant::Boolean(true)] =>
            {
                value
            }
            Test::In { values, null, negated } => {
                let stored = |literal: Literal| match literal {
                    Literal::Timestamp(local) => Literal::Timestamp(self.calendar.to_stored(local)),
                    other => other,
                };
                let list: Vec<Value> = values.iter().map(|value| Expr::Literal(stored(value.into()))).collect();
                let listed = if list.is_empty() {
                    Expr::Literal(Literal::Boolean(*negated))
                } else {
                    Expr::InList { expr: Box::new(value.clone()), list, negated: *negated }
                };
                let is_null = |negated| Expr::IsNull { expr: Box::new(value.clone()), negated };
                match (*null, *negated) {
                    (true, false) => Expr::Any(vec![listed, is_null(false)]),
                    (true, true) => Expr::All(vec![listed, is_null(true)]),
                    (false, true) => Expr::Any(vec![listed, is_null(false)]),
                    (false, false) => listed,
                }
            }
            Test::Text { how, values, negated } => {
                let function = match how {
                    TextMatch::Contains => functions::contains(),
                    TextMatch::StartsWith => functions::starts_with(),
                    TextMatch::EndsWith => functions::ends_with(),
                };
                let call = |text: &String| {
                    Expr::call(function, vec![value.clone(), Expr::Literal(Literal::String(text.clone()))])
                };
                let matches = Expr::any(values.iter().map(call).collect());
                if *negated {
                    // Nulls are kept, as by `is_not`.
                    Expr::IsTrue { expr: Box::new(matches), negated: true }
                } else {
                    matches
                }
            }
            Test::Compare { op, value: bound } => Expr::binary(comparison(*op), value, Expr::Literal(bound.into())),
            Test::Between { low, high } => Expr::Between {
                expr: Box::new(value),
                low: Box::new(Expr::Literal(low.into())),
                high: Box::new(Expr::Literal(high.into())),
                negated: false,
            },
            Test::Time(time) => self.calendar.test(&value, value_type, time),
            Test::IsNull(is_null) => Expr::IsNull { expr: Box::new(value), negated: !is_null },
        }
    }

    pub fn is_masked(&self, field: FieldId) -> bool {
        matches!(self.scope.field(field), FieldState::Masked { .. }) && self.scope.declassified(field).is_none()
    }
}

/// Without a row at the node there is none at what it reaches either, and all that is read there is null.
fn is_null_without_row(expr: &Expr<ModelRef>, mask: Option<&Mask>) -> bool {
    match mask {
        None => is_null_of_nulls(expr),
        Some(Mask::Last4) => matches!(expr, Expr::Column(_)),
        Some(Mask::Null | Mask::Hash) => true,
        Some(Mask::Constant(_) | Mask::Sql(_)) => false,
    }
}

/// Null where all columns are. Others than these may turn nulls into a value.
fn is_null_of_nulls(expr: &Expr<ModelRef>) -> bool {
    use BinaryOp::{Concat, IsDistinctFrom, IsNotDistinctFrom};
    match expr {
        Expr::Column(_) => true,
        Expr::Binary { op: IsDistinctFrom | IsNotDistinctFrom | Concat, .. } => false,
        Expr::Binary { op: _, left, right } => is_null_of_nulls(left) || is_null_of_nulls(right),
        _ => false,
    }
}

/// Its values are true, false and null, whatever the columns hold.
fn is_comparison(value: &Value) -> bool {
    use BinaryOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let Expr::Binary { op, .. } = value else { return false };
    matches!(op, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
}

/// An aggregate over integers is computed on doubles where the engine would round to an integer.
pub(crate) fn as_double(value: Value) -> Value {
    Expr::Cast { expr: Box::new(value), to: CastType::Double, try_: false }
}
