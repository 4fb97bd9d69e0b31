//! The same joins, shaped so that the engine reads less. The engine joins in the order of the text.
//!
//! A left join whose missing rows a filter drops anyway is an inner one. Inner joins begin where a condition leaves the
//! fewest rows, `customers JOIN orders JOIN order_items`: so few customers leave few orders, and only then is the large
//! table read. What hangs on a left-joined view is joined with that view first, which is smaller than what it joins.
use crate::compile::{
    tree::Hop,
    values::{Value, Values},
};
use std::collections::BTreeSet;
use tessera_model::checked::NodeIndex;
use tessera_sql::{
    functions::{self, Function},
    tree::{BinaryOp, Expr, GovernedName, Join, JoinKind, Select},
};

type Hops = Vec<(Hop, Join<GovernedName>)>;

/// Shapes the joins of `select`, which reads `nodes` from `root` as [`JoinTree::hops`] lists them. A tree with a full join
/// is left as it is.
///
/// [`JoinTree::hops`]: crate::compile::JoinTree::hops
pub(super) fn apply(
    values: &Values<'_>,
    root: NodeIndex,
    nodes: &BTreeSet<NodeIndex>,
    select: &mut Select<GovernedName>,
) {
    let hops = values.tree.hops(root, nodes);
    let can_be_shaped =
        |(hop, join): (&Hop, &Join<_>)| join.kind != JoinKind::Full && compares_keys(values, &join.on, *hop);
    if hops.len() != select.joins.len() || !hops.iter().zip(&select.joins).all(can_be_shaped) {
        return;
    }
    let mut joins: Hops = hops.into_iter().zip(std::mem::take(&mut select.joins)).collect();
    let conjuncts = select.filter.as_ref().map_or(&[][..], conjuncts);
    drop_outer(values, root, conjuncts, &mut joins);
    nest(&mut joins);
    if let Some(way) = smallest_first(values, root, conjuncts, &joins) {
        begin_at_end(&way, select, &mut joins);
    }
    select.joins = joins.into_iter().map(|(_, join)| join).collect();
}

fn conjuncts(filter: &Value) -> &[Value] {
    match filter {
        Expr::All(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

/// A row that a filter wants from behind a left join is there only if all rows on the way are.
fn drop_outer(values: &Values<'_>, root: NodeIndex, conjuncts: &[Value], joins: &mut Hops) {
    let wanted = |node: NodeIndex| conjuncts.iter().any(|part| rejects_null(part, &|read| read == node, values));
    let ways: Vec<Hop> = joins
        .iter()
        .map(|(hop, _)| hop.to)
        .filter(|node| wanted(*node))
        .flat_map(|node| values.tree.path(root, node))
        .collect();
    for (_, join) in joins.iter_mut().filter(|(hop, _)| ways.contains(hop)) {
        join.kind = JoinKind::Inner;
    }
}

/// Puts each left join into the left join that it hangs on.
fn nest(joins: &mut Hops) {
    // From the last one: what hangs on a join has been taken in before the join itself is.
    for index in (0..joins.len()).rev() {
        let is_left = |index: usize| joins.get(index).is_some_and(|(_, join)| join.kind == JoinKind::Left);
        let from = joins.get(index).map(|(hop, _)| hop.from);
        let holder = joins.iter().position(|(hop, _)| Some(hop.to) == from);
        if let Some(holder) = holder.filter(|holder| *holder < index && is_left(*holder) && is_left(index)) {
            let (_, join) = joins.remove(index);
            if let Some((_, holding)) = joins.get_mut(holder) {
                holding.inner.insert(0, join);
            }
        }
    }
}

/// The inner joins from the root to where most conditions limit the rows on the way. `None`: nothing limits them, or few
/// rows of the root itself are asked for.
fn smallest_first(values: &Values<'_>, root: NodeIndex, conjuncts: &[Value], joins: &Hops) -> Option<Vec<Hop>> {
    let limits = |node: NodeIndex, part: &Value| values.nodes_of(part) == BTreeSet::from([node]);
    let names_values = |part: &Value| matches!(part, Expr::InList { negated: false, .. });
    if conjuncts.iter().any(|part| limits(root, part) && names_values(part)) {
        return None;
    }
    let is_limited = |node: NodeIndex| {
        values.relations.has_rules(values.rows(node)) || conjuncts.iter().any(|part| limits(node, part))
    };
    let is_inner = |hop: &Hop| joins.iter().any(|(known, join)| known == hop && join.kind == JoinKind::Inner);
    let ways = joins.iter().map(|(hop, _)| values.tree.path(root, hop.to));
    let limited = ways.filter(|way| way.iter().all(is_inner) && way.last().is_some_and(|end| is_limited(end.to)));
    // Of equals the first.
    limited.rev().max_by_key(|way| way.iter().filter(|hop| is_limited(hop.to)).count())
}

/// The same inner joins from the other end of `way`.
fn begin_at_end(way: &[Hop], select: &mut Select<GovernedName>, joins: &mut Hops) {
    let on_the_way: Hops = joins.extract_if(.., |(hop, _)| way.contains(hop)).collect();
    let mut reversed = Hops::new();
    for (hop, join) in on_the_way {
        // What was read so far is joined to what is read now.
        let near = select.from.replace(join.source);
        if let Some(source) = near {
            reversed.insert(0, (hop, Join { source, ..join }));
        }
    }
    joins.splice(..0, reversed);
}

/// Nothing but equal columns of the two views: never true where one of them has no row.
fn compares_keys(values: &Values<'_>, on: &Value, hop: Hop) -> bool {
    let ends = [Some(hop.from), Some(hop.to)];
    let is_end = |value: &Value| match value {
        Expr::Column(column) => ends.contains(&values.tree.by_alias(&column.relation)),
        _ => false,
    };
    match on {
        Expr::All(parts) => parts.iter().all(|part| compares_keys(values, part, hop)),
        Expr::Binary { op: BinaryOp::Equal, left, right } => is_end(left) && is_end(right),
        _ => false,
    }
}

/// Whether a condition can only be true where the branch has a row.
pub(super) fn rejects_null(condition: &Value, in_branch: &impl Fn(NodeIndex) -> bool, values: &Values<'_>) -> bool {
    let reads = |value: &Value| values.nodes_of(value).into_iter().any(in_branch);
    let strict_all = |list: &[&Value]| list.iter().any(|value| is_strict(value) && reads(value));
    match condition {
        Expr::All(parts) => parts.iter().any(|part| rejects_null(part, in_branch, values)),
        Expr::Any(parts) => parts.iter().all(|part| rejects_null(part, in_branch, values)),
        Expr::IsNull { expr, negated: true } => is_strict(expr) && reads(expr),
        Expr::InList { expr, .. } => strict_all(&[expr]),
        Expr::Between { expr, low, high, negated: false } => strict_all(&[expr, low, high]),
        Expr::Binary {
            op:
                BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::LessOrEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterOrEqual,
            left,
            right,
        } => strict_all(&[left, right]),
        // The text tests of filters: null in, null out.
        Expr::Function { function, args, .. } if is_text_test(function) => {
            args.iter().any(|arg| is_strict(arg) && reads(arg))
        }
        _ => false,
    }
}

/// Null when its column is null. Only plain columns are known to be; others may turn a null into a value.
fn is_strict(value: &Value) -> bool {
    match value {
        Expr::Column(_) => true,
        Expr::Cast { expr, .. } | Expr::Extract { expr, .. } | Expr::ConvertZone { expr, .. } => is_strict(expr),
        _ => false,
    }
}

fn is_text_test(function: &Function) -> bool {
    [functions::contains(), functions::starts_with(), functions::ends_with()].contains(&function)
}
