//! The field query as it is asked: names and typed operators, nothing resolved yet.
use crate::file::{Entries, Node, NodeKind, Problem, Problems, Word, excerpt, timezone, word};

/// `REQ.json`, and the body of the HTTP query.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldQuery {
    pub root: QueryRoot,
    pub fields: Vec<FieldName>,
    /// Still untyped: the type of a field decides how its value is read.
    pub filters: Vec<Node>,
    pub sorts: Vec<Sort>,
    pub limit: Option<u64>,
    /// An IANA name.
    pub timezone: Option<tessera_base::TimeZone>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum QueryRoot {
    Topic(String),
    View(String),
}

/// `view.field` or `view.field[frame]`, as written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FieldName {
    pub view: String,
    pub field: String,
    pub frame: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sort {
    pub field: FieldName,
    pub descending: bool,
}

impl std::fmt::Display for FieldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.view, self.field)?;
        match &self.frame {
            Some(frame) => write!(f, "[{frame}]"),
            None => Ok(()),
        }
    }
}

/// More than a result can show; keeps hostile requests small.
const MAX_ITEMS: usize = 200;

const KEYS: [&str; 10] =
    ["topic", "view", "fields", "filters", "sorts", "limit", "timezone", "pivots", "totals", "calculations"];

impl FieldQuery {
    /// Reads the shape of a request; its names and filters are resolved with the model.
    pub fn parse(node: &Node) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        match (Self::read(node, &mut problems), problems.is_empty()) {
            (Some(query), true) => Ok(query),
            _ => Err(problems.into_sorted()),
        }
    }

    pub(crate) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let entries = Entries::of(node, "a query", &KEYS, problems)?;
        for key in ["pivots", "totals", "calculations"] {
            if let Some(node) = entries.get(key).filter(|node| !is_empty(node)) {
                problems.add(Problem::new(&node.at, "unsupported", format!("`{key}` are not supported yet")));
            }
        }
        let root = match (entries.get("topic"), entries.get("view")) {
            (Some(_), None) => entries.string("topic", problems).map(QueryRoot::Topic),
            (None, Some(_)) => entries.string("view", problems).map(QueryRoot::View),
            _ => {
                problems.add(Problem::new(entries.at, "query_root", "a query names either `topic` or `view`"));
                None
            }
        };
        entries.required("fields", problems);
        let fields =
            entries.words("fields", problems).iter().filter_map(|word| FieldName::read(word, problems)).collect();
        for key in ["fields", "sorts", "filters"] {
            if let Some(node) = entries.get(key)
                && node.as_list().is_some_and(|list| list.len() > MAX_ITEMS)
            {
                problems.add(Problem::new(&node.at, "too_large", format!("`{key}` has at most {MAX_ITEMS} items")));
            }
        }
        if let Some(node) = entries.get("fields")
            && node.as_list().is_some_and(<[Node]>::is_empty)
        {
            problems.add(Problem::new(&node.at, "empty_list", "`fields` is empty"));
        }
        let filters = entries.list("filters", problems).to_vec();
        let sorts = entries.list("sorts", problems).iter().filter_map(|node| Sort::read(node, problems)).collect();
        let limit = entries.integer("limit", 1..=i64::MAX.unsigned_abs(), problems);
        let timezone = entries.word("timezone", problems).and_then(|word| timezone(&word, problems));
        Some(Self { root: root?, fields, filters, sorts, limit, timezone })
    }
}

/// Asks for nothing: a client may send the key all the same.
fn is_empty(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Null | NodeKind::Boolean(false) => true,
        NodeKind::List(items) => items.is_empty(),
        NodeKind::Map(entries) => entries.iter().all(|(_, value)| is_empty(value)),
        _ => false,
    }
}

impl Sort {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let entries = Entries::of(node, "a sort", &["field", "descending"], problems)?;
        let field = entries.required("field", problems).and_then(|node| word(node, "field", problems))?;
        let descending = entries.boolean("descending", false, problems);
        Some(Self { field: FieldName::read(&field, problems)?, descending })
    }
}

impl FieldName {
    /// `view.field`, `view.field[frame]`; without a view where there is a `default_view`. The error is a message.
    pub fn parse(text: &str, default_view: Option<&str>) -> Result<Self, String> {
        let refused =
            || format!("`{}` is not the name of a field, like `view.field` or `view.field[month]`", excerpt(text));
        let (name, frame) = match text.split_once('[') {
            None => (text, None),
            Some((name, frame)) => (name, Some(frame.strip_suffix(']').ok_or_else(refused)?)),
        };
        let (view, field) = match (name.split_once('.'), default_view) {
            (Some((view, field)), _) => (view, field),
            (None, Some(view)) => (view, name),
            (None, None) => return Err(refused()),
        };
        let is_name = |part: &str| {
            !part.is_empty() && part.len() <= 100 && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if !is_name(view) || !is_name(field) || !frame.is_none_or(is_name) {
            return Err(refused());
        }
        Ok(Self { view: view.to_owned(), field: field.to_owned(), frame: frame.map(str::to_owned) })
    }

    fn read(word: &Word, problems: &mut Problems) -> Option<Self> {
        let Word { at, text } = word;
        Self::parse(text, None).map_err(|message| problems.add(Problem::new(at, "field_name", message))).ok()
    }
}
