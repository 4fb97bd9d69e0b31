//! The pure crates decide, and touch nothing: no runtime, no database, no network, no clock, no randomness.
use serde_json::Value;
use std::process::Command;

/// In the order of the way of a request: each may use those before it.
const PURE: [&str; 5] = ["tessera-base", "tessera-access", "tessera-sql", "tessera-model", "tessera-query"];

/// What else they may depend on, and with which features. A new line is a change of design; its commit says why.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("bigdecimal", &["std"]),
    // Without `now` and `clock`.
    ("chrono", &["std"]),
    ("chrono-tz", &["std"]),
    ("saphyr-parser", &["default"]),
    ("serde", &["default", "derive"]),
    ("serde_json", &["default", "arbitrary_precision", "raw_value"]),
    ("sha2", &["default"]),
    ("sqlparser", &["default", "recursive-protection", "visitor"]),
    ("thiserror", &["default"]),
    // Which names look alike: the tables of the Unicode consortium.
    ("unicode-security", &["default"]),
    // Without the versions that draw random bits or read the time.
    ("uuid", &["std"]),
];

#[test]
fn pure_crates_depend_on_what_is_pure() {
    let packages = packages();
    for (position, name) in PURE.into_iter().enumerate() {
        let package = packages.iter().find(|package| package["name"] == name).unwrap();
        for dependency in
            package["dependencies"].as_array().unwrap().iter().filter(|dependency| dependency["kind"] != "dev")
        {
            let wanted = dependency["name"].as_str().unwrap();
            if PURE[..position].contains(&wanted) {
                continue;
            }
            let Some((_, allowed)) = ALLOWED.iter().find(|(allowed, _)| *allowed == wanted) else {
                panic!("{name} depends on {wanted}, which is neither a pure crate before it nor in the list");
            };
            for feature in features(dependency) {
                assert!(
                    allowed.contains(&feature),
                    "{name} asks {wanted} for the feature {feature}, which is not in the list"
                );
            }
        }
    }
}

fn features(dependency: &Value) -> Vec<&str> {
    let default = (dependency["uses_default_features"] == true).then_some("default");
    dependency["features"].as_array().unwrap().iter().map(|feature| feature.as_str().unwrap()).chain(default).collect()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}
