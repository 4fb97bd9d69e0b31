//! Random worlds and people. Small and dense: few values, many collisions, dangling keys, nulls and texts that look like
//! something else.
use super::{
    dice::Dice,
    world::{
        Access, Aggregate, Attribute, AttributeRule, Condition, Dimension, Formula, Grant, Hop, Link, Mask, MaskRule,
        Measure, Person, Required, Rule, Topic, TopicNode, View, World,
    },
};
use crate::fixture::{Cell, Column, Kind, Row, Table};
use bigdecimal::BigDecimal;
use tessera_base::NaiveDate;

const TABLE_NAMES: [&str; 9] = ["orders", "customers", "items", "select", "t", "secret", "user", "with", "values"];
const COLUMN_NAMES: [&str; 12] =
    ["name", "Name", "order", "a b", "x\"y", "größe", "select", "note", "v1", "T", "null", "per%cent"];
const TEXTS: [&str; 16] = [
    "A",
    "B",
    "C",
    "a",
    "",
    "1",
    "2",
    "12",
    "oops",
    "O'Brien",
    "%",
    "_",
    "\\",
    "A long text that is masked",
    "12345678",
    "ünïcode ☃ snow",
];
const GROUPS: [&str; 3] = ["analysts", "management", "finance"];

pub(crate) fn world(dice: &mut Dice, rows: usize) -> World {
    let attributes = vec![
        Attribute { name: "region".to_owned(), kind: Kind::Text, multiple: true },
        Attribute { name: "department".to_owned(), kind: Kind::Text, multiple: false },
        Attribute { name: "clearance".to_owned(), kind: Kind::Integer, multiple: false },
        Attribute { name: "projects".to_owned(), kind: Kind::Integer, multiple: true },
    ];
    let grants = (0..4)
        .map(|number| Grant { name: format!("grant_{number}"), condition: condition(dice, &attributes, 0) })
        .collect();
    let mut world =
        World { tables: Vec::new(), views: Vec::new(), links: Vec::new(), grants, attributes, topics: Vec::new() };
    let names = dice.pick_some(&TABLE_NAMES, 4);
    let tables = dice.between(2, 4);
    for (number, name) in names.into_iter().enumerate().take(tables) {
        add_table(dice, &mut world, number, name, rows);
    }
    for topic in 0..2 {
        let topic = self::topic(dice, &world, topic);
        world.topics.push(topic);
    }
    world
}

pub(crate) fn person(dice: &mut Dice, world: &World) -> Person {
    let attributes = world
        .attributes
        .iter()
        .map(|attribute| {
            let count = if attribute.multiple { dice.between(1, 3) } else { 1 };
            (!dice.percent(15)).then(|| {
                // Now and then somebody has a list, and nothing is in it.
                if attribute.multiple && dice.percent(4) {
                    Vec::new()
                } else {
                    (0..count).map(|_| attribute_value(dice, attribute)).collect()
                }
            })
        })
        .collect();
    let groups = GROUPS.iter().filter(|_| dice.percent(45)).map(|group| (*group).to_owned()).collect();
    Person { attributes, groups }
}

fn attribute_value(dice: &mut Dice, attribute: &Attribute) -> Cell {
    match attribute.kind {
        Kind::Text => Cell::text(*dice.pick(&TEXTS[..13])),
        _ => Cell::integer(dice.between(0, 4) as i64),
    }
}

fn condition(dice: &mut Dice, attributes: &[Attribute], depth: usize) -> Condition {
    match dice.below(if depth == 0 { 4 } else { 2 }) {
        0 => Condition::Group((*dice.pick(&GROUPS)).to_owned()),
        1 => {
            let attribute = dice.below(attributes.len());
            let allowed = (0..dice.between(1, 3)).map(|_| attribute_value(dice, &attributes[attribute])).collect();
            Condition::Attribute { attribute, allowed }
        }
        2 => Condition::Any((0..2).map(|_| condition(dice, attributes, depth + 1)).collect()),
        _ => Condition::All((0..2).map(|_| condition(dice, attributes, depth + 1)).collect()),
    }
}

fn required(dice: &mut Dice, world: &World) -> Vec<Required> {
    (0..dice.between(1, 2))
        .map(|_| (0..dice.between(1, 2)).map(|_| dice.below(world.grants.len())).collect())
        .map(dedup)
        .collect()
}

fn dedup(mut grants: Required) -> Required {
    grants.sort_unstable();
    grants.dedup();
    grants
}

fn cell(dice: &mut Dice, kind: Kind) -> Cell {
    if dice.percent(15) {
        return Cell::Null;
    }
    let day = |day: usize| {
        NaiveDate::from_ymd_opt(2026, 1, 1).and_then(|first| first.checked_add_days(chrono::Days::new(day as u64)))
    };
    match kind {
        Kind::Integer => Cell::integer(dice.between(0, 9) as i64 - 3),
        Kind::Decimal | Kind::WideDecimal => {
            Cell::Number(BigDecimal::new((dice.between(0, 2000) as i64 - 500).into(), 2))
        }
        // Multiples of a quarter are exact, so that no order of summation matters.
        Kind::Double => Cell::Float((dice.between(0, 40) as f64 - 10.0) / 4.0),
        Kind::Text => Cell::text(*dice.pick(&TEXTS)),
        Kind::Boolean => Cell::Boolean(dice.percent(50)),
        Kind::Date => day(dice.between(0, 500)).map_or(Cell::Null, Cell::Date),
        Kind::Timestamp | Kind::Instant => {
            day(dice.between(0, 500)).and_then(|day| day.and_hms_opt(12, 30, 0)).map_or(Cell::Null, Cell::Timestamp)
        }
    }
}

/// Gives the first table, which has no keys of others, many rows.
pub(crate) fn inflate(dice: &mut Dice, world: &mut World, rows: usize) {
    let table = &mut world.tables[0];
    table.rows = (0..rows)
        .map(|id| {
            let mut row: Row = table.columns.iter().map(|column| cell(dice, column.kind)).collect();
            row[0] = Cell::integer(id as i64);
            row
        })
        .collect();
}

/// A table, its links to earlier ones, and the view over it.
fn add_table(dice: &mut Dice, world: &mut World, number: usize, name: &str, rows: usize) {
    let mut columns = vec![Column { name: "id".to_owned(), kind: Kind::Integer }];
    let mut parents = Vec::new();
    if number > 0 {
        let count = if dice.percent(30) { 2 } else { 1 };
        for parent in dice.pick_some(&(0..number).collect::<Vec<_>>(), count) {
            parents.push((columns.len(), parent));
            columns.push(Column {
                name: format!("{}_id", world.tables[world.views[parent].table].name),
                kind: Kind::Integer,
            });
        }
    }
    let keys = columns.len();
    let kinds = [Kind::Integer, Kind::Text, Kind::Decimal, Kind::Text, Kind::Double, Kind::Boolean, Kind::Date];
    for name in dice.pick_some(&COLUMN_NAMES, 4) {
        // The first two are there in every table, so that there is something to sum and something to group by.
        let kind = match columns.len() - keys {
            0 => Kind::Integer,
            1 => Kind::Text,
            _ => *dice.pick(&kinds),
        };
        columns.push(Column { name: name.to_owned(), kind });
    }
    let rows = (0..dice.between(0, rows))
        .map(|id| {
            let mut row: Row = columns.iter().map(|column| cell(dice, column.kind)).collect();
            row[0] = Cell::integer(id as i64);
            for (column, parent) in &parents {
                let ids = world.table_of(*parent).rows.len() as i64 + 1;
                row[*column] =
                    if dice.percent(10) { Cell::Null } else { Cell::integer(dice.below(ids as usize) as i64) };
            }
            row
        })
        .collect();
    let schema = dice.percent(40).then(|| (*dice.pick(&["sales", "main"])).to_owned());
    world.tables.push(Table { schema, name: name.to_owned(), columns, rows });
    world.links.extend(parents.iter().map(|(key, parent)| Link { from: number, key: *key, to: *parent }));
    let view = view(dice, world, number, keys);
    world.views.push(view);
    let access = access(dice, world, number);
    world.views[number].access = access;
}

fn view(dice: &mut Dice, world: &World, number: usize, keys: usize) -> View {
    let table = &world.tables[number];
    let mut dimensions: Vec<Dimension> = Vec::new();
    for (column, Column { kind, .. }) in table.columns.iter().enumerate() {
        let is_key = column < keys;
        // A column without a dimension is hidden from raw SQL.
        if !is_key && column > keys + 1 && dice.percent(12) {
            continue;
        }
        let required = if column > 0 && dice.percent(10) { required(dice, world) } else { Vec::new() };
        let mask = (!is_key && dice.percent(22)).then(|| mask(dice, world, *kind));
        dimensions.push(Dimension {
            name: format!("d{column}"),
            kind: *kind,
            formula: Formula::Column(column),
            required,
            mask,
        });
    }
    let own = dimensions.len();
    for extra in 0..dice.below(4) {
        let formula = match dice.below(4) {
            0 => Formula::Plus(keys, dice.between(1, 3) as i64),
            1 => Formula::Level(keys, dice.between(0, 3) as i64),
            2 => Formula::OrNone(keys + 1),
            _ => match world.links.iter().position(|link| link.from == number) {
                Some(link) => {
                    let target = &world.views[world.links[link].to];
                    Formula::Through { link, dimension: dice.below(target.dimensions.len()) }
                }
                None => continue,
            },
        };
        let kind = match &formula {
            Formula::Plus(..) => Kind::Integer,
            Formula::Level(..) | Formula::OrNone(_) => Kind::Text,
            Formula::Through { link, dimension } => world.views[world.links[*link].to].dimensions[*dimension].kind,
            Formula::Column(column) => table.columns[*column].kind,
        };
        let required = if dice.percent(15) { required(dice, world) } else { Vec::new() };
        dimensions.push(Dimension { name: format!("e{extra}"), kind, formula, required, mask: None });
    }
    let measures = measures(dice, world, &dimensions[..own]);
    View { name: format!("{}_view", table.name), table: number, access: Access::Nothing, dimensions, measures }
}

fn mask(dice: &mut Dice, world: &World, kind: Kind) -> MaskRule {
    let mask = match (kind, dice.below(4)) {
        (Kind::Text, 0) => Mask::Last4,
        (Kind::Text, 1) => Mask::Hash,
        (Kind::Text, 2) => Mask::Constant(Cell::text("•••")),
        (Kind::Integer, 0 | 1) => Mask::Constant(Cell::integer(7)),
        _ => Mask::Null,
    };
    MaskRule { mask, unless: required(dice, world) }
}

fn measures(dice: &mut Dice, world: &World, dimensions: &[Dimension]) -> Vec<Measure> {
    let numbers: Vec<usize> = (0..dimensions.len()).filter(|of| dimensions[*of].kind.is_number()).collect();
    let texts: Vec<usize> = (0..dimensions.len()).filter(|of| dimensions[*of].kind == Kind::Text).collect();
    let measure =
        |name: &str, aggregate| Measure { name: name.to_owned(), aggregate, only: None, required: Vec::new() };
    let mut measures = vec![
        measure("rows", Aggregate::Count),
        measure("total", Aggregate::Sum(*dice.pick(&numbers))),
        measure("mean", Aggregate::Average(*dice.pick(&numbers))),
        measure("different", Aggregate::CountDistinct(dice.below(dimensions.len()))),
        measure("least", Aggregate::Min(*dice.pick(&numbers))),
        measure("most", Aggregate::Max(*dice.pick(&numbers))),
        measure("middle", Aggregate::Median(*dice.pick(&numbers))),
        measure("share", Aggregate::Ratio(1, 0)),
    ];
    let only = Some((*dice.pick(&texts), Cell::text(*dice.pick(&TEXTS))));
    measures.push(Measure { only, ..measure("some", Aggregate::Sum(*dice.pick(&numbers))) });
    for measure in &mut measures {
        if dice.percent(6) {
            measure.required = required(dice, world);
        }
    }
    measures
}

fn access(dice: &mut Dice, world: &World, view: usize) -> Access {
    match dice.below(20) {
        0 => Access::Nothing,
        1..=5 => Access::Everyone,
        kind => {
            let required = if kind < 8 { required(dice, world) } else { Vec::new() };
            let filters = if kind == 6 {
                Vec::new()
            } else {
                let count = if dice.percent(25) { 2 } else { 1 };
                let own: Vec<Rule> = (0..count).map(|_| rule(dice, world, view, 0)).collect();
                let mut filters = carried_rules(dice, world, view);
                filters.extend(own);
                filters
            };
            Access::Rules { required, filters }
        }
    }
}

/// Says a rule of a view once more at views that link to it, as people do who write rules by hand: planning may then leave
/// work out, and must not leave rows in.
fn carried_rules(dice: &mut Dice, world: &World, view: usize) -> Vec<Rule> {
    let mut carried = Vec::new();
    for (number, link) in world.links.iter().enumerate().filter(|(_, link)| link.from == view) {
        if let Access::Rules { filters, .. } = &world.views[link.to].access
            && let Some(Rule::Attribute(rule)) =
                filters.iter().find(|rule| matches!(rule, Rule::Attribute(rule) if rule.through.is_none()))
            && dice.percent(40)
        {
            carried.push(Rule::Attribute(AttributeRule { through: Some(number), ..rule.clone() }));
        }
    }
    carried
}

fn rule(dice: &mut Dice, world: &World, view: usize, depth: usize) -> Rule {
    if depth == 0 && dice.percent(30) {
        let mut alternatives: Vec<Rule> = (0..dice.between(1, 2)).map(|_| rule(dice, world, view, 1)).collect();
        if dice.percent(60) {
            alternatives.push(Rule::Grant(dice.below(world.grants.len())));
        }
        return Rule::Any(alternatives);
    }
    let attribute = dice.below(world.attributes.len());
    let wanted = world.attributes[attribute].kind.model_type();
    let links: Vec<usize> = (0..world.links.len()).filter(|link| world.links[*link].from == view).collect();
    let through = if !links.is_empty() && dice.percent(35) { Some(*dice.pick(&links)) } else { None };
    let at = through.map_or(view, |link| world.links[link].to);
    let target = &world.views[at];
    let columns: Vec<usize> = target
        .dimensions
        .iter()
        .filter_map(|dimension| match dimension.formula {
            Formula::Column(column) if dimension.kind.model_type() == wanted && dimension.kind != Kind::Double => {
                Some(column)
            }
            _ => None,
        })
        .collect();
    let column = *dice.pick(&columns);
    let unfiltered =
        if dice.percent(20) { vec![attribute_value(dice, &world.attributes[attribute])] } else { Vec::new() };
    let starts_with = wanted == "string" && dice.percent(20);
    Rule::Attribute(AttributeRule {
        through,
        column,
        attribute,
        include_null: dice.percent(20),
        starts_with,
        unfiltered,
    })
}

/// A join tree over the declared relationships: each view at most once, so that no name is ambiguous.
fn topic(dice: &mut Dice, world: &World, number: usize) -> Topic {
    let base = dice.below(world.views.len());
    let mut nodes = vec![TopicNode { name: world.views[base].name.clone(), view: base, parent: None }];
    for _ in 0..dice.below(4) {
        let hops: Vec<(usize, Hop)> = nodes
            .iter()
            .enumerate()
            .flat_map(|(parent, node)| {
                world.links.iter().enumerate().filter_map(move |(link, ends)| match () {
                    () if ends.from == node.view => Some((ends.to, Hop { parent, link, backward: false })),
                    () if ends.to == node.view => Some((ends.from, Hop { parent, link, backward: true })),
                    () => None,
                })
            })
            .filter(|(view, _)| nodes.iter().all(|node| node.view != *view))
            .collect();
        if hops.is_empty() {
            break;
        }
        let (view, hop) = *dice.pick(&hops);
        nodes.push(TopicNode { name: world.views[view].name.clone(), view, parent: Some(hop) });
    }
    let without = dice.percent(25).then(|| {
        let node = dice.below(nodes.len());
        (node, dice.below(world.views[nodes[node].view].dimensions.len()))
    });
    Topic { name: format!("topic_{number}"), nodes, without }
}
