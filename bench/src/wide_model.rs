//! A model of 200 views with 25 fields each, in the shape that rules have in a grown company: own columns, columns across
//! relationships, grants, masks, and fields computed from fields.
use std::fmt::Write as _;
use tessera_model::file::ModelFiles;

pub(crate) const VIEWS: usize = 200;
pub(crate) const FIELDS_PER_VIEW: usize = 25;

/// Every view hangs on one before it, so that the longest path has three hops.
const CHILDREN: usize = 10;

pub(crate) fn files() -> ModelFiles {
    let mut files = ModelFiles::new();
    files.insert("model.yaml".to_owned(), model().into_bytes());
    for index in 0..VIEWS {
        files.insert(format!("views/v{index}.view.yaml"), view(index).into_bytes());
    }
    files
}

fn parent(index: usize) -> Option<usize> {
    (index > 0).then(|| (index - 1) / CHILDREN)
}

fn model() -> String {
    let mut text = String::from(
        "connection: warehouse
attributes:
  region: {type: string, multiple: true}
  department: {type: string}
  clearance: {type: number}
access_grants:
  finance: {user_attribute: department, allowed_values: [Finance, Controlling]}
  sees_pii: {any_of: [{group: data_protection}, {user_attribute: clearance, allowed_values: [2, 3]}]}
  stewards: {group: stewards}
relationships:
",
    );
    for index in 1..VIEWS {
        let parent = parent(index).unwrap_or_default();
        let _ = writeln!(
            text,
            "  - {{from: v{index}, to: v{parent}, on: \"${{v{index}.parent_id}} = ${{v{parent}.id}}\", type: many_to_one}}"
        );
    }
    text
}

fn view(index: usize) -> String {
    // A third of the views have the rule on a column of their own, a third reach for it, a third are open to a grant.
    let rule = match (index % 3, parent(index)) {
        (0, _) | (_, None) => "access_filters: [{field: region, user_attribute: region}]".to_owned(),
        (1, Some(parent)) => format!(
            "access_filters: [{{any_of: [{{field: v{parent}.region, user_attribute: region}}, {{grant: stewards}}]}}]"
        ),
        _ => "required_access_grants: [finance | stewards]".to_owned(),
    };
    let mut text = format!(
        "view: v{index}
table: main.t{index}
primary_key: [id]
{rule}
dimensions:
  id: {{type: number, sql: id}}
  parent_id: {{type: number, sql: parent_id}}
  region: {{type: string, sql: region}}
  email: {{type: string, sql: email, mask_unless_access_grants: [sees_pii], mask: hash}}
  domain: {{type: string, sql: \"${{email}} || '.'\"}}
  price: {{type: number, sql: price, required_access_grants: [finance]}}
  net_price: {{type: number, sql: \"${{price}} * 0.8\"}}
"
    );
    for number in 0..13 {
        let _ = writeln!(text, "  column_{number}: {{type: string, sql: column_{number}}}");
    }
    text.push_str(
        "measures:
  rows: {aggregate_type: count}
  value: {aggregate_type: sum, sql: \"${price}\"}
  net_value: {aggregate_type: sum, sql: \"${net_price}\"}
  addresses: {aggregate_type: count_distinct, sql: \"${email}\"}
  value_of_a_row: {type: number, sql: \"${value} / ${rows}\"}
",
    );
    text
}
