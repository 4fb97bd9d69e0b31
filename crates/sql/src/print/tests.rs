//! What is printed is read back by the engine's grammar as what was meant.
use super::*;
use crate::{
    frontend::{SnippetRef, check_printed, parse_snippet},
    functions::{self, FunctionKind},
    tree::{
        BinaryOp, BodySource, CastType, ColumnRef, Cte, Expr, Join, JoinKind, LikeOp, Literal, Relation, Select,
        SelectItem, SetBody, SortKey, TimeUnit, UnaryOp, WindowSpec,
    },
};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use tessera_base::{NaiveDate, Number, TimeZone, Value, ValueType};

type Tested = Expr<ColumnRef, GovernedName>;

fn ident(name: &str) -> Ident {
    Ident::new(name).unwrap()
}

fn column(name: &str) -> Tested {
    Expr::Column(ColumnRef { relation: ident("t"), column: ident(name) })
}

fn select(expr: Tested) -> Select<GovernedName> {
    let mut select = Select::from(Relation::Named(GovernedName(ident("orders"))), ident("t"));
    select.items.push(SelectItem { expr, alias: ident("x") });
    select
}

fn expression(expr: Tested) -> String {
    let text = print_query(&Query::from(select(expr))).into_string();
    text.strip_prefix("SELECT ")
        .and_then(|text| text.strip_suffix(" AS \"x\"\nFROM \"orders\" AS \"t\""))
        .unwrap()
        .to_owned()
}

fn number(text: &str) -> Tested {
    Expr::Literal(Literal::Number(text.parse().unwrap()))
}

fn check(expr: Tested, expected: Expect) {
    expected.assert_eq(&expression(expr));
}

#[test]
fn literals() {
    check(number("5"), expect!["5"]);
    check(number("-5"), expect!["(- 5)"]);
    check(number("-9223372036854775808"), expect!["(- 9223372036854775808)"]);
    check(number("9223372036854775808"), expect!["CAST('9223372036854775808' AS DECIMAL(19, 0))"]);
    check(number("0.05"), expect!["CAST('0.05' AS DECIMAL(2, 2))"]);
    check(number("-12.50"), expect!["CAST('-12.5' AS DECIMAL(3, 1))"]);
    check(
        number("1e76"),
        expect!["CAST('10000000000000000000000000000000000000000000000000000000000000000000000000000' AS DOUBLE)"],
    );
    check(Expr::Literal(Literal::String("it's \\ \"--/*".into())), expect![[r#"'it''s \ "--/*'"#]]);
    check(Expr::Literal(Literal::Null), expect!["NULL"]);
    check(Expr::Literal(Literal::Date(NaiveDate::from_ymd_opt(2026, 1, 31).unwrap())), expect!["DATE '2026-01-31'"]);
    for (text, expected) in [
        ("2026-03-29 01:30:00", expect!["TIMESTAMP '2026-03-29 01:30:00'"]),
        ("2026-03-29 01:30:00.25", expect!["TIMESTAMP '2026-03-29 01:30:00.250'"]),
        ("9999-12-31", expect!["arrow_cast('9999-12-31 00:00:00', 'Timestamp(Microsecond, None)')"]),
    ] {
        check(Expr::Literal(Literal::from(&Value::parse(text, ValueType::Timestamp).unwrap())), expected);
    }
    check(Expr::Literal(Literal::Interval { amount: -2, unit: TimeUnit::Quarter }), expect!["INTERVAL '-6 months'"]);
}

#[test]
fn every_operand_is_in_parentheses() {
    let a = || column("a");
    check(
        Expr::binary(BinaryOp::Minus, a(), Expr::Unary { op: UnaryOp::Minus, expr: Box::new(number("-1")) }),
        expect![[r#"("t"."a" - (- (- 1)))"#]],
    );
    check(Expr::All(vec![]), expect!["TRUE"]);
    check(Expr::Any(vec![]), expect!["FALSE"]);
    check(Expr::All(vec![a(), Expr::Any(vec![a(), a()])]), expect![[r#"("t"."a" AND ("t"."a" OR "t"."a"))"#]]);
    check(Expr::InList { expr: Box::new(a()), list: vec![], negated: false }, expect!["FALSE"]);
    check(
        Expr::InList { expr: Box::new(a()), list: vec![number("1"), number("2")], negated: true },
        expect![[r#"("t"."a" NOT IN (1, 2))"#]],
    );
    check(Expr::IsTrue { expr: Box::new(a()), negated: false }, expect![[r#"("t"."a" IS TRUE)"#]]);
    check(
        Expr::Extract { unit: TimeUnit::IsoDayOfWeek, expr: Box::new(a()) },
        expect![[r#"date_part('isodow', "t"."a")"#]],
    );
    check(
        Expr::Function {
            function: functions::sum(),
            args: vec![a()],
            distinct: true,
            filter: Some(Box::new(a().is_not_null())),
            order_by: vec![],
            over: Some(WindowSpec {
                partition_by: vec![a()],
                order_by: vec![SortKey { expr: a(), descending: true, nulls_first: false }],
            }),
        },
        expect![[
            r#"sum(DISTINCT "t"."a") FILTER (WHERE ("t"."a" IS NOT NULL)) OVER (PARTITION BY "t"."a" ORDER BY "t"."a" DESC NULLS LAST)"#
        ]],
    );
    check(Expr::CountRows { filter: None }, expect!["count(*)"]);
}

#[test]
fn zones() {
    let convert = |from: TimeZone, to: TimeZone| Expr::ConvertZone { expr: Box::new(column("a")), from, to };
    check(convert(TimeZone::UTC, TimeZone::UTC), expect![[r#""t"."a""#]]);
    check(
        convert(TimeZone::UTC, TimeZone::Europe__Berlin),
        expect![[
            r#"to_local_time(arrow_cast(arrow_cast("t"."a", 'Timestamp(Microsecond, Some("UTC"))'), 'Timestamp(Microsecond, Some("Europe/Berlin"))'))"#
        ]],
    );
    check(
        convert(TimeZone::Europe__Berlin, TimeZone::UTC),
        expect![[
            r#"to_local_time(arrow_cast(coalesce(arrow_try_cast("t"."a", 'Timestamp(Microsecond, Some("Europe/Berlin"))'), (arrow_try_cast(("t"."a" - INTERVAL '24 hours'), 'Timestamp(Microsecond, Some("Europe/Berlin"))') + INTERVAL '24 hours')), 'Timestamp(Microsecond, Some("UTC"))'))"#
        ]],
    );
}

#[test]
fn a_whole_query_and_where_its_conjuncts_stand() {
    let mut inner = select(column("a"));
    inner.filter = Some(column("hidden"));
    let mut outer = Select::from(Relation::Cte(ident("c\"te")), ident("t"));
    outer.distinct = true;
    outer.items.push(SelectItem { expr: Expr::CountRows { filter: None }, alias: ident("n") });
    outer.joins.push(Join {
        kind: JoinKind::Left,
        source: crate::tree::Source { relation: Relation::Named(GovernedName(ident("parts"))), alias: ident("p") },
        inner: Vec::new(),
        on: Expr::binary(BinaryOp::Equal, column("a"), column("b")),
    });
    let in_query =
        Expr::InQuery { expr: Box::new(column("a")), query: Box::new(Query::from(inner.clone())), negated: false };
    outer.filter = Some(Expr::All(vec![Expr::binary(BinaryOp::Greater, column("a"), number("1")), in_query]));
    outer.group_by.push(column("a"));
    outer.having = Some(Expr::Literal(Literal::Boolean(true)));
    let query = Query {
        ctes: vec![Cte { name: ident("c\"te"), query: Query::from(inner) }],
        body: SetBody::Select(Box::new(outer)),
        order_by: vec![SortKey { expr: column("a"), descending: false, nulls_first: true }],
        limit: Some(10),
    };
    let text = print_query(&query);
    expect![[r#"
        WITH "c""te" AS (SELECT "t"."a" AS "x"
          FROM "orders" AS "t"
          WHERE "t"."hidden")
        SELECT DISTINCT count(*) AS "n"
        FROM "c""te" AS "t"
        LEFT JOIN "parts" AS "p" ON ("t"."a" = "t"."b")
        WHERE ("t"."a" > 1) AND ("t"."a" IN (SELECT "t"."a" AS "x"
          FROM "orders" AS "t"
          WHERE "t"."hidden"))
        GROUP BY "t"."a"
        HAVING TRUE
        ORDER BY "t"."a" ASC NULLS FIRST
        LIMIT 10"#]]
    .assert_eq(text.as_str());
    let conjuncts: Vec<_> = text.filter_ranges().iter().map(|range| &text.as_str()[range.clone()]).collect();
    assert_eq!(conjuncts.len(), 2);
    assert_eq!(conjuncts[0], r#"("t"."a" > 1)"#);
    assert!(
        conjuncts[1].starts_with(r#"("t"."a" IN (SELECT "#) && conjuncts[1].ends_with(r#""t"."hidden"))"#),
        "{}",
        conjuncts[1]
    );

    let read = check_printed(&text).unwrap();
    let tables: Vec<_> = read.tables.iter().map(|table| (table.schema.clone(), table.name.as_str())).collect();
    assert_eq!(tables, [(None, "orders"), (None, "parts"), (None, "orders")]);
}

#[test]
fn a_disjunction_is_one_conjunct() {
    let mut select = select(column("a"));
    select.filter = Some(Expr::Any(vec![column("a"), column("b")]));
    let text = print_query(&Query::from(select));
    assert!(text.as_str().ends_with(r#"WHERE ("t"."a" OR "t"."b")"#), "{text}");
    assert_eq!(text.filter_ranges().len(), 1);
}

#[test]
fn long_lists_and_long_chains_are_read_back() {
    let many =
        |number: fn(i64) -> i64| (0..5_000).map(move |index| Expr::Literal(Literal::Number(number(index).into())));
    let list = Expr::InList { expr: Box::new(column("a")), list: many(|index| -index).collect(), negated: false };
    let chain = || many(|index| index).map(|value| Expr::binary(BinaryOp::Less, column("a"), value)).collect();
    for filter in [list, Expr::Any(chain()), Expr::All(chain())] {
        let mut select = select(column("a"));
        select.filter = Some(filter);
        let read = check_printed(&print_query(&Query::from(select))).unwrap();
        assert!(read.literals >= 4_999, "{}", read.literals);
    }
}

#[test]
fn a_table_is_named_with_its_schema() {
    let table = PhysicalTable { schema: ident("ma.in"), name: ident("cust\"omer") };
    let mut select = Select::from(Relation::Named(BodySource::Table(table.clone())), ident("t"));
    select.items.push(SelectItem { expr: Expr::Literal(Literal::Null), alias: ident("x") });
    let text = print_query(&Query::from(select));
    expect![[r#"
        SELECT NULL AS "x"
        FROM "ma.in"."cust""omer" AS "t""#]]
    .assert_eq(text.as_str());
    let read = check_printed(&text).unwrap();
    assert_eq!(read.tables[0].schema_or_main(), table.schema);
    assert_eq!(read.tables[0].name, table.name);
}

#[test]
fn every_function_reads_back_as_itself() {
    let own =
        functions::all().filter(|function| matches!(function.kind, FunctionKind::Scalar | FunctionKind::Aggregate));
    for function in own.chain([functions::mask_hash()]) {
        let args = (0..3)
            .map(|position| if function.size_arguments.contains(&position) { number("3") } else { column("a") })
            .collect();
        let text = print_query(&Query::from(select(Expr::call(function, args))));
        let read = check_printed(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(read.functions.contains(function.name), "{text}: {:?}", read.functions);
    }
}

fn text() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "'", "''", "\\", "\\'", "\"", "--", "/*", "*/", ";", "`", "$$", "${a}", "E'", "é", "\u{2028}", "\n", " OR 1=1",
        "😀", "x'41'", "%", "_", "",
    ]);
    prop_oneof![3 => prop::collection::vec(hostile, 0..6).prop_map(|parts| parts.concat()), 1 => "[^\\p{Cc}]{0,12}"]
}

fn name() -> impl Strategy<Value = Ident> {
    text().prop_filter_map("an identifier", |text| Ident::new(text).ok())
}

fn leaf() -> impl Strategy<Value = Tested> {
    let number = (any::<i32>(), 0_u32..8).prop_map(|(digits, scale)| {
        let text = format!("{digits}e-{scale}");
        Expr::Literal(Literal::Number(text.parse::<Number>().unwrap()))
    });
    prop_oneof![
        text().prop_map(|text| Expr::Literal(Literal::String(text))),
        number,
        any::<bool>().prop_map(|boolean| Expr::Literal(Literal::Boolean(boolean))),
        Just(Expr::Literal(Literal::Null)),
        (0_i32..50_000).prop_map(|days| Expr::Literal(Literal::Date(
            NaiveDate::from_num_days_from_ce_opt(700_000 + days).unwrap()
        ))),
        (-50_i64..50).prop_map(|amount| Expr::Literal(Literal::Interval { amount, unit: TimeUnit::Month })),
        name().prop_map(|column| Expr::Column(ColumnRef { relation: ident("t"), column })),
    ]
}

fn tree() -> impl Strategy<Value = Tested> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let op = prop::sample::select(vec![
            BinaryOp::Plus,
            BinaryOp::Minus,
            BinaryOp::Multiply,
            BinaryOp::Equal,
            BinaryOp::NotEqual,
            BinaryOp::Less,
            BinaryOp::GreaterOrEqual,
            BinaryOp::IsDistinctFrom,
            BinaryOp::IsNotDistinctFrom,
            BinaryOp::Concat,
        ]);
        let list = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            (op, inner.clone(), inner.clone()).prop_map(|(op, left, right)| Expr::binary(op, left, right)),
            boxed.clone().prop_map(|expr| Expr::Unary { op: UnaryOp::Minus, expr }),
            boxed.clone().prop_map(Expr::Not),
            list.clone().prop_map(Expr::All),
            list.clone().prop_map(Expr::Any),
            (boxed.clone(), any::<bool>()).prop_map(|(expr, negated)| Expr::IsNull { expr, negated }),
            (boxed.clone(), any::<bool>()).prop_map(|(expr, negated)| Expr::IsTrue { expr, negated }),
            (boxed.clone(), boxed.clone(), boxed.clone(), any::<bool>())
                .prop_map(|(expr, low, high, negated)| Expr::Between { expr, low, high, negated }),
            (boxed.clone(), list.clone(), any::<bool>()).prop_map(|(expr, list, negated)| Expr::InList {
                expr,
                list,
                negated
            }),
            (boxed.clone(), boxed.clone(), any::<bool>()).prop_map(|(expr, pattern, negated)| Expr::Like {
                op: LikeOp::ILike,
                expr,
                pattern,
                negated
            }),
            (boxed.clone(), any::<bool>()).prop_map(|(expr, try_)| Expr::Cast {
                expr,
                to: CastType::Decimal { precision: 18, scale: 2 },
                try_
            }),
            (inner.clone(), inner.clone(), prop::option::of(boxed)).prop_map(|(when, then, otherwise)| Expr::Case {
                operand: None,
                branches: vec![(when, then)],
                otherwise
            }),
            list.prop_map(|args| Expr::call(functions::concat(), args)),
        ]
    })
}

/// The printed text without the relation, as a snippet reads it, on the relation again.
fn read_back(printed: &str, relation: &str) -> Tested {
    let snippet = parse_snippet(&printed.replace(relation, "")).unwrap_or_else(|error| panic!("{printed}: {error}"));
    snippet
        .try_map_into(
            &mut |column| match column {
                SnippetRef::Column(column) => {
                    Ok(Expr::Column(ColumnRef { relation: ident("t"), column: column.clone() }))
                }
                SnippetRef::Field { view: _, field } => Err(field.clone()),
            },
            &mut |_| Err("a subquery".to_owned()),
        )
        .unwrap()
}

#[test]
fn a_division_is_exact_enough_and_null_by_zero() {
    let number = |number: i64| Expr::Literal(Literal::Number(number.into()));
    assert_eq!(
        expression(Expr::binary(BinaryOp::Divide, number(1), number(2))),
        "(CAST(1 AS DOUBLE) / NULLIF(CAST(2 AS DOUBLE), 0))"
    );
    assert_eq!(expression(Expr::binary(BinaryOp::Modulo, number(1), number(2))), "(1 % NULLIF(2, 0))");
}

proptest! {
    #[test]
    fn any_expression_reads_back_as_itself(expr in tree()) {
        let printed = expression(expr);
        prop_assume!(printed.len() < 8_000);
        prop_assert_eq!(&expression(read_back(&printed, "\"t\".")), &printed);
    }

    #[test]
    fn any_string_reads_back_as_itself(text in "\\PC{0,40}|[ -~]{0,40}") {
        let printed = expression(Expr::Literal(Literal::String(text.clone())));
        prop_assert_eq!(parse_snippet(&printed).unwrap(), Expr::Literal(Literal::String(text)));
    }

    #[test]
    fn any_name_reads_back_as_itself(schema in name(), table in name()) {
        let table = PhysicalTable { schema, name: table };
        let mut select = Select::from(Relation::Named(BodySource::Table(table.clone())), ident("t"));
        select.items.push(SelectItem { expr: Expr::Literal(Literal::Null), alias: ident("x") });
        let read = check_printed(&print_query(&Query::from(select))).unwrap();
        prop_assert_eq!(read.tables.len(), 1);
        prop_assert_eq!((read.tables[0].schema_or_main(), &read.tables[0].name), (table.schema, &table.name));
    }
}
