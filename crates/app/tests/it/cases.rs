//! The cases under `cases/`: a small model, rows, a person, questions, and the answers that are right.
use crate::fixture::{Cell, Column, Kind, Outcome, Place, Row, Table, asking};
use bigdecimal::BigDecimal;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tessera_app::{Error, FolderFailure, Question};
use tessera_base::{NaiveDate, NaiveDateTime};
use tessera_model::{
    file::{Node, NodeKind},
    request::FieldQuery,
};

pub(crate) fn trials() -> Vec<Trial> {
    let root = root();
    let mut trials = Vec::new();
    for folder in ["field_queries", "governed_sql"] {
        let mut paths: Vec<PathBuf> = fs::read_dir(root.join(folder))
            .expect("the cases can be read")
            .map(|entry| entry.expect("the cases can be read").path())
            .collect();
        paths.sort();
        for path in paths {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            trials.push(Trial::test(format!("cases::{folder}::{name}"), move || run(&path)));
        }
    }
    trials
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases")
}

fn run(path: &Path) -> Result<(), Failed> {
    let node = read(path);
    let (files, tables) = model(&node);
    let case = json_of(&node);
    let place = match Place::new(&files, &tables) {
        Ok(place) => place,
        Err(failure) => return expect_problems(&case, &failure),
    };
    if case.get("problems").is_some() {
        let checked = asking::wait(tessera_app::check_folder(place.path(), true, asking::host(), asking::now()));
        return match checked {
            Err(failure) => expect_problems(&case, &failure),
            Ok(_) => Err("the check found no problem".into()),
        };
    }
    let nobody_else = json!({"connection_role": "querier"});
    for asked in case["asks"].as_array().expect("a case asks something") {
        let actor = asked.get("as").or(case.get("actor")).unwrap_or(&nobody_else);
        let outcome = ask(&place, actor, asked);
        let matches = match (&outcome, asked) {
            (Outcome::Rows(rows), asked) if asked.get("rows").is_some() => is_rows(rows, &asked["rows"]),
            (Outcome::Refused(_, message), asked) => asked["refused"] == json!(message),
            (Outcome::Denied(message), asked) => asked["denied"] == json!(message),
            (Outcome::Rejected(message, _), asked) => asked["rejected"] == json!(message),
            (Outcome::Failed(kind), asked) => asked["failed"] == json!(format!("{kind:?}")),
            (Outcome::Rows(_), _) => false,
        };
        if !matches {
            return Err(format!("asked: {asked}\nanswer: {outcome}").into());
        }
    }
    Ok(())
}

fn expect_problems(case: &Value, failure: &FolderFailure) -> Result<(), Failed> {
    let FolderFailure::Folder(tessera_store::folder::FolderError::Problems(problems)) = failure else {
        return Err(format!("not a problem of the files: {failure}").into());
    };
    // The files are written on one line, so that only their names are told.
    let found: Vec<String> = problems.iter().map(|problem| format!("{}: {}", problem.file, problem.message)).collect();
    if case["problems"] == json!(found) { Ok(()) } else { Err(format!("problems: {found:#?}").into()) }
}

fn ask(place: &Place, actor: &Value, asked: &Value) -> Outcome {
    let question = match (&asked["request"], asked["sql"].as_str()) {
        (_, Some(sql)) => Question::Sql(sql.to_owned()),
        (request, None) => {
            let node = Node::from_json(&request.to_string()).expect("a request is JSON");
            match FieldQuery::parse(&node) {
                Ok(query) => Question::Fields(query),
                Err(problems) => return Outcome::from(FolderFailure::Other(Error::Unreadable(problems))),
            }
        }
    };
    place.ask(&place.actor(actor), &question)
}

/// As they are shown in JSON, in this order.
fn is_rows(rows: &[Row], expected: &Value) -> bool {
    let expected = expected.as_array().expect("rows are a list");
    let same = |row: &Row, expected: &Value| {
        let expected = expected.as_array().expect("a row is a list");
        row.len() == expected.len() && row.iter().zip(expected).all(|(cell, expected)| is_cell(cell, expected))
    };
    rows.len() == expected.len() && rows.iter().zip(expected).all(|(row, expected)| same(row, expected))
}

/// Exact numbers are written as texts, floats as numbers.
fn is_cell(cell: &Cell, expected: &Value) -> bool {
    match (cell, expected) {
        (Cell::Null, Value::Null) => true,
        (Cell::Boolean(cell), Value::Bool(expected)) => cell == expected,
        (Cell::Number(cell), Value::String(expected)) => {
            expected.parse::<BigDecimal>().is_ok_and(|expected| expected == *cell)
        }
        (cell @ (Cell::Number(_) | Cell::Float(_)), Value::Number(expected)) => {
            expected.as_f64().is_some_and(|expected| cell.is_near(&Cell::Float(expected)))
        }
        (Cell::Text(cell), Value::String(expected)) => cell == expected,
        (Cell::Date(cell), Value::String(expected)) => cell.to_string() == *expected,
        (Cell::Timestamp(cell), Value::String(expected)) => {
            cell.format("%Y-%m-%dT%H:%M:%S%.f").to_string() == *expected
        }
        _ => false,
    }
}

fn read(path: &Path) -> Node {
    let bytes = fs::read(path).expect("the case can be read");
    Node::from_yaml(&path.display().to_string(), &bytes).unwrap_or_else(|problem| panic!("{problem}"))
}

fn json_of(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null => Value::Null,
        NodeKind::Boolean(boolean) => json!(boolean),
        NodeKind::Number(number) => serde_json::from_str(&number.to_string()).expect("a number is JSON"),
        NodeKind::String(text) => json!(text.text),
        NodeKind::List(items) => items.iter().map(json_of).collect(),
        NodeKind::Map(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.text.clone(), json_of(value))).collect())
        }
    }
}

/// The files and tables of a case: its own, or a model that several cases share with the rows of this one.
fn model(case: &Node) -> (BTreeMap<String, Value>, Vec<Table>) {
    let data = case.get("data").expect("a case has data");
    let model = case.get("model").expect("a case has a model");
    let (mut files, tables) = match model.as_str() {
        Some(name) => shared_model(name, data),
        None => (entries(model).map(|(path, content)| (path.to_owned(), json_of(content))).collect(), tables(data)),
    };
    let connection = json!({"warehouse": {"engine": "files", "path": "data", "mask_key": "case"}});
    files.insert("connections.yaml".to_owned(), connection);
    (files, tables)
}

fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    node.as_map().expect("this is a map").iter().map(|(name, node)| (name.text.as_str(), node))
}

fn tables(data: &Node) -> Vec<Table> {
    let part = |table: &Node, part: &str| table.get(part).expect("a table has columns and rows").clone();
    entries(data).map(|(name, table)| own_table(name, &part(table, "columns"), Some(&part(table, "rows")))).collect()
}

fn shared_model(name: &str, data: &Node) -> (BTreeMap<String, Value>, Vec<Table>) {
    let folder = root().join("models").join(name);
    let tables = read(&folder.join("tables.yaml"));
    let tables = entries(&tables).map(|(name, columns)| own_table(name, columns, data.get(name))).collect();
    let mut files = BTreeMap::from([("model.yaml".to_owned(), json_of(&read(&folder.join("model.yaml"))))]);
    for part in ["views", "topics"] {
        for entry in fs::read_dir(folder.join(part)).expect("the model can be read") {
            let path = entry.expect("the model can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(format!("{part}/{name}"), json_of(&read(&path)));
        }
    }
    (files, tables)
}

/// A table by its name, or by its schema and name. Without rows it is empty.
fn own_table(name: &str, columns: &Node, rows: Option<&Node>) -> Table {
    let (schema, name) = name.split_once('.').map_or((None, name), |(schema, name)| (Some(schema.to_owned()), name));
    let columns: Vec<Column> = entries(columns)
        .map(|(name, kind)| {
            let kind = kind.as_str().and_then(Kind::from_name).unwrap_or_else(|| panic!("{kind} is no kind of column"));
            Column { name: name.to_owned(), kind }
        })
        .collect();
    let rows = rows.and_then(Node::as_list).unwrap_or_default().iter().map(|row| {
        let cells = row.as_list().expect("a row is a list");
        assert_eq!(cells.len(), columns.len(), "a row of `{name}` has another number of cells");
        cells.iter().zip(&columns).map(|(cell, column)| cell_of(&json_of(cell), column.kind)).collect()
    });
    Table { schema, name: name.to_owned(), rows: rows.collect(), columns }
}

fn cell_of(value: &Value, kind: Kind) -> Cell {
    match (value, kind) {
        (Value::Null, _) => Cell::Null,
        (Value::Bool(boolean), Kind::Boolean) => Cell::Boolean(*boolean),
        (Value::String(text), Kind::Text) => Cell::text(text),
        (Value::Number(number), Kind::Double) => Cell::Float(number.as_f64().expect("a number is a float")),
        (Value::Number(number), _) => Cell::Number(number.to_string().parse().expect("a number is a decimal")),
        (Value::String(text), Kind::WideDecimal | Kind::Decimal) => {
            Cell::Number(text.parse().expect("this is a decimal"))
        }
        (Value::String(text), Kind::Date) => Cell::Date(text.parse::<NaiveDate>().expect("this is a date")),
        (Value::String(text), Kind::Timestamp | Kind::Instant) => {
            Cell::Timestamp(text.parse::<NaiveDateTime>().expect("this is a timestamp"))
        }
        (other, kind) => panic!("{other} is no {kind:?}"),
    }
}
