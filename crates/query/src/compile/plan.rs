//! A question → one query over governed relations. Measures are computed where they live: a measure of view V aggregates
//! the rows of V that some row of the join tree contains, that satisfies the filters and has the group's values; each row
//! of V counts once per group, however many rows it joins.
use crate::{
    Refusal, RefusalKind,
    compile::{
        Question,
        home::HomeQuery,
        measure::{self, Aggregated},
        values::{Value, Values},
    },
    govern::Output,
};
use std::collections::BTreeMap;
use tessera_model::{
    FieldId,
    checked::{FieldKind, Measure, NodeField, NodeIndex},
    filter::Filter,
    scope::FieldState,
};
use tessera_sql::{
    functions,
    tree::{
        BinaryOp, ColumnRef, Cte, Expr, GovernedName, Ident, Join, JoinKind, Literal, Query, Relation, Select,
        SelectItem, SetBody, SortKey, Source,
    },
};

/// A group-by column of the question.
pub(crate) struct Grouping {
    pub field: NodeField,
    pub name: Ident,
    pub value: Value,
}

pub(crate) fn plan(values: &mut Values<'_>, question: &Question) -> Result<Query<GovernedName>, Refusal> {
    let groupings = groupings(values, question)?;
    let aggregates = aggregates(values, question)?;

    let row_filters = question
        .row_filters
        .iter()
        .map(|filter| values.condition(filter, &mut |values, field| typed(values, field)))
        .collect::<Result<Vec<_>, _>>()?;

    let mut homes: BTreeMap<NodeIndex, Vec<Aggregated>> = BTreeMap::new();
    for aggregate in aggregates.values() {
        homes.entry(aggregate.field.node).or_default().push(aggregate.clone());
    }
    for (number, anchor) in anchors(values, question)?.into_iter().enumerate() {
        homes.entry(anchor.node).or_insert_with(|| vec![Aggregated::rows(anchor, number)]);
    }
    let groups = if homes.is_empty() {
        // Without a measure: the distinct values that rows of the tree have.
        HomeQuery::distinct(values, &groupings, &row_filters)?.into()
    } else {
        let only_home = homes.len() == 1 && !reads_order(values, question) && !values.relations.are_inner();
        let per_home = homes
            .into_iter()
            .map(|(home, aggregates)| {
                Ok((HomeQuery::aggregate(values, home, &groupings, &row_filters, &aggregates, only_home)?, aggregates))
            })
            .collect::<Result<Vec<_>, Refusal>>()?;
        combine(per_home, &groupings)
    };
    outermost(values, question, &groupings, &aggregates, groups)
}

fn typed(values: &mut Values<'_>, field: &NodeField) -> Result<(Value, tessera_base::ValueType), Refusal> {
    let value_type = field.frame.map_or(values.model.field(field.field).value_type, |frame| frame.value_type());
    Ok((values.dimension_value(field)?, value_type))
}

fn groupings(values: &mut Values<'_>, question: &Question) -> Result<Vec<Grouping>, Refusal> {
    let mut groupings: Vec<Grouping> = Vec::new();
    for field in &question.selected {
        let is_dimension = matches!(values.model.field(field.field).kind, FieldKind::Dimension(_));
        if is_dimension && !groupings.iter().any(|known| known.field == *field) {
            let value = values.dimension_value(field)?;
            groupings.push(Grouping { field: field.clone(), name: name_of(values, field)?, value });
        }
    }
    Ok(groupings)
}

/// What a column of the result is called: as the question calls it.
pub(crate) fn name_of(values: &Values<'_>, field: &NodeField) -> Result<Ident, Refusal> {
    let name = &values.model.field(field.field).name;
    let node = values.tree.name(field.node);
    let frame = field.frame.map_or(String::new(), |frame| format!("[{}]", frame.name()));
    Ident::new(format!("{node}.{name}{frame}")).map_err(|error| Refusal::new(RefusalKind::TooLarge, error.to_string()))
}

/// The aggregates that selected, filtered and sorted measures need, derived measures resolved to theirs.
fn aggregates(values: &mut Values<'_>, question: &Question) -> Result<BTreeMap<NodeField, Aggregated>, Refusal> {
    let mut wanted: Vec<NodeField> = question.selected.clone();
    for filter in &question.group_filters {
        filter.for_each_field(&mut |field| wanted.push(field.clone()));
    }
    wanted.extend(question.sorts.iter().map(|(field, _)| field.clone()));
    let mut aggregates = BTreeMap::new();
    for field in wanted {
        collect(values, &field, &mut aggregates)?;
    }
    Ok(aggregates)
}

fn collect(
    values: &mut Values<'_>,
    field: &NodeField,
    aggregates: &mut BTreeMap<NodeField, Aggregated>,
) -> Result<(), Refusal> {
    let model = values.model;
    match &model.field(field.field).kind {
        FieldKind::Dimension(_) => Ok(()),
        FieldKind::Measure(Measure::Aggregate { .. }) => {
            if !aggregates.contains_key(field) {
                let aggregate = measure::aggregated(values, field)?;
                aggregates.insert(field.clone(), aggregate);
            }
            Ok(())
        }
        FieldKind::Measure(Measure::Derived { expr }) => {
            let mut inputs = Vec::new();
            expr.for_each_column(&mut |reference| inputs.push(reference.clone()));
            for input in inputs {
                let input = measure::input_of_derived(values, field.node, &input)?;
                collect(values, &input, aggregates)?;
            }
            Ok(())
        }
    }
}

/// The homes of the measures that are not asked for.
fn anchors(values: &Values<'_>, question: &Question) -> Result<Vec<NodeField>, Refusal> {
    let mut homes = Vec::new();
    let mut pending = question.anchors.clone();
    while let Some(field) = pending.pop() {
        match &values.model.field(field.field).kind {
            FieldKind::Measure(Measure::Derived { expr }) => {
                let mut inputs = Vec::new();
                expr.for_each_column(&mut |reference| inputs.push(reference.clone()));
                for input in inputs {
                    pending.push(measure::input_of_derived(values, field.node, &input)?);
                }
            }
            FieldKind::Measure(Measure::Aggregate { .. }) | FieldKind::Dimension(_) => homes.push(field),
        }
    }
    Ok(homes)
}

/// One query per home view, put together on the group's values: the union of the groups, each measure where it has rows.
/// A union of all, grouped again, is a null-safe full join of any number of sides.
fn combine(mut per_home: Vec<(Select<GovernedName>, Vec<Aggregated>)>, groupings: &[Grouping]) -> Query<GovernedName> {
    if per_home.len() == 1
        && let Some((select, _)) = per_home.pop()
    {
        return select.into();
    }
    let column =
        |relation: &Ident, name: &Ident| Expr::Column(ColumnRef { relation: relation.clone(), column: name.clone() });
    let mut ctes = Vec::new();
    let mut sides = Vec::new();
    let all: Vec<Aggregated> = per_home.iter().flat_map(|(_, aggregates)| aggregates.clone()).collect();
    for (index, (select, own)) in per_home.into_iter().enumerate() {
        let name = Ident::fresh("home ", index);
        let mut side = Select::from(Relation::Cte(name.clone()), name.clone());
        for grouping in groupings {
            side.items.push(SelectItem { expr: column(&name, &grouping.name), alias: grouping.name.clone() });
        }
        for aggregate in &all {
            let is_own = own.iter().any(|own| own.name == aggregate.name);
            let expr = if is_own { column(&name, &aggregate.name) } else { Expr::Literal(Literal::Null) };
            side.items.push(SelectItem { expr, alias: aggregate.name.clone() });
        }
        sides.push(side);
        ctes.push(Cte { name, query: select.into() });
    }
    let union = Query { ctes: Vec::new(), body: SetBody::UnionAll(sides), order_by: Vec::new(), limit: None };
    let alias = Ident::fresh("homes ", 0);
    let mut select = Select::from(Relation::Sub(Box::new(union)), alias.clone());
    for grouping in groupings {
        let value = column(&alias, &grouping.name);
        select.items.push(SelectItem { expr: value.clone(), alias: grouping.name.clone() });
        select.group_by.push(value);
    }
    for aggregate in &all {
        let value = column(&alias, &aggregate.name);
        // At most one side holds a value; which function takes it does not matter, but lists have no maximum.
        let function = if aggregate.is_list { functions::first_value() } else { functions::max() };
        let only = Expr::Function {
            function,
            args: vec![value.clone()],
            distinct: false,
            filter: aggregate.is_list.then(|| Box::new(value.is_not_null())),
            order_by: Vec::new(),
            over: None,
        };
        let expr = if aggregate.is_count {
            // No rows at home is a count of none.
            Expr::call(functions::coalesce(), vec![only, Expr::Literal(Literal::Number(0.into()))])
        } else {
            only
        };
        select.items.push(SelectItem { expr, alias: aggregate.name.clone() });
    }
    Query { ctes, ..select.into() }
}

/// Measures of measures, filters on measures, order and limit.
fn outermost(
    values: &mut Values<'_>,
    question: &Question,
    groupings: &[Grouping],
    aggregates: &BTreeMap<NodeField, Aggregated>,
    mut groups: Query<GovernedName>,
) -> Result<Query<GovernedName>, Refusal> {
    let alias = Ident::fresh("groups ", 0);
    let ctes = std::mem::take(&mut groups.ctes);
    let column = |name: &Ident| Expr::Column(ColumnRef { relation: alias.clone(), column: name.clone() });
    let value = |values: &mut Values<'_>, field: &NodeField| -> Result<Value, Refusal> {
        match groupings.iter().find(|grouping| grouping.field == *field) {
            Some(grouping) => Ok(column(&grouping.name)),
            None => measure::result_value(values, field, aggregates, &column),
        }
    };
    let mut select = Select::from(Relation::Sub(Box::new(groups)), alias.clone());
    for field in &question.selected {
        let expr = value(values, field)?;
        select.items.push(SelectItem { expr, alias: name_of(values, field)? });
    }
    let mut conditions = Vec::new();
    for filter in &question.group_filters {
        conditions.push(group_condition(values, filter, &value)?);
    }
    select.filter = (!conditions.is_empty()).then(|| Expr::all(conditions));

    let mut order_by = Vec::new();
    for (field, descending) in sorts(values, question) {
        let key = |expr| SortKey { expr, descending, nulls_first: false };
        let expr = value(values, &field)?;
        if let Some(by) = order_of(values, &field) {
            let join = order_join(values, &field, by, &expr, select.joins.len())?;
            order_by.push(key(Expr::Column(ColumnRef { relation: join.source.alias.clone(), column: order_name() })));
            select.joins.push(join);
        }
        order_by.push(key(expr));
    }
    let mut query = Query::from(select);
    query.order_by = order_by;
    query.limit = question.limit;
    query.ctes = ctes;
    Ok(query)
}

/// What is sorted by: as asked, then by all dimensions, so that the order is total.
fn sorts(values: &Values<'_>, question: &Question) -> Vec<(NodeField, bool)> {
    let mut sorts: Vec<(NodeField, bool)> = Vec::new();
    let is_dimension = |field: &&NodeField| matches!(values.model.field(field.field).kind, FieldKind::Dimension(_));
    let dimensions = question.selected.iter().filter(is_dimension).map(|field| (field.clone(), false));
    if question.is_ordered {
        for (field, descending) in question.sorts.iter().cloned().chain(dimensions) {
            if sorts.iter().all(|(known, _)| *known != field) {
                sorts.push((field, descending));
            }
        }
    }
    sorts
}

/// The dimension that gives the values of another their order, for those who may see it.
fn order_of(values: &Values<'_>, field: &NodeField) -> Option<FieldId> {
    let by = values.model.field(field.field).presentation.order_by?;
    let is_hidden = matches!(values.scope.field(by), FieldState::Hidden { .. });
    (field.frame.is_none() && !is_hidden).then_some(by)
}

fn reads_order(values: &Values<'_>, question: &Question) -> bool {
    sorts(values, question).iter().any(|(field, _)| order_of(values, field).is_some())
}

fn order_name() -> Ident {
    Ident::fresh("order ", 0)
}

/// Each value of a dimension with the least that it is ordered by, among all rows of its view. It is joined to the groups, so
/// that it makes no groups of its own.
fn order_join(
    values: &mut Values<'_>,
    field: &NodeField,
    by: FieldId,
    value: &Value,
    number: usize,
) -> Result<Join<GovernedName>, Refusal> {
    let from = values.rows(field.node);
    let (rows, alias) = (Ident::fresh("ordered ", number), Ident::fresh("orders ", number));
    let relation = Relation::Named(GovernedName(values.relations.name(from)?));
    let mut column = |field| {
        let column = values.relations.output(from, Output::Field(field));
        Expr::Column(ColumnRef { relation: rows.clone(), column })
    };
    let (of, by) = (column(field.field), column(by));
    let of_name = Ident::fresh("value ", 0);
    let mut select = Select::from(relation, rows);
    select.group_by.push(of.clone());
    select.items.push(SelectItem { expr: of, alias: of_name.clone() });
    select.items.push(SelectItem { expr: Expr::call(functions::min(), vec![by]), alias: order_name() });
    let of = Expr::Column(ColumnRef { relation: alias.clone(), column: of_name });
    Ok(Join {
        kind: JoinKind::Left,
        source: Source { relation: Relation::Sub(Box::new(select.into())), alias },
        inner: Vec::new(),
        on: Expr::binary(BinaryOp::Equal, value.clone(), of),
    })
}

fn group_condition(
    values: &mut Values<'_>,
    filter: &Filter<NodeField>,
    value: &impl Fn(&mut Values<'_>, &NodeField) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    let model = values.model;
    values.condition(filter, &mut |values, field| {
        let value_type = field.frame.map_or(model.field(field.field).value_type, |frame| frame.value_type());
        Ok((value(values, field)?, value_type))
    })
}
