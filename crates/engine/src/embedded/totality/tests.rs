use super::*;
use crate::embedded::planner::{DEFAULT_SCHEMA, Namespace};
use crate::embedded::session::SessionTemplate;
use crate::testing::parse;
use datafusion::arrow::datatypes::{Field, Schema, TimeUnit};
use datafusion::datasource::{empty::EmptyTable, provider_as_source};
use datafusion::execution::runtime_env::RuntimeEnv;

/// Over a table without statistics.
fn totality(sql: &str) -> Totality {
    let session = SessionTemplate::new(2).session(Arc::new(RuntimeEnv::default()));
    let field = |name: &str, data_type| Field::new(name, data_type, true);
    let schema = Schema::new(vec![
        field("i", DataType::Int64),
        field("j", DataType::Int32),
        field("f", DataType::Float64),
        field("p", DataType::Decimal128(15, 2)),
        field("w", DataType::Decimal128(38, 10)),
        field("s", DataType::Utf8View),
        field("b", DataType::Boolean),
        field("d", DataType::Date32),
        field("at", DataType::Timestamp(TimeUnit::Microsecond, None)),
    ]);
    let mut names = Namespace::default();
    names.insert(DEFAULT_SCHEMA, "t", provider_as_source(Arc::new(EmptyTable::new(Arc::new(schema)))));
    let plan = names.plan(&session, &parse(sql)).unwrap_or_else(|error| panic!("{sql}: {error}"));
    review(&plan, &session).unwrap_or_else(|error| panic!("{sql}: {error}")).totality
}

#[test]
fn total_expressions() {
    for expr in [
        "i + j * 2 - 1",
        "-i",
        "i / 2",
        "i % 7",
        "f / f",
        "i / nullif(f, 0)",
        "p * (1 - p)",
        "p + p",
        "CAST(i AS double)",
        "CAST(j AS bigint)",
        "CAST(i AS varchar)",
        "CAST(p AS varchar)",
        "CAST(p AS double)",
        "CAST(p AS decimal(20, 4))",
        "TRY_CAST(s AS int)",
        "CAST('2026-01-01' AS date)",
        "DATE '1998-12-01' - INTERVAL '90' DAY",
        "d < DATE '1998-12-01' - INTERVAL '90' DAY",
        "s LIKE 'a%'",
        "s || 'x'",
        "upper(s)",
        "coalesce(s, 'x')",
        "CASE WHEN b THEN i ELSE 0 END",
        "p BETWEEN 0.05 AND 0.07",
        "i IN (1, 2, 3)",
        "date_part('year', d)",
        "(SELECT max(i) FROM t)",
        "EXISTS (SELECT 1 FROM t)",
    ] {
        assert_eq!(totality(&format!("SELECT {expr} FROM t")), Totality::Total, "{expr}");
    }
}

#[test]
fn partial_expressions() {
    for expr in [
        "CAST(s AS int)",
        "CAST(s AS date)",
        "CAST(i AS int)",
        "CAST(f AS bigint)",
        "CAST(p AS decimal(10, 2))",
        "CAST(at AS varchar)",
        "CAST('x' AS int)",
        "i / j",
        "i % j",
        "i / 0",
        "p / p",
        "w * w",
        "w + w",
        "p * (1 - p) * (1 + p) * p",
        "1 / nullif(j, 1)",
        "d + INTERVAL '1' DAY",
        "s LIKE s",
        "s ~ 'a('",
        "abs(i)",
        "s = CAST(1 / j AS varchar)",
        "CASE WHEN b THEN CAST(s AS int) ELSE 0 END",
        "coalesce(i, CAST(s AS int))",
        "EXISTS (SELECT 1 FROM t WHERE CAST(s AS int) = 1)",
        "(SELECT max(CAST(s AS int)) FROM t)",
    ] {
        assert_eq!(totality(&format!("SELECT {expr} FROM t")), Totality::Partial, "{expr}");
    }
}

#[test]
fn every_clause_is_reviewed() {
    for sql in [
        "SELECT i FROM t WHERE CAST(s AS int) = 1",
        "SELECT a.i FROM t AS a JOIN t AS b ON CAST(a.s AS int) = b.i",
        "SELECT a.i FROM t AS a JOIN t AS b ON a.s = b.i",
        "SELECT count(*) FROM t GROUP BY CAST(s AS int)",
        "SELECT count(*) FROM t GROUP BY s HAVING CAST(s AS int) = 1",
        "SELECT i FROM t ORDER BY CAST(s AS int)",
        "SELECT sum(CAST(s AS int)) FROM t",
        "SELECT count(*) FILTER (WHERE CAST(s AS int) = 1) FROM t",
        "SELECT rank() OVER (PARTITION BY CAST(s AS int)) FROM t",
        "SELECT sum(i) OVER (ORDER BY CAST(s AS int)) FROM t",
        "SELECT DISTINCT CAST(s AS int) FROM t",
        "SELECT i FROM t UNION ALL SELECT CAST(s AS int) FROM t",
        "WITH c AS (SELECT CAST(s AS int) AS x FROM t) SELECT 1 FROM c",
        "WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT c.n + CAST(t.s AS int) FROM c JOIN t ON t.i = c.n) SELECT n FROM c",
        "SELECT i FROM t WHERE i IN (SELECT CAST(s AS int) FROM t)",
        "SELECT (SELECT max(1 / b.i) FROM t AS b WHERE b.i = a.i) FROM t AS a",
    ] {
        assert_eq!(totality(sql), Totality::Partial, "{sql}");
    }
}

#[test]
fn what_an_aggregate_made_is_settled() {
    for sql in [
        "SELECT sum(i) / sum(j) FROM t",
        "SELECT s, CAST(max(s) AS int) FROM t GROUP BY s",
        "SELECT x / y FROM (SELECT sum(i) AS x, count(*) AS y FROM t GROUP BY s) AS a",
        "SELECT sum(i) FROM t GROUP BY s HAVING sum(i) / count(*) > 1",
    ] {
        assert_eq!(totality(sql), Totality::Total, "{sql}");
    }
    for sql in [
        // A condition on a key moves below the aggregate.
        "SELECT s FROM t GROUP BY s HAVING CAST(s AS int) > 1",
        "SELECT x FROM (SELECT CAST(s AS int) AS x, sum(i) AS y FROM t GROUP BY s) AS a WHERE y > 1",
        "SELECT sum(i) / max(a.j) FROM t AS a WHERE 1 / a.i > 0",
    ] {
        assert_eq!(totality(sql), Totality::Partial, "{sql}");
    }
}
