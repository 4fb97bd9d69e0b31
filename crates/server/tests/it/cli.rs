//! The command line as its users meet it: the real binary, its exit codes, and every byte that it says.
use expect_test::{Expect, expect};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

const MODEL: &str = "
connection: warehouse
access_grants: {staff: {group: staff}}
attributes: {region: {type: string, multiple: true}}
";

const NOTES: &str = "
view: notes
table: notes
primary_key: [id]
access_filters: [{field: region, user_attribute: region}]
dimensions:
  id: {type: number, sql: id}
  region: {type: string, sql: region}
  note: {type: string, sql: note}
  author: {type: string, sql: author, required_access_grants: [staff]}
measures:
  notes: {aggregate_type: count}
";

const QUINN: &str = "{attributes: {region: [EUROPE]}, connection_role: querier}";

/// The note that is no number is hidden from Quinn, and made its column a text for everybody.
const ROWS: &str = "id,region,note,author\n1,EUROPE,10,Ada\n2,EUROPE,20,Bob\n3,ASIA,oops,Cleo\n";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "model.yaml", MODEL);
    write(&folder, "views/notes.view.yaml", NOTES);
    write(&folder, "topics/notes.topic.yaml", "topic: notes\nbase_view: notes\n");
    write(&folder, "connections.yaml", "warehouse: {engine: files, path: data, mask_key: test}");
    write(&folder, "data/notes.csv", ROWS);
    write(&folder, "quinn.yaml", QUINN);
    folder
}

fn write(folder: &TempDir, path: &str, text: impl AsRef<[u8]>) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Starts `tessera` in the folder.
fn start(folder: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tessera"))
        .args(arguments)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn run_with(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = start(folder, arguments);
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    run_with(folder.path(), arguments, "")
}

/// Exit code, standard error, standard output.
fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().map_or_else(|| "killed".to_owned(), |code| code.to_string());
    format!("exit {code}\n{}{}", text(&output.stderr), text(&output.stdout))
}

fn check(folder: &TempDir, arguments: &[&str], expected: Expect) {
    expected.assert_eq(&said(&run(folder, arguments)));
}

fn sql(folder: &TempDir, text: &str) -> Output {
    run_with(folder.path(), &["query", ".", "--as", "quinn.yaml", "--sql", "-"], text)
}

fn request(folder: &TempDir, text: &str) -> Output {
    run_with(folder.path(), &["query", ".", "--as", "quinn.yaml", "--request", "-"], text)
}

#[test]
fn a_folder_that_loads_says_what_it_holds() {
    check(
        &folder(),
        &["check", "."],
        expect![[r#"
        exit 0
        . loads: 1 views, 5 fields, 1 topics
    "#]],
    );
    check(
        &folder(),
        &["check", ".", "--data", "--format", "json"],
        expect![[r#"
        exit 0
        {"problems":[]}
    "#]],
    );
}

#[test]
fn a_folder_without_data_can_be_checked_and_not_asked() {
    let folder = folder();
    fs::remove_file(folder.path().join("connections.yaml")).unwrap();
    check(
        &folder,
        &["check", "."],
        expect![[r#"
        exit 0
        . loads: 1 views, 5 fields, 1 topics
        `connections.yaml` names no data: whether the tables exist was not checked
    "#]],
    );
    check(
        &folder,
        &["query", ".", "--as", "quinn.yaml", "--sql", "SELECT 1"],
        expect![[r#"
        exit 1
        there is no data to ask: `connections.yaml` has no connection `warehouse`
        help: name it there, like `warehouse: {engine: files, path: data}`
    "#]],
    );
}

#[test]
fn wrong_usage_is_told_apart() {
    let folder = folder();
    assert_eq!(run(&folder, &["query", "."]).status.code(), Some(2));
    assert_eq!(run(&folder, &["query", ".", "--as", "quinn.yaml"]).status.code(), Some(2));
    assert_eq!(run(&folder, &["chekc", "."]).status.code(), Some(2));
    assert_eq!(
        run(&folder, &["query", ".", "--as", "quinn.yaml", "--sql", "SELECT 1", "--now", "today"]).status.code(),
        Some(2)
    );
    assert_eq!(
        run(&folder, &["explain", ".", "--as", "quinn.yaml", "--topic", "notes", "--view", "notes"]).status.code(),
        Some(2)
    );
}

#[test]
fn folders_and_files_that_are_not_there() {
    let folder = folder();
    check(
        &folder,
        &["check", "nowhere"],
        expect![[r#"
        exit 1
        cannot read `nowhere`: No such file or directory (os error 2)
    "#]],
    );
    check(
        &folder,
        &["check", "data"],
        expect![[r#"
        exit 1
        `data` is not a model folder: it has no `model.yaml`
    "#]],
    );
    check(
        &folder,
        &["query", ".", "--as", "nobody.yaml", "--sql", "SELECT 1"],
        expect![[r#"
        exit 1
        cannot read `nobody.yaml`: No such file or directory (os error 2)
    "#]],
    );
    check(
        &folder,
        &["query", ".", "--as", "quinn.yaml", "--request", "none.json"],
        expect![[r#"
        exit 1
        cannot read `none.json`: No such file or directory (os error 2)
    "#]],
    );
}

#[test]
fn a_broken_model_file_is_pointed_at() {
    let folder = folder();
    write(&folder, "views/notes.view.yaml", "view: notes\n  table: notes\n");
    check(
        &folder,
        &["check", "."],
        expect![[r#"
        exit 1
        views/notes.view.yaml:2:8: this is not YAML: mapping values are not allowed in this context
    "#]],
    );
    write(&folder, "views/notes.view.yaml", NOTES.replace("dimensions:", "dimesions:"));
    check(
        &folder,
        &["check", "."],
        expect![[r#"
        exit 1
        views/notes.view.yaml:4:15: unknown field `id` in view `notes`
        views/notes.view.yaml:5:26: unknown field `region` in view `notes`
        views/notes.view.yaml:6:1: a view has no key `dimesions`
        help: did you mean `dimensions`?
    "#]],
    );
    check(
        &folder,
        &["check", ".", "--format", "json"],
        expect![[r#"
        exit 1
        {"problems":[{"code":"unknown_field","column":15,"file":"views/notes.view.yaml","help":null,"line":4,"message":"unknown field `id` in view `notes`"},{"code":"unknown_field","column":26,"file":"views/notes.view.yaml","help":null,"line":5,"message":"unknown field `region` in view `notes`"},{"code":"unknown_key","column":1,"file":"views/notes.view.yaml","help":"did you mean `dimensions`?","line":6,"message":"a view has no key `dimesions`"}]}
    "#]],
    );
}

#[test]
fn a_cycle_is_named_with_its_way() {
    let folder = folder();
    write(
        &folder,
        "views/notes.view.yaml",
        NOTES.replace("sql: note}", "sql: \"${author}\"}").replace("sql: author,", "sql: \"${note}\","),
    );
    check(
        &folder,
        &["check", "."],
        expect![[r#"
        exit 1
        views/notes.view.yaml:9:3: a field cannot be computed from itself: notes.note → notes.author → notes.note
    "#]],
    );
}

#[test]
fn an_ambiguous_join_asks_which_one() {
    let folder = folder();
    let twice = "relationships:
  - {from: replies, to: notes, on: \"${replies.note_id} = ${notes.id}\", type: many_to_one, name: first}
  - {from: replies, to: notes, on: \"${replies.other_id} = ${notes.id}\", type: many_to_one, name: second}
";
    write(&folder, "model.yaml", format!("{MODEL}{twice}"));
    let replies = "view: replies\ntable: replies\naccess: everyone\ndimensions: {note_id: {type: number, sql: note_id}, other_id: {type: number, sql: other_id}}\n";
    write(&folder, "views/replies.view.yaml", replies);
    write(&folder, "topics/replies.topic.yaml", "topic: replies\nbase_view: replies\njoins: {notes: {}}\n");
    write(&folder, "data/replies.csv", "note_id,other_id\n1,2\n");
    check(
        &folder,
        &["check", "."],
        expect![[r#"
        exit 1
        topics/replies.topic.yaml:3:9: several relationships connect `replies` and `notes`
        help: say which with `relationship:`, one of first, second
    "#]],
    );
}

#[test]
fn a_broken_actor_is_pointed_at() {
    let folder = folder();
    write(&folder, "quinn.yaml", "{attribute: {region: [EUROPE]}, connection_role: quierier}");
    check(
        &folder,
        &["query", ".", "--as", "quinn.yaml", "--sql", "SELECT 1"],
        expect![[r#"
        exit 1
        quinn.yaml:1:2: an actor has no key `attribute`
        help: did you mean `attributes`?
        quinn.yaml:1:50: `connection_role` cannot be `"quierier"`
        help: did you mean `querier`?
    "#]],
    );
}

#[test]
fn a_filter_of_the_wrong_type_is_refused() {
    let text = r#"{"topic": "notes", "fields": ["notes.notes"], "filters": [{"field": "notes.id", "is": ["one"]}]}"#;
    expect![[r#"
        exit 1
        `notes.id` is a number: `is` takes a number, not `"one"`
    "#]]
    .assert_eq(&said(&request(&folder(), text)));
}

#[test]
fn a_request_that_is_none() {
    let folder = folder();
    expect![[r#"
        exit 1
        standard input:1:1: this is not the JSON that is expected: EOF while parsing an object
    "#]]
    .assert_eq(&said(&request(&folder, "{")));
    expect![[r#"
        exit 1
        standard input: a query has no key `felds`
        help: did you mean `fields`?
        standard input: a query needs `fields`
    "#]]
    .assert_eq(&said(&request(&folder, r#"{"topic": "notes", "felds": []}"#)));
}

#[test]
fn what_is_forbidden_answers_like_what_does_not_exist() {
    let folder = folder();
    let field = |name: &str| {
        said(&request(&folder, &format!(r#"{{"topic": "notes", "fields": ["notes.{name}"]}}"#))).replace(name, "…")
    };
    assert_eq!(field("author"), field("nobody"));
    expect![[r#"
        exit 1
        unknown field `notes.…` in topic `notes`
    "#]]
    .assert_eq(&field("author"));
    let column = |name: &str| said(&sql(&folder, &format!("SELECT {name} FROM notes"))).replace(name, "…");
    assert_eq!(column("author"), column("nobody"));
    expect![[r#"
        exit 1
        1:8: unknown column `…`
    "#]]
    .assert_eq(&column("author"));
}

#[test]
fn a_missing_attribute_closes_the_door() {
    let folder = folder();
    write(&folder, "quinn.yaml", "{connection_role: querier}");
    expect![[r#"
        exit 3
        1:15: attribute_missing(region)
        help: attribute `region` is not set; an administrator can set it
    "#]]
    .assert_eq(&said(&sql(&folder, "SELECT * FROM notes")));
    expect![[r#"
        exit 3
        attribute_missing(region)
        help: attribute `region` is not set; an administrator can set it
    "#]]
    .assert_eq(&said(&request(&folder, r#"{"topic": "notes", "fields": ["notes.notes"]}"#)));
}

#[test]
fn abilities_are_asked_for_first() {
    let folder = folder();
    write(&folder, "quinn.yaml", "{attributes: {region: [EUROPE]}, connection_role: viewer}");
    expect![[r#"
        exit 3
        not allowed to write_sql this model: needs `write_sql`
    "#]]
    .assert_eq(&said(&sql(&folder, "SELECT * FROM nothing")));
    write(&folder, "quinn.yaml", "{}");
    expect![[r#"
        exit 3
        no model `warehouse`
    "#]]
    .assert_eq(&said(&request(&folder, r#"{"topic": "nothing", "fields": ["a.b"]}"#)));
    write(&folder, "quinn.yaml", "{attributes: {region: [EUROPE]}, connection_role: restricted_querier}");
    let arguments = ["query", ".", "--as", "quinn.yaml", "--show-sql", "--request", "-"];
    let text = r#"{"topic": "notes", "fields": ["notes.notes"]}"#;
    expect![[r#"
        exit 3
        not allowed to view_sql this model: needs `view_sql`
    "#]]
    .assert_eq(&said(&run_with(folder.path(), &arguments, text)));
}

#[test]
fn hostile_statements_get_a_short_answer() {
    let folder = folder();
    for (text, expected) in [
        (
            "SELEKT 1".to_owned(),
            expect![[r#"
            exit 1
            1:1: only a query can run, and `SELEKT` does not start one
            help: start with SELECT, WITH or VALUES
        "#]],
        ),
        (
            "".to_owned(),
            expect![[r#"
            exit 1
            there is no statement
            help: start with SELECT, WITH or VALUES
        "#]],
        ),
        (
            format!("SELECT '{}'", "x".repeat(1 << 20)),
            expect![[r#"
            exit 1
            the text has 1048585 bytes; at most 65536 are read
        "#]],
        ),
        (
            format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000)),
            expect![[r#"
            exit 1
            1:58: nested too deep: at most 50 levels, and fewer of types, of `POSITION` and of doubled parentheses
        "#]],
        ),
        (
            format!("SELECT 1{}", " + 1".repeat(20_000)),
            expect![[r#"
            exit 1
            the text has 80008 bytes; at most 65536 are read
        "#]],
        ),
        (
            "SELECT repeat('x', 1500000000)".to_owned(),
            expect![[r#"
            exit 1
            1:20: argument 2 of `repeat` must be a literal of at most 10000
        "#]],
        ),
        (
            "SELECT 1; SELECT 2".to_owned(),
            expect![[r#"
            exit 1
            1:11: unexpected `SELECT` after the query
            help: one query at a time
        "#]],
        ),
        (
            "DROP TABLE notes".to_owned(),
            expect![[r#"
            exit 1
            1:1: only a query can run, and `DROP` does not start one
            help: start with SELECT, WITH or VALUES
        "#]],
        ),
        (
            "SELECT * FROM information_schema.tables".to_owned(),
            expect![[r#"
            exit 1
            1:15: unknown table `information_schema.tables`, or you may not read it
        "#]],
        ),
        (
            "SELECT * FROM '/etc/passwd'".to_owned(),
            expect![[r#"
            exit 1
            unknown table `/etc/passwd`, or you may not read it
        "#]],
        ),
        (
            "SELECT note + 1 FROM notes WHERE regoin = 'x'".to_owned(),
            expect![[r#"
            exit 1
            1:34: unknown column `regoin`
        "#]],
        ),
    ] {
        expected.assert_eq(&said(&sql(&folder, &text)));
    }
}

#[test]
fn a_hidden_cell_neither_fails_nor_shows() {
    let folder = folder();
    expect![[r#"
        exit 0
        total
        -----
           30
        (1 row)
    "#]]
    .assert_eq(&said(&sql(&folder, "SELECT sum(CAST(note AS bigint)) AS total FROM notes")));
    write(&folder, "quinn.yaml", "{attributes: {region: [ASIA]}, connection_role: querier}");
    expect![[r#"
        exit 4
        a conversion failed on a value
    "#]]
    .assert_eq(&said(&sql(&folder, "SELECT CAST(note AS bigint) FROM notes")));
}

#[test]
fn a_file_that_is_damaged_spoils_its_own_table_only() {
    let folder = folder();
    write(&folder, "data/broken.parquet", "PAR1 this is no Parquet PAR1");
    write(&folder, "data/torn.csv", "a,b\n1,2\n3\n");
    expect![[r#"
        exit 0
        notes
        -----
            2
        (1 row)
    "#]]
    .assert_eq(&said(&sql(&folder, "SELECT count(*) AS notes FROM notes")));
    let view = "view: broken\ntable: broken\naccess: everyone\ndimensions: {a: {type: number, sql: a}}\n";
    write(&folder, "views/broken.view.yaml", view);
    check(
        &folder,
        &["check", "."],
        expect![[r#"
        exit 1
        views/broken.view.yaml: table `main.broken` of view `broken` cannot be read: the file is damaged, or not of its format
        help: replace the file; until then only questions to this table fail
    "#]],
    );
}

#[test]
fn a_primary_key_that_is_none_is_found_in_the_data() {
    let folder = folder();
    write(&folder, "data/notes.csv", "id,region,note,author\n1,EUROPE,x,Ada\n1,EUROPE,y,Ada\n,ASIA,z,Bob\n");
    check(
        &folder,
        &["check", "."],
        expect![[r#"
        exit 0
        . loads: 1 views, 5 fields, 1 topics
    "#]],
    );
    check(
        &folder,
        &["check", ".", "--data"],
        expect![[r#"
        exit 1
        views/notes.view.yaml:4:14: the primary key of `notes` is null in some rows
        views/notes.view.yaml:4:14: the primary key of `notes` is not unique
    "#]],
    );
}

#[test]
fn a_query_that_is_interrupted_says_so() {
    let folder = folder();
    let rows: String = (0..3000).map(|id| format!("{id},EUROPE,note {id},Ada\n")).collect();
    write(&folder, "data/notes.csv", format!("id,region,note,author\n{rows}"));
    let text = "SELECT count(*) FROM notes a, notes b, notes c, notes d WHERE a.id + b.id + c.id + d.id = -1";
    let mut child = start(folder.path(), &["query", ".", "--as", "quinn.yaml", "--show-sql", "--sql", text]);
    // It shows its SQL before it runs it.
    let mut said = BufReader::new(child.stderr.take().unwrap());
    said.read_line(&mut String::new()).unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4));
    assert!(rest.ends_with("the query was cancelled\n"), "{rest}");
}

#[test]
fn every_format_gives_the_same_rows() {
    let folder = folder();
    let query = ["query", ".", "--as", "quinn.yaml", "--sql", "SELECT id, note FROM notes ORDER BY id", "--format"];
    check(
        &folder,
        &[&query[..], &["table"]].concat(),
        expect![[r#"
        exit 0
        id  note
        --  ----
         1  10
         2  20
        (2 rows)
    "#]],
    );
    let csv = run(&folder, &[&query[..], &["csv"]].concat());
    assert_eq!(String::from_utf8(csv.stdout).unwrap(), "id,note\r\n1,10\r\n2,20\r\n");
    let json = run(&folder, &[&query[..], &["json"]].concat());
    let mut json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    json["elapsed_ms"].take();
    expect![[r#"
        {
          "cached_at": null,
          "columns": [
            {
              "format": null,
              "kind": "column",
              "label": "id",
              "masked": false,
              "name": "id",
              "type": "number"
            },
            {
              "format": null,
              "kind": "column",
              "label": "note",
              "masked": false,
              "name": "note",
              "type": "string"
            }
          ],
          "elapsed_ms": null,
          "governed_by": [
            {
              "because": "attribute region, set on you",
              "relation": "notes",
              "rule": "region is EUROPE"
            }
          ],
          "notices": [],
          "query_id": null,
          "row_count": 2,
          "rows": [
            [
              "1",
              "10"
            ],
            [
              "2",
              "20"
            ]
          ],
          "truncated": false
        }"#]]
    .assert_eq(&format!("{json:#}"));
    let arrow = run(&folder, &[&query[..], &["arrow"]].concat());
    let reader = datafusion::arrow::ipc::reader::StreamReader::try_new(arrow.stdout.as_slice(), None).unwrap();
    let columns = reader.schema().metadata()["tessera:columns"].parse::<serde_json::Value>().unwrap();
    assert_eq!(columns, json["columns"]);
    assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 2);
}

#[test]
fn shown_sql_holds_the_rule() {
    let folder = folder();
    let query = ["query", ".", "--as", "quinn.yaml", "--show-sql", "--sql", "SELECT count(*) AS notes FROM notes"];
    check(
        &folder,
        &query,
        expect![[r#"
        exit 0
        WITH "notes" AS (
          SELECT "t0"."id" AS "id", "t0"."region" AS "region", "t0"."note" AS "note"
          FROM "main"."notes" AS "t0"
          WHERE ("t0"."region" IN ('EUROPE'))
        )
        SELECT count(*) AS notes FROM notes
        notes
        -----
            2
        (1 row)
    "#]],
    );
}

#[test]
fn explanations_say_why() {
    let folder = folder();
    let explain = |rest: &[&str]| said(&run(&folder, &[&["explain", ".", "--as", "quinn.yaml"], rest].concat()));
    expect![[r#"
        exit 0
        limited: You may query this. One rule limits the rows.
        because  query_topics: Querier, assigned to you
        rows     notes: region is EUROPE (attribute region, set on you)
    "#]]
    .assert_eq(&explain(&["--topic", "notes"]));
    expect![[r#"
        exit 0
        limited: You may query this. One rule limits the rows.
        because  query_topics: Querier, assigned to you
        rows     notes: region is EUROPE (attribute region, set on you)
    "#]]
    .assert_eq(&explain(&["--field", "notes.note"]));
    expect![[r#"
        exit 1
        unknown field `notes.author`
    "#]]
    .assert_eq(&explain(&["--field", "notes.author"]));
    expect![[r#"
        exit 0
        {"decision":"limited","summary":"You may query this. One rule limits the rows.","because":["write_sql: Querier, assigned to you"],"needs":[],"governed_by":[{"relation":"notes","rule":"region is EUROPE","because":"attribute region, set on you"}],"fields":[],"sql":{"text":"WITH \"notes\" AS (\n  SELECT \"t0\".\"id\" AS \"id\", \"t0\".\"region\" AS \"region\", \"t0\".\"note\" AS \"note\"\n  FROM \"main\".\"notes\" AS \"t0\"\n  WHERE (\"t0\".\"region\" IN ('EUROPE'))\n)\nSELECT note FROM notes","rules":[{"start":133,"end":162,"relation":"notes","label":"region is EUROPE"}]}}
    "#]].assert_eq(&explain(&["--sql", "SELECT note FROM notes", "--format", "json"]));
    write(&folder, "quinn.yaml", "{connection_role: viewer}");
    expect![[r#"
        exit 0
        denied: You may not ask questions yourself here.
        needs    query_topics
    "#]]
    .assert_eq(&explain(&["--topic", "notes"]));
}

const PASSES: &str = "
test: Europeans see European notes
as: {attributes: {region: [EUROPE]}, connection_role: querier}
query: {topic: notes, fields: [notes.region, notes.notes]}
expect: {values: {notes.region: [EUROPE]}, row_count: 1, hidden: [notes.author]}
";

#[test]
fn policy_tests_pass_fail_and_notice() {
    let folder = folder();
    write(&folder, "tests/europe.test.yaml", PASSES);
    check(
        &folder,
        &["test", "."],
        expect![[r#"
        exit 0
        ok      Europeans see European notes

        1 passed, 0 failed
    "#]],
    );
    check(
        &folder,
        &["test", ".", "--mutate"],
        expect![[r#"
        exit 0
        ok      Europeans see European notes

        1 passed, 0 failed
        3 of 3 rules are noticed: a test fails when one is taken away
    "#]],
    );
    write(&folder, "tests/europe.test.yaml", PASSES.replace(", hidden: [notes.author]", ""));
    check(
        &folder,
        &["test", ".", "--mutate"],
        expect![[r#"
        exit 1
        ok      Europeans see European notes

        1 passed, 0 failed
        1 of 3 rules are noticed: a test fails when one is taken away
        model.yaml:3:17: no test notices grant staff given to everyone
        views/notes.view.yaml:10:64: no test notices field notes.author without the grant staff
    "#]],
    );
    check(
        &folder,
        &["test", ".", "--mutate", "--format", "junit"],
        expect![[r#"
        exit 1
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite name="policy tests" tests="3" failures="2">
          <testcase classname="tests/europe.test.yaml" name="Europeans see European notes"/>
          <testcase classname="model.yaml" name="some test notices grant staff given to everyone">
            <failure message="model.yaml:3:17: no test notices"/>
          </testcase>
          <testcase classname="views/notes.view.yaml" name="some test notices field notes.author without the grant staff">
            <failure message="views/notes.view.yaml:10:64: no test notices"/>
          </testcase>
        </testsuite>
    "#]],
    );
    write(
        &folder,
        "tests/asia.test.yaml",
        PASSES
            .replace("values: {notes.region: [EUROPE]}, row_count: 1", "row_count: 2")
            .replace("see European", "see all"),
    );
    check(
        &folder,
        &["test", ".", "--mutate"],
        expect![[r#"
        exit 1
        FAILED  Europeans see all notes
                tests/asia.test.yaml:2
                1 rows, not 2
        ok      Europeans see European notes

        1 passed, 1 failed
        rules are taken away when all tests pass
    "#]],
    );
    check(
        &folder,
        &["test", ".", "--format", "json"],
        expect![[r#"
        exit 1
        {"mutants":null,"tests":[{"failures":["1 rows, not 2"],"file":"tests/asia.test.yaml","passed":false,"test":"Europeans see all notes"},{"failures":[],"file":"tests/europe.test.yaml","passed":true,"test":"Europeans see European notes"}]}
    "#]],
    );
}

#[test]
fn policy_tests_bring_rows() {
    let folder = folder();
    let given = "
test: A note of two regions
as: {attributes: {region: [NORTH]}, connection_role: querier}
given: {notes: [{id: 1, region: NORTH, note: mine}, {id: 2, region: SOUTH, note: theirs}, {id: 3}]}
query: {topic: notes, fields: [notes.id, notes.note]}
expect: {rows: [[1, mine]]}
";
    write(&folder, "tests/given.test.yaml", given);
    check(
        &folder,
        &["test", "."],
        expect![[r#"
        exit 0
        ok      A note of two regions

        1 passed, 0 failed
    "#]],
    );
    write(&folder, "tests/given.test.yaml", given.replace("{id: 3}", "{number: 3}"));
    check(
        &folder,
        &["test", "."],
        expect![[r#"
        exit 1
        tests/given.test.yaml:4:92: the table has no column `number`
    "#]],
    );
}

#[test]
fn the_demonstration_s_policies_are_noticed() {
    for model in ["acme", "globex"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(model);
        let output =
            Command::new(env!("CARGO_BIN_EXE_tessera")).args(["test", "--mutate"]).arg(&folder).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
}
