//! YAML as model files use it: maps, lists and scalars. What makes a file mean other than it reads (anchors, aliases,
//! merge keys, tags, several documents) is refused.
use super::node::{MAX_DEPTH, excerpt};
use super::{Node, NodeKind, Place, Problem, Text, Word};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput};
use std::{collections::BTreeSet, sync::Arc};
use tessera_base::Number;

const MAX_BYTES: usize = 1 << 20;

impl Node {
    /// Reads one YAML 1.2 document.
    pub fn from_yaml(file: &str, bytes: &[u8]) -> Result<Self, Problem> {
        let whole = Place::file(file);
        if bytes.len() > MAX_BYTES {
            return Err(Problem::new(&whole, "too_large", "the file is larger than 1 MiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
            Problem::new(
                &Place { line: u32::try_from(line).unwrap_or(0), column: 1, ..whole.clone() },
                "not_utf8",
                "the file is not UTF-8",
            )
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader { file: whole.file.clone(), parser: Parser::new_from_str(text) };
        let root = match reader.next()? {
            (Event::StreamEnd, _) => return Err(Problem::new(&whole, "empty_file", "the file is empty")),
            (event, span) => reader.node(event, span, 0)?,
        };
        match reader.next()? {
            (Event::StreamEnd, _) => Ok(root),
            (_, span) => Err(Problem::new(&reader.place(span.start), "several_documents", "a file holds one document")),
        }
    }
}

struct Reader<'t> {
    file: Arc<str>,
    parser: Parser<'t, StrInput<'t>>,
}

impl<'t> Reader<'t> {
    fn place(&self, mark: Marker) -> Place {
        let number = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
        Place { file: self.file.clone(), line: number(mark.line()), column: number(mark.col() + 1) }
    }

    fn refuse<T>(&self, mark: Marker, code: &'static str, message: impl Into<String>) -> Result<T, Problem> {
        Err(Problem::new(&self.place(mark), code, message))
    }

    fn scan_error(&self, error: &ScanError) -> Problem {
        Problem::new(&self.place(*error.marker()), "syntax", format!("this is not YAML: {}", error.info()))
    }

    /// The next event that says something about content.
    fn next(&mut self) -> Result<(Event<'t>, Span), Problem> {
        loop {
            match self.parser.next_event() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(Err(error)) => return Err(self.scan_error(&error)),
                Some(Ok((Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd, _))) => {}
                Some(Ok(event)) => return Ok(event),
            }
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Problem> {
        let start = span.start;
        if depth > MAX_DEPTH {
            return self.refuse(start, "too_deep", format!("lists and maps nest at most {MAX_DEPTH} deep"));
        }
        let kind = match event {
            Event::Alias(_) => return self.refuse(start, "alias", "anchors and aliases are not read"),
            Event::Scalar(_, _, anchor, ref tag) => {
                self.refuse_extras(anchor, tag.is_some(), start)?;
                self.scalar(event, span)?
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(anchor, tag.is_some(), start)?;
                NodeKind::List(self.list(depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(anchor, tag.is_some(), start)?;
                NodeKind::Map(self.map(depth)?)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => {
                return self.refuse(start, "syntax", "this is not YAML: a value is missing");
            }
        };
        Ok(Node { at: self.place(start), kind })
    }

    fn refuse_extras(&self, anchor: usize, tagged: bool, start: Marker) -> Result<(), Problem> {
        if anchor != 0 {
            return self.refuse(start, "alias", "anchors and aliases are not read");
        }
        if tagged {
            return self.refuse(start, "tag", "tags are not read");
        }
        Ok(())
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Problem> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(Word, Node)>, Problem> {
        let mut entries = Vec::new();
        let mut keys = BTreeSet::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(entries),
                Event::Scalar(text, style, anchor, tag) => {
                    self.refuse_extras(anchor, tag.is_some(), span.start)?;
                    if &*text == "<<" && style == ScalarStyle::Plain {
                        return self.refuse(span.start, "merge_key", "merge keys are not read");
                    }
                    Word { at: self.place(span.start), text: text.into_owned() }
                }
                _ => return self.refuse(span.start, "key", "a key is a plain name"),
            };
            if !keys.insert(key.text.clone()) {
                return self.refuse(span.start, "duplicate_key", format!("`{}` is given twice", excerpt(&key.text)));
            }
            let (event, span) = self.next()?;
            entries.push((key, self.node(event, span, depth + 1)?));
        }
    }

    fn scalar(&self, event: Event<'t>, span: Span) -> Result<NodeKind, Problem> {
        let Event::Scalar(text, style, ..) = event else {
            return self.refuse(span.start, "syntax", "this is not YAML: a value is missing");
        };
        if style == ScalarStyle::Plain {
            match plain(&text) {
                Plain::String => {}
                Plain::NotFinite => {
                    return self.refuse(span.start, "number", format!("`{text}` is not a number that can be compared"));
                }
                Plain::Kind(kind) => return Ok(kind),
                Plain::TooLong => {
                    return self.refuse(span.start, "number", format!("`{}` has too many digits", excerpt(&text)));
                }
            }
        }
        let quotes = match style {
            ScalarStyle::Plain => Some(0),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Some(1),
            ScalarStyle::Literal | ScalarStyle::Folded => None,
        };
        // Escapes and folded lines make the text differ from its source; then only its start is pointed at.
        let as_is = |quotes: &usize| span.len() == text.chars().count() + 2 * quotes;
        let starts_at =
            quotes.filter(as_is).map(|quotes| self.place(span.start).column + u32::try_from(quotes).unwrap_or(0));
        Ok(NodeKind::String(Text { text: text.into_owned(), starts_at }))
    }
}

enum Plain {
    Kind(NodeKind),
    String,
    NotFinite,
    TooLong,
}

/// The core schema of YAML 1.2 for a scalar without quotes.
fn plain(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Kind(NodeKind::Null),
        "true" | "True" | "TRUE" => return Plain::Kind(NodeKind::Boolean(true)),
        "false" | "False" | "FALSE" => return Plain::Kind(NodeKind::Boolean(false)),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Plain::NotFinite;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix)
            && !digits.is_empty()
            && digits.chars().all(|digit| digit.is_digit(radix))
        {
            return match i64::from_str_radix(digits, radix) {
                Ok(number) => Plain::Kind(NodeKind::Number(number.into())),
                Err(_) => Plain::TooLong,
            };
        }
    }
    if !is_decimal(unsigned) {
        return Plain::String;
    }
    match text.strip_prefix('+').unwrap_or(text).parse::<Number>() {
        Ok(number) => Plain::Kind(NodeKind::Number(number)),
        Err(_) => Plain::TooLong,
    }
}

/// `( . [0-9]+ | [0-9]+ ( . [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_decimal(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|e| !e.is_empty() && digits(e))
}
