use std::{fmt, sync::Arc};
use tessera_base::{Number, Value, ValueType};

/// Where something stands in a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    pub file: Arc<str>,
    /// 1-based; 0 where it is not known.
    pub line: u32,
    pub column: u32,
}

impl Place {
    /// The file as a whole.
    pub fn file(file: &str) -> Self {
        Self { file: file.into(), line: 0, column: 0 }
    }

    /// Of a request: it has neither file nor lines.
    pub fn nowhere() -> Self {
        Self::file("")
    }
}

/// A value of a YAML or JSON text, with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    pub at: Place,
    pub kind: NodeKind,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NodeKind {
    Null,
    Boolean(bool),
    Number(Number),
    String(Text),
    List(Vec<Node>),
    /// In the order of the text; no key comes twice.
    Map(Vec<(Word, Node)>),
}

/// The text of a string value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    pub text: String,
    /// In which column the text itself starts, where it stands on one line just as it is: problems inside of it can be
    /// pointed at.
    pub starts_at: Option<u32>,
}

/// A name with its place: a key, or a string that names something.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Word {
    pub at: Place,
    pub text: String,
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::ops::Deref for Word {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

/// Deeper texts are refused, in YAML and JSON alike.
pub(super) const MAX_DEPTH: usize = 32;

impl Node {
    /// A string of the product's own making: it stands in no file.
    pub fn string(text: impl Into<String>) -> Self {
        Self { at: Place::nowhere(), kind: NodeKind::String(Text { text: text.into(), starts_at: None }) }
    }

    /// A map of the product's own making; its keys are different.
    pub fn map<const N: usize>(entries: [(&str, Self); N]) -> Self {
        let key = |text: &str| Word { at: Place::nowhere(), text: text.to_owned() };
        Self {
            at: Place::nowhere(),
            kind: NodeKind::Map(entries.into_iter().map(|(text, node)| (key(text), node)).collect()),
        }
    }

    /// As a message calls it: `a list`.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            NodeKind::Null => "null",
            NodeKind::Boolean(_) => "a boolean",
            NodeKind::Number(_) => "a number",
            NodeKind::String(_) => "a string",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a map",
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::String(text) => Some(&text.text),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&[(Word, Node)]> {
        match &self.kind {
            NodeKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|(word, _)| word.text == key).map(|(_, node)| node)
    }

    /// The scalar as it was typed by its syntax: `2` is a number, `"2"` is a string. `None` for null, lists and maps.
    pub fn natural_value(&self) -> Option<Value> {
        match &self.kind {
            NodeKind::Boolean(boolean) => Some(Value::Boolean(*boolean)),
            NodeKind::Number(number) => Some(Value::Number(number.clone())),
            NodeKind::String(text) => Some(Value::String(text.text.clone())),
            NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) => None,
        }
    }

    /// The scalar as a `wanted`, without conversions: only dates and timestamps are read from strings.
    pub fn typed_value(&self, wanted: ValueType) -> Option<Value> {
        let value = self.natural_value()?;
        match (wanted, value) {
            (ValueType::Date | ValueType::Timestamp, Value::String(text)) => Value::parse(&text, wanted).ok(),
            (_, value) => (value.value_type() == wanted).then_some(value),
        }
    }
}

/// For messages: a scalar as written, anything else by its kind.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            NodeKind::Boolean(boolean) => write!(f, "`{boolean}`"),
            NodeKind::Number(number) => write!(f, "`{number}`"),
            NodeKind::String(text) => write!(f, "`\"{}\"`", excerpt(&text.text)),
            NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) => f.write_str(self.kind_name()),
        }
    }
}

/// The start of a text that somebody wrote, on one line, for messages.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}
