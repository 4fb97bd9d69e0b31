//! Random field queries over the topics and views of a world.
use super::{
    dice::Dice,
    model_files::scalar,
    world::{Aggregate, Topic, TopicNode, World},
};
use crate::fixture::{Cell, Kind};
use serde_json::{Value, json};
use tessera_base::NaiveDate;

#[derive(Clone, Debug)]
pub(crate) struct FieldQuestion {
    pub(crate) root: Root,
    /// The join tree: of the topic, or the one view.
    pub(crate) nodes: Vec<TopicNode>,
    pub(crate) fields: Vec<Asked>,
    /// All must hold.
    pub(crate) filters: Vec<Filter>,
    /// Positions in `fields`.
    pub(crate) sorts: Vec<(usize, bool)>,
    pub(crate) limit: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Root {
    Topic(usize),
    View(usize),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Asked {
    Dimension { node: usize, dimension: usize, frame: Option<Frame> },
    Measure { node: usize, measure: usize },
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Frame {
    Month,
    Year,
}

#[derive(Clone, Debug)]
pub(crate) enum Filter {
    Test { field: Asked, test: Test },
    Any(Vec<Filter>),
}

#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// Null may be among the values.
    Is(Vec<Cell>),
    IsNot(Vec<Cell>),
    Contains(String),
    StartsWith(String),
    Greater(Cell),
    AtMost(Cell),
    Between(Cell, Cell),
    IsNull(bool),
    Before(NaiveDate),
}

impl FieldQuestion {
    pub(crate) fn throw(dice: &mut Dice, world: &World) -> Self {
        let (root, nodes) = if dice.percent(75) {
            let topic = dice.below(world.topics.len());
            (Root::Topic(topic), world.topics[topic].nodes.clone())
        } else {
            let view = dice.below(world.views.len());
            (Root::View(view), vec![TopicNode { name: world.views[view].name.clone(), view, parent: None }])
        };
        let mut question =
            Self { root, nodes, fields: Vec::new(), filters: Vec::new(), sorts: Vec::new(), limit: None };
        let (dimensions, measures) = (dice.below(4), dice.below(4));
        for _ in 0..dimensions {
            question.add(dimension(dice, world, &question.nodes));
        }
        for _ in 0..measures {
            question.add(measure(dice, world, &question.nodes));
        }
        if question.fields.is_empty() {
            question.add(measure(dice, world, &question.nodes));
        }
        for _ in 0..dice.below(3) {
            question.filters.push(question.filter(dice, world));
        }
        if dice.percent(40) {
            question.sorts.push((dice.below(question.fields.len()), dice.percent(50)));
        }
        // A sum of floats that differs in its last bit may fall on either side of the limit.
        if dice.percent(25)
            && question.sorts.iter().all(|(field, _)| matches!(question.fields[*field], Asked::Dimension { .. }))
        {
            question.limit = Some(dice.between(1, 4));
        }
        question
    }

    fn add(&mut self, field: Asked) {
        if !self.fields.contains(&field) {
            self.fields.push(field);
        }
    }

    fn filter(&self, dice: &mut Dice, world: &World) -> Filter {
        let one = |dice: &mut Dice| {
            if dice.percent(25) {
                let field = measure(dice, world, &self.nodes);
                return Filter::Test { field, test: Test::Greater(Cell::integer(dice.between(0, 4) as i64)) };
            }
            let field = dimension(dice, world, &self.nodes);
            let Asked::Dimension { node, dimension, .. } = field else { unreachable!("a dimension was asked for") };
            let field = Asked::Dimension { node, dimension, frame: None };
            Filter::Test { field, test: test(dice, world.views[self.nodes[node].view].dimensions[dimension].kind) }
        };
        if !dice.percent(25) {
            return one(dice);
        }
        let alternatives: Vec<Filter> = (0..2).map(|_| one(dice)).collect();
        let is_measure = |filter: &Filter| matches!(filter, Filter::Test { field: Asked::Measure { .. }, .. });
        // An alternative of a measure and a dimension is judged after aggregation: the dimension has to be among the fields.
        let grouped = |filter: &Filter| match filter {
            Filter::Test { field: field @ Asked::Dimension { .. }, .. } => self.fields.contains(field),
            Filter::Test { .. } => true,
            Filter::Any(_) => false,
        };
        if alternatives.iter().any(is_measure) && !alternatives.iter().all(grouped) {
            return one(dice);
        }
        Filter::Any(alternatives)
    }

    pub(crate) fn json(&self, world: &World) -> Value {
        let mut request =
            json!({"fields": self.fields.iter().map(|field| self.name(world, *field)).collect::<Vec<_>>()});
        match self.root {
            Root::Topic(topic) => request["topic"] = json!(world.topics[topic].name),
            Root::View(view) => request["view"] = json!(world.views[view].name),
        }
        if !self.filters.is_empty() {
            request["filters"] = self.filters.iter().map(|filter| self.filter_json(world, filter)).collect();
        }
        if !self.sorts.is_empty() {
            request["sorts"] =
                self.sorts.iter().map(|(field, descending)| json!({"field": self.name(world, self.fields[*field]), "descending": descending})).collect();
        }
        if let Some(limit) = self.limit {
            request["limit"] = json!(limit);
        }
        request
    }

    fn name(&self, world: &World, field: Asked) -> String {
        match field {
            Asked::Dimension { node, dimension, frame } => {
                let node = &self.nodes[node];
                let name = format!("{}.{}", node.name, world.views[node.view].dimensions[dimension].name);
                match frame {
                    None => name,
                    Some(Frame::Month) => format!("{name}[month]"),
                    Some(Frame::Year) => format!("{name}[year]"),
                }
            }
            Asked::Measure { node, measure } => {
                format!("{}.{}", self.nodes[node].name, world.views[self.nodes[node].view].measures[measure].name)
            }
        }
    }

    fn filter_json(&self, world: &World, filter: &Filter) -> Value {
        let (field, test) = match filter {
            Filter::Any(filters) => {
                return json!({"any_of": filters.iter().map(|filter| self.filter_json(world, filter)).collect::<Vec<_>>()});
            }
            Filter::Test { field, test } => (self.name(world, *field), test),
        };
        let list = |cells: &[Cell]| cells.iter().map(scalar).collect::<Vec<_>>();
        match test {
            Test::Is(cells) => json!({"field": field, "is": list(cells)}),
            Test::IsNot(cells) => json!({"field": field, "is_not": list(cells)}),
            Test::Contains(text) => json!({"field": field, "contains": text}),
            Test::StartsWith(text) => json!({"field": field, "starts_with": text}),
            Test::Greater(cell) => json!({"field": field, "greater_than": scalar(cell)}),
            Test::AtMost(cell) => json!({"field": field, "at_most": scalar(cell)}),
            Test::Between(low, high) => json!({"field": field, "between": [scalar(low), scalar(high)]}),
            Test::IsNull(is) => json!({"field": field, "is_null": is}),
            Test::Before(day) => json!({"field": field, "before": day.to_string()}),
        }
    }

    /// The topic that the question is asked of, if it is one.
    pub(crate) fn topic<'w>(&self, world: &'w World) -> Option<&'w Topic> {
        match self.root {
            Root::Topic(topic) => Some(&world.topics[topic]),
            Root::View(_) => None,
        }
    }
}

fn dimension(dice: &mut Dice, world: &World, nodes: &[TopicNode]) -> Asked {
    let node = dice.below(nodes.len());
    let dimensions = &world.views[nodes[node].view].dimensions;
    let dimension = dice.below(dimensions.len());
    let frame = if dimensions[dimension].kind == Kind::Date {
        *dice.pick(&[None, Some(Frame::Month), Some(Frame::Year)])
    } else {
        None
    };
    Asked::Dimension { node, dimension, frame }
}

fn measure(dice: &mut Dice, world: &World, nodes: &[TopicNode]) -> Asked {
    let node = dice.below(nodes.len());
    Asked::Measure { node, measure: dice.below(world.views[nodes[node].view].measures.len()) }
}

fn test(dice: &mut Dice, kind: Kind) -> Test {
    if dice.percent(15) {
        return Test::IsNull(dice.percent(50));
    }
    let number = |dice: &mut Dice| Cell::integer(dice.between(0, 9) as i64 - 3);
    let text = |dice: &mut Dice| {
        Cell::text(*dice.pick(&["A", "B", "a", "1", "oops", "O'Brien", "%", "_", "\\", "", "none", "low", "•••"]))
    };
    let list = |dice: &mut Dice, value: &dyn Fn(&mut Dice) -> Cell| {
        let mut cells: Vec<Cell> = (0..dice.below(4)).map(|_| value(dice)).collect();
        if dice.percent(20) {
            cells.push(Cell::Null);
        }
        cells
    };
    match kind {
        Kind::Integer | Kind::Decimal | Kind::WideDecimal | Kind::Double => match dice.below(5) {
            0 => Test::Is(list(dice, &number)),
            1 => Test::IsNot(list(dice, &number)),
            2 => Test::Greater(number(dice)),
            3 => Test::AtMost(number(dice)),
            _ => Test::Between(number(dice), number(dice)),
        },
        Kind::Text => match dice.below(4) {
            0 => Test::Is(list(dice, &text)),
            1 => Test::IsNot(list(dice, &text)),
            2 => Test::Contains((*dice.pick(&["", "A", "%", "_", "\\", "o", "'"])).to_owned()),
            _ => Test::StartsWith((*dice.pick(&["A", "1", "%", "O'", ""])).to_owned()),
        },
        Kind::Boolean => Test::Is(vec![Cell::Boolean(dice.percent(50))]),
        Kind::Date | Kind::Timestamp | Kind::Instant => {
            Test::Before(NaiveDate::from_yo_opt(2026, dice.between(1, 365) as u32).unwrap_or_default())
        }
    }
}

impl Aggregate {
    /// The dimension that it reads.
    pub(crate) fn input(self) -> Option<usize> {
        match self {
            Self::Count | Self::Ratio(..) => None,
            Self::CountDistinct(of)
            | Self::Sum(of)
            | Self::Average(of)
            | Self::Min(of)
            | Self::Max(of)
            | Self::Median(of) => Some(of),
        }
    }
}
