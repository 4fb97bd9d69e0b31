//! `tests/<name>.test.yaml`: what a person must see, and must not.
use super::actor_file::ActorFile;
use super::read::{Entries, word};
use super::{ModelFiles, Node, NodeKind, Place, Problem, Problems, Word, excerpt, parse};
use crate::request::{FieldName, FieldQuery};
use tessera_base::Value;

#[derive(Clone, PartialEq, Debug)]
pub struct PolicyTest {
    /// What it says, in a sentence.
    pub name: String,
    pub at: Place,
    pub actor: ActorFile,
    pub query: TestQuery,
    /// Rows in the place of the data; empty: the data itself.
    pub given: Vec<GivenTable>,
    /// All must hold; at least one.
    pub expect: Vec<Expectation>,
}

/// The rows of a table as `table` or `schema.table`; a table that is not given has none.
#[derive(Clone, PartialEq, Debug)]
pub struct GivenTable {
    pub table: Word,
    pub rows: Vec<GivenRow>,
}

/// Values by column; a column that is not given is null.
pub type GivenRow = Vec<(Word, Option<Value>)>;

#[derive(Clone, PartialEq, Debug)]
pub enum TestQuery {
    Fields(FieldQuery),
    Sql(String),
}

#[derive(Clone, PartialEq, Debug)]
pub enum Expectation {
    /// The distinct values of a column of the result, in any order. `None`: null.
    Values {
        column: Word,
        values: Vec<Option<Value>>,
    },
    /// The rows, in any order; columns as asked.
    Rows(Vec<Vec<Option<Value>>>),
    RowCount(u64),
    /// Masked for the person.
    Masked(Vec<Word>),
    /// Like fields that do not exist.
    Hidden(Vec<Word>),
    /// Refused for this reason: `attribute_missing(region)`, or the name of a missing ability.
    Denied(Word),
    /// The result is the same for this person.
    SameAs(Box<ActorFile>),
}

/// All policy tests of a model, in the order of their files.
pub fn policy_tests(files: &ModelFiles) -> Result<Vec<PolicyTest>, Vec<Problem>> {
    let mut problems = Problems::default();
    let mut tests = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("tests/") && path.ends_with(".test.yaml")) {
        tests.extend(parse(path, bytes, &mut problems).and_then(|node| PolicyTest::read(&node, &mut problems)));
    }
    if problems.is_empty() { Ok(tests) } else { Err(problems.into_sorted()) }
}

impl PolicyTest {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let entries = Entries::of(node, "a policy test", &["test", "as", "query", "sql", "expect", "given"], problems)?;
        let given = entries.get("given").map(|node| given(node, problems)).unwrap_or_default();
        let name = entries.required("test", problems).and_then(|node| word(node, "test", problems));
        // Without `as`, nobody in particular.
        let actor = match entries.get("as") {
            Some(node) => ActorFile::read(node, problems)?,
            None => ActorFile::default(),
        };
        let expect = entries.required("expect", problems).map(|node| expectations(node, &actor, problems));
        let query = match (entries.get("query"), entries.get("sql")) {
            (Some(query), None) => match FieldQuery::parse(query) {
                Ok(query) => Some(TestQuery::Fields(query)),
                Err(found) => {
                    problems.append(found);
                    None
                }
            },
            (None, Some(sql)) => word(sql, "sql", problems).map(|sql| TestQuery::Sql(sql.text)),
            _ => {
                problems.add(Problem::new(&node.at, "missing_key", "a policy test has either `query` or `sql`"));
                None
            }
        };
        Some(Self { name: name?.text, at: node.at.clone(), actor, query: query?, given, expect: expect? })
    }
}

fn given(node: &Node, problems: &mut Problems) -> Vec<GivenTable> {
    let Some(tables) = Entries::unchecked(node, "`given`", problems) else { return Vec::new() };
    let mut found = Vec::new();
    for (table, rows) in tables.iter() {
        let rows = super::read::list(rows, table, problems).unwrap_or_default();
        found.push(GivenTable {
            table: table.clone(),
            rows: rows.iter().filter_map(|row| given_row(row, problems)).collect(),
        });
    }
    found
}

fn given_row(node: &Node, problems: &mut Problems) -> Option<GivenRow> {
    let columns = Entries::unchecked(node, "a row", problems)?;
    columns.iter().map(|(column, node)| Some((column.clone(), cell(node, column, problems)?))).collect()
}

fn expectations(node: &Node, actor: &ActorFile, problems: &mut Problems) -> Vec<Expectation> {
    let keys = ["values", "rows", "row_count", "masked", "hidden", "denied", "same_as"];
    let Some(entries) = Entries::of(node, "`expect`", &keys, problems) else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(map) = entries.get("values").and_then(|node| Entries::unchecked(node, "`values`", problems)) {
        found.extend(map.iter().filter_map(|(column, node)| {
            let values = match &node.kind {
                NodeKind::List(_) => cells(node, "values", problems)?,
                _ => vec![cell(node, "values", problems)?],
            };
            Some(Expectation::Values { column: column.clone(), values })
        }));
    }
    if entries.get("rows").is_some() {
        let rows = entries.list("rows", problems).iter().filter_map(|row| cells(row, "rows", problems)).collect();
        found.push(Expectation::Rows(rows));
    }
    found.extend(entries.integer("row_count", 0..=u64::from(u32::MAX), problems).map(Expectation::RowCount));
    for (key, expectation) in
        [("masked", Expectation::Masked as fn(Vec<Word>) -> Expectation), ("hidden", Expectation::Hidden)]
    {
        if entries.get(key).is_some() {
            let words = one_or_more(&entries, key, problems);
            for word in &words {
                check_field(word, problems);
            }
            found.push(expectation(words));
        }
    }
    found.extend(entries.word("denied", problems).map(Expectation::Denied));
    found.extend(
        entries
            .get("same_as")
            .and_then(|node| Some(actor.but(node, ActorFile::read(node, problems)?)))
            .map(|other| Expectation::SameAs(Box::new(other))),
    );
    if found.is_empty() && problems.is_empty() {
        problems.add(Problem::new(&node.at, "empty_list", "a policy test without expectations passes always"));
    }
    if found.len() > 1 && found.iter().any(|expectation| matches!(expectation, Expectation::Denied(_))) {
        problems.add(Problem::new(&node.at, "expectation", "`denied` stands alone: a refused query has no result"));
    }
    found
}

/// One name needs no list.
fn one_or_more(entries: &Entries<'_>, key: &'static str, problems: &mut Problems) -> Vec<Word> {
    match entries.get(key).map(|node| &node.kind) {
        Some(NodeKind::String(_)) => entries.word(key, problems).into_iter().collect(),
        _ => entries.rule_words(key, problems),
    }
}

/// `view.field`, or a column of raw SQL.
fn check_field(word: &Word, problems: &mut Problems) {
    if word.contains('.')
        && let Err(message) = FieldName::parse(word, None)
    {
        problems.add(Problem::new(&word.at, "field_name", message));
    }
}

fn cells(node: &Node, key: &str, problems: &mut Problems) -> Option<Vec<Option<Value>>> {
    let items = super::read::list(node, key, problems)?;
    Some(items.iter().filter_map(|item| cell(item, key, problems)).collect())
}

fn cell(node: &Node, key: &str, problems: &mut Problems) -> Option<Option<Value>> {
    match &node.kind {
        NodeKind::Null => Some(None),
        NodeKind::List(_) | NodeKind::Map(_) => {
            problems.add(Problem::new(&node.at, "wrong_type", format!("`{}` holds values, not {node}", excerpt(key))));
            None
        }
        NodeKind::Boolean(_) | NodeKind::Number(_) | NodeKind::String(_) => Some(node.natural_value()),
    }
}
