//! Models that let through a little more than their author wrote: each lacks one rule. A set of policy tests is good when
//! none of them passes it.
use crate::model_edit::{Path, Step, declare_everybody, find, key, met_by_everybody, node, open, remove, text};
use tessera_model::file::{ModelFiles, Node, NodeKind, Place};

/// A model without one of its rules.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Where the rule stands.
    pub at: Place,
    /// What is missing: `view customers without its access filter on region`.
    pub what: String,
    pub files: ModelFiles,
}

/// One mutant for each requirement, access filter and mask, for each minimum group size, and for each grant given to
/// everyone. What does not read as YAML has none; the check of the model tells.
pub fn mutants(files: &ModelFiles) -> Vec<Mutant> {
    let mut found = Vec::new();
    for (path, bytes) in files {
        let Ok(root) = Node::from_yaml(path, bytes) else { continue };
        let rules = match path.split('/').next() {
            Some("model.yaml") => rules_of_model(&root),
            Some("views") => rules_of_view(&root),
            Some("topics") => rules_of_root(&root, "topic"),
            _ => Vec::new(),
        };
        for rule in rules {
            let mut changed = root.clone();
            rule.change.apply(&mut changed);
            // A view that lost its last rule would be closed by default; the mutant is one that anybody may read.
            let opens = is_ruled(&root) && !is_ruled(&changed);
            if opens {
                open(&mut changed);
            }
            let mut mutated = files.clone();
            mutated.insert(path.clone(), text(&changed).into_bytes());
            if opens && root.get("definer_rights").is_some() {
                declare_everybody(&mut mutated);
            }
            found.push(Mutant { at: rule.at, what: rule.what, files: mutated });
        }
    }
    found
}

/// A rule that can be taken away.
struct Rule {
    at: Place,
    what: String,
    change: Change,
}

enum Change {
    Remove(Vec<Path>),
    Replace(Path, Node),
}

fn rules_of_model(root: &Node) -> Vec<Rule> {
    let grants = root.get("access_grants").and_then(Node::as_map).unwrap_or_default();
    grants
        .iter()
        .map(|(name, _)| Rule {
            at: name.at.clone(),
            what: format!("grant {name} given to everyone"),
            change: Change::Replace(vec![key("access_grants"), key(name)], met_by_everybody()),
        })
        .collect()
}

fn rules_of_view(root: &Node) -> Vec<Rule> {
    let mut rules = rules_of_root(root, "view");
    let view = root.get("view").and_then(Node::as_str).unwrap_or_default();
    for group in ["dimensions", "measures"] {
        for (name, field) in root.get(group).and_then(Node::as_map).unwrap_or_default() {
            let above = vec![key(group), key(name)];
            rules.extend(rules_of_field(field, &format!("field {view}.{name}"), &above));
        }
    }
    rules
}

fn rules_of_root(root: &Node, kind: &str) -> Vec<Rule> {
    let owner = format!("{kind} {}", root.get(kind).and_then(Node::as_str).unwrap_or_default());
    let mut rules = items(root, &owner, "required_access_grants", &[], |item| {
        format!("the grant {}", item.as_str().unwrap_or_default())
    });
    rules.extend(items(root, &owner, "access_filters", &[], filter_words));
    rules
}

fn filter_words(filter: &Node) -> String {
    match filter.get("field").and_then(Node::as_str) {
        Some(field) => format!("its access filter on {field}"),
        None => "one of its access filters".to_owned(),
    }
}

fn rules_of_field(field: &Node, owner: &str, above: &[Step]) -> Vec<Rule> {
    let mut rules = items(field, owner, "required_access_grants", above, |item| {
        format!("the grant {}", item.as_str().unwrap_or_default())
    });
    let below = |name: &str| [above, &[key(name)]].concat();
    if let Some(unless) = field.get("mask_unless_access_grants") {
        let change = Change::Remove(vec![below("mask_unless_access_grants"), below("mask")]);
        rules.push(Rule { at: unless.at.clone(), what: format!("{owner} without its mask"), change });
    } else if let Some(mask) = field.get("mask") {
        rules.push(Rule {
            at: mask.at.clone(),
            what: format!("{owner} without its mask"),
            change: Change::Remove(vec![below("mask")]),
        });
    }
    if let Some(size) = field.get("declassify").and_then(|declassify| declassify.get("minimum_group_size")) {
        let path = [above, &[key("declassify"), key("minimum_group_size")]].concat();
        let change = Change::Replace(path, node(NodeKind::Number(1.into())));
        rules.push(Rule { at: size.at.clone(), what: format!("{owner} without its minimum group size"), change });
    }
    rules
}

/// Each item of a list of rules.
fn items(node: &Node, owner: &str, list: &str, above: &[Step], words: impl Fn(&Node) -> String) -> Vec<Rule> {
    let items = node.get(list).and_then(Node::as_list).unwrap_or_default();
    items
        .iter()
        .enumerate()
        .map(|(index, item)| Rule {
            at: item.at.clone(),
            what: format!("{owner} without {}", words(item)),
            change: Change::Remove(vec![[above, &[key(list), Step::Index(index)]].concat()]),
        })
        .collect()
}

impl Change {
    fn apply(&self, root: &mut Node) {
        match self {
            Self::Remove(paths) => paths.iter().for_each(|path| remove(root, path)),
            Self::Replace(path, replacement) => {
                if let Some(node) = find(root, path) {
                    *node = replacement.clone();
                }
            }
        }
    }
}

fn is_ruled(root: &Node) -> bool {
    let rules = ["required_access_grants", "access_filters"];
    root.get("view").is_some() && rules.iter().any(|rule| root.get(rule).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: &str = "
view: customers
table: customer
access_filters:
  - {field: region, user_attribute: region}
  - any_of: [{field: owner, user_attribute: user_id}, {grant: finance}]
dimensions:
  phone: {type: string, mask_unless_access_grants: [pii], mask: last4}
  balance: {type: number, required_access_grants: [finance, sales]}
measures:
  average: {aggregate_type: average, declassify: {grants: [management], minimum_group_size: 5, reason: x}}
";

    fn mutants_of(path: &str, text: &str) -> Vec<(String, String)> {
        let files = ModelFiles::from([(path.to_owned(), text.as_bytes().to_vec())]);
        let words = |mutant: &Mutant| format!("{}:{} {}", mutant.at.line, mutant.at.column, mutant.what);
        mutants(&files)
            .iter()
            .map(|mutant| (words(mutant), String::from_utf8(mutant.files[path].clone()).unwrap()))
            .collect()
    }

    #[test]
    fn every_rule_of_a_view_is_taken_away_once() {
        let mutants = mutants_of("views/customers.view.yaml", VIEW);
        let words: Vec<&str> = mutants.iter().map(|(words, _)| words.as_str()).collect();
        expect_test::expect![[r#"
            [
                "5:5 view customers without its access filter on region",
                "6:5 view customers without one of its access filters",
                "8:52 field customers.phone without its mask",
                "9:52 field customers.balance without the grant finance",
                "9:61 field customers.balance without the grant sales",
                "11:93 field customers.average without its minimum group size",
            ]
        "#]]
        .assert_debug_eq(&words);
        assert!(!mutants[0].1.contains(r#""region""#) && mutants[0].1.contains("any_of"), "{}", mutants[0].1);
        assert!(!mutants[2].1.contains("mask"), "{}", mutants[2].1);
        assert!(mutants[3].1.contains(r#"["sales"]"#), "{}", mutants[3].1);
        assert!(mutants[5].1.contains(r#""minimum_group_size": 1"#), "{}", mutants[5].1);
    }

    #[test]
    fn a_view_without_its_last_rule_is_open() {
        let mutants = mutants_of("views/a.view.yaml", "view: a\nrequired_access_grants: [staff]\n");
        assert_eq!(mutants[0].1, r#"{"view": "a", "access": "everyone"}"#);
    }

    #[test]
    fn a_grant_can_be_given_to_everyone() {
        let mutants = mutants_of("model.yaml", "connection: c\naccess_grants: {staff: {group: staff}}\n");
        assert_eq!(mutants[0].0, "2:17 grant staff given to everyone");
        assert!(
            mutants[0].1.contains(r#""user_attribute": "is_org_admin", "allowed_values": [true, false]"#),
            "{}",
            mutants[0].1
        );
    }
}
