//! Measures: aggregates over the rows of their home view, and measures of measures.
use crate::{
    Refusal, RefusalKind,
    compile::{
        plan::name_of,
        values::{Reading, Value, Values, as_double},
    },
};
use std::collections::BTreeMap;
use tessera_model::ColumnType;
use tessera_model::checked::{Aggregate, Declassify, FieldKind, Measure, ModelRef, NodeField, NodeIndex};
use tessera_sql::{
    functions::{self, Function},
    tree::{BinaryOp, CastType, ColumnRef, Expr, Ident, Literal, SortKey},
};

/// One aggregate of a home view, ready to stand in a select list that groups its rows.
#[derive(Clone, Debug)]
pub(crate) struct Aggregated {
    pub field: NodeField,
    pub name: Ident,
    pub value: Value,
    /// Over no rows it is 0, not null.
    pub is_count: bool,
    pub is_list: bool,
}

impl Aggregated {
    /// How many rows of the home there are.
    pub fn rows(home: NodeField, number: usize) -> Self {
        Self {
            field: home,
            name: Ident::fresh("rows ", number),
            value: Expr::CountRows { filter: None },
            is_count: true,
            is_list: false,
        }
    }
}

pub(crate) fn aggregated(values: &mut Values<'_>, field: &NodeField) -> Result<Aggregated, Refusal> {
    let model = values.model;
    let scope = values.scope;
    let FieldKind::Measure(Measure::Aggregate { aggregate, input, filter, declassify: _ }) =
        &model.field(field.field).kind
    else {
        return Err(Refusal::internal("an aggregate is not one"));
    };
    let declassify = scope.declassified(field.field);
    let reading = if declassify.is_some() { Reading::Raw } else { Reading::AsSeen };
    let is_integer = input.as_ref().is_some_and(|input| reads_integer(values, field, input));
    let input = input.as_ref().map(|input| values.expression(field.node, input, reading)).transpose()?;
    // A sum of integers may not fit one.
    let input = match aggregate {
        Aggregate::Sum if is_integer => input.map(as_whole_number),
        _ => input,
    };
    let filter = match filter {
        None => None,
        Some(filter) => Some(values.condition(filter, &mut |values, path| {
            let value = values.path_value(field.node, path, reading)?;
            Ok((value, model.field(path.field).value_type))
        })?),
    };
    let value = call(values, field.node, aggregate, input.clone(), filter.clone())?;
    let value = match declassify {
        Some(declassify) => suppressed(values, field.node, declassify, value, input, filter)?,
        None => value,
    };
    Ok(Aggregated {
        field: field.clone(),
        name: name_of(values, field)?,
        value,
        is_count: matches!(aggregate, Aggregate::Count | Aggregate::CountDistinct) && declassify.is_none(),
        is_list: *aggregate == Aggregate::List,
    })
}

/// The input is a column of integers.
fn reads_integer(values: &Values<'_>, field: &NodeField, input: &Expr<ModelRef>) -> bool {
    let model = values.model;
    let view = model.view(model.field(field.field).view);
    let column = match input {
        Expr::Column(ModelRef::Column(column)) => Some((view, column)),
        Expr::Column(ModelRef::Field(path)) => {
            let read = model.field(path.field);
            match &read.kind {
                FieldKind::Dimension(dimension) if matches!(dimension.expr, Expr::Column(_)) => {
                    dimension.bare_column.as_ref().map(|column| (model.view(read.view), column))
                }
                FieldKind::Dimension(_) | FieldKind::Measure(_) => None,
            }
        }
        _ => None,
    };
    let found = column.and_then(|(view, column)| model.catalog.column(view.source.table()?, column));
    found.is_some_and(|column| column.column_type == ColumnType::Integer)
}

fn as_whole_number(value: Value) -> Value {
    Expr::Cast { expr: Box::new(value), to: CastType::Decimal { precision: 38, scale: 0 }, try_: false }
}

fn call(
    values: &mut Values<'_>,
    node: NodeIndex,
    aggregate: &Aggregate,
    input: Option<Value>,
    filter: Option<Value>,
) -> Result<Value, Refusal> {
    let filter = filter.map(Box::new);
    let Some(input) = input else {
        return Ok(Expr::CountRows { filter });
    };
    let over = |function: &'static Function, args, distinct, order_by| Expr::Function {
        function,
        args,
        distinct,
        filter: filter.clone(),
        order_by,
        over: None,
    };
    let by = |values: &mut Values<'_>, path| -> Result<Vec<SortKey<ColumnRef, _>>, Refusal> {
        let expr = values.path_value(node, path, Reading::AsSeen)?;
        Ok(vec![SortKey { expr, descending: false, nulls_first: false }])
    };
    Ok(match aggregate {
        Aggregate::Count => over(functions::count(), vec![input], false, Vec::new()),
        Aggregate::CountDistinct => over(functions::count(), vec![input], true, Vec::new()),
        Aggregate::Sum => over(functions::sum(), vec![input], false, Vec::new()),
        Aggregate::Average => over(functions::avg(), vec![input], false, Vec::new()),
        Aggregate::Min => over(functions::min(), vec![input], false, Vec::new()),
        Aggregate::Max => over(functions::max(), vec![input], false, Vec::new()),
        Aggregate::Median => over(functions::median(), vec![as_double(input)], false, Vec::new()),
        Aggregate::Percentile(fraction) => {
            let fraction =
                fraction.to_string().parse().map_err(|_| Refusal::internal("a percentile is not a number"))?;
            let args = vec![as_double(input), Expr::Literal(Literal::Number(fraction))];
            over(functions::percentile_cont(), args, false, Vec::new())
        }
        Aggregate::List => over(functions::array_agg(), vec![input], false, Vec::new()),
        Aggregate::First { by: path } => {
            let order_by = by(values, path)?;
            over(functions::first_value(), vec![input], false, order_by)
        }
        Aggregate::Last { by: path } => {
            let mut order_by = by(values, path)?;
            // The last is the first from the end, so that nulls stay last.
            order_by.iter_mut().for_each(|key| key.descending = true);
            over(functions::first_value(), vec![input], false, order_by)
        }
    })
}

/// Null for groups with fewer than the minimum of distinct keys that have an input, after all filters.
fn suppressed(
    values: &mut Values<'_>,
    node: NodeIndex,
    declassify: &Declassify,
    value: Value,
    input: Option<Value>,
    filter: Option<Value>,
) -> Result<Value, Refusal> {
    let mut counts = input.map(Value::is_not_null);
    if let Some(filter) = filter {
        counts = Some(Expr::All(counts.into_iter().chain([filter]).collect()));
    }
    let key = values.primary_key(node)?;
    let key = match <[Value; 1]>::try_from(key) {
        Ok([only]) => only,
        Err(several) => Expr::call(functions::make_struct(), several),
    };
    let distinct_keys = Expr::Function {
        function: functions::count(),
        args: vec![key],
        distinct: true,
        filter: counts.map(Box::new),
        order_by: Vec::new(),
        over: None,
    };
    let minimum = Literal::Number(i64::try_from(declassify.minimum_group_size).unwrap_or(i64::MAX).into());
    let large_enough = Expr::binary(BinaryOp::GreaterOrEqual, distinct_keys, Expr::Literal(minimum));
    Ok(Expr::Case { operand: None, branches: vec![(large_enough, value)], otherwise: None })
}

/// Which measure, at which node, a reference of a derived measure at `node` means.
pub(crate) fn input_of_derived(
    values: &Values<'_>,
    node: NodeIndex,
    reference: &ModelRef,
) -> Result<NodeField, Refusal> {
    let ModelRef::Field(path) = reference else {
        return Err(Refusal::internal("a derived measure reads a column"));
    };
    let view = values.model.field(path.field).view;
    let node = if view == values.tree.view(node) {
        node
    } else {
        let name = values.model.full_name(path.field);
        values.tree.only_node_of(view).map_err(|count| {
            let problem =
                if count == 0 { "is not part of this topic" } else { "is joined more than once in this topic" };
            Refusal::new(RefusalKind::Invalid, format!("a measure needs `{name}`, whose view {problem}")).field(name)
        })?
    };
    Ok(NodeField { node, field: path.field, frame: None })
}

/// A measure as a value over the grouped rows.
pub(crate) fn result_value(
    values: &mut Values<'_>,
    field: &NodeField,
    aggregates: &BTreeMap<NodeField, Aggregated>,
    column: &impl Fn(&Ident) -> Value,
) -> Result<Value, Refusal> {
    if let Some(aggregate) = aggregates.get(field) {
        return Ok(column(&aggregate.name));
    }
    let model = values.model;
    let FieldKind::Measure(Measure::Derived { expr }) = &model.field(field.field).kind else {
        return Err(Refusal::internal("a dimension is used after grouping without being a group"));
    };
    crate::govern::bind(expr, &mut |reference| {
        let input = input_of_derived(values, field.node, reference)?;
        result_value(values, &input, aggregates, column)
    })
}
