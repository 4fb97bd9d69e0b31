use super::Place;
use std::{fmt, sync::Arc};

/// Something that is wrong with a model file, a policy test or a request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// Relative to the model's folder; empty for a request.
    pub file: Arc<str>,
    /// 1-based; 0 where the position is not known.
    pub line: u32,
    /// 1-based, in characters; 0 where the position is not known.
    pub column: u32,
    pub code: &'static str,
    pub message: String,
    pub help: Option<String>,
}

impl Problem {
    pub fn new(at: &Place, code: &'static str, message: impl Into<String>) -> Self {
        Self { file: at.file.clone(), line: at.line, column: at.column, code, message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds help where there is none yet.
    pub fn or_help(self, help: impl Into<String>) -> Self {
        if self.help.is_some() { self } else { self.help(help) }
    }

    /// Adds "did you mean" when one of `known` is close to `name`.
    pub fn suggest<'k>(self, name: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        match closest(name, known) {
            Some(close) => self.help(format!("did you mean `{close}`?")),
            None => self,
        }
    }
}

/// `file:line:column: message`, without what is not known.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}:", self.file)?;
        }
        if self.line > 0 {
            write!(f, "{}:{}:", self.line, self.column)?;
        }
        if !self.file.is_empty() || self.line > 0 {
            f.write_str(" ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// The problems found so far: reading goes on after the first.
#[derive(Default, Debug)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    pub(crate) fn append(&mut self, problems: Vec<Problem>) {
        self.0.extend(problems);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of the files and lines, each once; those without a position as they were found.
    pub(crate) fn into_sorted(mut self) -> Vec<Problem> {
        self.0.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        self.0.dedup();
        self.0
    }
}

/// The nearest of `known` that a slip of the finger explains; the first of equals.
pub fn closest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Any letter is one slip away from any other: of a name that short, only the case may differ.
    let allowed = match name.chars().count() {
        0 | 1 => 0,
        length => (length / 3).max(1),
    };
    known
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| (distance(name, candidate, allowed), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance without regard to case; anything above `limit` when the lengths alone say so.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).take(100).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).take(100).collect();
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let above = *cell;
            left = (diagonal + usize::from(from != to)).min(above + 1).min(left + 1);
            diagonal = above;
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(limit + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_close() {
        let known = ["revenue", "region", "margin"];
        assert_eq!(closest("revenu", known), Some("revenue"));
        assert_eq!(closest("Region", known), Some("region"));
        assert_eq!(closest("regoin", known), Some("region"));
        assert_eq!(closest("colour", known), None);
        assert_eq!(closest("x", ["y", "X"]), Some("X"));
        assert_eq!(closest("", known), None);
        assert_eq!(distance("kitten", "sitting", 9), 3);
    }
}
