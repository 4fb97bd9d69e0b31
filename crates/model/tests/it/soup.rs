//! Whatever is read, nothing panics.
use crate::fixture::files;
use proptest::prelude::*;
use tessera_model::{
    file::{ActorFile, Node, check, policy_tests},
    request::FieldQuery,
};

/// Pieces of model files, in any order and depth.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "view: v", "table: t", "dimensions:", "measures:", "a: {type: string}", "b: {sql: '${a}'}", "c: {type: number, sql: \"${b} + ${d}\"}",
            "n: {aggregate_type: sum, sql: '${c}'}", "primary_key: [a]", "access_filters:", "- {field: a, user_attribute: region}", "any_of: []",
            "topic: s", "base_view: v", "joins: {w: {view: v}}", "fields: ['-v.a', 'tag:x']", "connection: x", "attributes: {region: {type: string}}",
            "access_grants: {g: {any_of: [{group: h}]}}", "relationships: [{from: v, to: v, on: '${v.a} = ${v.a}', type: one_to_one}]",
            "required_access_grants: [g | h]", "mask: {constant: 1}", "during: last 3 days", "test: x", "as: {groups: [x]}", "expect: {row_count: 1}",
            "query: {topic: s, fields: [v.a]}", "&a", "*a", "<<:", "!!int", "---", "? x", "|", ">-", "0x1F", ".5e3", "'", "\"", "{", "}", "[", "]", ":", ",",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ];
    let separator = prop::sample::select(vec!["\n", "\n  ", "\n    ", " ", "\t", ""]);
    prop::collection::vec((piece, separator), 0..30)
        .prop_map(|parts| parts.into_iter().map(|(piece, separator)| piece + separator).collect())
}

proptest! {
    #[test]
    fn model_files(model in pieces(), view in pieces(), topic in pieces(), given in any::<bool>()) {
        let mut all = files("");
        if given {
            all.insert("model.yaml".into(), model.clone().into_bytes());
        }
        all.insert("views/v.view.yaml".into(), format!("view: v\ntable: t\n{view}").into_bytes());
        all.insert("topics/s.topic.yaml".into(), format!("topic: s\nbase_view: v\n{topic}").into_bytes());
        all.insert("tests/a.test.yaml".into(), topic.into_bytes());
        let _ = check(&all, None);
        let _ = policy_tests(&all);
        let _ = ActorFile::from_yaml("actor.yaml", model.as_bytes());
    }

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Node::from_yaml("x.yaml", &bytes);
        let _ = Node::from_json(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn json(text in r#"([\[\]{}:,]|"(topic|view|fields|filters|a\.b|is|field|during|\$serde_json::private::Number)"|[0-9]{1,3}|1e9999|null|true){0,40}"#) {
        if let Ok(node) = Node::from_json(&text) {
            let _ = FieldQuery::parse(&node);
        }
    }
}
