//! What was measured, as Markdown that is a table on a terminal too.
use std::fmt::{self, Write as _};

pub(crate) struct Table {
    pub(crate) title: String,
    /// How it was measured, in a sentence or two.
    pub(crate) note: String,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {}\n\n{}\n", self.title, self.note)?;
        let width = |index: usize| {
            let cells = self.rows.iter().map(|row| row[index].chars().count());
            cells.chain([self.columns[index].chars().count()]).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            widths.iter().zip(cells).fold(String::from("|"), |mut line, (width, cell)| {
                let _ = write!(line, " {cell:width$} |");
                line
            })
        };
        writeln!(f, "{}", line(&mut self.columns.iter().copied()))?;
        writeln!(f, "{}", widths.iter().fold(String::from("|"), |line, width| line + &"-".repeat(width + 2) + "|"))?;
        for row in &self.rows {
            writeln!(f, "{}", line(&mut row.iter().map(String::as_str)))?;
        }
        Ok(())
    }
}
