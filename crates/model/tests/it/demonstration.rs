//! The demonstration models check cleanly, and say of its people what the documentation says.
use std::{collections::BTreeSet, path::Path};
use tessera_access::Attributes;
use tessera_model::{
    CheckedModel, DataScope,
    file::{ActorFile, ModelFiles, check, policy_tests},
    scope::{Absence, Closure, FieldState, Person, RelationState, TableState, rule_text},
};

fn demonstration(name: &str) -> ModelFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(name);
    let mut files = ModelFiles::new();
    for folder in ["", "views", "topics", "tests"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let relative = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(relative, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn model(name: &str) -> CheckedModel {
    check(&demonstration(name), None).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(|problem| format!("{problem} ({:?})", problem.help)).collect();
        panic!("{}", lines.join("\n"))
    })
}

#[test]
fn the_models_check() {
    let acme = model("acme");
    assert_eq!((acme.views.len(), acme.topics.len(), acme.relationships.len()), (8, 4, 10));
    assert_eq!(model("globex").views.len(), 3);
}

#[test]
fn the_policy_tests_are_read() {
    for name in ["acme", "globex"] {
        let files = demonstration(name);
        let count = files.keys().filter(|path| path.starts_with("tests/")).count();
        assert_eq!(policy_tests(&files).unwrap().len(), count);
        assert!(count > 0);
    }
}

#[test]
fn rita_sees_what_she_should() {
    let model = model("acme");
    let actor = ActorFile::from_yaml(
        "rita.yaml",
        b"{attributes: {region: [ASIA, AMERICA], department: Sales, clearance: 1}, groups: [management], connection_role: restricted_querier}",
    )
    .unwrap();
    let attributes = actor.attributes();
    let person =
        Person { attributes: &attributes, groups: &actor.groups, can_query_all_views: false, develops_policies: false };
    let scope = DataScope::resolve(&model, person);
    let field = |view: &str, field: &str| scope.field(model.view(model.views_by_name[view]).fields_by_name[field]);
    let rules = |view: &str| match scope.relation(model.views_by_name[view]) {
        RelationState::Open(rules) => rules.0.iter().map(|rule| rule_text(&model, rule)).collect::<Vec<_>>().join("; "),
        other => panic!("{view}: {other:?}"),
    };
    assert_eq!(rules("customers"), "region is AMERICA or ASIA");
    assert_eq!(rules("order_items"), "customers.region is AMERICA or ASIA");
    assert_eq!(rules("parts"), "");
    assert_eq!(field("customers", "phone"), FieldState::Masked { because: "needs the grant sees_pii".into() });
    for hidden in ["balance", "in_debt", "total_balance", "customers_in_debt", "share_in_debt"] {
        assert_eq!(
            field("customers", hidden),
            FieldState::Hidden { because: "needs the grant finance".into() },
            "{hidden}"
        );
    }
    assert_eq!(field("customers", "average_balance"), FieldState::Visible);
    let average = model.view(model.views_by_name["customers"]).fields_by_name["average_balance"];
    assert_eq!(scope.declassified(average).unwrap().minimum_group_size, 5);
    assert_eq!(field("order_items", "is_local_supply"), FieldState::Visible);
}

#[test]
fn without_attributes_customers_are_closed_and_globex_is_open() {
    let (attributes, groups) = (Attributes::default(), BTreeSet::new());
    let person =
        Person { attributes: &attributes, groups: &groups, can_query_all_views: true, develops_policies: false };
    let acme = model("acme");
    let scope = DataScope::resolve(&acme, person);
    let closed = RelationState::Closed(Closure::AttributeMissing("region".into()));
    assert_eq!(scope.relation(acme.views_by_name["customers"]), &closed);
    for view in &acme.views {
        assert_ne!(scope.relation(view.id), &RelationState::Absent(Absence::NoRule), "{}", view.name);
    }
    let globex = model("globex");
    let scope = DataScope::resolve(&globex, person);
    for table in globex.views_by_table.keys() {
        assert_eq!(scope.table(table), TableState::Open { rules: vec![] });
    }
}
