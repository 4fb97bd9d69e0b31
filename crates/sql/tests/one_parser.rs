//! The grammar that checks a statement is the one that plans it.
use std::{fs, path::Path};

/// DataFusion takes the tree that this crate has checked, so there can be only one version of the parser, and it is the one
/// that DataFusion was built with.
#[test]
fn there_is_one_sqlparser() {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock")).unwrap();
    let packages: Vec<&str> = lock.split("[[package]]").collect();
    let parsers = packages.iter().filter(|package| package.contains("name = \"sqlparser\"\n")).count();
    assert_eq!(parsers, 1, "two versions of sqlparser in Cargo.lock");
    let planner = packages
        .iter()
        .find(|package| package.contains("name = \"datafusion-sql\"\n"))
        .expect("datafusion-sql in Cargo.lock");
    assert!(planner.contains(" \"sqlparser\","), "datafusion-sql depends on another sqlparser");
}
