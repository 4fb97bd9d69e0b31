//! Models written in one string: a line `--- path` starts a file. `model.yaml` may be left out.
use std::{fmt::Write, sync::Arc};
use tessera_base::ValueType;
use tessera_model::{
    Catalog, CheckedModel, ColumnType,
    catalog::Column,
    file::{ModelFiles, Problem, check},
};
use tessera_sql::tree::{Ident, PhysicalTable};

const MODEL: &str = "connection: warehouse
attributes:
  region: {type: string, multiple: true}
  clearance: {type: number}
  path: {type: string}
  since: {type: date}
access_grants:
  finance: {user_attribute: clearance, allowed_values: [2, 3]}
  staff: {group: staff}
relationships:
  - {from: orders, to: customers, on: \"${orders.customer_id} = ${customers.id}\", type: many_to_one}
";

pub fn files(text: &str) -> ModelFiles {
    let mut files = ModelFiles::new();
    for part in text.split("--- ").skip(1) {
        let (path, body) = part.split_once('\n').unwrap();
        files.insert(path.trim().to_owned(), body.as_bytes().to_vec());
    }
    files.entry("model.yaml".to_owned()).or_insert_with(|| MODEL.as_bytes().to_vec());
    files
}

pub fn model(text: &str) -> CheckedModel {
    check(&files(text), None).unwrap_or_else(|problems| panic!("{}", report(&problems)))
}

pub fn report(problems: &[Problem]) -> String {
    let mut report = String::new();
    for problem in problems {
        writeln!(report, "{problem} [{}]", problem.code).unwrap();
        if let Some(help) = &problem.help {
            writeln!(report, "  help: {help}").unwrap();
        }
    }
    report
}

/// `table(column type, …)`, one a line; types as the model names them, and `integer`, `other`.
pub fn catalog(text: &str) -> Arc<Catalog> {
    let ident = |name: &str| Ident::new(name.trim()).unwrap();
    let mut catalog = Catalog::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (table, columns) = line.trim().trim_end_matches(')').split_once('(').unwrap();
        let column = |text: &str| {
            let (name, column_type) = text.trim().split_once(' ').unwrap();
            let column_type = match ValueType::from_name(column_type) {
                Some(ValueType::String) => ColumnType::Text,
                Some(ValueType::Number) => ColumnType::Float,
                Some(ValueType::Boolean) => ColumnType::Boolean,
                Some(ValueType::Date) => ColumnType::Date,
                Some(ValueType::Timestamp) => ColumnType::Timestamp,
                None if column_type == "integer" => ColumnType::Integer,
                None => ColumnType::Other,
            };
            Column { name: ident(name), column_type, nullable: true }
        };
        let columns = columns.split(',').map(column).collect();
        catalog.tables.insert(PhysicalTable { schema: ident("main"), name: ident(table) }, columns);
    }
    Arc::new(catalog)
}
