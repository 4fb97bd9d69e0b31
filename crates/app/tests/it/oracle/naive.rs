//! Field queries answered by their definition, row by row: the rows of a measure's home view for which some row of the
//! join tree contains them, meets the filters and has the group's values; each counts once per group.
use super::{
    field_question::{Asked, FieldQuestion, Filter, Frame, Test},
    judge::{Door, Judge, Seen},
    world::{Aggregate, Formula},
};
use crate::fixture::{Cell, Row};
use bigdecimal::{BigDecimal, ToPrimitive, Zero};
use chrono::Datelike;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

pub(crate) enum Answer {
    Rows(Vec<Row>),
    /// It names something that does not exist for this person.
    Unknown,
    /// It reads something that is closed for this person.
    Closed,
    /// Both: either answer is right.
    UnknownOrClosed,
}

/// One row of the join tree: per node a position in its visible rows.
type Tuple = Vec<Option<usize>>;

pub(crate) fn answer(judge: &Judge<'_>, question: &FieldQuestion) -> Answer {
    let naive =
        Naive { judge, question, rows: question.nodes.iter().map(|node| judge.visible_rows(node.view)).collect() };
    let (mut unknown, mut closed) = (false, false);
    let mut asked: Vec<Asked> = question.fields.clone();
    question.filters.iter().for_each(|filter| collect(filter, &mut asked));
    match naive.door(0) {
        Door::Absent => unknown = true,
        Door::Closed => closed = true,
        Door::Open => {}
    }
    for field in asked {
        match naive.field_door(field) {
            Door::Absent => unknown = true,
            Door::Closed => closed = true,
            Door::Open => {}
        }
    }
    match (unknown, closed) {
        (true, true) => Answer::UnknownOrClosed,
        (true, false) => Answer::Unknown,
        (false, true) => Answer::Closed,
        (false, false) => Answer::Rows(naive.rows_of_answer()),
    }
}

fn collect(filter: &Filter, asked: &mut Vec<Asked>) {
    match filter {
        Filter::Test { field, .. } => asked.push(*field),
        Filter::Any(filters) => filters.iter().for_each(|filter| collect(filter, asked)),
    }
}

struct Naive<'a> {
    judge: &'a Judge<'a>,
    question: &'a FieldQuestion,
    /// Per node, what this person sees of it.
    rows: Vec<Vec<Row>>,
}

impl Naive<'_> {
    /// A node is reached through all the nodes above it.
    fn door(&self, node: usize) -> Door {
        let node = &self.question.nodes[node];
        let above = node.parent.map_or(Door::Open, |hop| self.door(hop.parent));
        if above == Door::Absent { Door::Absent } else { worse(above, self.judge.door(node.view)) }
    }

    fn field_door(&self, field: Asked) -> Door {
        let (node, own) = match field {
            Asked::Dimension { node, dimension, .. } => {
                let view = self.question.nodes[node].view;
                let left_out =
                    self.question.topic(self.judge.world).is_some_and(|topic| topic.without == Some((node, dimension)));
                (node, if left_out { Door::Absent } else { self.dimension_door(view, dimension) })
            }
            Asked::Measure { node, measure } => (node, self.measure_door(self.question.nodes[node].view, measure)),
        };
        worse(self.door(node), own)
    }

    fn dimension_door(&self, view: usize, dimension: usize) -> Door {
        if self.judge.dimension(view, dimension) == Seen::Hidden {
            Door::Absent
        } else if self.judge.reads_closed(view, dimension) {
            Door::Closed
        } else {
            Door::Open
        }
    }

    fn measure_door(&self, view: usize, measure: usize) -> Door {
        if !self.judge.measure_is_visible(view, measure) {
            return Door::Absent;
        }
        let field = &self.judge.world.views[view].measures[measure];
        let only = field.only.as_ref().map(|(dimension, _)| *dimension);
        let inputs =
            field.aggregate.input().into_iter().chain(only).map(|dimension| self.dimension_door(view, dimension));
        let inner = match field.aggregate {
            Aggregate::Ratio(over, under) => worse(self.measure_door(view, over), self.measure_door(view, under)),
            _ => Door::Open,
        };
        inputs.fold(inner, worse)
    }

    fn tuples(&self) -> Vec<Tuple> {
        let mut tuples: Vec<Tuple> = (0..self.rows[0].len()).map(|row| vec![Some(row)]).collect();
        for (node, hop) in self.question.nodes.iter().enumerate().filter_map(|(node, tree)| Some((node, tree.parent?)))
        {
            let link = &self.judge.world.links[hop.link];
            let (parent_column, child_column) = if hop.backward { (0, link.key) } else { (link.key, 0) };
            tuples = tuples
                .into_iter()
                .flat_map(|tuple| {
                    let key = tuple[hop.parent]
                        .map(|row| &self.rows[hop.parent][row][parent_column])
                        .filter(|key| !key.is_null());
                    let mut found: Vec<Option<usize>> = (0..self.rows[node].len())
                        .filter(|child| key == Some(&self.rows[node][*child][child_column]))
                        .map(Some)
                        .collect();
                    if found.is_empty() {
                        found.push(None);
                    }
                    found.into_iter().map(move |child| [tuple.as_slice(), &[child]].concat())
                })
                .collect();
        }
        tuples
    }

    /// A dimension of a row of `view`.
    fn value(&self, view: usize, dimension: usize, row: &Row) -> Cell {
        match self.judge.world.views[view].dimensions[dimension].formula {
            Formula::Column(column) => row[column].clone(),
            Formula::Through { link, dimension } => {
                let target = self.judge.world.links[link].to;
                let rows = self.judge.visible_rows(target);
                let linked = self.judge.world.linked(link, row, &rows);
                linked.map_or(Cell::Null, |row| self.value(target, dimension, row))
            }
            Formula::Plus(of, number) => match self.value(view, of, row) {
                Cell::Number(value) => Cell::Number(value + BigDecimal::from(number)),
                other => other,
            },
            Formula::Level(of, number) => {
                let level = BigDecimal::from(number);
                let high = matches!(self.value(view, of, row), Cell::Number(value) if value > level);
                Cell::text(if high { "high" } else { "low" })
            }
            Formula::OrNone(of) => match self.value(view, of, row) {
                Cell::Null => Cell::text("none"),
                other => other,
            },
        }
    }

    fn dimension_of(&self, tuple: &Tuple, node: usize, dimension: usize, frame: Option<Frame>) -> Cell {
        // A view's dimension is a column of the view: where the join tree has no row of it, there is no value.
        let Some(row) = tuple[node] else { return Cell::Null };
        match (self.value(self.question.nodes[node].view, dimension, &self.rows[node][row]), frame) {
            (Cell::Date(date), Some(Frame::Month)) => Cell::Date(date.with_day(1).unwrap_or(date)),
            (Cell::Date(date), Some(Frame::Year)) => Cell::Date(date.with_ordinal(1).unwrap_or(date)),
            (cell, _) => cell,
        }
    }

    fn rows_of_answer(&self) -> Vec<Row> {
        let before: Vec<&Filter> = self.question.filters.iter().filter(|filter| !reads_measure(filter)).collect();
        let tuples: Vec<Tuple> = self
            .tuples()
            .into_iter()
            .filter(|tuple| {
                before.iter().all(|filter| {
                    holds(filter, &|field| match field {
                        Asked::Dimension { node, dimension, frame } => self.dimension_of(tuple, node, dimension, frame),
                        Asked::Measure { .. } => unreachable!("these filters read no measure"),
                    })
                })
            })
            .collect();
        let group_of = |tuple: &Tuple| -> Row {
            self.question
                .fields
                .iter()
                .filter_map(|field| match field {
                    Asked::Dimension { node, dimension, frame } => {
                        Some(self.dimension_of(tuple, *node, *dimension, *frame))
                    }
                    Asked::Measure { .. } => None,
                })
                .collect()
        };
        // Per group and home node, the distinct rows of the home view.
        let mut groups: BTreeMap<Row, BTreeMap<usize, BTreeSet<usize>>> = BTreeMap::new();
        let homes = self.homes();
        for tuple in &tuples {
            let group = group_of(tuple);
            if homes.is_empty() {
                groups.entry(group).or_default();
                continue;
            }
            for home in &homes {
                if let Some(row) = tuple[*home] {
                    groups.entry(group.clone()).or_default().entry(*home).or_default().insert(row);
                }
            }
        }
        let has_dimensions = self.question.fields.iter().any(|field| matches!(field, Asked::Dimension { .. }));
        if !has_dimensions {
            groups.entry(Row::new()).or_default();
        }
        let mut answer: Vec<(Row, Row)> = Vec::new();
        for (group, members) in &groups {
            let measure = |node: usize, measure: usize| {
                self.measure(node, measure, members.get(&node).unwrap_or(&BTreeSet::new()))
            };
            let mut dimensions = group.iter();
            let row: Row = self
                .question
                .fields
                .iter()
                .map(|field| match field {
                    Asked::Dimension { .. } => dimensions.next().cloned().unwrap_or(Cell::Null),
                    Asked::Measure { node, measure: of } => measure(*node, *of),
                })
                .collect();
            let kept = self.question.filters.iter().filter(|filter| reads_measure(filter)).all(|filter| {
                holds(filter, &|field| match field {
                    Asked::Measure { node, measure: of } => measure(node, of),
                    asked => {
                        let position = self.question.fields.iter().position(|field| *field == asked);
                        position.map_or(Cell::Null, |position| row[position].clone())
                    }
                })
            });
            if kept {
                answer.push((group.clone(), row));
            }
        }
        self.cut(answer)
    }

    fn homes(&self) -> BTreeSet<usize> {
        let mut asked = self.question.fields.clone();
        self.question.filters.iter().for_each(|filter| collect(filter, &mut asked));
        asked
            .into_iter()
            .filter_map(|field| if let Asked::Measure { node, .. } = field { Some(node) } else { None })
            .collect()
    }

    /// Sorted with nulls last, ties by the dimensions, and cut at the limit.
    fn cut(&self, mut answer: Vec<(Row, Row)>) -> Vec<Row> {
        let nulls_last = |left: &Cell, right: &Cell, descending: bool| match (left.is_null(), right.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) if descending => right.cmp(left),
            (false, false) => left.cmp(right),
        };
        answer.sort_by(|(left_group, left), (right_group, right)| {
            let sorts = self
                .question
                .sorts
                .iter()
                .map(|(field, descending)| nulls_last(&left[*field], &right[*field], *descending));
            let ties = left_group.iter().zip(right_group).map(|(left, right)| nulls_last(left, right, false));
            sorts.chain(ties).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        answer.truncate(self.question.limit.unwrap_or(1000));
        answer.into_iter().map(|(_, row)| row).collect()
    }

    fn measure(&self, node: usize, measure: usize, members: &BTreeSet<usize>) -> Cell {
        let view = self.question.nodes[node].view;
        let field = &self.judge.world.views[view].measures[measure];
        let counted = members.iter().map(|row| &self.rows[node][*row]).filter(|row| {
            field.only.as_ref().is_none_or(|(dimension, wanted)| self.value(view, *dimension, row) == *wanted)
        });
        let inputs = |of: usize| -> Vec<Cell> {
            counted.clone().map(|row| self.value(view, of, row)).filter(|cell| !cell.is_null()).collect()
        };
        match field.aggregate {
            Aggregate::Count => Cell::integer(counted.count() as i64),
            Aggregate::CountDistinct(of) => Cell::integer(inputs(of).into_iter().collect::<BTreeSet<_>>().len() as i64),
            Aggregate::Sum(of) => sum(&inputs(of)),
            Aggregate::Average(of) => divide(&sum(&inputs(of)), &Cell::integer(inputs(of).len() as i64)),
            Aggregate::Min(of) => inputs(of).into_iter().min().unwrap_or(Cell::Null),
            Aggregate::Max(of) => inputs(of).into_iter().max().unwrap_or(Cell::Null),
            Aggregate::Median(of) => median(inputs(of)),
            Aggregate::Ratio(over, under) => {
                divide(&self.measure(node, over, members), &self.measure(node, under, members))
            }
        }
    }
}

fn worse(left: Door, right: Door) -> Door {
    match (left, right) {
        (Door::Absent, _) | (_, Door::Absent) => Door::Absent,
        (Door::Closed, _) | (_, Door::Closed) => Door::Closed,
        (Door::Open, Door::Open) => Door::Open,
    }
}

fn reads_measure(filter: &Filter) -> bool {
    match filter {
        Filter::Test { field, .. } => matches!(field, Asked::Measure { .. }),
        Filter::Any(filters) => filters.iter().any(reads_measure),
    }
}

fn holds(filter: &Filter, value: &dyn Fn(Asked) -> Cell) -> bool {
    match filter {
        Filter::Any(filters) => filters.iter().any(|filter| holds(filter, value)),
        Filter::Test { field, test } => passes(&value(*field), test),
    }
}

fn passes(cell: &Cell, test: &Test) -> bool {
    match (test, cell) {
        (Test::Is(values), cell) => values.contains(cell),
        // Null is different from every value, unless it is among them.
        (Test::IsNot(values), cell) => !values.contains(cell),
        (Test::IsNull(is), cell) => cell.is_null() == *is,
        (_, Cell::Null) => false,
        (Test::Contains(part), Cell::Text(text)) => text.contains(part.as_str()),
        (Test::StartsWith(part), Cell::Text(text)) => text.starts_with(part.as_str()),
        (Test::Greater(bound), cell) => cell > bound,
        (Test::AtMost(bound), cell) => cell <= bound,
        (Test::Between(low, high), cell) => low <= cell && cell <= high,
        (Test::Before(day), Cell::Date(date)) => date < day,
        (test, cell) => panic!("the test {test:?} does not fit the cell {cell}"),
    }
}

fn sum(cells: &[Cell]) -> Cell {
    if cells.is_empty() {
        return Cell::Null;
    }
    let mut exact = BigDecimal::zero();
    let mut float = None;
    for cell in cells {
        match cell {
            Cell::Number(number) => exact += number,
            Cell::Float(value) => float = Some(float.unwrap_or(0.0) + value),
            other => panic!("{other} cannot be summed"),
        }
    }
    float.map_or(Cell::Number(exact), Cell::Float)
}

fn divide(over: &Cell, under: &Cell) -> Cell {
    match (float(over), float(under)) {
        (Some(over), Some(under)) if under != 0.0 => Cell::Float(over / under),
        _ => Cell::Null,
    }
}

fn float(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => number.to_f64(),
        Cell::Float(value) => Some(*value),
        _ => None,
    }
}

/// Continuous: the mean of the two in the middle.
fn median(mut cells: Vec<Cell>) -> Cell {
    cells.sort();
    let middle = cells.len() / 2;
    match (cells.len() % 2, cells.len()) {
        (_, 0) => Cell::Null,
        (1, _) => cells.swap_remove(middle),
        _ => match (float(&cells[middle - 1]), float(&cells[middle])) {
            (Some(low), Some(high)) => Cell::Float(f64::midpoint(low, high)),
            _ => Cell::Null,
        },
    }
}
