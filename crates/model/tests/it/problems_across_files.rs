//! What is wrong with a model as a whole: its files, grants, relationships and topics.
use crate::fixture::{catalog, files, report};
use crate::problems::{VIEWS, check, items, model, topic, with};
use expect_test::{Expect, expect};
use tessera_model::file;

#[test]
fn files_and_names() {
    check(
        "--- model.yaml\n",
        expect![[r#"
        model.yaml: the file is empty [empty_file]
    "#]],
    );
    check(
        "--- model.yaml\nconnection: a\nconection: b\nviews: []\n",
        expect![[r#"
        model.yaml:2:1: a model has no key `conection` [unknown_key]
          help: did you mean `connection`?
        model.yaml:3:1: a model has no key `views` [unknown_key]
    "#]],
    );
    check(
        "--- views/orders.yaml\nview: orders\n",
        expect![[r#"
        model.yaml:11:12: unknown view `orders` [unknown_view]
        model.yaml:11:24: unknown view `customers` [unknown_view]
        views/orders.yaml: a file in `views` would be ignored under this name [file_name]
          help: files in `views` are called `<name>.view.yaml`
    "#]],
    );
    check(
        "--- views/order.view.yaml\nview: orders\ntable: o\n",
        expect![[r#"
        model.yaml:11:24: unknown view `customers` [unknown_view]
        views/order.view.yaml:1:7: `orders` stands in the file of `order` [file_name]
          help: a file is called by the name that it declares
    "#]],
    );
    check(
        "--- views/a/orders.view.yaml\nview: orders\ntable: o\n--- views/b/orders.view.yaml\nview: orders\ntable: o\n--- model.yaml\nconnection: a\n",
        expect![[r#"
        views/b/orders.view.yaml:1:7: `orders` is declared in views/a/orders.view.yaml as well [duplicate_name]
    "#]],
    );
    check(
        "--- views/all_views.view.yaml\nview: all_views\ntable: a.b.c\n--- model.yaml\nconnection: a\n",
        expect![[r#"
        views/all_views.view.yaml:1:7: `all_views` cannot be the name of a view [name]
        views/all_views.view.yaml:2:8: `a.b.c` is not the name of a table [table_name]
          help: `schema.table`, or `table` in the schema `main`
    "#]],
    );
    items(
        "dimensions: {2nd: {type: string}, 'a b': {type: string}}\nmeasures: {x: {aggregate_type: count}}\n",
        expect![[r#"
        views/items.view.yaml:4:14: `2nd` cannot be the name of a dimension [name]
          help: letters, digits and `_`, at most 100, not starting with a digit
        views/items.view.yaml:4:35: `a b` cannot be the name of a dimension [name]
          help: letters, digits and `_`, at most 100, not starting with a digit
    "#]],
    );
    items(
        "dimensions:\n  x: {type: string}\nmeasures:\n  x: {aggregate_type: count}\n",
        expect![[r#"
        views/items.view.yaml:7:3: `x` is both a dimension (line 5) and a measure [duplicate_name]
    "#]],
    );
    items(
        "sql: SELECT 1\n",
        expect![[r#"
            views/items.view.yaml:4:6: a view has one source, and `sql` is another [two_sources]
        "#]],
    );
    assert!(file::check(&file::ModelFiles::new(), None).is_err());
}

#[test]
fn settings() {
    model(
        "timezone: Europe/Berlim\nweek_starts_on: Monday\nfiscal_year_starts_in: 4\ndefault_row_limit: 0\ncache: {max_age: 6 hours}\ndefault_access: open",
        expect![[r#"
        model.yaml:3:11: unknown time zone `Europe/Berlim` [unknown_timezone]
          help: a name like `Europe/Berlin` or `UTC`
        model.yaml:4:17: `week_starts_on` cannot be `"Monday"` [unknown_value]
          help: did you mean `monday`?
        model.yaml:5:24: `fiscal_year_starts_in` cannot be `4` [unknown_value]
          help: one of january, february, march, april, may, june, july, august, september, october, november, december
        model.yaml:6:20: `default_row_limit` is a whole number from 1 to 50000, not `0` [wrong_type]
        model.yaml:7:18: `6 hours` is not a duration [duration]
          help: a number and `s`, `m`, `h` or `d`: `6h`
        model.yaml:8:17: `default_access` cannot be `"open"` [unknown_value]
          help: one of deny, allow
        views/customers.view.yaml:8:52: unknown grant `finance` [unknown_grant]
          help: declare it under `access_grants` in model.yaml
    "#]],
    );
    check(
        "--- model.yaml
connection: a
attributes: {user_id: {type: string}, x: {type: text}, y: {}}
",
        expect![[r#"
    model.yaml:2:14: `user_id` is an attribute of the product itself [system_attribute]
      help: rules may use it without a declaration
    model.yaml:2:49: `type` cannot be `"text"` [unknown_value]
      help: one of string, number, boolean, date, timestamp
    model.yaml:2:59: an attribute needs `type` [missing_key]
"#]],
    );
}

#[test]
fn grants() {
    model(
        "access_grants:
  finance: {user_attribute: departmint, allowed_values: [Finance]}
  a: {user_attribute: clearance, allowed_values: ['2']}
  b: {user_attribute: region, allowed_values: []}
  c: {any_of: []}
  d: {not: {group: staff}}
  e: {group: staff, user_attribute: region}
  f: {user_attribute: region, allowed_values: [1, true]}
  g: {user_attribute: is_org_admin, allowed_values: ['true']}
  h: {group: 7}
  i: {group: staff, allowed_values: [x]}",
        expect![[r#"
            model.yaml:4:29: the attribute `departmint` is not declared [undeclared_attribute]
              help: declare it under `attributes` in model.yaml
            model.yaml:5:51: the attribute `clearance` is a number, not `"2"` [wrong_type]
            model.yaml:6:47: `allowed_values` is empty [empty_list]
              help: leave the key out, or list at least one item
            model.yaml:7:15: `any_of` is empty [empty_list]
              help: leave the key out, or list at least one item
            model.yaml:8:6: a grant has one of `user_attribute`, `group`, `any_of` and `all_of` [grant_condition]
            model.yaml:8:7: a grant has no key `not` [unknown_key]
            model.yaml:9:6: a grant has one of `user_attribute`, `group`, `any_of` and `all_of` [grant_condition]
            model.yaml:10:48: the attribute `region` is a string, not `1` [wrong_type]
              help: put it in quotes
            model.yaml:10:51: the attribute `region` is a string, not `true` [wrong_type]
              help: put it in quotes
            model.yaml:11:54: the attribute `is_org_admin` is a boolean, not `"true"` [wrong_type]
            model.yaml:12:14: `group` is a string, not `7` [wrong_type]
              help: put it in quotes
            model.yaml:13:37: `allowed_values` belongs to `user_attribute` [grant_condition]
        "#]],
    );
    items(
        "required_access_grants: [finanse, finance | stuff]\n",
        expect![[r#"
        views/items.view.yaml:3:9: `access: everyone` stands beside a rule of `items` [everyone_beside_rule]
          help: remove the one that is not meant
        views/items.view.yaml:4:26: unknown grant `finanse` [unknown_grant]
          help: did you mean `finance`?
        views/items.view.yaml:4:35: unknown grant `stuff` [unknown_grant]
          help: did you mean `staff`?
    "#]],
    );
}

#[test]
fn relationships() {
    model(
        "access_grants: {finance: {group: f}}
relationships:
  - {from: order, to: customers, on: '${orders.customer_id} = ${customers.id}', type: many_to_one}
  - {from: orders, to: customers, on: '${customers.id} = ${orders.customer_id}', type: many_to_many}
  - {from: orders, to: customers, on: '${orders.customer_id} > ${customers.id}', type: many_to_one}
  - {from: orders, to: customers, on: '${orders.customer_id} = ${orders.id}', type: many_to_one}
  - {from: orders, to: customers, on: '${customer_id} = ${customers.id}', type: many_to_one}
  - {from: orders, to: customers, on: '${orders.customer_id} = c_id', type: many_to_one}
  - {from: orders, to: customers, on: '${orders.status} = ${customers.id} and ${orders.revenue} = ${customers.idd}', type: many_to_one}
  - {from: orders, to: customers, on: '${orders.id} = ${customers.id}', type: many_to_some, join: outer}
  - {from: orders, to: customers}
  - {from: orders, to: customers, on: '${orders.id} = ${customers.id}', type: one_to_one, name: x}
  - {from: orders, to: customers, on: '${orders.id} = ${customers.id}', type: one_to_one, name: x}",
        expect![[r#"
            model.yaml:5:12: unknown view `order` [unknown_view]
              help: did you mean `orders`?
            model.yaml:7:39: `on` is an equality of two dimensions, or several joined by AND [relationship_on]
              help: `${orders.key} = ${customers.key}`
            model.yaml:8:39: `on` compares a dimension of `orders` with one of `customers` [relationship_on]
            model.yaml:9:39: `${customer_id}` needs its view: `${view.customer_id}` [relationship_on]
            model.yaml:10:39: `on` compares dimensions; `c_id` is a column [relationship_on]
            model.yaml:11:5: `orders.status` is a string and `customers.id` a number [type_mismatch]
            model.yaml:11:39: `orders.revenue` is a measure; a dimension is needed here [not_a_dimension]
            model.yaml:11:39: unknown field `idd` in view `customers` [unknown_field]
              help: did you mean `id`?
            model.yaml:12:79: `type` cannot be `"many_to_some"` [unknown_value]
              help: did you mean `many_to_one`?
            model.yaml:13:5: a relationship needs `on` [missing_key]
            model.yaml:13:5: a relationship needs `type` [missing_key]
            model.yaml:15:97: the relationship `x` is declared on line 14 as well [duplicate_name]
        "#]],
    );
}

#[test]
fn ways_to_other_views() {
    let diamond = "--- model.yaml
connection: warehouse
relationships:
  - {from: a, to: b, on: '${a.k} = ${b.k}', type: many_to_one}
  - {from: a, to: c, on: '${a.k} = ${c.k}', type: many_to_one}
  - {from: b, to: d, on: '${b.k} = ${d.k}', type: many_to_one}
  - {from: d, to: c, on: '${d.k} = ${c.k}', type: one_to_many}
  - {from: d, to: e, on: '${d.k} = ${e.k}', type: one_to_one}
--- views/b.view.yaml
{view: b, table: b, dimensions: {k: {type: number}}}
--- views/c.view.yaml
{view: c, table: c, dimensions: {k: {type: number}}}
--- views/d.view.yaml
{view: d, table: d, dimensions: {k: {type: number}, from_e: {sql: '${e.k}'}}}
--- views/e.view.yaml
{view: e, table: e, dimensions: {k: {type: number}, from_d: {sql: '${d.k}'}}}
--- views/a.view.yaml
view: a
table: a
dimensions:
  k: {type: number}
  direct: {type: number, sql: '${b.k}'}
";
    check(
        diamond,
        expect![[r#"
        checks
    "#]],
    );
    check(
        &format!(
            "{diamond}  two_ways: {{type: number, sql: '${{d.k}}'}}\n  and_on: {{type: number, sql: '${{e.k}}'}}\n"
        ),
        expect![[r#"
        views/a.view.yaml:6:33: `d` is reached from `a` in several ways: a → b → d, and a → c → d [ambiguous_path]
          help: read it through a dimension of the view in between, or join `d` under an alias in a topic
        views/a.view.yaml:7:31: `e` is reached from `a` in several ways: a → b → d → e, and a → c → d → e [ambiguous_path]
          help: read it through a dimension of the view in between, or join `e` under an alias in a topic
    "#]],
    );
    with(
        "--- views/x.view.yaml\nview: x\ntable: x\ndimensions: {k: {type: number, sql: '${orders.id}'}}\n",
        expect![[r#"
        views/x.view.yaml:3:37: a row of `x` has no single row of `orders` [no_path]
          help: declare many_to_one relationships that lead from `x` to `orders`
    "#]],
    );
}

#[test]
fn topics() {
    topic(
        "fields: [all_views.*, -customers.regio, customer.*, 'tag:core', status]",
        expect![[r#"
        topics/sales.topic.yaml:4:23: unknown field `regio` in view `customers` [unknown_field]
          help: did you mean `region`?
        topics/sales.topic.yaml:4:41: the topic joins no view `customer` [unknown_view]
          help: did you mean `customers`?
        topics/sales.topic.yaml:4:53: no field of the topic has the tag `core` [unknown_tag]
        topics/sales.topic.yaml:4:65: `status` names no fields [field_name]
          help: `all_views.*`, `view.*`, `view.field`, `tag:name`, each with `-` in front to leave out
    "#]],
    );
    topic(
        "always_filter: [{field: orders.status, is: [1]}, {field: status, is: [x]}]",
        expect![[r#"
        topics/sales.topic.yaml:4:45: `orders.status` is a string: `is` takes a string, not `1` [wrong_type]
          help: put it in quotes
        topics/sales.topic.yaml:4:58: `status` is not the name of a field, like `view.field` or `view.field[month]` [field_name]
    "#]],
    );
    topic(
        "always_filter: [{field: orders.ordered_at, during: last years}]\ndefault_filters: [{field: orders.ordered_at, durring: 2026}]",
        expect![[r#"
        topics/sales.topic.yaml:4:52: `orders.ordered_at` is a date: `during` takes a period, not `"last years"` [wrong_type]
          help: for example `last 12 months`, `last 3 complete weeks`, `this year`, `today`, `2026`, `2026-Q1`, `2026-03`, `2026-03-01`, `2026-01 to 2026-03`
        topics/sales.topic.yaml:5:46: unknown operator `durring` [unknown_key]
          help: did you mean `during`?
    "#]],
    );
    topic(
        "always_filter: [{field: 'orders.ordered_at[month]', before: 2026-03}, {field: 'orders.ordered_at[hour]', is: 1}]\nrequired_access_grants: [sales]",
        expect![[r#"
        topics/sales.topic.yaml:4:79: `orders.ordered_at` has no time frame `hour` [time_frame]
        topics/sales.topic.yaml:5:26: unknown grant `sales` [unknown_grant]
          help: declare it under `access_grants` in model.yaml
    "#]],
    );
    with(
        "--- topics/sales.topic.yaml\ntopic: sales\nbase_view: order\n",
        expect![[r#"
        topics/sales.topic.yaml:2:12: unknown view `order` [unknown_view]
          help: did you mean `orders`?
    "#]],
    );
    with(
        "--- topics/sales.topic.yaml\ntopic: sales\nbase_view: orders\njoins: {customers: {orders: {}, more: {view: orders, relationship: x}}, view: x, z: 7}\n",
        expect![[r#"
        topics/sales.topic.yaml:3:21: `orders` is joined twice [duplicate_name]
          help: give one of them an alias: `other_orders: {view: orders}`
        topics/sales.topic.yaml:3:68: no relationship `x` connects `customers` and `orders` [unknown_relationship]
        topics/sales.topic.yaml:3:73: `view` belongs to a joined view, not to the base view [unknown_key]
        topics/sales.topic.yaml:3:82: unknown view `z` [unknown_view]
        topics/sales.topic.yaml:3:85: the joins of `z` are a map, not `7` [wrong_type]
          help: `{}` where nothing is joined to it
    "#]],
    );
    with(
        "--- topics/sales.topic.yaml\ntopic: sales\nbase_view: orders\njoins: {customers: {other: {view: orders}}, buyers: {view: customers}}\n",
        expect![[r#"
        checks
    "#]],
    );
}

#[test]
fn rules_of_topics() {
    topic(
        "access_filters: [{field: customers.region, user_attribute: region}]",
        expect![[r#"
        topics/sales.topic.yaml:4:18: this rule holds in the topic `sales` only: `orders` can be read without it [topic_rule_escapable]
          help: put it on the view `orders`, or say `scope: topic`
    "#]],
    );
    topic(
        "access_filters: [{field: customers.region, user_attribute: region, scope: topic}]",
        expect![[r#"
        checks
    "#]],
    );
    topic(
        "access_filters: [{field: customers.regio, user_attribute: region, scope: view}]",
        expect![[r#"
        topics/sales.topic.yaml:4:26: unknown field `regio` in view `customers` [unknown_field]
          help: did you mean `region`?
        topics/sales.topic.yaml:4:74: `scope` cannot be `"view"` [unknown_value]
          help: one of topic
    "#]],
    );
    with(
        "--- topics/buyers.topic.yaml\ntopic: buyers\nbase_view: customers\njoins: {orders: {}}\naccess_filters: [{field: region, user_attribute: region}]\n",
        expect![[r#"
        checks
    "#]],
    );
    with(
        "--- topics/buyers.topic.yaml\ntopic: buyers\nbase_view: customers\njoins: {orders: {}}\naccess_filters: [{field: orders.status, user_attribute: region, scope: topic}]\n",
        expect![[r#"
        topics/buyers.topic.yaml:4:26: a row of the base view has no single `orders.status` [no_path]
          help: a topic's rule reads fields that are reached over many_to_one relationships
    "#]],
    );
}

#[test]
fn two_relationships_between_views() {
    let two = "--- model.yaml
connection: warehouse
relationships:
  - {name: departure, from: flights, to: airports, on: '${flights.from_code} = ${airports.code}', type: many_to_one}
  - {name: arrival, from: flights, to: airports, on: '${flights.to_code} = ${airports.code}', type: many_to_one}
--- views/airports.view.yaml
{view: airports, table: airport, access: everyone, dimensions: {code: {type: string}, city: {type: string}}}
--- views/flights.view.yaml
view: flights
table: flight
access: everyone
dimensions: {from_code: {type: string}, to_code: {type: string}}
";
    let topic = |joins: &str| {
        format!("{two}--- topics/flights.topic.yaml\ntopic: flights\nbase_view: flights\njoins: {joins}\n")
    };
    check(
        &topic("{airports: {relationship: departure}, destinations: {view: airports, relationship: arrival}}"),
        expect![[r#"
        checks
    "#]],
    );
    check(
        &topic("{airports: {}}"),
        expect![[r#"
        topics/flights.topic.yaml:3:9: several relationships connect `flights` and `airports` [ambiguous_path]
          help: say which with `relationship:`, one of departure, arrival
    "#]],
    );
    check(
        &topic("{airports: {relationship: arival}}"),
        expect![[r#"
        topics/flights.topic.yaml:3:34: no relationship `arival` connects `flights` and `airports` [unknown_relationship]
          help: did you mean `arrival`?
    "#]],
    );
    check(
        &two.replace("to_code: {type: string}", "to_code: {type: string}, city: {sql: '${airports.city}'}"),
        expect![[r#"
        views/flights.view.yaml:4:78: `airports` is reached from `flights` in several ways: flights → airports (departure), and flights → airports (arrival) [ambiguous_path]
          help: join `airports` under an alias in a topic
    "#]],
    );
}

#[test]
fn the_database_is_asked() {
    let tables = catalog(
        "customer(c_id integer, region string, balance number)\norders(o_id integer, o_customer integer, status string, ordered_at date, total other)",
    );
    let check = |text: &str, expected: Expect| {
        expected.assert_eq(&match file::check(&files(text), Some(tables.clone())) {
            Ok(_) => "checks\n".to_owned(),
            Err(problems) => report(&problems),
        });
    };
    check(
        VIEWS,
        expect![[r#"
        views/orders.view.yaml:10:3: the column `total` has a type that fields do not have [column_type]
    "#]],
    );
    let right = VIEWS.replace("total: {type: number}", "total: {type: number, sql: o_id}");
    check(
        &right,
        expect![[r#"
        checks
    "#]],
    );
    check(
        &right.replace("region: {type: string}", "region: {}").replace("{type: number, sql: c_id}", "{sql: c_id}"),
        expect![[r#"
        checks
    "#]],
    );
    check(
        &right
            .replace("table: customer", "table: custommer")
            .replace("status: {type: string}", "status: {type: number, sql: staatus}"),
        expect![[r#"
        views/customers.view.yaml:2:8: the connection has no table `main.custommer` [unknown_table]
          help: did you mean `main.customer`?
        views/orders.view.yaml:8:31: table `main.orders` has no column `staatus` [unknown_column]
          help: did you mean `status`?
    "#]],
    );
    check(
        &right.replace("ordered_at: {type: date}", "ordered_at: {type: number}"),
        expect![[r#"
        views/orders.view.yaml:9:22: `orders.ordered_at` is a date, not a number [type_mismatch]
    "#]],
    );
    check(
        // Every date is a timestamp, and everything is a string.
        &right
            .replace("ordered_at: {type: date}", "ordered_at: {type: timestamp}")
            .replace("{type: number, sql: c_id}", "{type: string, sql: c_id}")
            .replace("{type: number, sql: o_customer}", "{type: string, sql: o_customer}"),
        expect![[r#"
        checks
    "#]],
    );
    check(
        &right.replace("table: customer", "table: sales.customer"),
        expect![[r#"
        views/customers.view.yaml:2:8: the connection has no table `sales.customer` [unknown_table]
          help: did you mean `main.customer`?
    "#]],
    );
}

#[test]
fn yaml_that_is_not_read() {
    for (text, expected) in [
        (
            "connection: &a x\n",
            expect![[r#"
            model.yaml:1:13: anchors and aliases are not read [alias]
        "#]],
        ),
        (
            "connection: *a\n",
            expect![[r#"
            model.yaml:1:13: this is not YAML: while parsing node, found unknown anchor [syntax]
        "#]],
        ),
        (
            "connection: !!str x\n",
            expect![[r#"
            model.yaml:1:13: tags are not read [tag]
        "#]],
        ),
        (
            "connection: x\nconnection: y\n",
            expect![[r#"
            model.yaml:2:1: `connection` is given twice [duplicate_key]
        "#]],
        ),
        (
            "base: {<<: {connection: x}}\n",
            expect![[r#"
            model.yaml:1:8: merge keys are not read [merge_key]
        "#]],
        ),
        (
            "connection: x\n---\nconnection: y\n",
            expect![[r#"
            model.yaml:3:1: a file holds one document [several_documents]
        "#]],
        ),
        (
            "connection: [x\n",
            expect![[r#"
            model.yaml:2:1: this is not YAML: while parsing a flow sequence, expected ',' or ']' [syntax]
        "#]],
        ),
        (
            "connection:\n\t- x\n",
            expect![[r#"
            model.yaml:2:2: this is not YAML: tabs disallowed within this context (block indentation) [syntax]
        "#]],
        ),
        (
            "? [a]\n: x\n",
            expect![[r#"
            model.yaml:1:3: a key is a plain name [key]
        "#]],
        ),
        (
            "- x\n",
            expect![[r#"
            model.yaml:1:1: a model is a map, not a list [wrong_type]
        "#]],
        ),
        (
            "connection: yes\ndefault_row_limit: 1e3\ncache: {max_age: .inf}\n",
            expect![[r#"
            model.yaml:3:18: `.inf` is not a number that can be compared [number]
        "#]],
        ),
        (
            "connection: null\n",
            expect![[r#"
            model.yaml:1:13: `connection` is a string, not null [wrong_type]
        "#]],
        ),
    ] {
        check(&format!("--- model.yaml\n{text}"), expected);
    }
    let mut files = file::ModelFiles::from([("model.yaml".to_owned(), b"connection: x\nlabel: \xff\n".to_vec())]);
    assert_eq!(report(&file::check(&files, None).unwrap_err()), "model.yaml:2:1: the file is not UTF-8 [not_utf8]\n");
    files.insert("model.yaml".to_owned(), format!("{}{}", "[".repeat(100), "]".repeat(100)).into_bytes());
    assert_eq!(file::check(&files, None).unwrap_err()[0].code, "too_deep");
    files.insert("model.yaml".to_owned(), vec![b'x'; 2 << 20]);
    assert_eq!(file::check(&files, None).unwrap_err()[0].code, "too_large");
}
