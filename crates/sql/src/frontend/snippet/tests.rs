use super::*;
use crate::tree::{BinaryOp, Literal};

fn references(text: &str) -> Vec<String> {
    let mut seen = Vec::new();
    parse_snippet(text).unwrap_or_else(|error| panic!("{text}: {error}")).for_each_column(&mut |column| {
        seen.push(match column {
            SnippetRef::Column(name) => name.to_string(),
            SnippetRef::Field { view: None, field } => format!("${field}"),
            SnippetRef::Field { view: Some(view), field } => format!("${view}.{field}"),
        });
    });
    seen
}

#[test]
fn names_and_references() {
    for (text, expected) in [
        ("c_name", vec!["c_name"]),
        ("C_Name || \"C Name\"", vec!["c_name", "C Name"]),
        ("${price} * (1 - ${orders.discount})", vec!["$price", "$orders.discount"]),
        ("'${not}' || ${is} /* ${not} */ -- ${not}", vec!["$is"]),
        ("\"${column}\"", vec!["${column}"]),
        ("${date} + ${orders.select}", vec!["$date", "$orders.select"]),
        ("case when a is not null then b else ${c} end", vec!["a", "b", "$c"]),
    ] {
        assert_eq!(references(text), expected, "{text}");
    }
}

#[test]
fn what_is_an_expression_of_a_row_is_read() {
    for text in [
        "a + b - c * d / e % 2",
        "-a + +b",
        "a = 1 and b <> 2 or not c",
        "a between 1 and 2",
        "a not in ('x', 'y''z', E'a\\'b')",
        "a like 'x%' and b not ilike '%y'",
        "a is null or b is not null or c is true or d is not false or e is unknown",
        "a is distinct from b and a is not distinct from c",
        "case a when 1 then 'x' else 'y' end",
        "cast(a as decimal(18, 2)) + b::double precision + try_cast(c as bigint)",
        "extract(year from a) * 100 + extract(isodow from a)",
        "substring(a from 2 for 3) || substr(a, 2) || trim(both 'x' from a) || trim(a)",
        "position('x' in a) + ceil(b) + floor(b)",
        "date '2026-01-31' + interval '1 day' - interval '3' month + interval 2 weeks",
        "timestamp '2026-01-31 10:00:00'",
        "coalesce(lower(a), '')",
        "current_date",
        "lpad(a, 10, '0')",
        "overlay(a placing 'x' from 1 for 2)",
        "\"position\" + \"interval\"",
    ] {
        if let Err(error) = parse_snippet(text) {
            panic!("{text}: {error}");
        }
    }
}

#[test]
fn conjunctions_are_flat() {
    let expr = parse_snippet("a = 1 and b = 2 and c = 3").unwrap();
    assert!(matches!(&expr, Expr::All(parts) if parts.len() == 3), "{expr:?}");
}

#[test]
fn a_decimal_stays_exact() {
    let expr = parse_snippet("a * 0.1").unwrap();
    let Expr::Binary { op: BinaryOp::Multiply, left: _, right } = expr else { panic!("{expr:?}") };
    assert_eq!(*right, Expr::Literal(Literal::Number("0.1".parse().unwrap())));
}

#[test]
fn what_is_not_is_refused_where_it_stands() {
    let mut wrong = Vec::new();
    for (text, offset, message) in [
        ("", 0, "expected an expression, but the text ends"),
        ("a b", 2, "unexpected `b` after the expression"),
        ("sum(a)", 0, "`sum` aggregates, and a snippet is about one row"),
        ("row_number() over ()", 0, "`row_number` aggregates, and a snippet is about one row"),
        ("1 + version()", 4, "unknown function `version`"),
        ("tessera_mask_hash(a)", 0, "unknown function `tessera_mask_hash`"),
        ("pg_catalog.lower(a)", 0, "unknown function `pg_catalog.lower`"),
        ("(select 1)", 1, "a subquery has no place in a model file"),
        ("a in (select 1)", 0, "a subquery has no place in a model file"),
        ("t.a", 0, "a column is named alone"),
        ("$1 + a", 0, "`$1` is a parameter, which a model file does not have"),
        ("é + @@version", 5, "`@@version` is a variable, which a model file does not have"),
        ("${a", 0, "`${` does not open a reference"),
        ("1 + ${a.b.c}", 4, "`${` does not open a reference"),
        ("${'a'}", 0, "`${` does not open a reference"),
        ("date '2026-02-30'", 5, "`2026-02-30` is not a date"),
        ("cast(a as jsonb)", 5, "the type `JSONB` is not available in model files"),
        ("repeat(a, 1000000)", 0, "the size that `repeat` makes must be a literal of at most 10000"),
        ("repeat(a, b)", 0, "the size that `repeat` makes must be a literal of at most 10000"),
        ("interval '1 year 2 months'", 9, "an interval is one whole number of one unit"),
        ("a similar to 'x'", 0, "`a SIMILAR TO 'x'` has no place in a model file"),
        ("a like 'x' escape '!'", 0, "`a LIKE 'x' ESCAPE '!'` has no place in a model file"),
        ("a ->> 'x'", 6, "the operator `->>` is not available in model files"),
        ("a; drop table b", 1, "unexpected `;` after the expression"),
        ("concat(a, b => 1)", 0, "`concat` takes arguments by position"),
        ("count(distinct a)", 0, "`count` aggregates, and a snippet is about one row"),
        ("lower(distinct a)", 0, "the arguments of `lower` are more than a list"),
        ("*", 0, "expected an expression, found `*`"),
        ("'a", 0, "unterminated string literal"),
        ("a \u{0} b", 0, "the text holds the control character U+0000"),
        ("\u{1}0", 0, "the text holds the control character U+0001"),
    ] {
        match parse_snippet(text) {
            Ok(expr) => wrong.push(format!("{text}: {expr:?}")),
            Err(error) if error.message == message && error.offset == offset => {}
            Err(error) => wrong.push(format!("{text}: `{}` at {}", error.message, error.offset)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn offsets_are_bytes() {
    let text = "'é' ||\n 'ü' || nope(a)";
    let error = parse_snippet(text).unwrap_err();
    assert_eq!(&text[error.offset..], "nope(a)");
}

#[test]
fn limits_answer_before_the_parser_runs() {
    for text in [
        "(".repeat(10_000),
        "- ".repeat(5_000),
        "1 + ".repeat(2_000) + "1",
        "x".repeat(1_000_000),
        "not ".repeat(190) + "a",
    ] {
        let error = parse_snippet(&text).unwrap_err();
        let known = ["nested too deep", "more than 200 operators", "bytes; at most"];
        assert!(known.iter().any(|message| error.message.contains(message)), "{}", error.message);
    }
}
