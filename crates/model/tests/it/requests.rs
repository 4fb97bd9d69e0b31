//! Field queries and filters as they are asked.
use crate::fixture::report;
use expect_test::{Expect, expect};
use tessera_base::ValueType;
use tessera_model::{
    file::{Node, Problem},
    filter::{Filter, parse_filters},
    request::FieldQuery,
};

#[track_caller]
fn query(json: &str, expected: Expect) {
    let parsed = Node::from_json(json).map_err(|problem| vec![problem]).and_then(|node| FieldQuery::parse(&node));
    expected.assert_eq(&match parsed {
        Ok(query) => {
            let fields: Vec<String> = query.fields.iter().map(ToString::to_string).collect();
            format!(
                "{:?} {fields:?} {} filters, {:?}, limit {:?}, {:?}\n",
                query.root,
                query.filters.len(),
                query.sorts,
                query.limit,
                query.timezone
            )
        }
        Err(problems) => report(&problems),
    });
}

#[test]
fn the_shape_of_a_request() {
    query(
        r#"{"topic": "order_items", "fields": ["orders.ordered_at[month]", "order_items.revenue"], "filters": [{"field": "orders.status", "is": ["complete"]}],
            "sorts": [{"field": "order_items.revenue", "descending": true}], "limit": 500, "pivots": [], "totals": {"rows": false, "columns": null},
            "calculations": null, "timezone": "Europe/Berlin"}"#,
        expect![[r#"
            Topic("order_items") ["orders.ordered_at[month]", "order_items.revenue"] 1 filters, [Sort { field: FieldName { view: "order_items", field: "revenue", frame: None }, descending: true }], limit Some(500), Some(Europe/Berlin)
        "#]],
    );
    query(
        r#"{"view": "orders", "fields": ["orders.status"]}"#,
        expect![[r#"
        View("orders") ["orders.status"] 0 filters, [], limit None, None
    "#]],
    );
    for json in [r#"{}"#, r#"{"topic": "a", "view": "b", "fields": []}"#] {
        assert!(FieldQuery::parse(&Node::from_json(json).unwrap()).is_err(), "{json}");
    }
    query(
        r#"{"topic": 7, "fields": ["status", "a.b.c", "a.b[", "a.b[month]x", "a.", 7], "filter": [], "sorts": [{"field": "a.b", "desc": true}, "a.b"], "limit": 0,
            "timezone": "Mars", "pivots": ["a.b"], "totals": {"rows": true}, "calculations": [{}]}"#,
        expect![[r#"
            a query has no key `filter` [unknown_key]
              help: did you mean `filters`?
            `pivots` are not supported yet [unsupported]
            `totals` are not supported yet [unsupported]
            `calculations` are not supported yet [unsupported]
            `topic` is a string, not `7` [wrong_type]
              help: put it in quotes
            `fields` lists strings, not `7` [wrong_type]
            `status` is not the name of a field, like `view.field` or `view.field[month]` [field_name]
            `a.b.c` is not the name of a field, like `view.field` or `view.field[month]` [field_name]
            `a.b[` is not the name of a field, like `view.field` or `view.field[month]` [field_name]
            `a.b[month]x` is not the name of a field, like `view.field` or `view.field[month]` [field_name]
            `a.` is not the name of a field, like `view.field` or `view.field[month]` [field_name]
            a sort has no key `desc` [unknown_key]
            a sort is a map, not a string [wrong_type]
            `limit` is a whole number from 1 to 9223372036854775807, not `0` [wrong_type]
            unknown time zone `Mars` [unknown_timezone]
              help: a name like `Europe/Berlin` or `UTC`
        "#]],
    );
    query(
        r#"{"topic": "a", "topic": "b", "fields": ["a.b"]}"#,
        expect![[r#"
        1:22: this is not the JSON that is expected: `topic` is given twice [syntax]
    "#]],
    );
    query(
        r#"{"topic": "a", "fields": ["a.b"],}"#,
        expect![[r#"
        1:34: this is not the JSON that is expected: trailing comma [syntax]
    "#]],
    );
    query(
        r#"["topic"]"#,
        expect![[r#"
        a query is a map, not a list [wrong_type]
    "#]],
    );
    query(
        &format!("{}1{}", "[".repeat(60), "]".repeat(60)),
        expect![[r#"
        1:33: this is not the JSON that is expected: lists and maps nest at most 32 deep [syntax]
    "#]],
    );
    query(
        &format!(r#"{{"topic": "a", "fields": [{}]}}"#, vec!["\"a.b\""; 201].join(",")),
        expect![[r#"
        `fields` has at most 200 items [too_large]
    "#]],
    );
    query(
        "",
        expect![[r#"
        1:1: this is not the JSON that is expected: EOF while parsing a value [syntax]
    "#]],
    );
}

/// The fields are called by their types.
fn parse(json: &str) -> Result<Filter<String>, Problem> {
    let nodes = Node::from_json(&format!("[{json}]"))?;
    parse_filters(nodes.as_list().unwrap_or_default(), None, tessera_base::TimeZone::UTC, |name, at| {
        match ValueType::from_name(&name.field) {
            Some(value_type) => Ok((name.to_string(), value_type)),
            None => Err(Problem::new(at, "unknown_field", format!("unknown field `{name}`"))),
        }
    })
}

#[track_caller]
fn filter(json: &str, expected: Expect) {
    expected.assert_eq(&match parse(json) {
        Ok(Filter::All(filters)) => filters.iter().map(|filter| format!("{}\n", shown(filter))).collect(),
        Ok(other) => shown(&other),
        Err(problem) => report(&[problem]),
    });
}

fn shown(filter: &Filter<String>) -> String {
    let list = |filters: &[Filter<String>]| filters.iter().map(shown).collect::<Vec<_>>().join(", ");
    match filter {
        Filter::All(filters) => format!("all({})", list(filters)),
        Filter::Any(filters) => format!("any({})", list(filters)),
        Filter::Test { field, test } => format!("{field} {test:?}"),
    }
}

#[test]
fn values() {
    filter(
        r#"{"field": "x.string", "is": "a"}, {"field": "x.string", "is_not": ["a", null]}, {"field": "x.string", "is": null}, {"field": "x.string", "is": []}"#,
        expect![[r#"
        x.string In { values: [String("a")], null: false, negated: false }
        x.string In { values: [String("a")], null: true, negated: true }
        x.string In { values: [], null: true, negated: false }
        x.string In { values: [], null: false, negated: false }
    "#]],
    );
    filter(
        r#"{"field": "x.boolean", "is": true}, {"field": "x.number", "is": [1, 2.50, 12345678901234567890123]}"#,
        expect![[r#"
        x.boolean In { values: [Boolean(true)], null: false, negated: false }
        x.number In { values: [Number(Number(BigDecimal(sign=Plus, scale=0, digits=[1]))), Number(Number(BigDecimal(sign=Plus, scale=1, digits=[25]))), Number(Number(BigDecimal(sign=Plus, scale=0, digits=[4807115922877859019, 669])))], null: false, negated: false }
    "#]],
    );
    filter(
        r#"{"field": "x.date", "is": "2026-03-01"}, {"field": "x.timestamp", "is_not": "2026-03-01 10:00"}, {"field": "x.date", "is_null": false}"#,
        expect![[r#"
        x.date In { values: [Date(2026-03-01)], null: false, negated: false }
        x.timestamp In { values: [Timestamp(2026-03-01T10:00:00)], null: false, negated: true }
        x.date IsNull(false)
    "#]],
    );
    filter(
        r#"{"field": "x.string", "contains": ["a%", "_"]}, {"field": "x.string", "starts_with": "x", "ends_with": "y"}"#,
        expect![[r#"
        x.string Text { how: Contains, values: ["a%", "_"], negated: false }
        all(x.string Text { how: StartsWith, values: ["x"], negated: false }, x.string Text { how: EndsWith, values: ["y"], negated: false })
    "#]],
    );
    filter(
        r#"{"field": "x.number", "greater_than": 1, "at_most": 5}, {"field": "x.string", "between": ["a", "b"]}"#,
        expect![[r#"
        all(x.number Compare { op: Greater, value: Number(Number(BigDecimal(sign=Plus, scale=0, digits=[1]))) }, x.number Compare { op: AtMost, value: Number(Number(BigDecimal(sign=Plus, scale=0, digits=[5]))) })
        x.string Between { low: String("a"), high: String("b") }
    "#]],
    );
    filter(
        r#"{"any_of": [{"field": "x.number", "is": 1}, {"all_of": [{"field": "x.string", "is": "a"}]}]}"#,
        expect![[r#"
        any(x.number In { values: [Number(Number(BigDecimal(sign=Plus, scale=0, digits=[1])))], null: false, negated: false }, all(x.string In { values: [String("a")], null: false, negated: false }))
    "#]],
    );
}

#[test]
fn times() {
    filter(
        r#"{"field": "x.date", "before": "2026-03"}, {"field": "x.date", "after": "2026-03"}, {"field": "x.date", "at_least": 2026}, {"field": "x.date", "at_most": "2026-Q1"}"#,
        expect![[r#"
        x.date Time(Before(2026-03-01T00:00:00))
        x.date Time(After(2026-04-01T00:00:00))
        x.date Time(From(2026-01-01T00:00:00))
        x.date Time(Before(2026-04-01T00:00:00))
    "#]],
    );
    filter(
        r#"{"field": "x.timestamp", "between": ["2026-03-01", "2026-03-02 12:00"]}, {"field": "x.timestamp", "during": "last 2 hours"}, {"field": "x.timestamp", "after": "2026-03-01 10:00"}"#,
        expect![[r#"
        x.timestamp Time(Range { from: 2026-03-01T00:00:00, to: 2026-03-02T12:00:00 })
        x.timestamp Time(Relative(RelativeRange { anchor: Last { count: 2, complete: false }, unit: Hour }))
        x.timestamp Time(After(2026-03-01T10:01:00))
    "#]],
    );
    filter(
        r#"{"field": "x.date", "during": "2026-01 to 2026-02"}, {"field": "x.date", "during": "last 12 complete months"}"#,
        expect![[r#"
        x.date Time(Range { from: 2026-01-01T00:00:00, to: 2026-03-01T00:00:00 })
        x.date Time(Relative(RelativeRange { anchor: Last { count: 12, complete: true }, unit: Month }))
    "#]],
    );
}

#[test]
fn what_does_not_fit() {
    for (json, expected) in [
        (
            r#"{"field": "x.number", "is": "1"}"#,
            expect![[r#"
            `x.number` is a number: `is` takes a number, not `"1"` [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.string", "is": 1}"#,
            expect![[r#"
            `x.string` is a string: `is` takes a string, not `1` [wrong_type]
              help: put it in quotes
        "#]],
        ),
        (
            r#"{"field": "x.boolean", "is": "true"}"#,
            expect![[r#"
            `x.boolean` is a boolean: `is` takes true or false, not `"true"` [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.boolean", "greater_than": true}"#,
            expect![[r#"
            `x.boolean` is a boolean: `greater_than` is for numbers, strings, dates and timestamps [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.number", "contains": "1"}"#,
            expect![[r#"
            `x.number` is a number: `contains` is for strings [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.number", "contains": [[1]]}"#,
            expect![[r#"
            `x.number` is a number: `contains` is for strings [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.date", "is": "2026-3-1"}"#,
            expect![[r#"
            `x.date` is a date: `is` takes a date like "2026-03-01", not `"2026-3-1"` [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.date", "during": "last 2 hours"}"#,
            expect![[r#"
            `x.date` is a date: `during` takes days and longer, not `"last 2 hours"` [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.date", "before": "2026-03-01 10:00"}"#,
            expect![[r#"
            `x.date` is a date: `before` takes days and longer, not `"2026-03-01 10:00"` [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.date", "during": "the last month"}"#,
            expect![[r#"
            `x.date` is a date: `during` takes a period, not `"the last month"` [wrong_type]
              help: for example `last 12 months`, `last 3 complete weeks`, `this year`, `today`, `2026`, `2026-Q1`, `2026-03`, `2026-03-01`, `2026-01 to 2026-03`
        "#]],
        ),
        (
            r#"{"field": "x.string", "before": "2026"}"#,
            expect![[r#"
            `x.string` is a string: `before` is for dates and timestamps [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.number", "between": [1]}"#,
            expect![[r#"
            `x.number` is a number: `between` takes a list of two values, not a list [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.number", "is_null": 1}"#,
            expect![[r#"
            `x.number` is a number: `is_null` takes true or false, not `1` [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.number", "greater_than": null}"#,
            expect![[r#"
            `x.number` is a number: `greater_than` takes a number, not null [wrong_type]
        "#]],
        ),
        (
            r#"{"field": "x.number"}"#,
            expect![[r#"
            the filter of `x.number` has no operator [missing_key]
              help: one of is, is_not, contains, starts_with, ends_with, greater_than, less_than, at_least, at_most, between, during, before, after, is_null
        "#]],
        ),
        (
            r#"{"is": 1}"#,
            expect![[r#"
            a filter needs `field` [missing_key]
              help: {field: view.field, is: value}, or any_of or all_of with a list of filters
        "#]],
        ),
        (
            r#"{"field": "number", "is": 1}"#,
            expect![[r#"
            `number` is not the name of a field, like `view.field` or `view.field[month]` [field_name]
        "#]],
        ),
        (
            r#"{"field": "x.colour", "is": 1}"#,
            expect![[r#"
            unknown field `x.colour` [unknown_field]
        "#]],
        ),
        (
            r#"{"field": "x.number", "equals": 1}"#,
            expect![[r#"
            unknown operator `equals` [unknown_key]
              help: one of is, is_not, contains, starts_with, ends_with, greater_than, less_than, at_least, at_most, between, during, before, after, is_null
        "#]],
        ),
        (
            r#"{"any_of": []}"#,
            expect![[r#"
            `any_of` is empty [empty_list]
        "#]],
        ),
        (
            r#"{"any_of": [{"field": "x.number", "is": 1}], "field": "x.number"}"#,
            expect![[r#"
            unknown operator `any_of` [unknown_key]
              help: one of is, is_not, contains, starts_with, ends_with, greater_than, less_than, at_least, at_most, between, during, before, after, is_null
        "#]],
        ),
        (
            r#"{"any_of": {"field": "x.number", "is": 1}}"#,
            expect![[r#"
            `any_of` is a list of filters [wrong_type]
        "#]],
        ),
        (
            r#"7"#,
            expect![[r#"
            a filter is a map, not a number [wrong_type]
        "#]],
        ),
    ] {
        filter(json, expected);
    }
    let nested = format!("{}{}{}", r#"{"any_of": ["#.repeat(10), r#"{"field": "x.number", "is": 1}"#, "]}".repeat(10));
    filter(
        &nested,
        expect![[r#"
        filters nest at most 8 deep [too_deep]
    "#]],
    );
    assert_eq!(parse(&vec![r#"{"field": "x.number", "is": 1}"#; 501].join(",")).unwrap_err().code, "too_large");
}
