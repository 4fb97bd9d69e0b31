//! A rule that reaches through joins is asked once when the query already joins along the same way.
//!
//! `order_items` are visible when their order's customer is in my regions; `orders` likewise; `customers` when they are in
//! my regions. A query that joins all three would ask the same question three times. Where the rules of the reading view
//! are exactly the rules of the reached view, carried along the join, an inner join with the governed reached view keeps
//! exactly the visible rows: the reading view's own condition can go.
use crate::{
    compile::{tree::Hop, values::Values},
    govern::Rows,
    person::open_rules,
};
use std::collections::{BTreeMap, BTreeSet};
use tessera_base::Value as Constant;
use tessera_model::{
    CheckedModel, FieldId, ViewId,
    checked::{FieldKind, FieldPath, Matching, ModelRef, NodeIndex, Step},
    scope::RowRule,
};
use tessera_sql::tree::{Expr, GovernedName, JoinKind, Select};

/// A rule, with the field's own way to the value written out as steps.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Carried {
    steps: Vec<Step>,
    field: FieldId,
    starts_with: bool,
    values: Vec<Constant>,
}

/// Rewrites the joins of `select` (`hops`, in order) and drops the conditions that they imply.
///
/// INVARIANT: `select` is the only place of the query that reads these relations, each under one alias.
pub(crate) fn apply(values: &mut Values<'_>, home: NodeIndex, hops: &[Hop], select: &mut Select<GovernedName>) {
    let nodes: Vec<NodeIndex> = std::iter::once(home).chain(hops.iter().map(|hop| hop.to)).collect();
    let views: BTreeSet<ViewId> = nodes.iter().map(|node| values.tree.view(*node)).collect();
    if views.len() != nodes.len() || hops.len() != select.joins.len() {
        return;
    }
    let Some(rules) =
        nodes.iter().map(|node| Some((*node, rules_of(values, *node)?))).collect::<Option<BTreeMap<_, _>>>()
    else {
        return;
    };
    let mut implied = BTreeSet::new();
    for node in &nodes {
        let Some(own) = rules.get(node).filter(|own| !own.is_empty()) else {
            continue;
        };
        // Behind a left join a row may be missing, and an inner join after it would take the joining row away.
        let always_there = values
            .tree
            .path(home, *node)
            .iter()
            .all(|hop| implied.contains(&(hop.from, hop.to)) || values.tree.join_kind(*hop) == JoinKind::Inner);
        if !always_there {
            continue;
        }
        if let Some(way) = implying_way(values, *node, own, hops, &rules) {
            implied.extend(way);
            let rows = values.rows(*node);
            values.relations.rules_applied_by_join(rows);
        }
    }
    for (join, hop) in select.joins.iter_mut().zip(hops) {
        if implied.contains(&(hop.from, hop.to)) {
            join.kind = JoinKind::Inner;
        }
    }
}

/// The joined hops from `node` to the view whose rules, carried back, are `own`; every view between has no rules, or the
/// same ones carried to it.
fn implying_way(
    values: &Values<'_>,
    node: NodeIndex,
    own: &BTreeSet<Carried>,
    hops: &[Hop],
    rules: &BTreeMap<NodeIndex, BTreeSet<Carried>>,
) -> Option<Vec<(NodeIndex, NodeIndex)>> {
    let first = own.first()?;
    let mut at = node;
    let mut way = Vec::new();
    for (length, step) in first.steps.iter().enumerate() {
        let hop = hops.iter().find(|hop| hop.from == at && hop.step == *step && values.tree.is_to_one(**hop))?;
        way.push((hop.from, hop.to));
        at = hop.to;
        let carried_here =
            own.iter().map(|rule| rule.after(&first.steps, length + 1)).collect::<Option<BTreeSet<_>>>()?;
        let here = rules.get(&at)?;
        if !here.is_empty() {
            // The last view keeps its condition, or hands it on by the same argument.
            return (*here == carried_here).then_some(way);
        }
    }
    None
}

impl Carried {
    /// The rule as a view further along `way` would state it.
    fn after(&self, way: &[Step], length: usize) -> Option<Self> {
        let walked = way.get(..length)?;
        let rest = self.steps.strip_prefix(walked)?;
        Some(Self { steps: rest.to_vec(), ..self.clone() })
    }
}

/// `None` where a rule is of another kind than plain tests, or the topic adds one.
fn rules_of(values: &Values<'_>, node: NodeIndex) -> Option<BTreeSet<Carried>> {
    let Rows { view, of_topic: false } = values.rows(node) else { return None };
    open_rules(values.scope, view).iter().map(|rule| carried(values.model, rule)).collect()
}

fn carried(model: &CheckedModel, rule: &RowRule) -> Option<Carried> {
    let RowRule::Test { field, matching, values, include_null: false, because: _ } = rule else {
        return None;
    };
    let FieldPath { steps, field } = written_out(model, field);
    Some(Carried { steps, field, starts_with: *matching == Matching::StartsWith, values: values.clone() })
}

/// Follows dimensions that are nothing but another view's field.
fn written_out(model: &CheckedModel, path: &FieldPath) -> FieldPath {
    let mut path = path.clone();
    while let FieldKind::Dimension(dimension) = &model.field(path.field).kind
        && let Expr::Column(ModelRef::Field(next)) = &dimension.expr
    {
        path.steps.extend(&next.steps);
        path.field = next.field;
    }
    path
}
