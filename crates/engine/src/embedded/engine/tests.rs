//! The fence on Parquet files of 300,000 rows, so that plans are parallel and pruning happens.
use super::*;
use crate::files::write::{Column, ParquetTable};
use crate::testing::{Fixture, TempFolder};

const ROWS: i64 = 300_000;

struct Row(i64);

/// `t(id, grp, note, amount, price, at)`: visible rows have `grp = 1` and a number as note; hidden rows have `grp = 2`, and
/// what fails: a note of letters, zero, the largest number. `u(id, key)` has the notes of the visible rows.
fn tables() -> TempFolder {
    let folder = TempFolder::new();
    std::fs::create_dir_all(folder.path().join("data")).unwrap();
    let hidden = |row: &Row| row.0 % 3 == 0;
    let columns = vec![
        Column::int64("id", |row: &Row| row.0),
        Column::int64("grp", move |row: &Row| if hidden(row) { 2 } else { 1 }),
        Column::formatted("note", move |row: &Row, out| if hidden(row) { out.write_str("oops") } else { write!(out, "{}", row.0 % 100) }),
        Column::int64("amount", move |row: &Row| if hidden(row) { 0 } else { row.0 }),
        Column::hundredths("price", |row: &Row| row.0),
        Column::timestamp("at", |row: &Row| Some(row.0 * 60_000_000)),
    ];
    let rows: Vec<Row> = (1..=ROWS).map(Row).collect();
    let mut table = ParquetTable::create(&folder.path().join("data/t.parquet"), columns).unwrap();
    table.append(&rows).unwrap();
    table.finish().unwrap();
    let columns = vec![
        Column::int64("id", |row: &Row| row.0),
        Column::formatted("key", |row: &Row, out| write!(out, "{}", row.0)),
    ];
    let mut table = ParquetTable::create(&folder.path().join("data/u.parquet"), columns).unwrap();
    table.append(&rows[..50]).unwrap();
    table.finish().unwrap();
    folder
}

const T: (&str, &str) = ("t", "SELECT g.id AS id, g.note AS note, g.amount AS amount, g.price AS price, g.at AS at FROM main.t AS g WHERE g.grp = 1");
const T_BY_SEMI_JOIN: (&str, &str) = (
    "t",
    "SELECT g.id AS id, g.note AS note, g.amount AS amount, g.price AS price, g.at AS at FROM main.t AS g \
     WHERE EXISTS (SELECT 1 FROM main.t AS h WHERE h.id = g.id AND h.grp = 1)",
);
const U: (&str, &str) = ("u", "SELECT g.id AS id, g.key AS key FROM main.u AS g");

/// Statements whose partial operation would meet a hidden row if the fence were not there.
const PARTIAL: &[(&str, &str)] = &[
    ("SELECT sum(x) AS s FROM (SELECT CAST(note AS int) AS x FROM t) AS s", "9900000"),
    ("SELECT count(*) FROM t WHERE CAST(note AS int) >= 0", "200000"),
    ("SELECT count(*) FROM t WHERE CAST(note AS int) >= 0 AND id > 10", "199994"),
    ("SELECT CAST(note AS int) AS x, count(*) AS n FROM t GROUP BY CAST(note AS int) ORDER BY x LIMIT 2", "0,2000;1,2000"),
    ("SELECT id FROM t ORDER BY CAST(note AS int) DESC, id LIMIT 2", "199;299"),
    ("SELECT count(*) FROM t JOIN u ON CAST(t.note AS int) = u.id", "100000"),
    ("SELECT count(*) FROM u WHERE u.id IN (SELECT CAST(note AS int) FROM t)", "50"),
    ("SELECT count(*) FROM u WHERE EXISTS (SELECT 1 FROM t WHERE CAST(t.note AS int) = u.id)", "50"),
    ("SELECT count(*) FROM u LEFT JOIN t ON CAST(t.note AS int) = u.id AND t.id < 0", "50"),
    ("SELECT max(CAST(note AS int)) FROM t", "99"),
    ("SELECT sum(CASE WHEN 100 / amount > 0 THEN 1 ELSE 0 END) FROM t", "67"),
    ("SELECT count(*) FROM t WHERE 100 / amount > 0", "67"),
    ("WITH c AS (SELECT id, CAST(note AS int) AS x FROM t) SELECT count(*) FROM c AS a JOIN c AS b ON a.id = b.id WHERE a.x > 98", "2000"),
    ("SELECT count(*) FROM (SELECT id FROM t WHERE CAST(note AS int) = 1 UNION ALL SELECT id FROM u) AS s", "2050"),
];

#[tokio::test]
async fn a_partial_operation_never_meets_a_hidden_row() {
    let fixture = Fixture::new(tables());
    for body in [T, T_BY_SEMI_JOIN] {
        for (sql, wanted) in PARTIAL {
            assert_eq!(fixture.text(sql, &[body, U]).await, *wanted, "{sql}\n{}", body.1);
        }
    }
}

#[tokio::test]
async fn without_the_fence_it_would() {
    let mut fixture = Fixture::new(tables());
    fixture.fencing = Fencing::Off;
    let mut failed = 0;
    for (sql, wanted) in PARTIAL {
        failed += usize::from(fixture.text(sql, &[T, U]).await != *wanted);
    }
    assert!(failed >= PARTIAL.len() / 2, "only {failed} of {} statements notice that the fence is off", PARTIAL.len());
}
