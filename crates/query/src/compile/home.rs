//! The aggregation of one home view: which rows of it count for which group.
use crate::{
    Refusal, RefusalKind,
    compile::{
        join_rules, join_shape,
        measure::Aggregated,
        plan::Grouping,
        tree::{Hop, JoinTree},
        values::{Value, Values},
    },
};
use std::collections::{BTreeMap, BTreeSet};
use tessera_model::checked::{NodeIndex, ViewSource};
use tessera_sql::tree::{
    BinaryOp, ColumnRef, Expr, GovernedName, Ident, Join, JoinKind, Literal, Query, Relation, Select, SelectItem,
    Source,
};

pub(crate) struct HomeQuery;

impl HomeQuery {
    /// The distinct values of `groupings` over the rows of the join tree.
    pub fn distinct(
        values: &mut Values<'_>,
        groupings: &[Grouping],
        filters: &[Value],
    ) -> Result<Select<GovernedName>, Refusal> {
        let mut nodes = wanted_nodes(values, groupings, filters);
        nodes.extend(values.tree.inner_nodes());
        let mut select = whole_tree(values, &nodes)?;
        select.distinct = true;
        select.filter = conjunction(filters.to_vec());
        join_shape::apply(values, JoinTree::BASE, &nodes, &mut select);
        select.items = grouping_items(groupings);
        Ok(select)
    }

    /// The aggregates of the view at `home`, grouped. `only_home`: nothing else of the query reads relations.
    pub fn aggregate(
        values: &mut Values<'_>,
        home: NodeIndex,
        groupings: &[Grouping],
        filters: &[Value],
        aggregates: &[Aggregated],
        only_home: bool,
    ) -> Result<Select<GovernedName>, Refusal> {
        let inputs: BTreeSet<NodeIndex> =
            aggregates.iter().flat_map(|aggregate| values.nodes_of(&aggregate.value)).chain([home]).collect();
        match Direct::plan(values, home, groupings, filters)? {
            Some(direct) => direct.select(values, home, groupings, aggregates, inputs, only_home),
            None => bridged(values, home, groupings, filters, aggregates, &inputs),
        }
    }
}

fn wanted_nodes(values: &Values<'_>, groupings: &[Grouping], filters: &[Value]) -> BTreeSet<NodeIndex> {
    let read = groupings.iter().map(|grouping| &grouping.value).chain(filters);
    read.flat_map(|value| values.nodes_of(value)).collect()
}

fn grouping_items(groupings: &[Grouping]) -> Vec<SelectItem<GovernedName>> {
    let item = |grouping: &Grouping| SelectItem { expr: grouping.value.clone(), alias: grouping.name.clone() };
    groupings.iter().map(item).collect()
}

fn conjunction(conditions: Vec<Value>) -> Option<Value> {
    (!conditions.is_empty()).then(|| Expr::all(conditions))
}

/// `FROM root JOIN …` over all of `nodes`, each hop after the one that it starts from.
fn joined(
    values: &mut Values<'_>,
    root: NodeIndex,
    nodes: &BTreeSet<NodeIndex>,
) -> Result<Select<GovernedName>, Refusal> {
    let mut select = from_node(values, root)?;
    for hop in values.tree.hops(root, nodes) {
        let kind = values.tree.join_kind(hop);
        select.joins.push(join(values, hop, kind)?);
    }
    Ok(select)
}

/// The join tree itself, from its base.
fn whole_tree(values: &mut Values<'_>, nodes: &BTreeSet<NodeIndex>) -> Result<Select<GovernedName>, Refusal> {
    let mut select = from_node(values, JoinTree::BASE)?;
    for hop in values.tree.hops(JoinTree::BASE, nodes) {
        let kind = if values.tree.is_full(hop) { JoinKind::Full } else { values.tree.join_kind(hop) };
        select.joins.push(join(values, hop, kind)?);
    }
    Ok(select)
}

fn from_node(values: &mut Values<'_>, node: NodeIndex) -> Result<Select<GovernedName>, Refusal> {
    let source = source(values, node)?;
    Ok(Select::from(source.relation, source.alias))
}

fn source(values: &mut Values<'_>, node: NodeIndex) -> Result<Source<GovernedName>, Refusal> {
    let view = values.tree.view(node);
    let alias = values.tree.alias(node).clone();
    values.require(view, alias.as_str())?;
    let rows = values.rows(node);
    values.relations.want(rows);
    let name = values.relations.name(rows)?;
    Ok(Source { relation: Relation::Named(GovernedName(name)), alias })
}

fn join(values: &mut Values<'_>, hop: Hop, kind: JoinKind) -> Result<Join<GovernedName>, Refusal> {
    let on = values.join_condition(hop.from, hop.to, hop.step)?;
    Ok(Join { kind, source: source(values, hop.to)?, inner: Vec::new(), on })
}

/// A home whose groups are all reached over to-one hops: its rows are grouped as they are, and what is needed over to-many
/// hops (filters, and that the base reaches the row at all) is asked with EXISTS.
struct Direct {
    joined: BTreeSet<NodeIndex>,
    conditions: Vec<Value>,
    branches: BTreeMap<NodeIndex, Branch>,
}

/// The part of the tree behind one to-many hop.
struct Branch {
    hop: Hop,
    nodes: BTreeSet<NodeIndex>,
    conditions: Vec<Value>,
}

impl Direct {
    /// `None`: a group is reached over a to-many hop, or a filter asks something that EXISTS of one branch cannot say.
    fn plan(
        values: &Values<'_>,
        home: NodeIndex,
        groupings: &[Grouping],
        filters: &[Value],
    ) -> Result<Option<Self>, Refusal> {
        let tree = &values.tree;
        let spine = tree.path(home, JoinTree::BASE);
        if spine.iter().any(|hop| tree.is_full(*hop)) {
            return Ok(None);
        }
        let mut direct = Self { joined: BTreeSet::new(), conditions: Vec::new(), branches: BTreeMap::new() };
        // The base must reach the row, and inner joins narrow the tree whether or not anything reads them.
        direct.need(values, home, JoinTree::BASE);
        for node in tree.inner_nodes() {
            direct.need(values, home, node);
        }
        for node in groupings.iter().flat_map(|grouping| values.nodes_of(&grouping.value)) {
            if !tree.is_to_one_path(home, node) {
                return Ok(None);
            }
            direct.joined.insert(node);
        }
        for filter in filters {
            let nodes = values.nodes_of(filter);
            let far: Vec<NodeIndex> = nodes.iter().copied().filter(|node| !tree.is_to_one_path(home, *node)).collect();
            if far.is_empty() {
                direct.joined.extend(nodes);
                direct.conditions.push(filter.clone());
                continue;
            }
            let branches: BTreeSet<NodeIndex> = far.iter().map(|node| direct.need(values, home, *node)).collect();
            let near = nodes.iter().filter(|node| !far.contains(node));
            direct.joined.extend(near);
            let only = branches.into_iter().next().filter(|_| far_branches(&direct, &far) == 1);
            match only.and_then(|branch| direct.branches.get_mut(&branch)) {
                Some(branch)
                    if branch.hop.up
                        || join_shape::rejects_null(filter, &|node| branch.nodes.contains(&node), values) =>
                {
                    branch.conditions.push(filter.clone());
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(direct))
    }

    /// Takes `node` in: joined when it is to-one from home, else in the branch behind the first to-many hop, whose root is
    /// returned.
    fn need(&mut self, values: &Values<'_>, home: NodeIndex, node: NodeIndex) -> NodeIndex {
        let path = values.tree.path(home, node);
        let Some(position) = path.iter().position(|hop| !values.tree.is_to_one(*hop)) else {
            self.joined.insert(node);
            return home;
        };
        let mut behind = path.into_iter().skip(position);
        let Some(hop) = behind.next() else {
            return home;
        };
        self.joined.insert(hop.from);
        let branch = self.branches.entry(hop.to).or_insert_with(|| Branch {
            hop,
            nodes: BTreeSet::from([hop.to]),
            conditions: Vec::new(),
        });
        branch.nodes.extend(behind.map(|hop| hop.to));
        hop.to
    }

    fn select(
        self,
        values: &mut Values<'_>,
        home: NodeIndex,
        groupings: &[Grouping],
        aggregates: &[Aggregated],
        inputs: BTreeSet<NodeIndex>,
        only_home: bool,
    ) -> Result<Select<GovernedName>, Refusal> {
        let nodes = self.joined.into_iter().chain(inputs).collect();
        let mut select = joined(values, home, &nodes)?;
        if only_home && self.branches.is_empty() {
            let hops = values.tree.hops(home, &nodes);
            join_rules::apply(values, home, &hops, &mut select);
        }
        let mut conditions = self.conditions;
        for branch in self.branches.into_values() {
            let mut inner = joined(values, branch.hop.to, &branch.nodes)?;
            let correlated = values.join_condition(branch.hop.from, branch.hop.to, branch.hop.step)?;
            inner.filter = conjunction([correlated].into_iter().chain(branch.conditions).collect());
            join_shape::apply(values, branch.hop.to, &branch.nodes, &mut inner);
            inner.items =
                vec![SelectItem { expr: Expr::Literal(Literal::Number(1.into())), alias: Ident::fresh("one ", 0) }];
            conditions.push(Expr::Exists { query: Box::new(Query::from(inner)), negated: false });
        }
        select.filter = conjunction(conditions);
        join_shape::apply(values, home, &nodes, &mut select);
        finish(
            &mut select,
            groupings.iter().map(|grouping| (grouping.name.clone(), grouping.value.clone())),
            aggregates,
        );
        Ok(select)
    }
}

fn far_branches(direct: &Direct, far: &[NodeIndex]) -> usize {
    direct.branches.values().filter(|branch| far.iter().any(|node| branch.nodes.contains(node))).count()
}

/// Groups over a to-many hop: the distinct pairs of home key and group, then the home rows once for each.
fn bridged(
    values: &mut Values<'_>,
    home: NodeIndex,
    groupings: &[Grouping],
    filters: &[Value],
    aggregates: &[Aggregated],
    inputs: &BTreeSet<NodeIndex>,
) -> Result<Select<GovernedName>, Refusal> {
    let key = values.primary_key(home)?;
    if key.is_empty() {
        let view = &values.model.view(values.tree.view(home)).name;
        let measure = aggregates.first().map_or(String::new(), |aggregate| aggregate.name.to_string());
        let message = format!(
            "`{measure}` would count rows of `{view}` several times here, and the view declares no primary key"
        );
        return Err(Refusal::new(RefusalKind::Invalid, message)
            .help(format!("declare `primary_key` on view `{view}`, or leave out the fields that have many rows for one of `{view}`"))
            .field(measure));
    }
    let mut nodes = wanted_nodes(values, groupings, filters);
    nodes.insert(home);
    nodes.extend(values.tree.inner_nodes());
    let mut pairs = whole_tree(values, &nodes)?;
    pairs.distinct = true;
    let bridge = Ident::fresh("bridge ", 0);
    let mut on = Vec::new();
    let mut conditions = filters.to_vec();
    // The groups of a query are told apart by their keys, of which some may be null for this person.
    let is_query = matches!(values.model.view(values.tree.view(home)).source, ViewSource::Query(_));
    let same = if is_query { BinaryOp::IsNotDistinctFrom } else { BinaryOp::Equal };
    // A row of the tree without a home row belongs to no group of it.
    if is_query {
        conditions.push(values.present(home).is_not_null());
    }
    for (index, part) in key.into_iter().enumerate() {
        let name = Ident::fresh("key ", index);
        let column = Expr::Column(ColumnRef { relation: bridge.clone(), column: name.clone() });
        on.push(Expr::binary(same, column, part.clone()));
        if !is_query {
            conditions.push(part.clone().is_not_null());
        }
        pairs.items.push(SelectItem { expr: part, alias: name });
    }
    pairs.filter = conjunction(conditions);
    join_shape::apply(values, JoinTree::BASE, &nodes, &mut pairs);
    pairs.items.extend(grouping_items(groupings));

    let mut select = Select::from(Relation::Sub(Box::new(pairs.into())), bridge.clone());
    select.joins.push(Join {
        kind: JoinKind::Inner,
        source: source(values, home)?,
        inner: Vec::new(),
        on: Expr::all(on),
    });
    for hop in values.tree.hops(home, inputs) {
        let kind = values.tree.join_kind(hop);
        select.joins.push(join(values, hop, kind)?);
    }
    let column = |name: &Ident| Expr::Column(ColumnRef { relation: bridge.clone(), column: name.clone() });
    finish(&mut select, groupings.iter().map(|grouping| (grouping.name.clone(), column(&grouping.name))), aggregates);
    Ok(select)
}

fn finish(
    select: &mut Select<GovernedName>,
    groupings: impl Iterator<Item = (Ident, Value)>,
    aggregates: &[Aggregated],
) {
    for (alias, value) in groupings {
        select.group_by.push(value.clone());
        select.items.push(SelectItem { expr: value, alias });
    }
    for aggregate in aggregates {
        select.items.push(SelectItem { expr: aggregate.value.clone(), alias: aggregate.name.clone() });
    }
}
