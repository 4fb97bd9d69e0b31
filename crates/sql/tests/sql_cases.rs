//! The cases of `cases/sql`: statements that are tricky on every engine, and what becomes of them here.
use saphyr_parser::{Event, Parser};
use std::{collections::BTreeMap, fs, path::Path};
use tessera_sql::frontend::{CheckedStatement, check_statement};

#[test]
fn every_case_is_answered_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/sql");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    for file in &files {
        for case in cases(&fs::read_to_string(file).unwrap()) {
            match &case.expected {
                Expected::Accepted { .. } => accepted += 1,
                Expected::Refused { .. } => refused += 1,
            }
            if let Err(mismatch) = case.holds() {
                wrong.push(format!("{} {} ({}): {mismatch}", file.file_stem().unwrap().display(), case.id, case.about));
            }
        }
    }
    println!("{accepted} accepted, {refused} refused");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(accepted > 80 && refused > 120, "{accepted} accepted, {refused} refused: are all files read?");
}

struct Case {
    id: String,
    about: String,
    sql: String,
    expected: Expected,
}

enum Expected {
    Accepted { tables: Vec<String>, functions: Option<Vec<String>> },
    Refused { message: String },
}

impl Case {
    fn holds(&self) -> Result<(), String> {
        match (check_statement(&self.sql), &self.expected) {
            (Ok(statement), Expected::Accepted { tables, functions }) => {
                let found = named(&statement);
                if found != *tables {
                    return Err(format!("reads {found:?}"));
                }
                match functions {
                    Some(functions) if !statement.functions.iter().eq(functions) => {
                        Err(format!("calls {:?}", statement.functions))
                    }
                    _ => Ok(()),
                }
            }
            (Err(error), Expected::Refused { message }) if error.message.contains(message) => Ok(()),
            (Err(error), _) => Err(format!("refused: {error}")),
            (Ok(statement), Expected::Refused { .. }) => Err(format!("accepted, reads {:?}", named(&statement))),
        }
    }
}

fn named(statement: &CheckedStatement) -> Vec<String> {
    let name = |table: &tessera_sql::frontend::TableName| match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.to_string(),
    };
    statement.tables.iter().map(name).collect()
}

enum Node {
    Text(String),
    List(Vec<Node>),
    Map(BTreeMap<String, Node>),
}

impl Node {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            _ => panic!("expected text"),
        }
    }

    fn list(self) -> Vec<Self> {
        match self {
            Self::List(list) => list,
            _ => panic!("expected a list"),
        }
    }

    fn map(self) -> BTreeMap<String, Self> {
        match self {
            Self::Map(map) => map,
            _ => panic!("expected a map"),
        }
    }

    fn texts(self) -> Vec<String> {
        self.list().into_iter().map(Self::text).collect()
    }
}

fn cases(yaml: &str) -> Vec<Case> {
    let events: Vec<Event> = Parser::new_from_str(yaml).map(|event| event.unwrap().0).collect();
    let mut events = events.into_iter().skip_while(|event| !matches!(event, Event::SequenceStart(..)));
    read(&mut events).expect("a list of cases").list().into_iter().map(case).collect()
}

/// `None` at the end of a list or map.
fn read<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Option<Node> {
    match events.next().expect("a node") {
        Event::Scalar(text, ..) => Some(Node::Text(text.into_owned())),
        Event::SequenceStart(..) => Some(Node::List(std::iter::from_fn(|| read(events)).collect())),
        Event::MappingStart(..) => {
            let mut map = BTreeMap::new();
            while let Some(key) = read(events) {
                map.insert(key.text(), read(events).expect("a value"));
            }
            Some(Node::Map(map))
        }
        Event::SequenceEnd | Event::MappingEnd => None,
        other => panic!("unexpected {other:?}"),
    }
}

fn case(node: Node) -> Case {
    let mut map = node.map();
    let mut take = |key: &str| map.remove(key);
    let id = take("id").expect("an id").text();
    let about = take("about").expect("what it is about").text();
    let sql = match (take("sql"), take("repeat")) {
        (Some(sql), None) => sql.text(),
        (None, Some(repeat)) => match <[String; 4]>::try_from(repeat.texts()) {
            Ok([before, unit, times, after]) => format!("{before}{}{after}", unit.repeat(times.parse().unwrap())),
            Err(_) => panic!("{id}: repeat is [before, unit, times, after]"),
        },
        _ => panic!("{id}: either sql or repeat"),
    };
    let mut expect = take("expect").expect("what is expected").map();
    let expected = match (expect.remove("accepted"), expect.remove("refused")) {
        (Some(tables), None) => {
            Expected::Accepted { tables: tables.texts(), functions: expect.remove("functions").map(Node::texts) }
        }
        (None, Some(message)) => Expected::Refused { message: message.text() },
        _ => panic!("{id}: either accepted or refused"),
    };
    assert!(map.is_empty() && expect.is_empty(), "{id}: a key that nothing reads");
    Case { id, about, sql, expected }
}
