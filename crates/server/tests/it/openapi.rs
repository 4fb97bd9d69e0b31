//! The API's description is committed, so that a change of the API is a diff of it.
use expect_test::expect_file;

#[test]
fn the_description_is_the_committed_one() {
    let described = serde_json::to_string_pretty(&tessera_api::openapi()).unwrap();
    expect_file!["../../../../docs/openapi.json"].assert_eq(&format!("{described}\n"));
}
