//! What the printer writes means to DataFusion what the tree means.
use chrono::{Duration, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone as _};
use datafusion::{arrow::util::display::array_value_to_string, prelude::SessionContext, sql::parser::Statement};
use std::collections::BTreeMap;
use tessera_base::{Number, TimeZone, Value, ValueType};
use tessera_sql::{
    frontend::check_printed,
    print::print_query,
    tree::{
        BinaryOp, ColumnRef, Expr, GovernedName, Ident, Literal, Query, Relation, Select, SelectItem, SetBody, TimeUnit,
    },
};

type Tested = Expr<ColumnRef, GovernedName>;

fn ident(name: &str) -> Ident {
    Ident::new(name).unwrap()
}

fn select(items: Vec<Tested>) -> Select<GovernedName> {
    let mut select = Select::from(Relation::Named(GovernedName(ident("unused"))), ident("t"));
    select.from = None;
    select.items = items
        .into_iter()
        .enumerate()
        .map(|(number, expr)| SelectItem { expr, alias: Ident::fresh("x", number) })
        .collect();
    select
}

async fn rows(query: &Query<GovernedName>) -> Vec<Vec<String>> {
    let text = print_query(query);
    let statement = check_printed(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let session = SessionContext::new();
    let statement = Statement::Statement(Box::new(statement.ast.statement().clone()));
    let plan = session.state().statement_to_plan(statement).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    let batches = session
        .execute_logical_plan(plan)
        .await
        .unwrap()
        .collect()
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    let row = |batch: &datafusion::arrow::array::RecordBatch, row| {
        batch.columns().iter().map(|column| array_value_to_string(column, row).unwrap()).collect()
    };
    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(|index| row(batch, index)).collect::<Vec<_>>()).collect()
}

async fn value(expr: Tested) -> String {
    rows(&Query::from(select(vec![expr]))).await.remove(0).remove(0)
}

fn shown(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn expected(time: NaiveDateTime, from: TimeZone, to: TimeZone) -> NaiveDateTime {
    let instant = match from.from_local_datetime(&time) {
        LocalResult::Single(instant) => instant,
        LocalResult::Ambiguous(earliest, _) => earliest,
        LocalResult::None => {
            let before = from.offset_from_local_datetime(&(time - Duration::days(1))).unwrap().fix();
            from.from_utc_datetime(&(time - before))
        }
    };
    instant.with_timezone(&to).naive_local()
}

/// Every quarter of an hour of the days on which clocks change, between a zone that changes and one that does not, both ways.
#[tokio::test]
async fn zones_are_converted_on_the_days_that_clocks_change() {
    let days = [(2026, 3, 29), (2026, 10, 25), (2026, 7, 1), (2026, 3, 8), (2026, 11, 1)];
    let times: Vec<NaiveDateTime> = days
        .into_iter()
        .flat_map(|(year, month, day)| {
            let midnight = NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(0, 0, 0).unwrap();
            (0..96).map(move |quarter| midnight + Duration::minutes(15 * quarter))
        })
        .collect();
    let berlin = TimeZone::Europe__Berlin;
    let new_york = TimeZone::America__New_York;
    for (from, to) in
        [(TimeZone::UTC, berlin), (berlin, TimeZone::UTC), (new_york, berlin), (TimeZone::Asia__Kolkata, new_york)]
    {
        let literals = times.iter().map(|time| select(vec![Expr::Literal(Literal::Timestamp(*time))])).collect();
        let source = Query { ctes: vec![], body: SetBody::UnionAll(literals), order_by: vec![], limit: None };
        let column = || Expr::Column(ColumnRef { relation: ident("t"), column: Ident::fresh("x", 0) });
        let mut converted = select(vec![column(), Expr::ConvertZone { expr: Box::new(column()), from, to }]);
        converted.from = Select::from(Relation::Sub(Box::new(source)), ident("t")).from;
        let found: BTreeMap<String, String> =
            rows(&Query::from(converted)).await.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
        assert_eq!(found.len(), times.len());
        for time in &times {
            assert_eq!(found[&shown(*time)], shown(expected(*time, from, to)), "{time} of {from} in {to}");
        }
    }
}

#[tokio::test]
async fn literals_arrive_as_they_are() {
    for text in [
        "5",
        "-5",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "0.1",
        "-12.5",
        "0.0000000001",
        "12345678901234567890123456789012345678.9",
    ] {
        let number: Number = text.parse().unwrap();
        assert_eq!(value(Expr::Literal(Literal::Number(number))).await, text);
    }
    for text in ["", "it's", "a\\'b\\", "--", "/*", "\"", "é😀", "${x}", "%_", "line\nbreak"] {
        assert_eq!(value(Expr::Literal(Literal::String(text.to_owned()))).await, text);
    }
    for (text, kind, shown) in [
        ("2026-01-31", ValueType::Date, "2026-01-31"),
        ("2026-01-31 10:00:00.25", ValueType::Timestamp, "2026-01-31T10:00:00.250"),
        ("9999-12-31 23:59:59", ValueType::Timestamp, "9999-12-31T23:59:59"),
        ("0001-01-01", ValueType::Timestamp, "0001-01-01T00:00:00"),
    ] {
        assert_eq!(value(Expr::Literal(Literal::from(&Value::parse(text, kind).unwrap()))).await, shown);
    }
}

#[tokio::test]
async fn intervals_are_of_their_unit() {
    let start = || Expr::Literal(Literal::from(&Value::parse("2026-01-31", ValueType::Timestamp).unwrap()));
    for (amount, unit, expected) in [
        (-90, TimeUnit::Second, "2026-01-30T23:58:30"),
        (5, TimeUnit::Minute, "2026-01-31T00:05:00"),
        (25, TimeUnit::Hour, "2026-02-01T01:00:00"),
        (-1, TimeUnit::Day, "2026-01-30T00:00:00"),
        (2, TimeUnit::Week, "2026-02-14T00:00:00"),
        (1, TimeUnit::Month, "2026-02-28T00:00:00"),
        (-1, TimeUnit::Quarter, "2025-10-31T00:00:00"),
        (1, TimeUnit::Year, "2027-01-31T00:00:00"),
    ] {
        let interval = Expr::Literal(Literal::Interval { amount, unit });
        assert_eq!(value(Expr::binary(BinaryOp::Plus, start(), interval)).await, expected, "{amount} {unit:?}");
    }
}

#[tokio::test]
async fn parts_of_a_date() {
    let sunday = || Expr::Literal(Literal::from(&Value::parse("2026-03-29 10:20:30", ValueType::Timestamp).unwrap()));
    for (unit, expected) in [
        (TimeUnit::Year, "2026"),
        (TimeUnit::Quarter, "1"),
        (TimeUnit::Month, "3"),
        (TimeUnit::Week, "13"),
        (TimeUnit::Day, "29"),
        (TimeUnit::Hour, "10"),
        (TimeUnit::Minute, "20"),
        (TimeUnit::Second, "30"),
        (TimeUnit::IsoDayOfWeek, "7"),
        (TimeUnit::DayOfYear, "88"),
    ] {
        assert_eq!(value(Expr::Extract { unit, expr: Box::new(sunday()) }).await, expected, "{unit:?}");
    }
}

/// A misspelt name or a wrong alias in the review would be a function that nobody can call, or another one.
#[tokio::test]
async fn every_reviewed_function_is_one_of_the_engine() {
    use datafusion::execution::FunctionRegistry;
    use tessera_sql::functions::{self, FunctionKind};
    let state = SessionContext::new().state();
    for function in functions::all() {
        for name in [function.name].iter().chain(function.aliases) {
            let found = match function.kind {
                FunctionKind::Scalar => state.udf(name).map(|engine| engine.name().to_owned()),
                FunctionKind::Aggregate => state.udaf(name).map(|engine| engine.name().to_owned()),
                FunctionKind::Window => state.udwf(name).map(|engine| engine.name().to_owned()),
                // The planner knows `unnest` itself.
                FunctionKind::Table => Ok(if *name == "unnest" || state.table_functions().contains_key(*name) {
                    (*name).to_owned()
                } else {
                    String::new()
                }),
            };
            assert_eq!(found.unwrap_or_default(), function.name, "`{name}`");
        }
    }
}
