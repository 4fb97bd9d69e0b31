//! `model.yaml`, as written.
use super::problem::Problems;
use super::read::{Entries, check_name};
use super::{Node, Place, Problem, Word};
use crate::checked::{AttributeDeclaration, Cardinality, DefaultAccess, JoinType};
use chrono::Weekday;
use std::collections::BTreeMap;
use tessera_access::Attributes;
use tessera_base::{TimeZone, ValueType};

pub(crate) struct ModelFile {
    pub(crate) connection: String,
    pub(crate) default_access: DefaultAccess,
    pub(crate) timezone: TimeZone,
    pub(crate) week_starts_on: Weekday,
    pub(crate) fiscal_year_starts_in: u32,
    pub(crate) default_row_limit: u64,
    pub(crate) cache_max_age_seconds: Option<u64>,
    pub(crate) attributes: BTreeMap<String, AttributeDeclaration>,
    /// Conditions are read when all names of grants are known.
    pub(crate) grants: Vec<(Word, Node)>,
    pub(crate) relationships: Vec<RelationshipFile>,
}

pub(crate) struct RelationshipFile {
    pub(crate) at: Place,
    pub(crate) name: Option<Word>,
    pub(crate) from: Word,
    pub(crate) to: Word,
    pub(crate) on: Node,
    pub(crate) cardinality: Cardinality,
    pub(crate) join: JoinType,
}

const KEYS: [&str; 10] = [
    "connection",
    "default_access",
    "timezone",
    "week_starts_on",
    "fiscal_year_starts_in",
    "default_row_limit",
    "cache",
    "access_grants",
    "attributes",
    "relationships",
];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];
const MONTHS: [(&str, u32); 12] = [
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
];
const CARDINALITIES: [(&str, Cardinality); 4] = [
    ("many_to_one", Cardinality::ManyToOne),
    ("one_to_one", Cardinality::OneToOne),
    ("one_to_many", Cardinality::OneToMany),
    ("many_to_many", Cardinality::ManyToMany),
];
const JOINS: [(&str, JoinType); 3] = [("left", JoinType::Left), ("inner", JoinType::Inner), ("full", JoinType::Full)];
pub(super) const TYPES: [(&str, ValueType); 5] = [
    ("string", ValueType::String),
    ("number", ValueType::Number),
    ("boolean", ValueType::Boolean),
    ("date", ValueType::Date),
    ("timestamp", ValueType::Timestamp),
];

impl ModelFile {
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let entries = Entries::of(node, "a model", &KEYS, problems)?;
        let access = [("deny", DefaultAccess::Deny), ("allow", DefaultAccess::Allow)];
        Some(Self {
            connection: entries
                .required("connection", problems)
                .and_then(|_| entries.string("connection", problems))
                .unwrap_or_default(),
            default_access: entries.choice("default_access", &access, problems).unwrap_or(DefaultAccess::Deny),
            timezone: entries
                .word("timezone", problems)
                .and_then(|word| timezone(&word, problems))
                .unwrap_or(TimeZone::UTC),
            week_starts_on: entries.choice("week_starts_on", &WEEKDAYS, problems).unwrap_or(Weekday::Mon),
            fiscal_year_starts_in: entries.choice("fiscal_year_starts_in", &MONTHS, problems).unwrap_or(1),
            default_row_limit: entries.integer("default_row_limit", 1..=50_000, problems).unwrap_or(1000),
            cache_max_age_seconds: entries.get("cache").and_then(|node| cache(node, problems)),
            attributes: attributes(&entries, problems),
            grants: named(&entries, "access_grants", "`access_grants`", "a grant", problems),
            relationships: entries
                .list("relationships", problems)
                .iter()
                .filter_map(|node| relationship(node, problems))
                .collect(),
        })
    }
}

/// The entries of a map whose keys are names of things.
pub(super) fn named(
    entries: &Entries<'_>,
    key: &'static str,
    what: &'static str,
    thing: &'static str,
    problems: &mut Problems,
) -> Vec<(Word, Node)> {
    let Some(map) = entries.get(key).and_then(|node| Entries::unchecked(node, what, problems)) else {
        return Vec::new();
    };
    map.iter().inspect(|(name, _)| check_name(name, thing, problems)).cloned().collect()
}

pub(crate) fn timezone(word: &Word, problems: &mut Problems) -> Option<TimeZone> {
    let zone = word.parse::<TimeZone>().ok();
    if zone.is_none() {
        let message = format!("unknown time zone `{}`", super::node::excerpt(word));
        problems.add(Problem::new(&word.at, "unknown_timezone", message).help("a name like `Europe/Berlin` or `UTC`"));
    }
    zone
}

fn cache(node: &Node, problems: &mut Problems) -> Option<u64> {
    let age = Entries::of(node, "`cache`", &["max_age"], problems)?.word("max_age", problems)?;
    let seconds = age.strip_suffix(['s', 'm', 'h', 'd']).and_then(|count| {
        let unit = match age.chars().last() {
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            _ => 1,
        };
        count.parse::<u32>().ok().map(|count| u64::from(count) * unit)
    });
    if seconds.is_none() {
        let message = format!("`{}` is not a duration", super::node::excerpt(&age));
        problems.add(Problem::new(&age.at, "duration", message).help("a number and `s`, `m`, `h` or `d`: `6h`"));
    }
    seconds
}

fn attributes(entries: &Entries<'_>, problems: &mut Problems) -> BTreeMap<String, AttributeDeclaration> {
    let mut declared = BTreeMap::new();
    for (name, node) in named(entries, "attributes", "`attributes`", "an attribute", problems) {
        if Attributes::SYSTEM.contains(&name.text.as_str()) {
            let message = format!("`{name}` is an attribute of the product itself");
            problems.add(
                Problem::new(&name.at, "system_attribute", message).help("rules may use it without a declaration"),
            );
        }
        let Some(entries) = Entries::of(&node, "an attribute", &["type", "multiple"], problems) else { continue };
        let value_type = entries.required("type", problems).and_then(|_| entries.choice("type", &TYPES, problems));
        let multiple = entries.boolean("multiple", false, problems);
        // Declared even when its type is wrong: the rules that use it are no further problem.
        let value_type = value_type.unwrap_or(ValueType::String);
        declared.insert(name.text, AttributeDeclaration { value_type, multiple });
    }
    declared
}

fn relationship(node: &Node, problems: &mut Problems) -> Option<RelationshipFile> {
    let entries = Entries::of(node, "a relationship", &["name", "from", "to", "on", "type", "join"], problems)?;
    let name = entries.word("name", problems);
    if let Some(name) = &name {
        check_name(name, "a relationship", problems);
    }
    let mut view = |key| {
        entries.required(key, problems)?;
        entries.word(key, problems)
    };
    let (from, to) = (view("from"), view("to"));
    let on = entries.required("on", problems);
    let cardinality = entries.required("type", problems).and_then(|_| entries.choice("type", &CARDINALITIES, problems));
    Some(RelationshipFile {
        at: node.at.clone(),
        name,
        from: from?,
        to: to?,
        on: on?.clone(),
        cardinality: cardinality?,
        join: entries.choice("join", &JOINS, problems).unwrap_or(JoinType::Left),
    })
}
