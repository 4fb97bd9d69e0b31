//! A world as the files of a model folder. JSON, because every JSON text is YAML and hostile names are quoted for us.
use super::{
    judge::{Door, Judge, MASK_KEY, Seen},
    world::{
        Access, Aggregate, AttributeRule, Condition, Dimension, Formula, Link, Mask, Measure, Person, Required, Rule,
        Topic, View, World,
    },
};
use crate::fixture::{Cell, Kind, Table};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) type Files = BTreeMap<String, Value>;

/// The model as its author wrote it.
pub(crate) fn governed(world: &World) -> Files {
    let writer = Writer { world, judge: None };
    writer.files()
}

/// The model of a database that holds what `person` may see, and no rule: names that do not exist for them are not in it.
pub(crate) fn reference(world: &World, person: &Person) -> Files {
    let writer = Writer { world, judge: Some(Judge::new(world, person)) };
    writer.files()
}

/// A model without topics over the physical tables as raw SQL shows them to `person`.
pub(crate) fn reference_tables(tables: &[Table]) -> Files {
    let mut files = Files::from([
        connections(),
        ("model.yaml".to_owned(), json!({"connection": "warehouse", "default_access": "allow"})),
    ]);
    for (number, table) in tables.iter().enumerate() {
        let dimensions: Map<String, Value> = table
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                (format!("c{index}"), json!({"type": column.kind.model_type(), "sql": quoted(&column.name)}))
            })
            .collect();
        let view = json!({"view": format!("v{number}"), "table": table_name(table), "dimensions": dimensions});
        files.insert(format!("views/v{number}.view.yaml"), view);
    }
    files
}

pub(crate) fn actor(world: &World, person: &Person, role: &str) -> Value {
    let attributes: Map<String, Value> = world
        .attributes
        .iter()
        .zip(&person.attributes)
        .filter_map(|(attribute, values)| {
            let values = values.as_ref()?;
            let value = if attribute.multiple {
                values.iter().map(scalar).collect()
            } else {
                values.first().map_or(Value::Null, scalar)
            };
            Some((attribute.name.clone(), value))
        })
        .collect();
    json!({"attributes": attributes, "groups": person.groups, "connection_role": role})
}

pub(crate) fn scalar(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Boolean(boolean) => json!(boolean),
        Cell::Number(number) => serde_json::from_str(&number.to_plain_string()).expect("a decimal is JSON"),
        Cell::Float(float) => json!(float),
        Cell::Text(text) => json!(text),
        Cell::Date(date) => json!(date.to_string()),
        Cell::Timestamp(timestamp) => json!(timestamp.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
    }
}

fn connections() -> (String, Value) {
    ("connections.yaml".to_owned(), json!({"warehouse": {"engine": "files", "path": "data", "mask_key": MASK_KEY}}))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn table_name(table: &Table) -> String {
    match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.clone(),
    }
}

struct Writer<'w> {
    world: &'w World,
    /// Of the person for whom a reference model is written.
    judge: Option<Judge<'w>>,
}

impl Writer<'_> {
    fn files(&self) -> Files {
        let world = self.world;
        let links: Vec<Value> = world
            .links
            .iter()
            .filter(|link| self.exists(link.from) && self.exists(link.to))
            .map(|link| self.link(link))
            .collect();
        let mut model = json!({
            "connection": "warehouse",
            "default_access": if self.judge.is_some() { "allow" } else { "deny" },
            "relationships": links,
        });
        if self.judge.is_none() {
            model["attributes"] = world
                .attributes
                .iter()
                .map(|attribute| {
                    (
                        attribute.name.clone(),
                        json!({"type": attribute.kind.model_type(), "multiple": attribute.multiple}),
                    )
                })
                .collect();
            model["access_grants"] =
                world.grants.iter().map(|grant| (grant.name.clone(), self.condition(&grant.condition))).collect();
        }
        // What is empty is left out: an empty list or map may well be a mistake, and is refused.
        if let Value::Object(entries) = &mut model {
            entries.retain(|_, value| !is_empty(value));
        }
        let mut files = Files::from([connections(), ("model.yaml".to_owned(), model)]);
        for (id, view) in world.views.iter().enumerate().filter(|(id, _)| self.exists(*id)) {
            files.insert(format!("views/{}.view.yaml", view.name), self.view(id, view));
        }
        for topic in &world.topics {
            if let Some(file) = self.topic(topic) {
                files.insert(format!("topics/{}.topic.yaml", topic.name), file);
            }
        }
        files
    }

    fn exists(&self, view: usize) -> bool {
        self.judge.as_ref().is_none_or(|judge| judge.door(view) == Door::Open)
    }

    fn view(&self, id: usize, view: &View) -> Value {
        let table = self.world.table_of(id);
        let dimensions: Map<String, Value> = view
            .dimensions
            .iter()
            .enumerate()
            .filter_map(|(index, dimension)| Some((self.dimension_name(id, index)?, self.dimension(id, dimension))))
            .collect();
        let measures: Map<String, Value> = view
            .measures
            .iter()
            .enumerate()
            .filter(|(index, _)| {
                self.judge
                    .as_ref()
                    .is_none_or(|judge| judge.measure_is_visible(id, *index) && !self.measure_is_broken(id, *index))
            })
            .map(|(_, measure)| (measure.name.clone(), self.measure(view, measure)))
            .collect();
        let mut file = json!({
            "view": view.name,
            // In a reference every view has a copy of its own.
            "table": if self.judge.is_some() { reference_table_name(view) } else { table_name(table) },
            "primary_key": [self.dimension_name(id, 0)],
            "dimensions": dimensions,
        });
        if !measures.is_empty() {
            file["measures"] = Value::Object(measures);
        }
        if self.judge.is_none() {
            match &view.access {
                Access::Nothing => {}
                Access::Everyone => file["access"] = json!("everyone"),
                Access::Rules { required, filters } => {
                    if !required.is_empty() {
                        file["required_access_grants"] = self.required(required);
                    }
                    if !filters.is_empty() {
                        file["access_filters"] = filters.iter().map(|rule| self.rule(id, rule)).collect();
                    }
                }
            }
        }
        file
    }

    /// A measure that reads something closed does not exist in the reference.
    fn measure_is_broken(&self, view: usize, measure: usize) -> bool {
        let Some(judge) = &self.judge else { return false };
        let measure = &self.world.views[view].measures[measure];
        let closed = |dimension: usize| judge.reads_closed(view, dimension);
        measure.only.as_ref().is_some_and(|(of, _)| closed(*of))
            || match measure.aggregate {
                Aggregate::Count => false,
                Aggregate::CountDistinct(of)
                | Aggregate::Sum(of)
                | Aggregate::Average(of)
                | Aggregate::Min(of)
                | Aggregate::Max(of)
                | Aggregate::Median(of) => closed(of),
                Aggregate::Ratio(over, under) => {
                    self.measure_is_broken(view, over) || self.measure_is_broken(view, under)
                }
            }
    }

    /// `None` where it does not exist. Keys always exist for the relationships, under a name that nobody asks for.
    fn dimension_name(&self, view: usize, dimension: usize) -> Option<String> {
        let field = &self.world.views[view].dimensions[dimension];
        let Some(judge) = &self.judge else { return Some(field.name.clone()) };
        if judge.dimension(view, dimension) != Seen::Hidden && !judge.reads_closed(view, dimension) {
            return Some(field.name.clone());
        }
        match field.formula {
            Formula::Column(column) if self.world.is_key(self.world.views[view].table, column) => {
                Some(format!("unseen_key_{column}"))
            }
            _ => None,
        }
    }

    fn dimension(&self, view: usize, dimension: &Dimension) -> Value {
        let fields = &self.world.views[view].dimensions;
        let sql = match &dimension.formula {
            Formula::Column(column) => quoted(&self.world.table_of(view).columns[*column].name),
            Formula::Through { link, dimension } => {
                let target = &self.world.views[self.world.links[*link].to];
                format!("${{{}.{}}}", target.name, target.dimensions[*dimension].name)
            }
            Formula::Plus(of, number) => format!("${{{}}} + {number}", fields[*of].name),
            Formula::Level(of, number) => {
                format!("CASE WHEN ${{{}}} > {number} THEN 'high' ELSE 'low' END", fields[*of].name)
            }
            Formula::OrNone(of) => format!("coalesce(${{{}}}, 'none')", fields[*of].name),
        };
        let mut field = json!({"type": dimension.kind.model_type(), "sql": sql});
        if dimension.kind == Kind::Date {
            field["timeframes"] = json!(["month", "year"]);
        }
        if self.judge.is_none() {
            if !dimension.required.is_empty() {
                field["required_access_grants"] = self.required(&dimension.required);
            }
            if let Some(rule) = &dimension.mask {
                field["mask_unless_access_grants"] = self.required(&rule.unless);
                field["mask"] = match &rule.mask {
                    Mask::Null => json!("null"),
                    Mask::Last4 => json!("last4"),
                    Mask::Hash => json!("hash"),
                    Mask::Constant(constant) => json!({"constant": scalar(constant)}),
                };
            }
        }
        field
    }

    fn measure(&self, view: &View, measure: &Measure) -> Value {
        let input = |of: usize| format!("${{{}}}", view.dimensions[of].name);
        let mut field = match measure.aggregate {
            Aggregate::Count => json!({"aggregate_type": "count"}),
            Aggregate::CountDistinct(of) => json!({"aggregate_type": "count_distinct", "sql": input(of)}),
            Aggregate::Sum(of) => json!({"aggregate_type": "sum", "sql": input(of)}),
            Aggregate::Average(of) => json!({"aggregate_type": "average", "sql": input(of)}),
            Aggregate::Min(of) => json!({"aggregate_type": "min", "sql": input(of)}),
            Aggregate::Max(of) => json!({"aggregate_type": "max", "sql": input(of)}),
            Aggregate::Median(of) => json!({"aggregate_type": "median", "sql": input(of)}),
            Aggregate::Ratio(over, under) => {
                json!({"type": "number", "sql": format!("${{{}}} / ${{{}}}", view.measures[over].name, view.measures[under].name)})
            }
        };
        if let Some((dimension, value)) = &measure.only {
            field["filters"] = json!([{"field": view.dimensions[*dimension].name, "is": [scalar(value)]}]);
        }
        if self.judge.is_none() && !measure.required.is_empty() {
            field["required_access_grants"] = self.required(&measure.required);
        }
        field
    }

    fn link(&self, link: &Link) -> Value {
        let name = |view: usize, column: usize| {
            let dimension = self.world.views[view].dimension_of(column).expect("keys have dimensions");
            self.dimension_name(view, dimension).expect("keys always exist")
        };
        let (from, to) = (&self.world.views[link.from].name, &self.world.views[link.to].name);
        let on = format!("${{{from}.{}}} = ${{{to}.{}}}", name(link.from, link.key), name(link.to, 0));
        json!({"from": from, "to": to, "on": on, "type": "many_to_one"})
    }

    fn required(&self, required: &[Required]) -> Value {
        let item = |any: &Required| {
            any.iter().map(|grant| self.world.grants[*grant].name.as_str()).collect::<Vec<_>>().join(" | ")
        };
        required.iter().map(item).collect()
    }

    fn rule(&self, view: usize, rule: &Rule) -> Value {
        match rule {
            Rule::Grant(grant) => json!({"grant": self.world.grants[*grant].name}),
            Rule::Any(rules) => json!({"any_of": rules.iter().map(|rule| self.rule(view, rule)).collect::<Vec<_>>()}),
            Rule::Attribute(rule) => self.attribute_rule(view, rule),
        }
    }

    fn attribute_rule(&self, view: usize, rule: &AttributeRule) -> Value {
        let at = rule.through.map_or(view, |link| self.world.links[link].to);
        let target = &self.world.views[at];
        let dimension =
            &target.dimensions[target.dimension_of(rule.column).expect("ruled columns have dimensions")].name;
        let field = if at == view { dimension.clone() } else { format!("{}.{dimension}", target.name) };
        let mut file = json!({"field": field, "user_attribute": self.world.attributes[rule.attribute].name});
        if rule.include_null {
            file["include_null"] = json!(true);
        }
        if rule.starts_with {
            file["match"] = json!("starts_with");
        }
        if !rule.unfiltered.is_empty() {
            file["values_for_unfiltered"] = rule.unfiltered.iter().map(scalar).collect();
        }
        file
    }

    fn condition(&self, condition: &Condition) -> Value {
        match condition {
            Condition::Attribute { attribute, allowed } => {
                json!({"user_attribute": self.world.attributes[*attribute].name, "allowed_values": allowed.iter().map(scalar).collect::<Vec<_>>()})
            }
            Condition::Group(group) => json!({"group": group}),
            Condition::Any(conditions) => {
                json!({"any_of": conditions.iter().map(|c| self.condition(c)).collect::<Vec<_>>()})
            }
            Condition::All(conditions) => {
                json!({"all_of": conditions.iter().map(|c| self.condition(c)).collect::<Vec<_>>()})
            }
        }
    }

    /// `None` where its base does not exist. A node is there when it and all above it are.
    fn topic(&self, topic: &Topic) -> Option<Value> {
        let base = topic.nodes.first()?;
        if !self.exists(base.view) {
            return None;
        }
        let mut file =
            json!({"topic": topic.name, "base_view": self.world.views[base.view].name, "joins": self.joins(topic, 0)});
        if let Some((node, dimension)) = topic.without {
            let view = topic.nodes[node].view;
            if self.node_exists(topic, node)
                && self.dimension_name(view, dimension).as_deref()
                    == Some(&self.world.views[view].dimensions[dimension].name)
            {
                let left_out =
                    format!("-{}.{}", topic.nodes[node].name, self.world.views[view].dimensions[dimension].name);
                file["fields"] = json!(["all_views.*", left_out]);
            }
        }
        Some(file)
    }

    fn node_exists(&self, topic: &Topic, node: usize) -> bool {
        let node = &topic.nodes[node];
        self.exists(node.view) && node.parent.is_none_or(|hop| self.node_exists(topic, hop.parent))
    }

    fn joins(&self, topic: &Topic, parent: usize) -> Value {
        let children = topic
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.parent.is_some_and(|hop| hop.parent == parent) && self.exists(node.view));
        children
            .map(|(index, node)| {
                let mut child = self.joins(topic, index);
                let view = &self.world.views[node.view].name;
                if node.name != *view {
                    child["view"] = json!(view);
                }
                (node.name.clone(), child)
            })
            .collect()
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(entries) => entries.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The file that a reference keeps for one view.
pub(crate) fn reference_table_name(view: &View) -> String {
    format!("rows_of_{}", view.name)
}
