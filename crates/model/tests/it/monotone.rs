//! INVARIANT: whoever loses a group or a value of an attribute sees nothing more.
use crate::fixture::{files, report};
use crate::scope::with_scope;
use proptest::prelude::*;
use std::{collections::BTreeMap, fmt::Write};
use tessera_model::{
    CheckedModel,
    checked::Matching,
    file::check,
    scope::{ColumnState, FieldState, RelationState, RowRule},
};

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
    #[test]
    fn less_of_a_person_never_shows_more((text, attributes, groups) in world()) {
        let model = check(&files(&text), None).unwrap_or_else(|problems| panic!("{text}\n{}", report(&problems)));
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
