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
        Column::formatted(
            "note",
            move |row: &Row, out| if hidden(row) { out.write_str("oops") } else { write!(out, "{}", row.0 % 100) },
        ),
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

const T: (&str, &str) = (
    "t",
    "SELECT g.id AS id, g.note AS note, g.amount AS amount, g.price AS price, g.at AS at FROM main.t AS g WHERE g.grp = 1",
);
const T_BY_SEMI_JOIN: (&str, &str) = (
    "t",
    "SELECT g.id AS id, g.note AS note, g.amount AS amount, g.price AS price, g.at AS at FROM main.t AS g \
     WHERE EXISTS (SELECT 1 FROM main.t AS h WHERE h.id = g.id AND h.grp = 1)",
);
const U: (&str, &str) = ("u", "SELECT g.id AS id, g.key AS key FROM main.u AS g");

/// Statements that meet a hidden row, and fail on it, as soon as the fence is off.
const LEAKING: &[(&str, &str)] = &[
    ("SELECT count(*) FROM t WHERE CAST(note AS int) >= 0", "200000"),
    ("SELECT count(*) FROM t WHERE CAST(note AS int) >= 0 AND id > 10", "199993"),
    ("SELECT count(*) FROM t WHERE 100 / amount > 0", "67"),
    (
        "WITH c AS (SELECT id, CAST(note AS int) AS x FROM t) SELECT count(*) FROM c AS a JOIN c AS b ON a.id = b.id WHERE a.x > 98",
        "2000",
    ),
    ("SELECT count(*) FROM (SELECT id FROM t WHERE CAST(note AS int) = 1 UNION ALL SELECT id FROM u) AS s", "2050"),
];

/// Statements that do not as DataFusion plans them today.
const PARTIAL: &[(&str, &str)] = &[
    ("SELECT sum(x) AS s FROM (SELECT CAST(note AS int) AS x FROM t) AS s", "9900000"),
    (
        "SELECT CAST(note AS int) AS x, count(*) AS n FROM t GROUP BY CAST(note AS int) ORDER BY x LIMIT 2",
        "0,2000;1,2000",
    ),
    ("SELECT id FROM t ORDER BY CAST(note AS int) DESC, id LIMIT 2", "199;299"),
    ("SELECT count(*) FROM t JOIN u ON CAST(t.note AS int) = u.id", "100000"),
    ("SELECT count(*) FROM u WHERE u.id IN (SELECT CAST(note AS int) FROM t)", "50"),
    ("SELECT count(*) FROM u WHERE EXISTS (SELECT 1 FROM t WHERE CAST(t.note AS int) = u.id)", "50"),
    ("SELECT count(*) FROM u LEFT JOIN t ON CAST(t.note AS int) = u.id AND t.id < 0", "50"),
    ("SELECT max(CAST(note AS int)) FROM t", "99"),
    ("SELECT sum(CASE WHEN 100 / amount > 0 THEN 1 ELSE 0 END) FROM t", "67"),
];

#[tokio::test]
async fn a_partial_operation_never_meets_a_hidden_row() {
    let fixture = Fixture::new(tables());
    for body in [T, T_BY_SEMI_JOIN] {
        for (sql, wanted) in LEAKING.iter().chain(PARTIAL) {
            assert_eq!(fixture.text(sql, &[body, U]).await, *wanted, "{sql}\n{}", body.1);
        }
    }
}

#[tokio::test]
async fn without_the_fence_it_would() {
    let mut fixture = Fixture::new(tables());
    fixture.fencing = Fencing::Off;
    for (sql, _) in LEAKING {
        let error = fixture.rows(sql, &[T, U]).await.expect_err(sql);
        assert!(matches!(error.kind(), EngineErrorKind::Failed { .. }), "{sql}: {error}");
    }
}

#[tokio::test]
async fn filters_on_bare_columns_pass_the_fence_and_change_nothing() {
    let fixture = Fixture::new(tables());
    for (sql, wanted) in [
        ("SELECT CAST(note AS int) FROM t WHERE id = 199", "99"),
        ("SELECT CAST(note AS int) FROM t WHERE id = 198", ""),
        ("SELECT count(CAST(note AS int)) FROM t WHERE id BETWEEN 1 AND 10 AND note <> '1'", "6"),
        ("SELECT count(CAST(note AS int)) FROM t WHERE note = 'oops'", "0"),
        ("SELECT count(CAST(note AS int)) FROM t WHERE id IN (1, 2, 3) OR id IS NULL", "2"),
    ] {
        assert_eq!(fixture.text(sql, &[T]).await, wanted, "{sql}");
    }
}

#[tokio::test]
async fn only_what_may_fail_is_fenced() {
    let fixture = Fixture::new(tables());
    let files = &fixture.engine.0;
    let aggregated = (
        "t",
        "SELECT s.note AS note, s.n AS n FROM (SELECT note, count(*) AS n FROM main.t AS g GROUP BY note) AS s WHERE s.n > 1",
    );
    for (sql, body, wanted) in [
        ("SELECT sum(amount) / count(*) FROM t WHERE note LIKE '1%'", T, false),
        ("SELECT CAST(note AS int) FROM t", T, true),
        // What the files say of their smallest and largest values keeps these within their types.
        ("SELECT date_trunc('month', at), CAST(at AS date), CAST(id AS int) FROM t", T, false),
        ("SELECT sum(price * (1 - price) * (1 + price)) FROM t", T, false),
        ("SELECT CAST(id AS smallint) FROM t", T, true),
        // All rows may be seen.
        ("SELECT CAST(key AS int) FROM u", U, false),
        // A group may be hidden, so what was counted is no safer than what was read.
        ("SELECT 1 / (n - 2000) FROM t", aggregated, true),
    ] {
        let session = files.host.template.session(files.host.environment(Limits::default()));
        let (plan, _) = files.physical_plan(&fixture.request(sql, &[body]), &session).await.unwrap();
        let plan = datafusion::physical_plan::displayable(plan.as_ref()).indent(false).to_string();
        assert_eq!(plan.contains("FenceExec"), wanted, "{sql}\n{plan}");
    }
}

#[tokio::test]
async fn columns_of_one_name_are_told_apart() {
    let fixture = Fixture::new(tables());
    let files = &fixture.engine.0;
    // Whether filters reach the files.
    for (sql, wanted, filters) in [
        ("SELECT count(*) FROM t JOIN u ON t.id = u.id", "34", true),
        (
            "SELECT a.id, b.id FROM u AS a JOIN u AS b ON a.id = b.id - 1 JOIN t ON t.id = b.id WHERE b.id < 6 ORDER BY b.id",
            "1,2;3,4;4,5",
            true,
        ),
        ("SELECT count(*), count(t.id) FROM u LEFT JOIN t ON t.id = u.id", "50,34", true),
        (
            "SELECT a.id, b.id, count(*) FROM u AS a JOIN u AS b ON a.id = b.id GROUP BY a.id, b.id ORDER BY a.id LIMIT 1",
            "1,1,1",
            true,
        ),
        ("SELECT a.id, b.id FROM u AS a JOIN t AS b ON a.id = b.id ORDER BY b.id DESC LIMIT 2", "50,50;49,49", true),
        (
            "SELECT a.id, row_number() OVER (ORDER BY b.id DESC) AS n FROM u AS a JOIN t AS b ON a.id = b.id ORDER BY n LIMIT 1",
            "50,1",
            true,
        ),
        (
            "SELECT count(*) FROM (SELECT a.id FROM u AS a JOIN u AS b ON a.id = b.id UNION ALL SELECT id FROM u) AS s",
            "100",
            true,
        ),
        (
            "SELECT count(*) FROM t WHERE id IN (SELECT a.id FROM u AS a JOIN u AS b ON a.id = b.id WHERE b.id > 10)",
            "27",
            true,
        ),
        (
            "SELECT count(*) FROM t JOIN u ON t.id = u.id WHERE t.id > (SELECT min(a.id) + 40 FROM u AS a JOIN u AS b ON a.id = b.id)",
            "6",
            true,
        ),
        (
            "SELECT count(*) FROM u AS a WHERE EXISTS (SELECT 1 FROM t JOIN u AS b ON t.id = b.id WHERE b.id = a.id)",
            "34",
            true,
        ),
        ("SELECT count(*) FROM u FULL JOIN t USING (id) WHERE u.id < 10", "9", true),
        (
            "SELECT count(*) FROM (SELECT a.id AS x, b.id AS y FROM u AS a JOIN u AS b ON a.id = b.id GROUP BY ROLLUP (a.id, b.id)) AS s",
            "101",
            false,
        ),
        (
            "SELECT count(*) FROM (SELECT DISTINCT a.id, b.id FROM u AS a JOIN u AS b ON a.id <= b.id WHERE b.id < 4) AS s (x, y)",
            "6",
            true,
        ),
    ] {
        assert_eq!(fixture.text(sql, &[T, U]).await, wanted, "{sql}");
        let session = files.host.template.session(files.host.environment(Limits::default()));
        let (plan, _) = files.physical_plan(&fixture.request(sql, &[T, U]), &session).await.unwrap();
        let plan = datafusion::physical_plan::displayable(plan.as_ref()).indent(false).to_string();
        assert_eq!(plan.contains("predicate="), filters, "{sql}\n{plan}");
    }
}

#[tokio::test]
async fn what_a_mask_makes_the_same_everywhere_can_be_sorted_by() {
    let fixture = Fixture::new(tables());
    let masked = ("t", "SELECT g.id AS id, CAST(NULL AS varchar) AS note, 7 AS seven FROM main.t AS g WHERE g.grp = 1");
    for (sql, wanted) in [
        ("SELECT u.id FROM t JOIN u ON t.id = u.id ORDER BY t.note, u.id DESC LIMIT 2", "50;49"),
        (
            "SELECT count(*) FROM (SELECT rank() OVER (ORDER BY t.note) AS r FROM t JOIN u ON t.id = u.id) AS s WHERE r = 1",
            "34",
        ),
        ("SELECT max(n) FROM (SELECT count(*) OVER (ORDER BY t.seven) AS n FROM t JOIN u ON t.id = u.id) AS s", "34"),
        ("SELECT length(string_agg(u.key, '' ORDER BY t.note, u.id)) FROM t LEFT JOIN u ON t.id = u.id", "62"),
    ] {
        assert_eq!(fixture.text(sql, &[masked, U]).await, wanted, "{sql}");
    }
    // Without a limit, in parallel.
    let sorted = fixture
        .text("SELECT t.note, t.seven FROM t JOIN u ON t.id = u.id ORDER BY t.note, t.seven", &[masked, U])
        .await;
    assert_eq!(sorted.split(';').count(), 34, "{sorted}");
    let sql = "SELECT t.seven FROM t JOIN t AS b ON t.id = b.id ORDER BY t.seven, t.note";
    let rows: usize = fixture.rows(sql, &[masked]).await.unwrap().iter().map(|batch| batch.num_rows()).sum();
    assert_eq!(rows, 200_000);
}

#[tokio::test]
async fn extremes_of_groups_do_not_depend_on_where_a_nan_stands() {
    let fixture = Fixture::new(tables());
    // Of ids that leave the same rest, one, all or none is NaN.
    let nan = (
        "u",
        "SELECT g.id AS id, g.id % 3 AS rest, CASE WHEN g.id % 3 = 1 OR g.id = 26 THEN CAST('NaN' AS double) ELSE g.id END AS x \
         FROM main.u AS g",
    );
    for order in ["id", "id DESC"] {
        let sql = format!(
            "SELECT rest, min(x), max(x), max(x) FILTER (WHERE x < 20) AS low \
             FROM (SELECT * FROM u ORDER BY {order} LIMIT 100) AS s GROUP BY rest ORDER BY rest"
        );
        let wanted = "0,3.0,48.0,18.0;1,NaN,NaN,;2,2.0,NaN,17.0";
        assert_eq!(fixture.text(&sql, &[nan]).await, wanted, "{sql}");
    }
    assert_eq!(fixture.text("SELECT min(x), max(x) FROM u WHERE rest = 2", &[nan]).await, "2.0,NaN");
}

#[tokio::test]
async fn a_partial_rule_or_mask_is_fenced_too() {
    let folder = tables();
    let fixture = Fixture::new(folder);
    let by_amount = ("t", "SELECT g.id AS id, g.note AS note FROM main.t AS g WHERE g.grp = 1 AND g.id > 0");
    assert_eq!(fixture.text("SELECT count(*) FROM t", &[by_amount]).await, "200000");
    let mask = ("t", "SELECT g.id AS id, CAST(g.note AS int) AS n FROM main.t AS g WHERE g.grp = 1");
    assert_eq!(fixture.text("SELECT count(*) FROM t WHERE n > 98", &[mask]).await, "2000");
    // A rule that fails, fails whichever rows are asked for.
    let rule = ("t", "SELECT g.id AS id FROM main.t AS g WHERE CAST(g.note AS int) >= 0");
    for sql in ["SELECT count(*) FROM t", "SELECT count(*) FROM t WHERE id = 1"] {
        assert_eq!(fixture.text(sql, &[rule]).await, "a conversion failed on a value", "{sql}");
    }
}

#[tokio::test]
async fn a_visible_value_that_does_not_convert_fails_without_being_quoted() {
    let fixture = Fixture::new(tables());
    let all = ("t", "SELECT g.id AS id, g.note AS note FROM main.t AS g");
    let error = fixture.rows("SELECT CAST(note AS int) FROM t", &[all]).await.unwrap_err();
    assert_eq!(error.to_string(), "a conversion failed on a value");
    assert!(error.raw().unwrap().contains("oops"), "{:?}", error.raw());
    assert!(!format!("{error} {error:?}").contains("oops"));
}

#[tokio::test]
async fn masks_are_applied_before_everything() {
    let fixture = Fixture::new(tables());
    let hashed = ("t", "SELECT g.id AS id, tessera_mask_hash(g.note) AS note FROM main.t AS g WHERE g.grp = 1");
    // HMAC-SHA-256 of `1` under `key`.
    let hash = "96607d51da7cbf5ba88bcf3e42db1d4feb2f9a4f93e48b0a3ab2ea27cf96ec67";
    let found = fixture.text("SELECT note FROM t WHERE id = 1", &[hashed]).await;
    assert_eq!(found.len(), hash.len());
    assert_eq!(fixture.text(&format!("SELECT count(*) FROM t WHERE note = '{found}'"), &[hashed]).await, "2000");
    assert_eq!(fixture.text("SELECT count(*) FROM t WHERE note = '1'", &[hashed]).await, "0");
    let asked = fixture.rows("SELECT tessera_mask_hash('1') FROM t", &[hashed]).await.unwrap_err();
    assert!(matches!(asked.kind(), EngineErrorKind::Rejected { .. }), "{asked:?}");
}

#[tokio::test]
async fn rejections_name_what_was_written_and_nothing_else() {
    let fixture = Fixture::new(tables());
    for (sql, wanted) in [
        ("SELECT id,\n  Grp FROM t", "unknown column `Grp` at 2:3"),
        ("SELECT t.grp FROM t", "unknown column `grp` at 1:10"),
        ("SELECT id FROM t AS a JOIN t AS b ON a.id = b.id", "more than one relation has the column `id` at 1:8"),
        ("SELECT id, count(*) FROM t", "a column is neither grouped by nor in an aggregate"),
        (
            "SELECT id FROM t UNION SELECT id, note FROM t",
            "the parts of a set operation have different numbers of columns",
        ),
        ("SELECT id, id FROM t", "two columns of the result have one name; `AS` gives one of them another"),
        ("SELECT upper(id, id) FROM t", "the arguments of a function have the wrong types or number"),
        ("SELECT * FROM nothing", "the engine cannot make sense of this statement"),
        ("SELECT table_name FROM information_schema.tables", "the engine cannot make sense of this statement"),
        ("EXPLAIN SELECT id FROM t", "the statement uses something that is not supported"),
    ] {
        let error = fixture.rows(sql, &[T]).await.unwrap_err();
        let EngineErrorKind::Rejected { message, position, .. } = error.kind() else { panic!("{sql}: {error:?}") };
        let position = position.map(|at| format!(" at {}:{}", at.line, at.column)).unwrap_or_default();
        assert_eq!(format!("{message}{position}"), wanted, "{sql}: {:?}", error.raw());
    }
}

#[tokio::test]
async fn a_relation_without_its_file_is_unavailable_by_its_own_name() {
    let fixture = Fixture::new(tables());
    let gone = ("customers", "SELECT g.r AS r FROM main.region AS g");
    let error = fixture.rows("SELECT r FROM customers", &[gone]).await.unwrap_err();
    assert_eq!(error.to_string(), "the data of `customers` cannot be read");
    assert_eq!(fixture.text("SELECT count(*) FROM t", &[T]).await, "200000");
}

#[tokio::test]
async fn rows_beyond_the_cap_are_cut_and_reported() {
    let fixture = Fixture::new(tables());
    for (sql, cap, rows, truncated) in [
        ("SELECT id FROM t", 10_000, 10_000, true),
        ("SELECT id FROM t WHERE id <= 4", 3, 3, false),
        ("SELECT id FROM t WHERE id <= 5", 3, 3, true),
        ("SELECT id FROM t", 0, 0, true),
    ] {
        let mut request = fixture.request(sql, &[T]);
        request.row_cap = Some(cap);
        let mut stream = fixture.engine.start(request, Limits::default(), &CancellationToken::new()).await.unwrap();
        assert_eq!(stream.summary(), None);
        let mut seen = 0;
        while let Some(batch) = stream.next().await {
            seen += batch.unwrap().num_rows() as u64;
        }
        assert_eq!((seen, stream.summary()), (rows, Some(Summary { row_count: rows, truncated })), "{sql}");
    }
}

/// Runs for hours.
const ENDLESS: &str = "SELECT count(*) FROM t AS a CROSS JOIN t AS b CROSS JOIN t AS c WHERE a.id + b.id + c.id = 0";

#[tokio::test]
async fn a_query_stops_when_it_is_cancelled_and_when_its_time_is_up() {
    let fixture = Fixture::with_options(tables(), 1, false);
    let cancel = CancellationToken::new();
    let request = fixture.request(ENDLESS, &[T]);
    let mut stream = fixture.engine.start(request, Limits::default(), &cancel).await.unwrap();
    cancel.cancel();
    assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), &EngineErrorKind::Cancelled);
    assert!(stream.next().await.is_none());

    let soon = Limits { timeout: std::time::Duration::from_millis(200), ..Limits::default() };
    let mut stream =
        fixture.engine.start(fixture.request(ENDLESS, &[T]), soon, &CancellationToken::new()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), &EngineErrorKind::Timeout);

    // One query at a time: the next one runs only because the others have really stopped.
    assert_eq!(fixture.text("SELECT count(*) FROM t", &[T]).await, "200000");
    let running = fixture.start(ENDLESS, &[T]).await.unwrap();
    let waiting = fixture.engine.start(fixture.request("SELECT 1", &[T]), soon, &CancellationToken::new()).await;
    assert_eq!(waiting.err().unwrap().kind(), &EngineErrorKind::Timeout);
    drop(running);
    assert_eq!(fixture.text("SELECT 1", &[T]).await, "1");
}

#[tokio::test]
async fn a_query_that_needs_too_much_memory_ends_alone() {
    let fixture = Fixture::new(tables());
    let request = fixture.request("SELECT id, count(*) FROM t GROUP BY id", &[T]);
    let tight = Limits { memory_bytes: 100_000, ..Limits::default() };
    let stream = fixture.engine.start(request, tight, &CancellationToken::new()).await.unwrap();
    assert_eq!(crate::testing::collect(stream).await.unwrap_err().kind(), &EngineErrorKind::TooLarge);
    assert_eq!(fixture.text("SELECT count(*) FROM t", &[T]).await, "200000");
}

#[tokio::test]
async fn recursive_queries_and_field_query_names_work() {
    let fixture = Fixture::new(tables());
    let sql = "WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT c.n + CAST(t.note AS int) FROM c JOIN t ON t.id = c.n WHERE c.n < 9) SELECT max(n) FROM c";
    assert_eq!(fixture.text(sql, &[T]).await, "16");
    let mut request = fixture.request("SELECT count(*) FROM \"t\"", &[T]);
    request.relations[0].schema = None;
    let stream = fixture.engine.start(request, Limits::default(), &CancellationToken::new()).await.unwrap();
    assert_eq!(crate::testing::table(&crate::testing::collect(stream).await.unwrap()), "200000");
}

#[tokio::test]
async fn the_self_test_passes_and_could_fail() {
    let fixture = Fixture::new(TempFolder::new());
    fixture.engine.self_test().await.unwrap();
    let session = fixture.engine.0.host.template.session(fixture.engine.0.host.environment(Limits::default()));
    self_test::rows(&session, Fencing::Off).await.unwrap_err();
}
