//! What is wrong with a model, in the words of its problems. A new check is a new case.
use crate::fixture::{files, report};
use expect_test::{Expect, expect};
use tessera_model::file;

/// Views as the cases need them; each case adds the part that is wrong.
pub(crate) const VIEWS: &str = "--- views/customers.view.yaml
view: customers
table: customer
primary_key: [id]
access_filters: [{field: region, user_attribute: region}]
dimensions:
  id: {type: number, sql: c_id}
  region: {type: string}
  balance: {type: number, required_access_grants: [finance]}
measures:
  customers: {aggregate_type: count}
--- views/orders.view.yaml
view: orders
table: main.orders
primary_key: [id]
access: everyone
dimensions:
  id: {type: number, sql: o_id}
  customer_id: {type: number, sql: o_customer}
  status: {type: string}
  ordered_at: {type: date}
  total: {type: number}
measures:
  orders: {aggregate_type: count}
  revenue: {aggregate_type: sum, sql: \"${total}\"}
";

#[track_caller]
pub(crate) fn check(text: &str, expected: Expect) {
    expected.assert_eq(&match file::check(&files(text), None) {
        Ok(_) => "checks\n".to_owned(),
        Err(problems) => report(&problems),
    });
}

/// [`VIEWS`] with another file.
#[track_caller]
pub(crate) fn with(text: &str, expected: Expect) {
    check(&format!("{VIEWS}{text}"), expected);
}

/// [`VIEWS`] and a view `items` with these dimensions and measures.
#[track_caller]
pub(crate) fn items(body: &str, expected: Expect) {
    with(&format!("--- views/items.view.yaml\nview: items\ntable: item\naccess: everyone\n{body}\n"), expected);
}

/// [`VIEWS`] and a topic over orders and customers with these keys.
#[track_caller]
pub(crate) fn topic(body: &str, expected: Expect) {
    with(
        &format!("--- topics/sales.topic.yaml\ntopic: sales\nbase_view: orders\njoins: {{customers: {{}}}}\n{body}\n"),
        expected,
    );
}

/// [`VIEWS`] with this `model.yaml`.
#[track_caller]
pub(crate) fn model(body: &str, expected: Expect) {
    let grants = "attributes: {region: {type: string, multiple: true}, clearance: {type: number}}\n";
    with(&format!("--- model.yaml\nconnection: warehouse\n{grants}{body}\n"), expected);
}

#[test]
fn the_fixture_checks() {
    with(
        "",
        expect![[r#"
        checks
    "#]],
    );
    topic(
        "",
        expect![[r#"
        checks
    "#]],
    );
}

#[test]
fn view_rules() {
    with(
        "--- views/items.view.yaml\nview: items\ntable: item\naccess: everyone\nrequired_access_grants: [staff]\n",
        expect![[r#"
        views/items.view.yaml:3:9: `access: everyone` stands beside a rule of `items` [everyone_beside_rule]
          help: remove the one that is not meant
    "#]],
    );
    with(
        "--- views/items.view.yaml\nview: items\ntable: item\nrequired_access_grants: []\naccess_filters: []\n",
        expect![[r#"
        views/items.view.yaml:3:25: `required_access_grants` is empty [empty_list]
          help: leave the key out, or list at least one item
        views/items.view.yaml:4:17: `access_filters` is empty [empty_list]
          help: leave the key out, or list at least one item
    "#]],
    );
    with(
        "--- views/items.view.yaml\nview: items\ntable: item\naccess: anyone\n",
        expect![[r#"
        views/items.view.yaml:3:9: `access` cannot be `"anyone"` [unknown_value]
          help: one of everyone
    "#]],
    );
    with(
        "--- views/items.view.yaml
view: items
table: item
access_filters:
  - {field: regoin, user_attribute: region}
  - {field: region, user_attribute: city}
  - {field: region, user_attribute: clearance}
  - {field: weight, user_attribute: region, match: starts_with}
  - {field: weight, user_attribute: clearance, match: starts_with}
  - {field: region, user_attribute: region, match: contains}
  - {field: region, user_attribute: region, values_for_unfiltered: [1]}
  - {field: region, user_attribute: region, include_null: yes}
  - {field: items, user_attribute: region}
  - {field: customers.region, user_attribute: region}
  - {any_of: []}
  - {any_of: [{field: region, user_attribute: region}, {grant: unknown}]}
  - {grant: staff, field: region}
  - {grant: staff, include_null: true}
  - {user_attribute: region}
  - {field: region, user_attribute: region, scope: topic}
dimensions: {region: {type: string}, weight: {type: number}}
measures: {items: {aggregate_type: count}}
",
        expect![[r#"
            views/items.view.yaml:4:13: unknown field `regoin` in view `items` [unknown_field]
              help: did you mean `region`?
            views/items.view.yaml:5:37: the attribute `city` is not declared [undeclared_attribute]
              help: declare it under `attributes` in model.yaml
            views/items.view.yaml:6:13: the field `region` is a string, and the attribute `clearance` a number [type_mismatch]
            views/items.view.yaml:7:13: `match: starts_with` is for strings, and `weight` is a number [type_mismatch]
            views/items.view.yaml:8:13: `match: starts_with` is for strings, and `weight` is a number [type_mismatch]
            views/items.view.yaml:9:52: `match` cannot be `"contains"` [unknown_value]
              help: one of equals, starts_with
            views/items.view.yaml:10:69: the attribute `region` is a string, not `1` [wrong_type]
              help: put it in quotes
            views/items.view.yaml:11:59: `include_null` is true or false, not `"yes"` [wrong_type]
            views/items.view.yaml:12:13: `items.items` is a measure; a dimension is needed here [not_a_dimension]
            views/items.view.yaml:13:13: a row of `items` has no single row of `customers` [no_path]
              help: declare many_to_one relationships that lead from `items` to `customers`
            views/items.view.yaml:14:14: `any_of` is empty [empty_list]
              help: leave the key out, or list at least one item
            views/items.view.yaml:15:64: unknown grant `unknown` [unknown_grant]
              help: declare it under `access_grants` in model.yaml
            views/items.view.yaml:16:5: an access filter has one of `field`, `grant`, `any_of` and `all_of` [access_filter]
              help: {field: region, user_attribute: region}
            views/items.view.yaml:17:34: `include_null` belongs to `field` [access_filter]
            views/items.view.yaml:18:5: an access filter has one of `field`, `grant`, `any_of` and `all_of` [access_filter]
              help: {field: region, user_attribute: region}
            views/items.view.yaml:19:45: an access filter has no key `scope` [unknown_key]
        "#]],
    );
}

#[test]
fn dimensions() {
    items(
        "dimensions:\n  a: {sql: a_column}\n",
        expect![[r#"
        views/items.view.yaml:5:3: the type of `items.a` cannot be told [missing_type]
          help: add `type`: string, number, boolean, date or timestamp
    "#]],
    );
    items(
        "dimensions:\n  a: {type: text}\n  b: {typ: string}\n  c: {type: string, sql: 7}\n",
        expect![[r#"
        views/items.view.yaml:5:13: `type` cannot be `"text"` [unknown_value]
          help: one of string, number, boolean, date, timestamp
        views/items.view.yaml:6:3: the type of `items.b` cannot be told [missing_type]
          help: add `type`: string, number, boolean, date or timestamp
        views/items.view.yaml:6:7: a dimension has no key `typ` [unknown_key]
          help: did you mean `type`?
        views/items.view.yaml:7:26: `sql` is a string, not `7` [wrong_type]
          help: put it in quotes
    "#]],
    );
    items(
        "dimensions:\n  a: {type: string, sql: \"${b}\"}\n  b: {sql: \"upper(${c})\"}\n  c: {type: string, sql: \"${a}\"}\n",
        expect![[r#"
        views/items.view.yaml:5:3: a field cannot be computed from itself: items.a → items.b → items.c → items.a [cycle]
    "#]],
    );
    items(
        "dimensions:\n  a: {type: number, sql: \"${a} + 1\"}\n",
        expect![[r#"
        views/items.view.yaml:5:3: a field cannot be computed from itself: items.a → items.a [cycle]
    "#]],
    );
    items(
        "dimensions:\n  a: {type: number, sql: \"${items}\"}\n  b: {type: string, sql: \"${customers.region}\"}\n  c: {type: string, sql: \"${customer.region}\"}\nmeasures: {items: {aggregate_type: count}}\n",
        expect![[r#"
        views/items.view.yaml:5:26: `items.items` is a measure; a dimension is needed here [not_a_dimension]
        views/items.view.yaml:6:26: a row of `items` has no single row of `customers` [no_path]
          help: declare many_to_one relationships that lead from `items` to `customers`
        views/items.view.yaml:7:26: unknown view `customer` [unknown_view]
          help: did you mean `customers`?
    "#]],
    );
    items(
        "dimensions:\n  a: {type: number, sql: \"(1 + \"}\n  b: {type: string, sql: 'x -- y'}\n  c: {type: number, sql: sum(x)}\n  d: {type: number, sql: 'row_number() over ()'}\n  e: {type: number, sql: (select 1)}\n  f: {type: string, sql: \"pg_read_file('x')\"}\n",
        expect![[r#"
        views/items.view.yaml:5:27: expected an expression, but the text ends [sql]
        views/items.view.yaml:7:26: `sum` aggregates, and a snippet is about one row [sql]
          help: a measure says how it aggregates: `aggregate_type: sum`
        views/items.view.yaml:8:27: `row_number` aggregates, and a snippet is about one row [sql]
          help: a measure says how it aggregates: `aggregate_type: sum`
        views/items.view.yaml:9:27: a subquery has no place in a model file [sql]
          help: declare a view on its table and a relationship, and refer to `${view.field}`
        views/items.view.yaml:10:27: unknown function `pg_read_file` [sql]
    "#]],
    );
    items(
        "dimensions:\n  a: {type: string, sql: \"${b} > 1\"}\n  b: {type: number}\n  c: {type: number, sql: \"case when ${b} > 1 then 'x' else null end\"}\n  d: {sql: \"${b} * 2\"}\n",
        expect![[r#"
        views/items.view.yaml:5:13: `items.a` is a boolean, not a string [type_mismatch]
        views/items.view.yaml:7:13: `items.c` is a string, not a number [type_mismatch]
    "#]],
    );
    items(
        "dimensions:\n  a: {type: string, timeframes: [month]}\n  b: {type: date, timeframes: [hour, months, year, year]}\n",
        expect![[r#"
        views/items.view.yaml:5:34: `items.a` is a string and has no time frame `month` [time_frame]
        views/items.view.yaml:6:32: `items.b` is a date and has no time frame `hour` [time_frame]
        views/items.view.yaml:6:38: unknown time frame `months` [unknown_value]
          help: did you mean `month`?
        views/items.view.yaml:6:52: `year` is listed twice [duplicate_name]
    "#]],
    );
    items(
        "primary_key: [a, b, items, a]\ndimensions:\n  a: {type: string, order_by: z, drill_fields: [customers.regio, id]}\nmeasures: {items: {aggregate_type: count}}\n",
        expect![[r#"
            views/items.view.yaml:4:18: unknown field `b` in view `items` [unknown_field]
            views/items.view.yaml:4:21: `items.items` is a measure; a dimension is needed here [not_a_dimension]
            views/items.view.yaml:4:28: `a` is listed twice [duplicate_name]
            views/items.view.yaml:6:31: unknown field `z` in view `items` [unknown_field]
            views/items.view.yaml:6:49: unknown field `regio` in view `customers` [unknown_field]
              help: did you mean `region`?
            views/items.view.yaml:6:66: unknown field `id` in view `items` [unknown_field]
        "#]],
    );
    items(
        "dimensions:\n  a: {type: string, label: 2026, hidden: yes, tags: x, suggest: false}\n",
        expect![[r#"
        views/items.view.yaml:5:28: `label` is a string, not `2026` [wrong_type]
          help: put it in quotes
        views/items.view.yaml:5:42: `hidden` is true or false, not `"yes"` [wrong_type]
        views/items.view.yaml:5:53: `tags` is a list, not `"x"` [wrong_type]
    "#]],
    );
}

#[test]
fn masks() {
    items(
        "dimensions:
  a: {type: number, mask_unless_access_grants: [staff], mask: hash}
  b: {type: number, mask_unless_access_grants: [staff], mask: {constant: none}}
  c: {type: string, mask_unless_access_grants: [staff], mask: {sql: \"${a} + 1\"}}
  d: {type: string, mask: hash}
  e: {type: string, mask_unless_access_grants: []}
  f: {type: string, mask_unless_access_grants: [staff], mask: last5}
  g: {type: date, mask_unless_access_grants: [staff], mask: {constant: '2026-02-30'}}
  h: {type: string, mask_unless_access_grants: [stuff], mask: null}
  i: {type: string, mask_unless_access_grants: [staff], mask: {constant: x, sql: y}}",
        expect![[r#"
            views/items.view.yaml:5:63: the mask `hash` makes strings, and `items.a` is a number [mask_type]
              help: use `null`, `{constant: …}` or `{sql: …}`
            views/items.view.yaml:6:74: `items.b` is a number and cannot be masked by `"none"` [mask_type]
            views/items.view.yaml:7:69: `items.c` is a string, and its mask is a number [mask_type]
            views/items.view.yaml:8:27: the mask of `d` names nobody who reads the values [mask_without_grants]
              help: add `mask_unless_access_grants: [a_grant]`
            views/items.view.yaml:9:48: `mask_unless_access_grants` is empty [empty_list]
              help: leave the key out, or list at least one item
            views/items.view.yaml:10:63: `mask` cannot be `"last5"` [unknown_value]
              help: one of null, hash, last4, {constant: …}, {sql: …}
            views/items.view.yaml:11:72: `items.g` is a date and cannot be masked by `"2026-02-30"` [mask_type]
            views/items.view.yaml:12:49: unknown grant `stuff` [unknown_grant]
              help: did you mean `staff`?
            views/items.view.yaml:13:63: `mask` cannot be a map [unknown_value]
              help: one of null, hash, last4, {constant: …}, {sql: …}
        "#]],
    );
    items(
        "dimensions:
  a: {type: number, mask_unless_access_grants: [staff], mask: null}
  b: {type: number, mask_unless_access_grants: [staff], mask: 'null'}
  c: {type: number, mask_unless_access_grants: [staff], mask: {constant: 0}}
  d: {type: string, mask_unless_access_grants: [staff], mask: {sql: \"substr(${e}, 1, 2)\"}}
  e: {type: string, mask_unless_access_grants: [staff]}",
        expect![[r#"
            checks
        "#]],
    );
    model(
        "access_grants: {finance: {group: f}}
relationships:
  - {from: orders, to: secrets, on: '${orders.status} = ${secrets.code}', type: many_to_one}
--- views/secrets.view.yaml
view: secrets
table: secret
dimensions: {code: {type: string, mask_unless_access_grants: [finance], mask: hash}}",
        expect![[r#"
            views/secrets.view.yaml:3:79: `secrets.code` is the key of a relationship and cannot be masked [masked_key]
              help: hide it with `required_access_grants`, or join by another dimension
        "#]],
    );
}

#[test]
fn measures() {
    items(
        "dimensions: {n: {type: number}, s: {type: string}, d: {type: date}}
measures:
  a: {aggregate_type: total, sql: \"${n}\"}
  b: {aggregate_type: count, sql: \"${n}\"}
  c: {aggregate_type: sum}
  d2: {aggregate_type: sum, sql: \"${s}\"}
  e: {aggregate_type: first, sql: \"${n}\"}
  f: {aggregate_type: first, sql: \"${n}\", by: s}
  g: {aggregate_type: percentile, sql: \"${n}\", percentile: 95}
  h: {aggregate_type: sum, sql: \"${n}\", percentile: 0.5}
  i: {type: number, sql: \"${n} / 2\"}
  j: {type: number, sql: n_column}
  k: {type: number}
  l: {type: number, sql: \"${orders.revenue}\"}
  m: {type: number, sql: \"${m} + 1\"}
  n2: {aggregate_type: sum, sql: \"${b}\"}
  o: {aggregate_type: list, sql: \"${n}\"}
  p: {aggregate_type: count, filters: [{field: z, is: 1}]}
  q: {aggregate_type: count, filters: [{field: n, is: one}]}
  r: {aggregate_type: count, filters: []}
  t: {type: string, aggregate_type: sum, sql: \"${n}\"}",
        expect![[r#"
            views/items.view.yaml:6:23: unknown aggregate `total` [unknown_value]
              help: one of count, count_distinct, sum, average, min, max, median, percentile, list, first, last
            views/items.view.yaml:7:35: `count` counts rows and has no `sql` [count_with_sql]
              help: use `filters` to count some rows, or `count_distinct` to count values
            views/items.view.yaml:8:3: a measure of type `sum` needs `sql`: what it is computed from [missing_key]
            views/items.view.yaml:9:34: `sum` is computed from numbers, not from a string [type_mismatch]
            views/items.view.yaml:10:3: a measure of type `first` needs `by` [measure_key]
            views/items.view.yaml:11:47: `items.s` is neither a date nor a timestamp [type_mismatch]
            views/items.view.yaml:12:60: `percentile` is a number from 0 to 1, not `95` [percentile]
            views/items.view.yaml:13:3: a measure of type `sum` has no `percentile` [measure_key]
            views/items.view.yaml:14:26: a measure of measures cannot read the dimension `items.n` [measure_reads_rows]
              help: add `aggregate_type`, or refer to a measure
            views/items.view.yaml:15:26: a measure of measures cannot read the column `n_column` [measure_reads_rows]
              help: add `aggregate_type`, or refer to a measure with `${measure}`
            views/items.view.yaml:16:3: the measure `k` has neither `aggregate_type` nor `sql` [missing_key]
              help: `aggregate_type: count`, or a formula of other measures in `sql`
            views/items.view.yaml:17:26: no relationships connect `items` with `orders` [unrelated_measure]
            views/items.view.yaml:18:3: a field cannot be computed from itself: items.m → items.m [cycle]
            views/items.view.yaml:19:34: `items.b` is a measure; a dimension is needed here [not_a_dimension]
            views/items.view.yaml:20:34: `list` is computed from strings, not from a number [type_mismatch]
            views/items.view.yaml:21:48: unknown field `z` in view `items` [unknown_field]
            views/items.view.yaml:22:55: `items.n` is a number: `is` takes a number, not `"one"` [wrong_type]
            views/items.view.yaml:23:39: `filters` is empty [empty_list]
              help: leave the key out, or list at least one item
            views/items.view.yaml:24:13: `items.t` is a number, not a string [type_mismatch]
        "#]],
    );
    items(
        "dimensions: {n: {type: number}, d: {type: timestamp}}
measures:
  a: {aggregate_type: percentile, sql: \"${n}\", percentile: 0.95}
  b: {aggregate_type: last, sql: \"${n}\", by: d}
  c: {aggregate_type: max, sql: \"${d}\"}
  e: {type: number, sql: \"(${a} - ${b}) / ${a}\"}
  f: {sql: \"${e} * 2\"}",
        expect![[r#"
            checks
        "#]],
    );
}

#[test]
fn declassification() {
    items(
        "dimensions: {n: {type: number}}
measures:
  a: {aggregate_type: average, sql: \"${n}\", declassify: {grants: [staff], minimum_group_size: 5, reason: x}}
  b: {aggregate_type: max, sql: \"${n}\", declassify: {grants: [staff], minimum_group_size: 5, reason: x}}
  c: {aggregate_type: sum, sql: \"${n}\", declassify: {grants: [], minimum_group_size: 0, reason: ' '}}
  d: {aggregate_type: sum, sql: \"${n}\", declassify: {}}
  e: {type: number, sql: \"${a}\", declassify: {grants: [staff], minimum_group_size: 5, reason: x}}",
        expect![[r#"
            views/items.view.yaml:6:57: `declassify` counts rows by the primary key of `items`, which has none [declassify_without_key]
              help: declare `primary_key` on the view
            views/items.view.yaml:7:53: only measures of type sum, average, count and count_distinct can be declassified [declassify_aggregate]
            views/items.view.yaml:7:53: `declassify` counts rows by the primary key of `items`, which has none [declassify_without_key]
              help: declare `primary_key` on the view
            views/items.view.yaml:8:62: `grants` is empty [empty_list]
              help: leave the key out, or list at least one item
            views/items.view.yaml:8:86: `minimum_group_size` is a whole number from 1 to 1000000000, not `0` [wrong_type]
            views/items.view.yaml:8:97: `reason` is empty [empty_reason]
              help: it is shown in the model's access report
            views/items.view.yaml:9:53: `declassify` needs `grants` [missing_key]
            views/items.view.yaml:9:53: `declassify` needs `minimum_group_size` [missing_key]
            views/items.view.yaml:9:53: `declassify` needs `reason` [missing_key]
            views/items.view.yaml:10:46: only measures of type sum, average, count and count_distinct can be declassified [declassify_aggregate]
        "#]],
    );
}
