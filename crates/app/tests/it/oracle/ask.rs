//! One case: a world, a person, questions; each asked of the governed data, of the filtered copy, and of data whose
//! hidden parts were overwritten.
use super::{
    compare::{How, is_explained, same_rows},
    dice::Dice,
    field_question::FieldQuestion,
    generate,
    judge::{Door, Judge, Seen},
    model_files::{self, reference_table_name},
    naive::{self, Answer},
    sql_question::{Asker, Known, SqlQuestion, quoted},
    world::{Access, Formula, Mask, Person, Rule, World},
};
use crate::fixture::{Cell, Kind, Outcome, Place, Table};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};
use tessera_app::Question;
use tessera_model::{file::Node, request::FieldQuery};
use tessera_query::RefusalKind;

const QUESTIONS: usize = 5;

pub(crate) fn case(seed: u64, verbose: bool) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let world = generate::world(&mut dice, 12);
    let person = generate::person(&mut dice, &world);
    let questions = (0..QUESTIONS).map(|_| FieldQuestion::throw(&mut dice, &world)).collect();
    let statements = (0..QUESTIONS).map(|_| statement(&mut dice, &world, &person)).collect();
    let disturbed = disturb(&mut dice, &world, &person);
    Case { seed, world, person, disturbed, questions, statements, verbose }.check()
}

/// Some leaks appear only where a plan has several partitions.
pub(crate) fn many_rows(seed: u64) -> Result<(), Failed> {
    let mut dice = Dice::new(seed);
    let mut world = generate::world(&mut dice, 12);
    generate::inflate(&mut dice, &mut world, 200_000);
    let person = generate::person(&mut dice, &world);
    let statements = (0..QUESTIONS).map(|_| statement(&mut dice, &world, &person)).collect();
    let disturbed = disturb(&mut dice, &world, &person);
    Case { seed, world, person, disturbed, questions: Vec::new(), statements, verbose: false }
        .check()
        .map_err(Failed::from)
}

struct Case {
    seed: u64,
    world: World,
    person: Person,
    /// The same for this person; what they may not see is overwritten.
    disturbed: World,
    questions: Vec<FieldQuestion>,
    statements: Vec<SqlQuestion>,
    verbose: bool,
}

impl Case {
    fn check(&self) -> Result<(), String> {
        let (world, person) = (&self.world, &self.person);
        let judge = Judge::new(world, person);
        let actor = model_files::actor(world, person, "querier");
        let files = model_files::governed(world);
        let place = |files: &model_files::Files, tables: &[Table]| {
            Place::new(files, tables).map_err(|failure| format!("a random model does not load: {}", words(&failure)))
        };
        let mut governed = place(&files, &world.tables)?;
        let mut disturbed = place(&files, &self.disturbed.tables)?;
        let mut harmless = place(&files, &without_harm(&judge))?;
        let copies: Vec<Table> = (0..world.views.len())
            .filter(|view| judge.door(*view) == Door::Open)
            .map(|view| copy(&judge, view))
            .collect();
        let mut reference = place(&model_files::reference(world, person), &copies)?;
        let visible: Vec<Table> = (0..world.tables.len())
            .filter(|table| judge.table_door(*table) == Door::Open)
            .map(|table| judge.visible_table(table))
            .collect();
        let mut reference_sql = place(&model_files::reference_tables(&visible), &visible)?;
        let nobody = json!({"connection_role": "querier"});
        if self.verbose {
            [&mut governed, &mut disturbed, &mut harmless].into_iter().for_each(|place| place.keep(&actor));
            [&mut reference, &mut reference_sql].into_iter().for_each(|place| place.keep(&nobody));
        }

        for question in &self.questions {
            let request = question.json(world);
            let asked = fields(&request);
            let left = governed.ask(&governed.actor(&actor), &asked);
            let right = reference.ask(&reference.actor(&nobody), &asked);
            let again = disturbed.ask(&disturbed.actor(&actor), &asked);
            self.tell(&request.to_string(), &left, || governed.sql(&governed.actor(&actor), &asked));
            // Sorted by what is sorted by, then by every dimension; the rest is the same for equal groups.
            let how = How { partial: false, ordered: true };
            self.compare(&request, &left, &right, "the filtered copy", how)?;
            self.compare(&request, &again, &right, "the filtered copy, when hidden data is overwritten,", how)?;
            self.compare_naive(&request, &left, &naive::answer(&judge, question))?;
        }
        for SqlQuestion { text, partial, ordered } in &self.statements {
            let asked = Question::Sql(text.clone());
            let left = governed.ask(&governed.actor(&actor), &asked);
            let right = reference_sql.ask(&reference_sql.actor(&nobody), &asked);
            let again = disturbed.ask(&disturbed.actor(&actor), &asked);
            self.tell(text, &left, || governed.sql(&governed.actor(&actor), &asked));
            // An engine is free to meet a value that fails, or to find out before that nothing is asked of it. So a failure
            // is no leak when the same question fails over the same rules where no hidden row could make it.
            let right = match (&left, &right) {
                (Outcome::Failed(_), Outcome::Rows(_)) if *partial => harmless.ask(&harmless.actor(&actor), &asked),
                _ => right,
            };
            let how = How { partial: *partial, ordered: *ordered };
            self.compare(&json!(text), &left, &right, "the filtered copy", how)?;
            self.compare(&json!(text), &again, &right, "the filtered copy, when hidden data is overwritten,", how)?;
        }
        Ok(())
    }

    fn tell(&self, asked: &str, outcome: &Outcome, sql: impl FnOnce() -> String) {
        if self.verbose {
            println!("{asked}\n{}\n  {outcome}", sql());
        }
    }

    fn compare(
        &self,
        asked: &Value,
        governed: &Outcome,
        reference: &Outcome,
        what: &str,
        how: How,
    ) -> Result<(), String> {
        if is_explained(governed, reference, how) {
            return Ok(());
        }
        Err(self.failure(asked, format!("governed: {governed}\n{what} says: {reference}")))
    }

    fn compare_naive(&self, asked: &Value, governed: &Outcome, naive: &Answer) -> Result<(), String> {
        let agrees = match (governed, naive) {
            (Outcome::Rows(left), Answer::Rows(right)) => same_rows(left, right),
            (Outcome::Refused(RefusalKind::Unknown, _), Answer::Unknown | Answer::UnknownOrClosed) => true,
            (Outcome::Refused(RefusalKind::Closed, _), Answer::Closed | Answer::UnknownOrClosed) => true,
            _ => false,
        };
        if agrees {
            return Ok(());
        }
        let expected = match naive {
            Answer::Rows(rows) => Outcome::Rows(rows.clone()).to_string(),
            Answer::Unknown => "unknown".to_owned(),
            Answer::Closed => "closed".to_owned(),
            Answer::UnknownOrClosed => "unknown, or closed".to_owned(),
        };
        Err(self.failure(asked, format!("governed: {governed}\nby definition: {expected}")))
    }

    /// Saves the case as a file that can be made smaller by hand and kept under `cases/`.
    fn failure(&self, asked: &Value, message: String) -> String {
        let key = if asked.is_string() { "sql" } else { "request" };
        let data: serde_json::Map<String, Value> =
            self.world.tables.iter().map(|table| (model_files::table_name(table), table_json(table))).collect();
        let mut model = model_files::governed(&self.world);
        model.remove("connections.yaml");
        let case = json!({
            "case": format!("Seed {} of the oracle", self.seed),
            "model": model,
            "data": data,
            "actor": model_files::actor(&self.world, &self.person, "querier"),
            "asks": [{key: asked}],
        });
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("oracle");
        let path = folder.join(format!("seed_{}.yaml", self.seed));
        let saved = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, format!("{case:#}")));
        let place =
            saved.map_or_else(|error| format!("not saved: {error}"), |()| format!("saved as {}", path.display()));
        format!("{asked}\n{message}\n{place}")
    }
}

fn words(failure: &tessera_app::FolderFailure) -> String {
    match failure {
        tessera_app::FolderFailure::Folder(tessera_store::folder::FolderError::Problems(problems)) => {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

fn fields(request: &Value) -> Question {
    let node = Node::from_json(&request.to_string()).expect("the request is JSON");
    Question::Fields(FieldQuery::parse(&node).expect("the request is a field query"))
}

/// The rows of an open view as the person sees them, without columns that they do not see; keys stay, for the joins.
fn copy(judge: &Judge<'_>, view: usize) -> Table {
    let of = &judge.world.views[view];
    let whole = judge.world.table_of(view);
    let keep: Vec<usize> = (0..whole.columns.len())
        .filter(|column| {
            let seen =
                of.dimension_of(*column).is_some_and(|dimension| judge.dimension(view, dimension) != Seen::Hidden);
            seen || judge.world.is_key(of.table, *column)
        })
        .collect();
    let columns = keep.iter().map(|column| whole.columns[*column].clone()).collect();
    let rows =
        judge.visible_rows(view).iter().map(|row| keep.iter().map(|column| row[*column].clone()).collect()).collect();
    Table { schema: None, name: reference_table_name(of), columns, rows }
}

/// The same tables under the same rules, with nothing in hidden rows that could fail, so that every failure is of a value
/// that may be seen. The rows stay: an engine that knows how many there are plans accordingly.
fn without_harm(judge: &Judge<'_>) -> Vec<Table> {
    let ruled = ruled_columns(judge.world);
    let tables = judge.world.tables.iter().enumerate().map(|(id, table)| {
        let rows = table.rows.iter().zip(judge.admitted_by_table(id)).enumerate();
        let rows = rows.map(|(number, (row, admitted))| {
            let cells = row.iter().enumerate().map(|(column, cell)| match () {
                () if ruled.contains(&(id, column)) => cell.clone(),
                () if admitted && is_replaced(judge, id, column) => Cell::Null,
                () if admitted => cell.clone(),
                () if column == 0 => Cell::integer(1009 + number as i64),
                () => harmless(table.columns[column].kind),
            });
            cells.collect()
        });
        Table { rows: rows.collect(), ..table.clone() }
    });
    tables.collect()
}

/// No operation of a question fails on it.
fn harmless(kind: Kind) -> Cell {
    match kind {
        Kind::Integer | Kind::Decimal | Kind::WideDecimal => Cell::integer(1009),
        Kind::Double => Cell::Float(1009.0),
        Kind::Text => Cell::text("1009"),
        Kind::Boolean | Kind::Date | Kind::Timestamp | Kind::Instant => Cell::Null,
    }
}

fn statement(dice: &mut Dice, world: &World, person: &Person) -> SqlQuestion {
    let judge = Judge::new(world, person);
    let name = |table: &Table| match &table.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&table.name)),
        None => quoted(&table.name),
    };
    let (mut known, mut forbidden_tables, mut forbidden_columns) =
        (Vec::new(), vec!["no_such_table".to_owned()], vec!["no_such_column".to_owned()]);
    for (id, table) in world.tables.iter().enumerate() {
        if judge.table_door(id) != Door::Open {
            forbidden_tables.push(name(table));
            continue;
        }
        let columns = judge.visible_table(id).columns;
        let is_hidden = |column: &str| !columns.iter().any(|visible| visible.name == column);
        forbidden_columns
            .extend(table.columns.iter().map(|column| column.name.clone()).filter(|column| is_hidden(column)));
        known.push(Known {
            name: name(table),
            columns: columns.into_iter().map(|column| (column.name, column.kind)).collect(),
        });
    }
    let borrowed = world.tables.iter().map(|table| table.name.clone()).collect();
    Asker::new(dice, known, borrowed, forbidden_columns, forbidden_tables).throw()
}

/// Overwrites what the person may not see with what would be noticed: nulls, zeros, texts that are no numbers, extremes.
/// Keys stay, and so does what rules read, because that decides who sees what.
fn disturb(dice: &mut Dice, world: &World, person: &Person) -> World {
    let judge = Judge::new(world, person);
    let mut disturbed = world.clone();
    let ruled = ruled_columns(world);
    for (id, table) in disturbed.tables.iter_mut().enumerate() {
        let open = judge.table_door(id) == Door::Open;
        let admitted = judge.admitted_by_table(id);
        for (row, admitted) in table.rows.iter_mut().zip(admitted) {
            for (column, cell) in row.iter_mut().enumerate() {
                let overwritten =
                    !(open && admitted) || judge.column(id, column) == Seen::Hidden || is_replaced(&judge, id, column);
                if overwritten && !world.is_key(id, column) && !ruled.contains(&(id, column)) {
                    *cell = extreme(dice, table.columns[column].kind);
                }
            }
        }
    }
    disturbed
}

/// Whether a mask leaves nothing of the value for this person.
fn is_replaced(judge: &Judge<'_>, table: usize, column: usize) -> bool {
    let masked = judge.column(table, column) == Seen::Masked;
    let dimensions = judge.world.views.iter().filter(|view| view.table == table).flat_map(|view| &view.dimensions);
    let mut bare = dimensions.filter(|dimension| matches!(dimension.formula, Formula::Column(of) if of == column));
    masked
        && bare.all(|dimension| {
            matches!(dimension.mask.as_ref().map(|rule| &rule.mask), Some(Mask::Null | Mask::Constant(_)))
        })
}

/// What rules read, the keys on their way included.
fn ruled_columns(world: &World) -> Vec<(usize, usize)> {
    fn collect(world: &World, view: usize, rule: &Rule, found: &mut Vec<(usize, usize)>) {
        match rule {
            Rule::Grant(_) => {}
            Rule::Any(rules) => rules.iter().for_each(|rule| collect(world, view, rule, found)),
            Rule::Attribute(rule) => {
                let at = rule.through.map_or(view, |link| world.links[link].to);
                found.push((world.views[at].table, rule.column));
                if let Some(link) = rule.through {
                    found.push((world.views[view].table, world.links[link].key));
                    found.push((world.views[at].table, 0));
                }
            }
        }
    }
    let mut found = Vec::new();
    for (id, view) in world.views.iter().enumerate() {
        if let Access::Rules { filters, .. } = &view.access {
            filters.iter().for_each(|rule| collect(world, id, rule, &mut found));
        }
    }
    found
}

fn extreme(dice: &mut Dice, kind: Kind) -> Cell {
    if dice.percent(25) {
        return Cell::Null;
    }
    match kind {
        Kind::Integer => Cell::integer(*dice.pick(&[0, i64::MAX, i64::MIN, 1])),
        Kind::Decimal | Kind::WideDecimal => {
            Cell::Number(dice.pick(&["0", "9999999999.99", "-9999999999.99"]).parse().expect("this is a decimal"))
        }
        Kind::Double => Cell::Float(*dice.pick(&[0.0, f64::MAX, f64::NAN, f64::NEG_INFINITY])),
        Kind::Text => Cell::text(*dice.pick(&["oops", "", "1e999", "9223372036854775808", "'; DROP TABLE t; --"])),
        Kind::Boolean => Cell::Boolean(dice.percent(50)),
        Kind::Date | Kind::Timestamp | Kind::Instant => Cell::Null,
    }
}

/// A table as case files write it.
fn table_json(table: &Table) -> Value {
    let columns: serde_json::Map<String, Value> =
        table.columns.iter().map(|column| (column.name.clone(), json!(column.kind.name()))).collect();
    let rows: Vec<Vec<Value>> =
        table.rows.iter().take(1000).map(|row| row.iter().map(model_files::scalar).collect()).collect();
    json!({"columns": columns, "rows": rows})
}
