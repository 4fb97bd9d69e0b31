use super::{
    RenderError,
    cell::{Cells, Kind},
};
use datafusion::arrow::array::RecordBatch;
use std::fmt::Write;
use tessera_base::ValueType;
use tessera_query::{ResultColumn, Zones};

/// A table for a terminal. The first batch decides how wide the columns are; a later cell that is wider moves its line.
pub struct TextTable {
    zones: Zones,
    headings: Vec<String>,
    /// Numbers stand to the right.
    right: Vec<bool>,
    /// Empty until the headings have been written.
    widths: Vec<usize>,
}

impl TextTable {
    pub fn new(columns: &[ResultColumn], zones: Zones) -> Self {
        let heading = |column: &ResultColumn| {
            let masked = if column.masked { " (masked)" } else { "" };
            printable(&format!("{}{masked}", column.name))
        };
        Self {
            zones,
            headings: columns.iter().map(heading).collect(),
            right: columns.iter().map(|column| column.value_type == Some(ValueType::Number)).collect(),
            widths: Vec::new(),
        }
    }

    /// The headings before the first rows, and the rows.
    pub fn rows(&mut self, batch: &RecordBatch) -> Result<Vec<u8>, RenderError> {
        let columns = batch.columns().iter().map(Cells::of).collect::<Result<Vec<_>, _>>()?;
        let mut lines = Vec::with_capacity(batch.num_rows());
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            let mut line = Vec::with_capacity(columns.len());
            for column in &columns {
                line.push(match column.write(row, self.zones, &mut text)? {
                    Kind::Null => "null".to_owned(),
                    Kind::Bare | Kind::Plain => text.clone(),
                    Kind::Text => printable(&text),
                });
            }
            lines.push(line);
        }
        let mut table = self.head(&lines);
        for line in &lines {
            self.line(line, &mut table);
        }
        Ok(table.into_bytes())
    }

    /// The headings, when there were no rows to write them for; and the number of rows.
    pub fn end(&mut self, row_count: u64, truncated: bool) -> Vec<u8> {
        let mut table = self.head(&[]);
        let rows = if row_count == 1 { "row" } else { "rows" };
        let more = if truncated { ", and there are more" } else { "" };
        table.push_str(&format!("({row_count} {rows}{more})\n"));
        table.into_bytes()
    }

    fn head(&mut self, lines: &[Vec<String>]) -> String {
        let mut head = String::new();
        if self.widths.len() == self.headings.len() {
            return head;
        }
        let width = |(index, heading): (usize, &String)| {
            lines.iter().map(|line| line[index].chars().count()).fold(heading.chars().count(), usize::max)
        };
        self.widths = self.headings.iter().enumerate().map(width).collect();
        self.line(&self.headings, &mut head);
        let rule: Vec<String> = self.widths.iter().map(|width| "-".repeat(*width)).collect();
        self.line(&rule, &mut head);
        head
    }

    fn line(&self, cells: &[String], out: &mut String) {
        let start = out.len();
        for (index, (cell, width)) in cells.iter().zip(&self.widths).enumerate() {
            let space = " ".repeat(width.saturating_sub(cell.chars().count()));
            let gap = if index > 0 { "  " } else { "" };
            let (before, after) = if self.right[index] { (space.as_str(), "") } else { ("", space.as_str()) };
            for part in [gap, before, cell, after] {
                out.push_str(part);
            }
        }
        let end = start + out[start..].trim_end_matches(' ').len();
        out.truncate(end);
        out.push('\n');
    }
}

/// Without what a terminal would obey.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            let _ = write!(printable, "{}", character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}
