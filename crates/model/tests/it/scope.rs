//! What of a model one person may read.
use crate::fixture::model;
use expect_test::{Expect, expect};
use std::{
    fmt::Write,
    hash::{DefaultHasher, Hash, Hasher},
};
use tessera_model::{
    CheckedModel, DataScope,
    file::ActorFile,
    scope::{ColumnState, FieldState, Person, RelationState, TableState, rule_text},
};
use tessera_sql::tree::{Ident, PhysicalTable};

/// With the attributes and groups of `actor`, as in ACTOR.yaml; a connection role decides on the abilities.
pub(crate) fn with_scope<T>(model: &CheckedModel, actor: &str, read: impl FnOnce(&DataScope<'_>) -> T) -> T {
    let actor = ActorFile::from_yaml("actor.yaml", actor.as_bytes()).unwrap();
    let abilities = actor.connection_role.map(|role| role.abilities()).unwrap_or_default();
    let holds = |name: &str| abilities.iter().any(|ability| format!("{ability:?}") == name);
    let attributes = actor.attributes();
    let person = Person {
        attributes: &attributes,
        groups: &actor.groups,
        can_query_all_views: holds("QueryAllViews"),
        develops_policies: holds("DevelopPolicies"),
    };
    read(&DataScope::resolve(model, person))
}

/// All relations with their fields, tables with their columns, and topics.
#[track_caller]
fn sees(model: &CheckedModel, actor: &str, expected: Expect) {
    expected.assert_eq(&with_scope(model, actor, |scope| described(model, scope)));
}

fn described(model: &CheckedModel, scope: &DataScope<'_>) -> String {
    let mut text = String::new();
    let state = |state: &RelationState| match state {
        RelationState::Absent(absence) => format!("absent, {absence:?}"),
        RelationState::Closed(closure) => format!("closed, {closure}"),
        RelationState::Open(rules) if rules.0.is_empty() => "every row".to_owned(),
        RelationState::Open(rules) => rules.0.iter().map(|rule| rule_text(model, rule)).collect::<Vec<_>>().join("; "),
    };
    for view in &model.views {
        writeln!(text, "{}: {}", view.name, state(scope.relation(view.id))).unwrap();
        for field in &view.fields {
            let shown = match scope.field(*field) {
                FieldState::Visible => continue,
                FieldState::Masked { because } => format!("masked, {because}"),
                FieldState::Hidden { because } => format!("hidden, {because}"),
            };
            writeln!(text, "  {}: {shown}", model.field(*field).name).unwrap();
        }
    }
    for (table, views) in &model.views_by_table {
        match scope.table(table) {
            TableState::Absent => continue,
            TableState::Closed(closure) => writeln!(text, "table {}: closed, {closure}", table.name).unwrap(),
            TableState::Open { rules } => writeln!(text, "table {}: {} rules", table.name, rules.len()).unwrap(),
        }
        let columns: std::collections::BTreeSet<&Ident> =
            views.iter().flat_map(|view| model.view(*view).columns.keys()).collect();
        for column in columns {
            match scope.column(table, column) {
                ColumnState::Visible => {}
                ColumnState::Masked { by } => writeln!(text, "  {column}: masked by {}", model.full_name(by)).unwrap(),
                ColumnState::Hidden => writeln!(text, "  {column}: hidden").unwrap(),
            }
        }
    }
    for topic in &model.topics {
        writeln!(text, "topic {}: {}", topic.name, state(scope.topic(topic.id))).unwrap();
    }
    text
}

const RULES: &str = "--- views/orders.view.yaml
view: orders
table: orders
access: everyone
dimensions: {customer_id: {type: number}}
--- views/customers.view.yaml
view: customers
table: customer
dimensions: {id: {type: number}, region: {type: string}, path: {type: string}, since: {type: date}, clearance: {type: number}}
";

/// A customers view with these access filters.
fn ruled(filters: &str) -> CheckedModel {
    model(&RULES.replace("table: customer\n", &format!("table: customer\naccess_filters: {filters}\n")))
}

#[test]
fn states_of_attributes() {
    let one = ruled("[{field: region, user_attribute: region, values_for_unfiltered: [ALL]}]");
    let customers = |actor: &str| {
        with_scope(&one, actor, |scope| described(&one, scope).lines().next().unwrap_or_default().to_owned())
    };
    for (actor, expected) in [
        ("{}", "customers: closed, attribute_missing(region)"),
        ("{attributes: {region: EUROPE}}", "customers: region is EUROPE"),
        ("{attributes: {region: [EUROPE, ASIA, ASIA]}}", "customers: region is ASIA or EUROPE"),
        ("{attributes: {region: []}}", "customers: closed, attribute_empty(region)"),
        ("{attributes: {region: null}}", "customers: closed, attribute_missing(region)"),
        ("{attributes: {region: [EUROPE, null]}}", "customers: closed, attribute_missing(region)"),
        ("{attributes: {region: 7}}", "customers: closed, attribute_missing(region)"),
        ("{attributes: {region: [EUROPE, 7]}}", "customers: closed, attribute_missing(region)"),
        ("{attributes: {region: [ASIA, ALL]}}", "customers: every row"),
        ("{attributes: {region: all}}", "customers: region is all"),
        ("{attributes: {region: '%'}}", "customers: region is %"),
        ("{connection_role: connection_admin}", "customers: closed, attribute_missing(region)"),
    ] {
        assert_eq!(customers(actor), expected, "{actor}");
    }
}

#[test]
fn kinds_of_rules() {
    for (filters, actor, expected) in [
        ("[{field: since, user_attribute: since}]", "{attributes: {since: '2026-03-01'}}", "since is 2026-03-01"),
        (
            "[{field: since, user_attribute: since}]",
            "{attributes: {since: '2026-3-1'}}",
            "closed, attribute_missing(since)",
        ),
        ("[{field: clearance, user_attribute: clearance}]", "{attributes: {clearance: 2.0}}", "clearance is 2"),
        (
            "[{field: clearance, user_attribute: clearance}]",
            "{attributes: {clearance: '2'}}",
            "closed, attribute_missing(clearance)",
        ),
        (
            "[{field: clearance, user_attribute: clearance}]",
            "{attributes: {clearance: [2, 3]}}",
            "closed, attribute_conflict(clearance)",
        ),
        (
            "[{field: path, user_attribute: path, match: starts_with}]",
            "{attributes: {path: /eu}}",
            "path starts with /eu",
        ),
        (
            "[{field: path, user_attribute: path, match: starts_with}]",
            "{attributes: {path: ''}}",
            "closed, attribute_empty(path)",
        ),
        (
            "[{field: path, user_attribute: path, include_null: true}]",
            "{attributes: {path: ''}}",
            "path is  or has no value",
        ),
        (
            "[{any_of: [{field: region, user_attribute: region}, {grant: staff}]}]",
            "{}",
            "closed, attribute_missing(region)",
        ),
        ("[{any_of: [{field: region, user_attribute: region}, {grant: staff}]}]", "{groups: [staff]}", "every row"),
        (
            "[{any_of: [{field: region, user_attribute: region}, {field: path, user_attribute: path}]}]",
            "{attributes: {path: x}}",
            "path is x",
        ),
        (
            "[{any_of: [{field: region, user_attribute: region}, {field: path, user_attribute: path}]}]",
            "{attributes: {path: x, region: y}}",
            "region is y, or path is x",
        ),
        ("[{any_of: [{grant: finance}, {grant: staff}]}]", "{}", "no row"),
        (
            "[{grant: staff}, {field: region, user_attribute: region}]",
            "{attributes: {region: x}}",
            "no row; region is x",
        ),
        (
            "[{all_of: [{grant: staff}, {field: region, user_attribute: region}]}]",
            "{attributes: {region: x}}",
            "no row",
        ),
        (
            "[{all_of: [{field: path, user_attribute: path}, {field: region, user_attribute: region}]}]",
            "{attributes: {region: x, path: p}}",
            "path is p and region is x",
        ),
        (
            "[{any_of: [{all_of: [{grant: staff}, {field: region, user_attribute: region}]}, {field: path, user_attribute: path}]}]",
            "{groups: [staff], attributes: {path: p}}",
            "path is p",
        ),
        (
            "[{field: region, user_attribute: region}, {field: path, user_attribute: path}]",
            "{attributes: {region: x}}",
            "closed, attribute_missing(path)",
        ),
    ] {
        let ruled = ruled(filters);
        let customers =
            with_scope(&ruled, actor, |scope| described(&ruled, scope).lines().next().unwrap_or_default().to_owned());
        assert_eq!(customers, format!("customers: {expected}"), "{filters} {actor}");
    }
}

#[test]
fn grants_are_questions_about_a_person() {
    let text = "--- model.yaml
connection: x
attributes: {region: {type: string, multiple: true}, clearance: {type: number}}
access_grants:
  a_group: {group: one}
  b_value: {user_attribute: clearance, allowed_values: [2, 3]}
  c_several: {user_attribute: region, allowed_values: [a, b]}
  d_either: {any_of: [{group: one}, {group: two}]}
  e_both: {all_of: [{group: one}, {user_attribute: clearance, allowed_values: [2]}]}
  f_nested: {any_of: [{all_of: [{group: one}, {group: two}]}, {group: three}]}
";
    let names = ["a_group", "b_value", "c_several", "d_either", "e_both", "f_nested"];
    // One view for each grant.
    let views = names.map(|name| {
        format!("--- views/{name}.view.yaml\n{{view: {name}, table: t, required_access_grants: [{name}]}}\n")
    });
    let model = model(&format!("{text}{}", views.concat()));
    for (actor, expected) in [
        ("{}", ""),
        ("{groups: [One]}", ""),
        ("{groups: [one]}", "a_group d_either"),
        ("{groups: [two]}", "d_either"),
        ("{groups: [one, two]}", "a_group d_either f_nested"),
        ("{groups: [three]}", "f_nested"),
        ("{attributes: {clearance: 2}}", "b_value"),
        ("{attributes: {clearance: '2'}}", ""),
        ("{attributes: {clearance: [2, 3]}}", ""),
        ("{attributes: {clearance: 2.00}, groups: [one]}", "a_group b_value d_either e_both"),
        ("{attributes: {region: [c, b]}}", "c_several"),
        ("{attributes: {region: []}}", ""),
    ] {
        let held = with_scope(&model, actor, |scope| {
            let ruled = model.views.iter().filter(|view| matches!(scope.relation(view.id), RelationState::Open(_)));
            let names: Vec<&str> = ruled.map(|view| view.name.as_str()).collect();
            names.join(" ")
        });
        assert_eq!(held, expected, "{actor}");
    }
}

#[test]
fn rules_reach_over_relationships() {
    let text = RULES.replace("access: everyone", "access_filters: [{field: customers.region, user_attribute: region}]");
    // The customers themselves are closed to everyone: a rule reads them raw all the same.
    sees(
        &model(&text),
        "{attributes: {region: EUROPE}}",
        expect![[r#"
        customers: absent, NoRule
          id: hidden, no rule gives access
          region: hidden, no rule gives access
          path: hidden, no rule gives access
          since: hidden, no rule gives access
          clearance: hidden, no rule gives access
        orders: customers.region is EUROPE
        table orders: 1 rules
    "#]],
    );
}

#[test]
fn no_rule_no_access() {
    let text = "--- model.yaml
connection: warehouse
default_access: DEFAULT
access_grants: {staff: {group: staff}}
--- views/ruled.view.yaml
{view: ruled, table: ruled, required_access_grants: [staff], dimensions: {a: {type: string}}}
--- views/plain.view.yaml
{view: plain, table: plain, dimensions: {a: {type: string}}}
--- views/shared.view.yaml
{view: shared, table: ruled, access: everyone, dimensions: {b: {type: string}}}
--- topics/plain.topic.yaml
{topic: plain, base_view: plain, required_access_grants: [staff]}
";
    let table = |name: &str| PhysicalTable { schema: Ident::new("main").unwrap(), name: Ident::new(name).unwrap() };
    let column = Ident::new("unread").unwrap();
    let deny = model(&text.replace("DEFAULT", "deny"));
    sees(
        &deny,
        "{connection_role: querier}",
        expect![[r#"
        plain: absent, NoRule
          a: hidden, no rule gives access
        ruled: absent, NeedsGrant("staff")
          a: hidden, needs the grant staff
        shared: every row
        topic plain: absent, NeedsGrant("staff")
    "#]],
    );
    sees(
        &deny,
        "{groups: [staff], connection_role: modeler}",
        expect![[r#"
        plain: every row
        ruled: every row
        shared: every row
        table plain: 0 rules
        table ruled: 0 rules
        topic plain: every row
    "#]],
    );
    let allow = model(&text.replace("DEFAULT", "allow"));
    sees(
        &allow,
        "{connection_role: restricted_querier}",
        expect![[r#"
        plain: every row
        ruled: absent, NeedsGrant("staff")
          a: hidden, needs the grant staff
        shared: every row
        table plain: 0 rules
        topic plain: absent, NeedsGrant("staff")
    "#]],
    );
    for (model, actor, unmodelled, unread) in [
        (&deny, "{connection_role: querier}", false, false),
        (&deny, "{connection_role: modeler}", true, true),
        (&allow, "{connection_role: restricted_querier}", false, true),
        (&allow, "{connection_role: querier}", true, true),
    ] {
        with_scope(model, actor, |scope| {
            assert_eq!(scope.table(&table("elsewhere")) != TableState::Absent, unmodelled, "{actor}");
            assert_eq!(scope.column(&table("plain"), &column) == ColumnState::Visible, unread, "{actor}");
        });
    }
}

const FIELDS: &str = "--- views/orders.view.yaml
view: orders
table: orders
access: everyone
dimensions:
  customer_id: {type: number}
  customer_balance: {sql: '${customers.balance}'}
measures:
  buyers: {type: number, sql: '${customers.customers}'}
--- views/customers.view.yaml
view: customers
table: customer
primary_key: [id]
access: everyone
dimensions:
  id: {type: number}
  email: {type: string, mask_unless_access_grants: [staff], mask: hash}
  domain: {type: string, sql: \"split_part(${email}, '@', 2)\"}
  raw_domain: {type: string, sql: \"split_part(email, '@', 2)\"}
  email_again: {sql: email}
  email_of_staff: {type: string, sql: email, required_access_grants: [finance]}
  balance: {type: number, required_access_grants: [finance]}
  debt: {type: number, sql: \"0 - ${balance}\"}
  doubled: {type: number, sql: pay * 2}
  doubled_secretly: {type: number, sql: pay * 2, required_access_grants: [finance]}
measures:
  customers: {aggregate_type: count}
  emails: {aggregate_type: count_distinct, sql: '${email}'}
  average_balance: {aggregate_type: average, sql: '${debt}', declassify: {grants: [staff], minimum_group_size: 5, reason: x}}
  highest_balance: {aggregate_type: max, sql: balance}
  rich: {aggregate_type: count, filters: [{field: balance, greater_than: 1000}]}
  ratio: {sql: '${average_balance} / ${customers}'}
  mixed: {sql: '${average_balance} / ${highest_balance}'}
";

#[test]
fn restrictions_are_inherited() {
    let model = model(FIELDS);
    sees(
        &model,
        "{}",
        expect![[r#"
        customers: every row
          email: masked, needs the grant staff
          domain: masked, needs the grant staff
          raw_domain: hidden, needs the grant finance
          email_again: hidden, needs the grant finance
          email_of_staff: hidden, needs the grant finance
          balance: hidden, needs the grant finance
          debt: hidden, needs the grant finance
          doubled_secretly: hidden, needs the grant finance
          emails: masked, needs the grant staff
          average_balance: hidden, needs the grant finance
          highest_balance: hidden, needs the grant finance
          rich: hidden, needs the grant finance
          ratio: hidden, needs the grant finance
          mixed: hidden, needs the grant finance
        orders: every row
          customer_balance: hidden, needs the grant finance
        table customer: 0 rules
          balance: hidden
          email: hidden
          pay: hidden
        table orders: 0 rules
    "#]],
    );
    sees(
        &model,
        "{groups: [staff]}",
        expect![[r#"
        customers: every row
          raw_domain: hidden, needs the grant finance
          email_again: hidden, needs the grant finance
          email_of_staff: hidden, needs the grant finance
          balance: hidden, needs the grant finance
          debt: hidden, needs the grant finance
          doubled_secretly: hidden, needs the grant finance
          highest_balance: hidden, needs the grant finance
          rich: hidden, needs the grant finance
          mixed: hidden, needs the grant finance
        orders: every row
          customer_balance: hidden, needs the grant finance
        table customer: 0 rules
          balance: hidden
          email: hidden
          pay: hidden
        table orders: 0 rules
    "#]],
    );
    sees(
        &model,
        "{attributes: {clearance: 2}}",
        expect![[r#"
        customers: every row
          email: masked, needs the grant staff
          domain: masked, needs the grant staff
          raw_domain: masked, needs the grant staff
          email_again: masked, needs the grant staff
          emails: masked, needs the grant staff
        orders: every row
        table customer: 0 rules
          email: masked by customers.email
        table orders: 0 rules
    "#]],
    );
    sees(
        &model,
        "{groups: [staff], attributes: {clearance: 3}}",
        expect![[r#"
        customers: every row
        orders: every row
        table customer: 0 rules
        table orders: 0 rules
    "#]],
    );
}

#[test]
fn declassification_binds_those_who_need_it() {
    let model = model(FIELDS);
    let average = model.view(model.views_by_name["customers"]).fields_by_name["average_balance"];
    for (actor, binds) in
        [("{}", false), ("{groups: [staff]}", true), ("{groups: [staff], attributes: {clearance: 2}}", false)]
    {
        assert_eq!(with_scope(&model, actor, |scope| scope.declassified(average).is_some()), binds, "{actor}");
    }
}

#[test]
fn fields_of_absent_views_are_hidden() {
    let model = model(&FIELDS.replacen(
        "view: customers\ntable: customer\nprimary_key: [id]\naccess: everyone",
        "view: customers\ntable: customer\nprimary_key: [id]",
        1,
    ));
    let orders = model.view(model.views_by_name["orders"]);
    with_scope(&model, "{attributes: {clearance: 2}}", |scope| {
        for hidden in ["customer_balance", "buyers"] {
            assert!(matches!(scope.field(orders.fields_by_name[hidden]), FieldState::Hidden { .. }), "{hidden}");
        }
        assert_eq!(scope.field(orders.fields_by_name["customer_id"]), FieldState::Visible);
    });
}

#[test]
fn equal_scopes_are_equal_values() {
    let (model, same) = (model(FIELDS), model(FIELDS));
    let hash = |scope: &DataScope<'_>| {
        let mut hasher = DefaultHasher::new();
        scope.hash(&mut hasher);
        hasher.finish()
    };
    with_scope(&model, "{groups: [staff], attributes: {clearance: 2}}", |one| {
        with_scope(&model, "{groups: [staff, others], attributes: {clearance: 2.0}}", |other| {
            assert!(one == other && hash(one) == hash(other))
        });
        with_scope(&model, "{groups: [staff]}", |other| assert!(one != other));
        with_scope(&same, "{groups: [staff], attributes: {clearance: 2}}", |other| assert!(one != other));
    });
}

#[test]
fn topics_add_rules() {
    let text = RULES.replace("view: customers\n", "view: customers\naccess: everyone\n");
    let rule = "access_filters: [{field: customers.region, user_attribute: region, scope: topic}]";
    let topic = "topic: sales\nbase_view: orders\njoins: {customers: {}}\nrequired_access_grants: [staff]";
    let model = model(&format!("{text}--- topics/sales.topic.yaml\n{topic}\n{rule}\n"));
    let sales = |actor: &str| {
        with_scope(&model, actor, |scope| described(&model, scope).lines().last().unwrap_or_default().to_owned())
    };
    assert_eq!(sales("{attributes: {region: EUROPE}}"), "topic sales: absent, NeedsGrant(\"staff\")");
    assert_eq!(sales("{groups: [staff]}"), "topic sales: closed, attribute_missing(region)");
    assert_eq!(sales("{groups: [staff], attributes: {region: EUROPE}}"), "topic sales: customers.region is EUROPE");
}
