use super::*;
use std::collections::BTreeSet;

#[test]
fn a_name_is_in_a_list_once() {
    for list in [scalar::ALL, aggregate::ALL, window::ALL, table::ALL] {
        let mut seen = BTreeSet::new();
        for function in list {
            for name in [function.name].iter().chain(function.aliases) {
                assert!(seen.insert(*name), "`{name}` twice");
            }
        }
    }
}

#[test]
fn what_reads_or_reveals_is_unknown() {
    for name in [
        "version",
        "input_file_name",
        "file_row_index",
        "arrow_metadata",
        "arrow_field",
        "with_metadata",
        "read_csv",
        "current_setting",
        "pg_read_file",
        "dblink",
        "getenv",
        "query_table",
        "pg_sleep",
        "tessera_mask_hash",
        "LOWER",
        "",
    ] {
        for find in [scalar, aggregate, window, table] {
            assert!(find(name).is_none(), "{name}");
        }
    }
}

#[test]
fn what_makes_size_is_bounded() {
    for name in ["repeat", "lpad", "rpad", "array_repeat", "list_repeat", "array_resize", "range", "generate_series"] {
        assert!(!scalar(name).unwrap().size_arguments.is_empty(), "{name}");
    }
    for name in ["range", "generate_series"] {
        assert!(!table(name).unwrap().size_arguments.is_empty(), "{name}");
    }
}

#[test]
fn an_alias_is_the_same_function() {
    assert_eq!(scalar("length"), scalar("character_length"));
    assert_eq!(aggregate("mean"), Some(avg()));
    assert!(all().count() > 200);
    assert!(all().all(|function| function != mask_hash()));
}

#[test]
fn a_known_literal_makes_a_call_total() {
    let literal = |text: &'static str| move |position: usize| (position == 0).then_some(text);
    let date_part = date_part();
    assert_eq!(date_part.totality_of_call(literal("YEAR")), Totality::Total);
    assert_eq!(date_part.totality_of_call(literal("nonsense")), Totality::Partial);
    assert_eq!(date_part.totality_of_call(|_| None), Totality::Partial);
    assert_eq!(lower().totality_of_call(|_| None), Totality::Total);
}
