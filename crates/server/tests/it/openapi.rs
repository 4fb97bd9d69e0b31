//! The API's description is committed, so that a change of the API is a diff of it.
use expect_test::expect_file;
use serde_json::Value;
use tessera_access::{ActionKind, ResourceKind, alternatives};

#[test]
fn the_description_is_the_committed_one() {
    let described = serde_json::to_string_pretty(&tessera_api::openapi()).unwrap();
    expect_file!["../../../../docs/openapi.json"].assert_eq(&format!("{described}\n"));
}

/// Only what has several forms can lack the one that is asked for.
#[test]
fn what_has_several_forms_says_that_it_may_lack_one() {
    let document = serde_json::to_value(tessera_api::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let mut several = 0;
    for operation in paths.flat_map(|item| item.as_object().unwrap().values()) {
        let Some(name) = operation["operationId"].as_str() else { continue };
        let forms = operation["responses"]["200"]["content"].as_object().map_or(0, |forms| forms.len());
        assert_eq!(operation["responses"].get("406").is_some(), forms > 1, "{name}");
        several += usize::from(forms > 1);
    }
    assert_eq!(several, 2);
}

#[test]
fn what_may_be_asked_for_on_a_connection_is_said() {
    let document: Value = serde_json::to_value(tessera_api::openapi()).unwrap();
    let action = &document["components"]["schemas"]["RequestForAccess"]["properties"]["action"]["description"];
    let of_model = ActionKind::ALL.iter().filter(|action| !alternatives(ResourceKind::Model, **action).is_empty());
    for one in of_model.filter(|action| **action != ActionKind::View) {
        assert!(action.as_str().unwrap().contains(&format!("`{}`", one.name())), "{}: {action}", one.name());
    }
}
