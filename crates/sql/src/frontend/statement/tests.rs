use super::*;
use crate::functions;
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn tables(sql: &str) -> Vec<String> {
    let statement = check_statement(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    statement.tables.iter().map(|table| format!("{}.{}", table.schema_or_main(), table.name)).collect()
}

#[test]
fn what_a_statement_names_is_reported_with_its_place() {
    let statement =
        check_statement("SELECT t.A, \"B\", *\nFROM T AS t, Other.u\nWHERE random() < 0.5 AND 'x' = now()").unwrap();
    let places: Vec<_> = statement.tables.iter().map(|table| (table.name.as_str(), table.position)).collect();
    assert_eq!(places, [("t", Some((2, 6))), ("u", Some((2, 14)))]);
    assert_eq!(statement.columns, [("a".to_owned(), Some((1, 10))), ("B".to_owned(), Some((1, 13)))]);
    assert_eq!(statement.functions, BTreeSet::from(["now", "random"]));
    assert_eq!(statement.volatile, BTreeSet::from(["now", "random"]));
    assert_eq!(statement.literals, 2);
    assert!(statement.has_wildcard);
    assert!(!check_statement("SELECT count(*) FROM t").unwrap().has_wildcard);
}

#[test]
fn a_refusal_says_where() {
    for (sql, position) in [
        ("SELECT 1,\n  version()", (2, 3)),
        ("SELECT a FROM t WHERE a -> 'x' = 1", (1, 28)),
        ("SELECT 1; DROP TABLE t", (1, 11)),
        ("SELECT a b c FROM t", (1, 12)),
        ("SELECT repeat('x',\n99999)", (2, 1)),
        ("SELECT * FROM a.b.c", (1, 15)),
    ] {
        assert_eq!(check_statement(sql).unwrap_err().position, Some(position), "{sql}");
    }
}

#[test]
fn kinds() {
    for (sql, kind) in [
        ("SELECT", StatementErrorKind::Syntax),
        ("DROP TABLE t", StatementErrorKind::Syntax),
        ("SELECT version()", StatementErrorKind::Refused),
        ("SELECT * FROM t FOR UPDATE", StatementErrorKind::Refused),
        ("SELECT repeat('x', 100000)", StatementErrorKind::TooLarge),
    ] {
        assert_eq!(check_statement(sql).unwrap_err().kind, kind, "{sql}");
    }
}

#[test]
fn a_name_is_looked_up_as_the_engine_does() {
    assert_eq!(
        tables(
            "WITH RECURSIVE a AS (SELECT * FROM a UNION ALL SELECT * FROM a), b AS (SELECT * FROM a) SELECT * FROM b, A"
        ),
        ["main.a"]
    );
    assert_eq!(tables("SELECT * FROM Main.T"), ["main.t"]);
}

/// Every word of the grammar, repeated and nested, as the start of an expression, of a relation and of a type.
#[test]
fn no_word_makes_the_parser_slow_or_deep() {
    let mut slow = Vec::new();
    let mut check = |before: &str, unit: &str, times: usize| {
        let started = Instant::now();
        let _ = check_statement(&format!("{before}{}", unit.repeat(times)));
        if started.elapsed() > Duration::from_millis(1_000) {
            slow.push(format!("`{before}{unit}` {times} times: {:?}", started.elapsed()));
        }
    };
    for word in sqlparser::keywords::ALL_KEYWORDS {
        for before in ["SELECT ", "SELECT * FROM ", "SELECT a::", "SELECT a "] {
            check(before, &format!("{word} "), 490);
        }
        for before in ["SELECT ", "SELECT * FROM "] {
            for after in ["(", " a(", "<", "[", " - "] {
                check(before, &format!("{word}{after}"), 20);
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

fn fragment() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "SELECT",
        "FROM",
        "WHERE",
        "t",
        "u",
        "a",
        "*",
        "(",
        ")",
        ",",
        "'x'",
        "1",
        "+",
        "-",
        "AND",
        "OR",
        "NOT",
        "IN",
        "CASE",
        "WHEN",
        "THEN",
        "END",
        "WITH",
        "AS",
        "UNION",
        "ALL",
        "JOIN",
        "ON",
        "USING",
        "LATERAL",
        "VALUES",
        "OVER",
        "PARTITION BY",
        "ORDER BY",
        "GROUP BY",
        "ROLLUP",
        "HAVING",
        "LIMIT",
        "CAST",
        "::",
        "int",
        "ARRAY",
        "[",
        "]",
        "{",
        "}",
        "INTERVAL",
        "EXISTS",
        "sum",
        "lower",
        "version",
        "count(*)",
        "--\n",
        "/*",
        "*/",
        ";",
        "\"q\"",
        "$1",
        "?",
        ":",
        ".",
        "${",
        "E'",
        "TABLE",
        "RECURSIVE",
        "UNNEST",
        "range(3)",
        "FILTER",
        "IS NULL",
        "BETWEEN",
        "LIKE",
        "=",
        "<",
        "\u{0}",
        "é",
    ]);
    prop_oneof![9 => words.prop_map(str::to_owned), 1 => "\\PC{0,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_soup_panics(words in prop::collection::vec(fragment(), 0..40)) {
        let text = words.join(" ");
        let _ = check_statement(&text);
        let _ = check_statement(&format!("SELECT {text} FROM t"));
        let _ = crate::frontend::parse_snippet(&text);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = check_statement(&String::from_utf8_lossy(&bytes));
    }

    /// Whatever surrounds it, an unreviewed function is never accepted, and a relation is never missed.
    #[test]
    fn what_is_accepted_names_what_it_reads(before in prop::collection::vec(fragment(), 0..12), after in prop::collection::vec(fragment(), 0..12)) {
        let sql = format!("SELECT {} (SELECT max(x) FROM secret) {} FROM t", before.join(" "), after.join(" "));
        if let Ok(statement) = check_statement(&sql) {
            let cut_off = sql.contains("--") || sql.contains("/*") || sql.contains('\'') || sql.contains("E'");
            prop_assert!(cut_off || statement.tables.iter().any(|table| table.name.as_str() == "secret"), "{}", sql);
            prop_assert!(statement.functions.iter().all(|name| functions::all().any(|function| function.name == *name)));
        }
    }
}

#[test]
fn a_test_of_difference_ends_before_a_connective() {
    use sqlparser::ast::{BinaryOperator, Expr, SelectItem, SetExpr, Statement};
    for (sql, top) in [
        ("SELECT a IS DISTINCT FROM b AND c", BinaryOperator::And),
        ("SELECT a IS NOT DISTINCT FROM b + 1 OR c", BinaryOperator::Or),
    ] {
        let checked = check_statement(sql).unwrap();
        let Statement::Query(query) = checked.ast.statement() else { panic!("{sql}") };
        let SetExpr::Select(select) = query.body.as_ref() else { panic!("{sql}") };
        let [SelectItem::UnnamedExpr(Expr::BinaryOp { op, .. })] = select.projection.as_slice() else {
            panic!("{sql}: {:?}", select.projection)
        };
        assert_eq!(*op, top, "{sql}");
    }
}
