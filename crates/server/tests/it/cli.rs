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
    check(&folder(), &["check", "."], expect![[]]);
    check(&folder(), &["check", ".", "--data", "--format", "json"], expect![[]]);
}

#[test]
fn a_folder_without_data_can_be_checked_and_not_asked() {
    let folder = folder();
    fs::remove_file(folder.path().join("connections.yaml")).unwrap();
    check(&folder, &["check", "."], expect![[]]);
    check(&folder, &["query", ".", "--as", "quinn.yaml", "--sql", "SELECT 1"], expect![[]]);
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
    check(&folder, &["check", "nowhere"], expect![[]]);
    check(&folder, &["check", "data"], expect![[]]);
    check(&folder, &["query", ".", "--as", "nobody.yaml", "--sql", "SELECT 1"], expect![[]]);
    check(&folder, &["query", ".", "--as", "quinn.yaml", "--request", "none.json"], expect![[]]);
}

#[test]
fn a_broken_model_file_is_pointed_at() {
    let folder = folder();
    write(&folder, "views/notes.view.yaml", "view: notes\n  table: notes\n");
    check(&folder, &["check", "."], expect![[]]);
    write(&folder, "views/notes.view.yaml", NOTES.replace("dimensions:", "dimesions:"));
    check(&folder, &["check", "."], expect![[]]);
    check(&folder, &["check", ".", "--format", "json"], expect![[]]);
}

#[test]
fn a_cycle_is_named_with_its_way() {
    let folder = folder();
    write(
        &folder,
        "views/notes.view.yaml",
        NOTES.replace("sql: note}", "sql: \"${author}\"}").replace("sql: author,", "sql: \"${note}\","),
    );
    check(&folder, &["check", "."], expect![[]]);
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
    check(&folder, &["check", "."], expect![[]]);
}

#[test]
fn a_broken_actor_is_pointed_at() {
    let folder = folder();
    write(&folder, "quinn.yaml", "{attribute: {region: [EUROPE]}, connection_role: quierier}");
    check(&folder, &["query", ".", "--as", "quinn.yaml", "--sql", "SELECT 1"], expect![[]]);
}

#[test]
fn a_filter_of_the_wrong_type_is_refused() {
    let text = r#"{"topic": "notes", "fields": ["notes.notes"], "filters": [{"field": "notes.id", "is": ["one"]}]}"#;
    expect![[]].assert_eq(&said(&request(&folder(), text)));
}

#[test]
fn a_request_that_is_none() {
    let folder = folder();
    expect![[]].assert_eq(&said(&request(&folder, "{")));
    expect![[]].assert_eq(&said(&request(&folder, r#"{"topic": "notes", "felds": []}"#)));
}

#[test]
fn what_is_forbidden_answers_like_what_does_not_exist() {
    let folder = folder();
    let field = |name: &str| {
        said(&request(&folder, &format!(r#"{{"topic": "notes", "fields": ["notes.{name}"]}}"#))).replace(name, "…")
    };
    assert_eq!(field("author"), field("nobody"));
    expect![[]].assert_eq(&field("author"));
    let column = |name: &str| said(&sql(&folder, &format!("SELECT {name} FROM notes"))).replace(name, "…");
    assert_eq!(column("author"), column("nobody"));
    expect![[]].assert_eq(&column("author"));
}

#[test]
fn a_missing_attribute_closes_the_door() {
    let folder = folder();
    write(&folder, "quinn.yaml", "{connection_role: querier}");
    expect![[]].assert_eq(&said(&sql(&folder, "SELECT * FROM notes")));
    expect![[]].assert_eq(&said(&request(&folder, r#"{"topic": "notes", "fields": ["notes.notes"]}"#)));
}

#[test]
fn abilities_are_asked_for_first() {
    let folder = folder();
    write(&folder, "quinn.yaml", "{attributes: {region: [EUROPE]}, connection_role: viewer}");
    expect![[]].assert_eq(&said(&sql(&folder, "SELECT * FROM nothing")));
    write(&folder, "quinn.yaml", "{}");
    expect![[]].assert_eq(&said(&request(&folder, r#"{"topic": "nothing", "fields": ["a.b"]}"#)));
    write(&folder, "quinn.yaml", "{attributes: {region: [EUROPE]}, connection_role: restricted_querier}");
    let arguments = ["query", ".", "--as", "quinn.yaml", "--show-sql", "--request", "-"];
    let text = r#"{"topic": "notes", "fields": ["notes.notes"]}"#;
    expect![[]].assert_eq(&said(&run_with(folder.path(), &arguments, text)));
}

#[test]
fn hostile_statements_get_a_short_answer() {
    let folder = folder();
    for (text, expected) in [
        ("SELEKT 1".to_owned(), expect![[]]),
        ("".to_owned(), expect![[]]),
        (format!("SELECT '{}'", "x".repeat(1 << 20)), expect![[]]),
        (format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000)), expect![[]]),
        (format!("SELECT 1{}", " + 1".repeat(20_000)), expect![[]]),
        ("SELECT repeat('x', 1500000000)".to_owned(), expect![[]]),
        ("SELECT 1; SELECT 2".to_owned(), expect![[]]),
        ("DROP TABLE notes".to_owned(), expect![[]]),
        ("SELECT * FROM information_schema.tables".to_owned(), expect![[]]),
        ("SELECT * FROM '/etc/passwd'".to_owned(), expect![[]]),
        ("SELECT note + 1 FROM notes WHERE regoin = 'x'".to_owned(), expect![[]]),
    ] {
        expected.assert_eq(&said(&sql(&folder, &text)));
    }
}

#[test]
fn a_hidden_cell_neither_fails_nor_shows() {
    let folder = folder();
    expect![[]].assert_eq(&said(&sql(&folder, "SELECT sum(CAST(note AS bigint)) AS total FROM notes")));
    write(&folder, "quinn.yaml", "{attributes: {region: [ASIA]}, connection_role: querier}");
    expect![[]].assert_eq(&said(&sql(&folder, "SELECT CAST(note AS bigint) FROM notes")));
}

#[test]
fn a_file_that_is_damaged_spoils_its_own_table_only() {
    let folder = folder();
    write(&folder, "data/broken.parquet", "PAR1 this is no Parquet PAR1");
    write(&folder, "data/torn.csv", "a,b\n1,2\n3\n");
    expect![[]].assert_eq(&said(&sql(&folder, "SELECT count(*) AS notes FROM notes")));
    let view = "view: broken\ntable: broken\naccess: everyone\ndimensions: {a: {type: number, sql: a}}\n";
    write(&folder, "views/broken.view.yaml", view);
    check(&folder, &["check", "."], expect![[]]);
}

#[test]
fn a_primary_key_that_is_none_is_found_in_the_data() {
    let folder = folder();
    write(&folder, "data/notes.csv", "id,region,note,author\n1,EUROPE,x,Ada\n1,EUROPE,y,Ada\n,ASIA,z,Bob\n");
    check(&folder, &["check", "."], expect![[]]);
    check(&folder, &["check", ".", "--data"], expect![[]]);
}

#[test]
fn a_query_that_is_interrupted_says_so() {
    let folder = folder();
    let rows: String = (0..3000).map(|id| format!("{id},EUROPE,{id},Ada\n")).collect();
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
    check(&folder, &[&query[..], &["table"]].concat(), expect![[]]);
    check(&folder, &[&query[..], &["csv"]].concat(), expect![[]]);
    let json = run(&folder, &[&query[..], &["json"]].concat());
    let mut json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    json["elapsed_ms"].take();
    expect![[]].assert_eq(&format!("{json:#}"));
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
    check(&folder, &query, expect![[]]);
}

#[test]
fn explanations_say_why() {
    let folder = folder();
    let explain = |rest: &[&str]| said(&run(&folder, &[&["explain", ".", "--as", "quinn.yaml"], rest].concat()));
    expect![[]].assert_eq(&explain(&["--topic", "notes"]));
    expect![[]].assert_eq(&explain(&["--field", "notes.note"]));
    expect![[]].assert_eq(&explain(&["--field", "notes.author"]));
    expect![[]].assert_eq(&explain(&["--sql", "SELECT note FROM notes", "--format", "json"]));
    write(&folder, "quinn.yaml", "{connection_role: viewer}");
    expect![[]].assert_eq(&explain(&["--topic", "notes"]));
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
    check(&folder, &["test", "."], expect![[]]);
    check(&folder, &["test", ".", "--mutate"], expect![[]]);
    write(&folder, "tests/europe.test.yaml", PASSES.replace(", hidden: [notes.author]", ""));
    check(&folder, &["test", ".", "--mutate"], expect![[]]);
    check(&folder, &["test", ".", "--mutate", "--format", "junit"], expect![[]]);
    write(
        &folder,
        "tests/asia.test.yaml",
        PASSES
            .replace("values: {notes.region: [EUROPE]}, row_count: 1", "row_count: 2")
            .replace("see European", "see all"),
    );
    check(&folder, &["test", ".", "--mutate"], expect![[]]);
    check(&folder, &["test", ".", "--format", "json"], expect![[]]);
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
    check(&folder, &["test", "."], expect![[]]);
    write(&folder, "tests/given.test.yaml", given.replace("{id: 3}", "{number: 3}"));
    check(&folder, &["test", "."], expect![[]]);
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
