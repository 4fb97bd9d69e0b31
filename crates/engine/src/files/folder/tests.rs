use super::*;
use crate::embedded::session::SessionTemplate;
use crate::testing::{TempFolder, main};
use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::TableProvider;
use datafusion::execution::runtime_env::RuntimeEnv;

fn session() -> SessionState {
    SessionTemplate::new(2).session(Arc::new(RuntimeEnv::default()))
}

fn open(files: &TempFolder, follow_links: bool) -> Folder {
    fs::create_dir_all(files.path().join("data")).unwrap();
    let options = FolderOptions { cache: files.path().join("cache"), follow_links };
    Folder::open(&files.path().join("data"), options).unwrap()
}

async fn found(folder: &Folder) -> Vec<String> {
    let tables = folder.tables(&session()).await.unwrap();
    let line = |(name, table): (PhysicalTable, Result<Arc<FileTable>, TableProblem>)| match table {
        Ok(table) => {
            let fields = table
                .schema()
                .fields()
                .iter()
                .map(|field| format!("{} {}", field.name(), field.data_type()))
                .collect::<Vec<_>>();
            format!("{}.{}: {}", name.schema, name.name, fields.join(", "))
        }
        Err(problem) => format!("{}.{}: {problem}", name.schema, name.name),
    };
    tables.into_iter().map(line).collect()
}

#[tokio::test]
async fn tables_are_found_and_typed() {
    let files = TempFolder::new();
    files.write("data/People.csv", "\u{feff}id,name,born\r\n1,\"Ann, B\",2000-02-29\r\n2,,\r\n");
    files.write(
        "data/sales/events.json",
        r#"[{"at": "2026-01-01T10:00:00Z", "n": 1, "tags": ["a,b", "]"]}, {"n": 2.5}]"#,
    );
    files.write("data/sales/lines.ndjson", "{\"a\": \"x\"}\n{\"a\": 1}\n");
    files.write("data/.hidden.csv", "a\n1\n");
    files.write("data/readme.txt", "no table");
    files.write("data/a/b/c/deep.csv", "a\n1\n");
    assert_eq!(
        found(&open(&files, false)).await,
        [
            "main.People: id Int64, name Utf8View, born Date32",
            "sales.events: at Timestamp(µs, \"UTC\"), n Float64, tags List(Utf8)",
            "sales.lines: a Utf8View",
        ]
    );
}

#[tokio::test]
async fn a_bad_table_has_a_problem_and_its_neighbours_do_not() {
    let files = TempFolder::new();
    files.write("data/bad.parquet", "PAR1 not really PAR1");
    files.write("data/cells.csv", "a,b\n1,2\nsecret\n");
    files.write("data/names.csv", "a,a\n1,2\n");
    files.write("data/open.csv", "a,b\n1,\"x\"\"y\"\n2,\"secret\n3,4\n");
    files.write("data/bad.json", "{\"secret\": ");
    files.write("data/twice.csv", "a\n1\n");
    files.write("data/twice.json", "{\"a\": 1}");
    files.write("data/good.csv", "a\n1\n");
    assert_eq!(
        found(&open(&files, false)).await,
        [
            "main.bad: more than one file has this name",
            "main.cells: line 3 does not have as many cells as the first",
            "main.good: a Int64",
            "main.names: the column names are not all there and different",
            "main.open: the quote that begins in line 3 is never closed",
            "main.twice: more than one file has this name",
        ]
    );
    files.write("data/damaged.parquet", "PAR1 not really PAR1");
    assert!(
        found(&open(&files, false))
            .await
            .contains(&"main.damaged: the file is damaged, or not of its format".to_owned())
    );
}

#[tokio::test]
async fn a_changed_file_is_read_again_and_a_gone_one_is_missing() {
    let files = TempFolder::new();
    let path = files.write("data/t.csv", "a\n1\n");
    let folder = open(&files, false);
    let session = session();
    let first = folder.table(&main("t"), &session).await.unwrap();
    assert!(Arc::ptr_eq(&first, &folder.table(&main("t"), &session).await.unwrap()), "read twice without need");
    files.write("data/t.csv", "a,b\nx,2\n");
    let second = folder.table(&main("t"), &session).await.unwrap();
    assert_eq!(second.schema().field(0).data_type(), &DataType::Utf8View);
    assert_eq!(second.schema().fields().len(), 2);
    fs::remove_file(path).unwrap();
    assert_eq!(folder.table(&main("t"), &session).await.unwrap_err(), TableProblem::Missing);
    assert_eq!(folder.table(&main("never"), &session).await.unwrap_err(), TableProblem::Missing);
}

#[tokio::test]
async fn a_folder_of_parquet_files_is_one_table() {
    let files = TempFolder::new();
    files.write("data/part.csv", "a\n1\n2\n");
    let folder = open(&files, false);
    let session = session();
    folder.table(&main("part"), &session).await.unwrap();
    let parquet = fs::read_dir(files.path().join("cache")).unwrap().next().unwrap().unwrap().path();
    let content = fs::read(parquet).unwrap();
    files.write("data/main/whole/1.parquet", &content);
    files.write("data/main/whole/2.parquet", &content);
    let table = folder.table(&main("whole"), &session).await.unwrap();
    assert_eq!(table.statistics().unwrap().num_rows.get_value(), Some(&4));
    assert_eq!(table.ranges(), [Some(crate::embedded::totality::Range::new(1, 2))]);
}

#[tokio::test]
async fn a_link_out_of_the_folder_is_followed_only_when_asked() {
    let files = TempFolder::new();
    let secret = files.write("elsewhere/secret.csv", "a\n1\n");
    let inside = files.write("data/inside.csv", "a\n1\n");
    std::os::unix::fs::symlink(secret, files.path().join("data/out.csv")).unwrap();
    std::os::unix::fs::symlink(inside, files.path().join("data/alias.csv")).unwrap();
    std::os::unix::fs::symlink(files.path().join("elsewhere"), files.path().join("data/away")).unwrap();
    assert_eq!(found(&open(&files, false)).await, ["main.alias: a Int64", "main.inside: a Int64"]);
    assert_eq!(
        found(&open(&files, true)).await,
        ["away.secret: a Int64", "main.alias: a Int64", "main.inside: a Int64", "main.out: a Int64"]
    );
}
