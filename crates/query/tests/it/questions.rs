//! Questions, as the governed SQL that they become. A change of the compiler is a diff of `tests/questions/*.sql`.
use crate::company::{SETTINGS, permit};
use expect_test::expect_file;
use tessera_model::{file::Node, request::FieldQuery};
use tessera_query::{RefusalKind, RelationBody, govern_topic, verify};

fn check(name: &str, request: &str) {
    let request = FieldQuery::parse(&Node::from_json(request).unwrap()).unwrap();
    let governed = govern_topic(&permit("EUROPE"), &request, &SETTINGS).unwrap();
    let shown = governed.shown(&permit("EUROPE"));
    let verified = verify(governed).unwrap();
    let relations = verified.relations().iter();
    let without_rules: String = relations
        .filter(|relation| match relation.body() {
            RelationBody::Whole(_) => false,
            RelationBody::HeldByJoin { when_total, whole } => whole.verify().unwrap().text() != when_total.text(),
        })
        .map(|relation| format!("-- where nothing may fail, `{}` does without its rule\n", relation.name()))
        .collect();
    for rule in &shown.rules {
        assert!(shown.text.get(rule.range.clone()).is_some_and(|text| text.contains("EUROPE")), "{rule:?}");
    }
    expect_file![format!("{}/tests/questions/{name}.sql", env!("CARGO_MANIFEST_DIR"))]
        .assert_eq(&format!("{}\n{without_rules}", shown.text));
}

fn refused(request: &str) -> (RefusalKind, String) {
    let request = FieldQuery::parse(&Node::from_json(request).unwrap()).unwrap();
    let refusal = govern_topic(&permit("EUROPE"), &request, &SETTINGS).unwrap_err();
    (refusal.kind, refusal.message)
}

#[test]
fn a_rule_along_a_join_is_asked_once() {
    check(
        "revenue_by_month",
        r#"{"topic": "order_items", "fields": ["orders.ordered_at[month]", "order_items.revenue"]}"#,
    );
}

#[test]
fn measures_of_two_views_are_computed_where_they_live() {
    check(
        "two_homes",
        r#"{"topic": "order_items", "fields": ["customers.region", "order_items.revenue", "customers.customers", "order_items.margin"],
            "filters": [{"field": "order_items.revenue", "greater_than": 1000}]}"#,
    );
}

#[test]
fn a_group_behind_many_rows_is_bridged() {
    check(
        "bridge",
        r#"{"topic": "orders", "fields": ["parts.brand", "orders.total_value"],
            "filters": [{"field": "orders.ordered_at", "during": "last 12 months"}]}"#,
    );
}

#[test]
fn a_filter_behind_many_rows_is_asked_with_exists() {
    check(
        "exists",
        r#"{"topic": "orders", "fields": ["orders.status", "orders.total_value"], "filters": [{"field": "parts.brand", "is": "Brand#12"}]}"#,
    );
}

#[test]
fn masked_fields_are_masked_inside_their_relation() {
    check("masked", r#"{"topic": "customers", "fields": ["customers.name", "customers.phone", "customers.address"]}"#);
}

#[test]
fn hidden_and_unknown_fields_answer_alike() {
    let ask = |field: &str| {
        let request = format!(r#"{{"topic": "customers", "fields": ["customers.{field}"]}}"#);
        let (kind, message) = refused(&request);
        (kind, message.replace(field, "FIELD"))
    };
    // The balance is there, for people with the grant `finance`.
    assert_eq!(ask("balance"), ask("nothing"));
    assert_eq!(ask("balance").0, RefusalKind::Unknown);
}
