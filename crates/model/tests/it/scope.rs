//! What of a model one person may read.
use crate::fixture::{files, model};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    fmt::Write,
    hash::{DefaultHasher, Hash, Hasher},
};
use tessera_model::{
    CheckedModel, DataScope,
    checked::Matching,
    file::{ActorFile, check},
    scope::{ColumnState, FieldState, Person, RelationState, RowRule, TableState, rule_text},
};
use tessera_sql::tree::{Ident, PhysicalTable};

/// With the attributes and groups of `actor`, as in ACTOR.yaml; a connection role decides on the abilities.
fn with_scope<T>(model: &CheckedModel, actor: &str, read: impl FnOnce(&DataScope<'_>) -> T) -> T {
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
        assert!(matches!(scope.field(orders.fields_by_name["customer_balance"]), FieldState::Hidden { .. }));
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

/// A rule over the fields `region` and `path`.
fn rule() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (prop::sample::select(vec!["region", "path"]), prop::sample::select(vec!["regions", "paths"]), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(field, attribute, prefix, null, all)| {
                let matching = if prefix { "starts_with" } else { "equals" };
                let unfiltered = if all { "[ab]" } else { "[]" };
                format!("{{field: {field}, user_attribute: {attribute}, match: {matching}, include_null: {null}, values_for_unfiltered: {unfiltered}}}")
            }
        ),
        prop::sample::select(vec!["{grant: g}", "{grant: h}", "{grant: i}"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        (prop::collection::vec(inner, 1..3), any::<bool>())
            .prop_map(|(items, any)| format!("{{{}: [{}]}}", if any { "any_of" } else { "all_of" }, items.join(", ")))
    })
}

fn grants() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["g", "h", "i", "g | h", "h | i"]), 1..3)
        .prop_map(|names| format!("[{}]", names.join(", ")))
}

/// A model with one view, and what a person has.
fn world() -> impl Strategy<Value = (String, BTreeMap<&'static str, Vec<&'static str>>, Vec<&'static str>)> {
    let values = || prop::collection::vec(prop::sample::select(vec!["a", "ab", "b", ""]), 0..3);
    let file = (
        prop::collection::vec(rule(), 0..3),
        prop::option::of(grants()),
        prop::option::of(grants()),
        grants(),
        prop::option::of(grants()),
    )
        .prop_map(|(rules, view, hidden, masked, declassified)| {
            let mut text = "--- model.yaml
connection: x
attributes: {regions: {type: string, multiple: true}, paths: {type: string, multiple: true}}
access_grants:
  g: {group: one}
  h: {any_of: [{group: two}, {user_attribute: regions, allowed_values: [a, b]}]}
  i: {all_of: [{group: one}, {user_attribute: paths, allowed_values: [ab]}]}
--- views/v.view.yaml
view: v
table: t
primary_key: [id]
"
            .to_owned();
            if !rules.is_empty() {
                writeln!(text, "access_filters: [{}]", rules.join(", ")).unwrap();
            }
            if let Some(view) = view {
                writeln!(text, "required_access_grants: {view}").unwrap();
            }
            let hidden = hidden.map(|grants| format!(", required_access_grants: {grants}")).unwrap_or_default();
            let declassify = declassified
                .map(|grants| format!(", declassify: {{grants: {grants}, minimum_group_size: 2, reason: x}}"))
                .unwrap_or_default();
            write!(
                text,
                "dimensions:
  id: {{type: number}}
  region: {{type: string{hidden}}}
  path: {{type: string, mask_unless_access_grants: {masked}}}
  both: {{sql: \"${{region}} || ${{path}}\"}}
  raw: {{type: string, sql: upper(path)}}
measures:
  m: {{aggregate_type: count_distinct, sql: '${{both}}'{declassify}}}
  n: {{sql: '${{m}} * 2'}}
"
            )
            .unwrap();
            text
        });
    let attributes = prop::collection::btree_map(prop::sample::select(vec!["regions", "paths"]), values(), 0..3);
    (file, attributes, prop::collection::vec(prop::sample::select(vec!["one", "two"]), 0..3))
}

fn holds(rule: &RowRule, model: &CheckedModel, row: &BTreeMap<&str, Option<&str>>) -> bool {
    match rule {
        RowRule::Test { field, matching, values, include_null, .. } => {
            match row[model.field(field.field).name.as_str()] {
                None => *include_null,
                Some(cell) => values.iter().any(|value| match matching {
                    Matching::Equals => cell == value.to_string(),
                    Matching::StartsWith => cell.starts_with(&value.to_string()),
                }),
            }
        }
        RowRule::Any(rules) => rules.iter().any(|rule| holds(rule, model, row)),
        RowRule::All(rules) => rules.iter().all(|rule| holds(rule, model, row)),
        RowRule::Never { .. } => false,
    }
}

/// For every row and field: how much of it is visible.
fn visible(model: &CheckedModel, attributes: &BTreeMap<&str, Vec<&str>>, groups: &[&str]) -> Vec<u8> {
    with_scope(model, &format!("{{attributes: {attributes:?}, groups: {groups:?}}}"), |scope| {
        let cells = [None, Some("a"), Some("ab"), Some("b"), Some("c")];
        let rows = cells
            .iter()
            .flat_map(|region| cells.iter().map(move |path| BTreeMap::from([("region", *region), ("path", *path)])));
        let view = model.views_by_name["v"];
        let of_rows = rows.map(|row| match scope.relation(view) {
            RelationState::Open(rules) => u8::from(rules.0.iter().all(|rule| holds(rule, model, &row))),
            RelationState::Absent(_) | RelationState::Closed(_) => 0,
        });
        let of_fields = model.fields.iter().map(|field| match scope.field(field.id) {
            FieldState::Visible => 2,
            FieldState::Masked { .. } => 1,
            FieldState::Hidden { .. } => 0,
        });
        let table = model.views_by_table.keys().next().unwrap();
        let of_columns = model.view(view).columns.keys().map(|column| match scope.column(table, column) {
            ColumnState::Visible => 2,
            ColumnState::Masked { .. } => 1,
            ColumnState::Hidden => 0,
        });
        of_rows.chain(of_fields).chain(of_columns).collect()
    })
}

proptest! {
    /// INVARIANT: whoever loses a group or a value sees nothing more.
    #[test]
    fn less_of_a_person_never_shows_more((text, attributes, groups) in world()) {
        let model = check(&files(&text), None).unwrap_or_else(|problems| panic!("{text}\n{}", crate::fixture::report(&problems)));
        let before = visible(&model, &attributes, &groups);
        let shows_no_more = |attributes: &BTreeMap<&str, Vec<&str>>, groups: &[&str]| {
            let after = visible(&model, attributes, groups);
            assert!(after.iter().zip(&before).all(|(after, before)| after <= before), "{text}\n{attributes:?} {groups:?}\n{before:?}\n{after:?}");
        };
        for index in 0..groups.len() {
            let mut fewer = groups.clone();
            fewer.remove(index);
            shows_no_more(&attributes, &fewer);
        }
        for (name, values) in &attributes {
            let mut fewer = attributes.clone();
            fewer.remove(name);
            shows_no_more(&fewer, &groups);
            for index in 0..values.len() {
                let mut shorter = attributes.clone();
                shorter.get_mut(name).unwrap().remove(index);
                shows_no_more(&shorter, &groups);
            }
        }
    }
}
