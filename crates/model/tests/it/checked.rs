//! What a model becomes once it is checked.
use crate::fixture::{catalog, files, model};
use expect_test::{Expect, expect};
use std::fmt::Write;
use tessera_model::{
    CheckedModel, FieldId,
    checked::{FieldKind, Step},
    file,
};

const MODEL: &str = "--- views/orders.view.yaml
view: orders
table: orders
access: everyone
primary_key: [id]
dimensions:
  id: {type: number, sql: o_id, tags: [core]}
  customer_id: {type: number, label: Buyer}
  region: {sql: '${customers.region}', tags: [core]}
  ordered_at: {type: date, timeframes: [month, year]}
  received_at: {type: timestamp, order_by: id}
  is_large: {sql: \"${total} > 100 AND ${customers.since} IS NOT NULL\"}
  total: {type: number, drill_fields: [id, customers.region]}
measures:
  orders: {aggregate_type: count}
  revenue: {aggregate_type: sum, sql: '${total}', filters: [{field: customers.region, is: [EUROPE]}, {field: is_large, is: true}]}
  last_total: {aggregate_type: last, sql: total, by: received_at, tags: [core]}
  per_order: {sql: '${revenue} / ${orders}'}
  per_customer: {sql: '${per_order} / ${customers.customers}'}
--- views/customers.view.yaml
view: customers
table: sales.customer
access: everyone
dimensions:
  id: {type: number}
  region: {type: string}
  since: {type: date}
measures:
  customers: {aggregate_type: count}
";

#[track_caller]
fn fields(model: &CheckedModel, expected: Expect) {
    let names = |fields: &[FieldId]| fields.iter().map(|field| model.full_name(*field)).collect::<Vec<_>>().join(" ");
    let mut text = String::new();
    for field in &model.fields {
        write!(text, "{} `{}` {}", model.full_name(field.id), field.presentation.label, field.value_type).unwrap();
        if let FieldKind::Dimension(dimension) = &field.kind {
            if let Some(column) = &dimension.bare_column {
                write!(text, ", column {column}").unwrap();
            }
            if !dimension.timeframes.is_empty() {
                write!(text, ", {} frames", dimension.timeframes.len()).unwrap();
            }
        }
        if !field.lineage.fields.is_empty() {
            write!(text, ", from {}", names(&field.lineage.fields)).unwrap();
        }
        for view in &field.lineage.views {
            write!(text, ", reads {}", model.view(*view).name).unwrap();
        }
        writeln!(text).unwrap();
    }
    expected.assert_eq(&text);
}

#[test]
fn types_columns_and_lineage() {
    fields(
        &model(MODEL),
        expect![[r#"
        customers.id `Id` number, column id
        customers.region `Region` string, column region
        customers.since `Since` date, column since, 12 frames
        customers.customers `Customers` number
        orders.id `Id` number, column o_id
        orders.customer_id `Buyer` number, column customer_id
        orders.region `Region` string, from customers.region, reads customers
        orders.ordered_at `Ordered at` date, column ordered_at, 2 frames
        orders.received_at `Received at` timestamp, column received_at, 14 frames
        orders.is_large `Is large` boolean, from customers.since orders.total, reads customers
        orders.total `Total` number, column total
        orders.orders `Orders` number
        orders.revenue `Revenue` number, from customers.region customers.since orders.is_large orders.total, reads customers
        orders.last_total `Last total` number, from orders.received_at orders.total
        orders.per_order `Per order` number, from customers.region customers.since orders.is_large orders.total orders.orders orders.revenue, reads customers
        orders.per_customer `Per customer` number, from customers.region customers.since customers.customers orders.is_large orders.total orders.orders orders.revenue orders.per_order, reads customers
    "#]],
    );
}

#[test]
fn types_come_from_the_database() {
    let tables = catalog("a(id integer, name string, at timestamp, day date, paid boolean)");
    let text = "--- model.yaml\nconnection: x\n--- views/a.view.yaml\n{view: a, table: a, dimensions: {id: {}, name: {}, at: {}, day: {}, paid: {}}, measures: {last: {aggregate_type: max, sql: day}}}\n";
    let checked = file::check(&files(text), Some(tables)).unwrap();
    fields(
        &checked,
        expect![[r#"
        a.id `Id` number, column id
        a.name `Name` string, column name
        a.at `At` timestamp, column at, 14 frames
        a.day `Day` date, column day, 12 frames
        a.paid `Paid` boolean, column paid
        a.last `Last` date, from a.day
    "#]],
    );
}

fn topic(body: &str) -> CheckedModel {
    model(&format!("{MODEL}--- topics/sales.topic.yaml\ntopic: sales\nbase_view: customers\n{body}\n"))
}

#[track_caller]
fn topic_fields(items: &str, expected: Expect) {
    let model = topic(&format!("joins: {{orders: {{buyers: {{view: customers}}}}}}\n{items}"));
    let topic = &model.topics[0];
    let name = |(node, field): &(usize, FieldId)| format!("{}.{}", topic.nodes[*node].name, model.field(*field).name);
    expected.assert_eq(&format!("{}\n", topic.fields.iter().map(name).collect::<Vec<_>>().join(" ")));
}

#[test]
fn curated_fields() {
    topic_fields(
        "",
        expect![[r#"
        customers.id customers.region customers.since customers.customers orders.id orders.customer_id orders.region orders.ordered_at orders.received_at orders.is_large orders.total orders.orders orders.revenue orders.last_total orders.per_order orders.per_customer buyers.id buyers.region buyers.since buyers.customers
    "#]],
    );
    topic_fields(
        "fields: ['tag:core', buyers.region]",
        expect![[r#"
        orders.id orders.region orders.last_total buyers.region
    "#]],
    );
    topic_fields(
        "fields: [all_views.*, -orders.*, orders.total, '-buyers.*']",
        expect![[r#"
        customers.id customers.region customers.since customers.customers orders.total
    "#]],
    );
    topic_fields(
        "fields: ['-tag:core', -customers.*, -buyers.*]",
        expect![[r#"
        orders.customer_id orders.ordered_at orders.received_at orders.is_large orders.total orders.orders orders.revenue orders.per_order orders.per_customer
    "#]],
    );
}

#[test]
fn the_join_tree_walks_relationships_both_ways() {
    let model = topic("joins: {orders: {buyers: {view: customers}}}");
    let steps: Vec<Option<(usize, Step)>> = model.topics[0].nodes.iter().map(|node| node.parent).collect();
    let relationship = model.relationships[0].id;
    assert_eq!(
        steps,
        [None, Some((0, Step { relationship, backward: true })), Some((1, Step { relationship, backward: false }))]
    );
    assert!(!model.is_to_one(Step { relationship, backward: true }));
}

#[test]
fn rules_of_topics_are_read_from_the_base_view() {
    let text = MODEL.replace(
        "access: everyone\nprimary_key",
        "access_filters: [{field: customers.region, user_attribute: region}]\nprimary_key",
    );
    let rule = "access_filters: [{field: buyers.region, user_attribute: region}, {field: received_at, user_attribute: since, scope: topic}]";
    let wrong = format!(
        "{text}--- topics/sales.topic.yaml\ntopic: sales\nbase_view: orders\njoins: {{buyers: {{view: customers}}}}\n{rule}\n"
    );
    assert_eq!(file::check(&files(&wrong), None).unwrap_err()[0].code, "type_mismatch");
    let model = model(&wrong.replace("received_at, user", "ordered_at, user"));
    let [(0, one), (0, _)] = model.topics[0].access_filters.as_slice() else { panic!() };
    assert_eq!(one, &model.view(model.views_by_name["orders"]).access.filters[0]);
}
