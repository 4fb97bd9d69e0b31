use super::{Comparison, Filter, Test, TextMatch, TimeTest, time};
use crate::file::{Node, NodeKind, Place, Problem, excerpt};
use crate::request::FieldName;
use tessera_base::{TimeZone, Value, ValueType, local_time};

const MAX_DEPTH: usize = 8;
const MAX_TESTS: usize = 500;
const MAX_VALUES: usize = 5_000;

const OPERATORS: [&str; 14] = [
    "is",
    "is_not",
    "contains",
    "starts_with",
    "ends_with",
    "greater_than",
    "less_than",
    "at_least",
    "at_most",
    "between",
    "during",
    "before",
    "after",
    "is_null",
];

/// Reads a list of filters, which are AND-ed. `resolve` finds a field and its type; names without a view mean
/// `default_view`, where there is one. Instants with an offset are meant as the clocks of `zone` show them.
pub fn parse_filters<F>(
    nodes: &[Node],
    default_view: Option<&str>,
    zone: TimeZone,
    resolve: impl FnMut(&FieldName, &Place) -> Result<(F, ValueType), Problem>,
) -> Result<Filter<F>, Problem> {
    let mut parser = Parser { default_view, zone, resolve, tests: 0 };
    Ok(Filter::All(nodes.iter().map(|node| parser.filter(node, 0)).collect::<Result<_, _>>()?))
}

struct Parser<'v, R> {
    default_view: Option<&'v str>,
    zone: TimeZone,
    resolve: R,
    tests: usize,
}

impl<F, R: FnMut(&FieldName, &Place) -> Result<(F, ValueType), Problem>> Parser<'_, R> {
    fn filter(&mut self, node: &Node, depth: usize) -> Result<Filter<F>, Problem> {
        let entries = node.as_map().ok_or_else(|| {
            Problem::new(&node.at, "wrong_type", format!("a filter is a map, not {}", node.kind_name()))
        })?;
        if depth > MAX_DEPTH {
            return Err(Problem::new(&node.at, "too_deep", format!("filters nest at most {MAX_DEPTH} deep")));
        }
        match entries {
            [(key, items)] if key.text == "any_of" => Ok(Filter::Any(self.group(key, items, depth)?)),
            [(key, items)] if key.text == "all_of" => Ok(Filter::All(self.group(key, items, depth)?)),
            _ => self.tests(node, entries),
        }
    }

    fn group(&mut self, key: &str, items: &Node, depth: usize) -> Result<Vec<Filter<F>>, Problem> {
        let list = items
            .as_list()
            .ok_or_else(|| Problem::new(&items.at, "wrong_type", format!("`{key}` is a list of filters")))?;
        if list.is_empty() {
            return Err(Problem::new(&items.at, "empty_list", format!("`{key}` is empty")));
        }
        list.iter().map(|item| self.filter(item, depth + 1)).collect()
    }

    /// `field` and at least one operator; several are AND-ed.
    fn tests(&mut self, node: &Node, entries: &[(crate::file::Word, Node)]) -> Result<Filter<F>, Problem> {
        let field = node.get("field").ok_or_else(|| {
            let problem = Problem::new(&node.at, "missing_key", "a filter needs `field`");
            problem.help("{field: view.field, is: value}, or any_of or all_of with a list of filters")
        })?;
        let text = field
            .as_str()
            .ok_or_else(|| Problem::new(&field.at, "wrong_type", format!("`field` is a name, not {field}")))?;
        let name = FieldName::parse(text, self.default_view)
            .map_err(|message| Problem::new(&field.at, "field_name", message))?;
        for (key, _) in entries {
            if key.text != "field" && !OPERATORS.contains(&key.text.as_str()) {
                let problem = Problem::new(&key.at, "unknown_key", format!("unknown operator `{}`", excerpt(key)));
                return Err(problem.suggest(key, OPERATORS).or_help(format!("one of {}", OPERATORS.join(", "))));
            }
        }
        let mut filters = Vec::new();
        for (key, value) in entries.iter().filter(|(key, _)| key.text != "field") {
            self.tests += 1;
            if self.tests > MAX_TESTS {
                return Err(Problem::new(&key.at, "too_large", format!("a query has at most {MAX_TESTS} tests")));
            }
            let (field, value_type) = (self.resolve)(&name, &field.at)?;
            let local = (value_type == ValueType::Timestamp).then(|| in_zone(value, self.zone));
            let value = local.as_ref().unwrap_or(value);
            let test = Operand { name: &name, operator: &key.text, value_type, value }.test()?;
            filters.push(Filter::Test { field, test });
        }
        if filters.is_empty() {
            let problem = Problem::new(&node.at, "missing_key", format!("the filter of `{name}` has no operator"));
            return Err(problem.help(format!("one of {}", OPERATORS.join(", "))));
        }
        if filters.len() > 1 {
            return Ok(Filter::All(filters));
        }
        filters.pop().ok_or_else(|| Problem::new(&node.at, "missing_key", "a filter needs an operator"))
    }
}

/// One operator with its value, and the field that it tests.
struct Operand<'p> {
    name: &'p FieldName,
    operator: &'p str,
    value_type: ValueType,
    value: &'p Node,
}

impl Operand<'_> {
    fn test(&self) -> Result<Test, Problem> {
        Ok(match self.operator {
            "is" | "is_not" => self.membership()?,
            "contains" => self.text(TextMatch::Contains)?,
            "starts_with" => self.text(TextMatch::StartsWith)?,
            "ends_with" => self.text(TextMatch::EndsWith)?,
            "greater_than" => self.compare(Comparison::Greater)?,
            "less_than" => self.compare(Comparison::Less)?,
            "at_least" => self.compare(Comparison::AtLeast)?,
            "at_most" => self.compare(Comparison::AtMost)?,
            "between" => self.between()?,
            "during" => self.during()?,
            "before" => Test::Time(TimeTest::Before(self.period(self.value)?.from)),
            "after" => Test::Time(TimeTest::After(self.period(self.value)?.to)),
            _ => match self.value.kind {
                NodeKind::Boolean(null) => Test::IsNull(null),
                _ => return Err(self.wrong(self.value, "true or false")),
            },
        })
    }

    /// Names the field, its type, the operator and what was given.
    fn wrong(&self, given: &Node, wanted: &str) -> Problem {
        let (name, operator, value_type) = (self.name, self.operator, self.value_type);
        Problem::new(
            &given.at,
            "wrong_type",
            format!("`{name}` is a {value_type}: `{operator}` takes {wanted}, not {given}"),
        )
    }

    fn not_for_type(&self, wanted: &str) -> Problem {
        let (name, operator, value_type) = (self.name, self.operator, self.value_type);
        Problem::new(&self.value.at, "wrong_type", format!("`{name}` is a {value_type}: `{operator}` is for {wanted}"))
    }

    fn is_time(&self) -> bool {
        matches!(self.value_type, ValueType::Date | ValueType::Timestamp)
    }

    /// The value as a list; a scalar is a list of one.
    fn items(&self) -> Result<&[Node], Problem> {
        let items = self.value.as_list().unwrap_or(std::slice::from_ref(self.value));
        if items.len() > MAX_VALUES {
            return Err(Problem::new(
                &self.value.at,
                "too_large",
                format!("`{}` takes at most {MAX_VALUES} values", self.operator),
            ));
        }
        Ok(items)
    }

    fn scalar(&self, node: &Node) -> Result<Value, Problem> {
        node.typed_value(self.value_type).ok_or_else(|| {
            let problem = self.wrong(node, &wanted(self.value_type));
            let unquoted = self.value_type == ValueType::String && node.natural_value().is_some();
            if unquoted { problem.help("put it in quotes") } else { problem }
        })
    }

    fn membership(&self) -> Result<Test, Problem> {
        let items = self.items()?;
        let null = items.iter().any(|item| item.kind == NodeKind::Null);
        let values = items
            .iter()
            .filter(|item| item.kind != NodeKind::Null)
            .map(|item| self.scalar(item))
            .collect::<Result<_, _>>()?;
        Ok(Test::In { values, null, negated: self.operator == "is_not" })
    }

    fn text(&self, how: TextMatch) -> Result<Test, Problem> {
        if self.value_type != ValueType::String {
            return Err(self.not_for_type("strings"));
        }
        let text = |item: &Node| item.as_str().map(str::to_owned).ok_or_else(|| self.wrong(item, "a string"));
        let values = self.items()?.iter().map(text).collect::<Result<_, _>>()?;
        Ok(Test::Text { how, values, negated: false })
    }

    /// Of times, what was written is a period: `at_most 2026-03` is all of March and before.
    fn compare(&self, op: Comparison) -> Result<Test, Problem> {
        if self.value_type == ValueType::Boolean {
            return Err(self.not_for_type("numbers, strings, dates and timestamps"));
        }
        if !self.is_time() {
            return Ok(Test::Compare { op, value: self.scalar(self.value)? });
        }
        let period = self.period(self.value)?;
        Ok(Test::Time(match op {
            Comparison::Less => TimeTest::Before(period.from),
            Comparison::AtMost => TimeTest::Before(period.to),
            Comparison::Greater => TimeTest::After(period.to),
            Comparison::AtLeast => TimeTest::From(period.from),
        }))
    }

    fn between(&self) -> Result<Test, Problem> {
        if self.value_type == ValueType::Boolean {
            return Err(self.not_for_type("numbers, strings, dates and timestamps"));
        }
        let Some([low, high]) = self.value.as_list() else {
            return Err(self.wrong(self.value, "a list of two values"));
        };
        if self.is_time() {
            return Ok(Test::Time(TimeTest::Range { from: self.period(low)?.from, to: self.period(high)?.from }));
        }
        Ok(Test::Between { low: self.scalar(low)?, high: self.scalar(high)? })
    }

    fn during(&self) -> Result<Test, Problem> {
        if !self.is_time() {
            return Err(self.not_for_type("dates and timestamps"));
        }
        let (test, needs_time) = time_text(self.value).and_then(|text| time::during(&text)).ok_or_else(|| {
            let problem = self.wrong(self.value, "a period");
            problem.help("for example `last 12 months`, `last 3 complete weeks`, `this year`, `today`, `2026`, `2026-Q1`, `2026-03`, `2026-03-01`, `2026-01 to 2026-03`")
        })?;
        self.refuse_time_of_date(needs_time)?;
        Ok(Test::Time(test))
    }

    fn period(&self, node: &Node) -> Result<time::Period, Problem> {
        if !self.is_time() {
            return Err(self.not_for_type("dates and timestamps"));
        }
        let period = time_text(node).and_then(|text| time::period(text.trim()));
        let period = period.ok_or_else(|| self.wrong(node, &wanted(self.value_type)))?;
        self.refuse_time_of_date(period.needs_time)?;
        Ok(period)
    }

    fn refuse_time_of_date(&self, needs_time: bool) -> Result<(), Problem> {
        if needs_time && self.value_type == ValueType::Date {
            return Err(self.wrong(self.value, "days and longer"));
        }
        Ok(())
    }
}

/// With instants as the clocks of `zone` show them.
fn in_zone(node: &Node, zone: TimeZone) -> Node {
    let kind = match &node.kind {
        NodeKind::String(text) => match local_time(&text.text, zone) {
            Some(local) => return Node { at: node.at.clone(), ..Node::string(local) },
            None => node.kind.clone(),
        },
        NodeKind::List(items) => NodeKind::List(items.iter().map(|item| in_zone(item, zone)).collect()),
        other => other.clone(),
    };
    Node { at: node.at.clone(), kind }
}

/// A year may be written without quotes.
fn time_text(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::String(text) => Some(text.text.clone()),
        NodeKind::Number(year) => Some(year.to_string()),
        _ => None,
    }
}

fn wanted(value_type: ValueType) -> String {
    match value_type {
        ValueType::String => "a string".to_owned(),
        ValueType::Number => "a number".to_owned(),
        ValueType::Boolean => "true or false".to_owned(),
        ValueType::Date => "a date like \"2026-03-01\"".to_owned(),
        ValueType::Timestamp => "a time like \"2026-03-01 10:00\"".to_owned(),
    }
}
