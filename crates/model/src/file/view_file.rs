//! `views/<name>.view.yaml`, as written.
use super::model_file::{TYPES, named};
use super::problem::Problems;
use super::read::{Entries, check_name, word};
use super::{Node, Place, Problem, Word};
use crate::checked::Presentation;
use crate::request::FieldQuery;
use tessera_base::ValueType;

pub(crate) struct ViewFile {
    pub(crate) name: Word,
    pub(crate) label: String,
    pub(crate) description: Option<String>,
    /// `None` where the file does not name one, which is a problem already.
    pub(crate) source: Option<SourceFile>,
    pub(crate) primary_key: Vec<Word>,
    /// Where `access: everyone` stands.
    pub(crate) everyone: Option<Place>,
    pub(crate) requirements: Vec<Word>,
    pub(crate) filters: Vec<Node>,
    pub(crate) fields: Vec<FieldFile>,
}

pub(crate) enum SourceFile {
    Table(Word),
    /// `definer`: where `definer_rights: true` stands.
    Sql {
        text: Node,
        definer: Option<Place>,
    },
    Fields(Box<FieldsFile>),
}

/// A field query as the source of a view.
pub(crate) struct FieldsFile {
    pub(crate) at: Place,
    pub(crate) query: FieldQuery,
    /// Of its `fields` and of its `sorts`, in order.
    pub(crate) field_places: Vec<Place>,
    pub(crate) sort_places: Vec<Place>,
}

pub(crate) struct FieldFile {
    pub(crate) name: Word,
    pub(crate) is_measure: bool,
    pub(crate) value_type: Option<(Place, ValueType)>,
    /// A `type` is given and is none, which is a problem already.
    pub(crate) has_wrong_type: bool,
    pub(crate) sql: Option<Node>,
    pub(crate) requirements: Vec<Word>,
    /// `order_by` and `drill_fields` are resolved later.
    pub(crate) presentation: Presentation,
    pub(crate) order_by: Option<Word>,
    pub(crate) drill_fields: Vec<Word>,
    // Of dimensions:
    pub(crate) timeframes: Vec<Word>,
    pub(crate) mask: Option<MaskFile>,
    // Of measures:
    pub(crate) aggregate: Option<Word>,
    pub(crate) by: Option<Word>,
    pub(crate) percentile: Option<Node>,
    pub(crate) filters: Vec<Node>,
    pub(crate) declassify: Option<DeclassifyFile>,
}

pub(crate) struct MaskFile {
    pub(crate) at: Place,
    pub(crate) unless: Vec<Word>,
    /// `None`: the default, null.
    pub(crate) mask: Option<Node>,
}

pub(crate) struct DeclassifyFile {
    pub(crate) at: Place,
    pub(crate) grants: Vec<Word>,
    pub(crate) minimum_group_size: u64,
    pub(crate) reason: String,
}

const VIEW_KEYS: [&str; 17] = [
    "view",
    "label",
    "description",
    "table",
    "sql",
    "query",
    "definer_rights",
    "primary_key",
    "access",
    "required_access_grants",
    "access_filters",
    "dimensions",
    "measures",
    "group_label",
    "hidden",
    "tags",
    "synonyms",
];
const DIMENSION_KEYS: [&str; 16] = [
    "type",
    "sql",
    "required_access_grants",
    "mask_unless_access_grants",
    "mask",
    "timeframes",
    "label",
    "description",
    "group_label",
    "format",
    "hidden",
    "tags",
    "synonyms",
    "order_by",
    "drill_fields",
    "suggest",
];
const MEASURE_KEYS: [&str; 16] = [
    "type",
    "sql",
    "required_access_grants",
    "aggregate_type",
    "by",
    "percentile",
    "filters",
    "declassify",
    "label",
    "description",
    "group_label",
    "format",
    "hidden",
    "tags",
    "synonyms",
    "drill_fields",
];
/// Names that mean something else where a view is named.
const RESERVED: [&str; 3] = ["all_views", "view", "relationship"];

impl ViewFile {
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let entries = Entries::of(node, "a view", &VIEW_KEYS, problems)?;
        let name = entries.required("view", problems).and_then(|node| word(node, "view", problems))?;
        check_name(&name, "a view", problems);
        if RESERVED.contains(&name.text.as_str()) {
            problems.add(Problem::new(&name.at, "name", format!("`{name}` cannot be the name of a view")));
        }
        let source = source(&entries, problems);
        let everyone =
            entries.get("access").filter(|_| entries.choice("access", &[("everyone", ())], problems).is_some());
        let mut fields = Vec::new();
        for (name, node) in named(&entries, "dimensions", "`dimensions`", "a dimension", problems) {
            fields.extend(dimension(name, &node, problems));
        }
        for (name, node) in named(&entries, "measures", "`measures`", "a measure", problems) {
            if let Some(double) = fields.iter().find(|field| field.name.text == name.text) {
                let message = format!("`{name}` is both a dimension (line {}) and a measure", double.name.at.line);
                problems.add(Problem::new(&name.at, "duplicate_name", message));
                continue;
            }
            fields.extend(measure(name, &node, problems));
        }
        present_alike(&entries, &mut fields, problems);
        Some(Self {
            label: entries.string("label", problems).unwrap_or_else(|| label_of(&name)),
            description: entries.string("description", problems),
            source,
            primary_key: entries.rule_words("primary_key", problems),
            everyone: everyone.map(|node| node.at.clone()),
            requirements: entries.rule_words("required_access_grants", problems),
            filters: entries.rules("access_filters", problems).to_vec(),
            fields,
            name,
        })
    }
}

/// What a view says of its presentation holds for each of its fields.
fn present_alike(entries: &Entries<'_>, fields: &mut [FieldFile], problems: &mut Problems) {
    let hidden = entries.boolean("hidden", false, problems);
    let group_label = entries.string("group_label", problems);
    let (tags, synonyms) = (entries.strings("tags", problems), entries.strings("synonyms", problems));
    for FieldFile { presentation, .. } in fields {
        presentation.hidden |= hidden;
        presentation.group_label = presentation.group_label.take().or_else(|| group_label.clone());
        presentation.tags.extend(tags.iter().cloned());
        presentation.synonyms.extend(synonyms.iter().cloned());
    }
}

fn source(entries: &Entries<'_>, problems: &mut Problems) -> Option<SourceFile> {
    let definer = entries.get("definer_rights").filter(|_| entries.boolean("definer_rights", false, problems));
    let given = ["table", "sql", "query"].into_iter().filter_map(|key| entries.get(key).map(|node| (key, node)));
    match given.collect::<Vec<_>>().as_slice() {
        [("sql", node)] => {
            word(node, "sql", problems)?;
            Some(SourceFile::Sql { text: (*node).clone(), definer: definer.map(|node| node.at.clone()) })
        }
        [("query", node)] => {
            refuse_definer(definer, problems);
            fields_file(node, problems).map(|file| SourceFile::Fields(Box::new(file)))
        }
        [] | [("table", _)] => {
            refuse_definer(definer, problems);
            entries.required("table", problems).and_then(|node| word(node, "table", problems)).map(SourceFile::Table)
        }
        [_, (second, node), ..] => {
            problems.add(Problem::new(
                &node.at,
                "two_sources",
                format!("a view has one source, and `{second}` is another"),
            ));
            None
        }
        [_] => None,
    }
}

fn refuse_definer(definer: Option<&Node>, problems: &mut Problems) {
    if let Some(definer) = definer {
        let problem = Problem::new(&definer.at, "definer_rights", "`definer_rights` belongs to a view of `sql`");
        problems.add(problem.help("remove it"));
    }
}

fn fields_file(node: &Node, problems: &mut Problems) -> Option<FieldsFile> {
    let query = FieldQuery::read(node, problems)?;
    let entries = Entries::unchecked(node, "a query", problems)?;
    if let Some(zone) = entries.get("timezone") {
        let problem = Problem::new(&zone.at, "unsupported", "a query of a view has the time zone of the model");
        problems.add(problem.help("remove it; `timezone` in model.yaml says how days begin"));
    }
    let mut places = |key| entries.list(key, problems).iter().map(|node| node.at.clone()).collect();
    Some(FieldsFile { at: node.at.clone(), query, field_places: places("fields"), sort_places: places("sorts") })
}

fn dimension(name: Word, node: &Node, problems: &mut Problems) -> Option<FieldFile> {
    let entries = Entries::of(node, "a dimension", &DIMENSION_KEYS, problems)?;
    let mask = match (entries.get("mask_unless_access_grants"), entries.get("mask")) {
        (None, None) => None,
        (None, Some(mask)) => {
            let problem = Problem::new(
                &mask.at,
                "mask_without_grants",
                format!("the mask of `{name}` names nobody who reads the values"),
            );
            problems.add(problem.help("add `mask_unless_access_grants: [a_grant]`"));
            None
        }
        (Some(unless), mask) => Some(MaskFile {
            at: mask.unwrap_or(unless).at.clone(),
            unless: entries.rule_words("mask_unless_access_grants", problems),
            mask: mask.cloned(),
        }),
    };
    Some(FieldFile {
        timeframes: entries.words("timeframes", problems),
        mask,
        aggregate: None,
        by: None,
        percentile: None,
        filters: Vec::new(),
        declassify: None,
        ..field(name, false, &entries, problems)
    })
}

fn measure(name: Word, node: &Node, problems: &mut Problems) -> Option<FieldFile> {
    let entries = Entries::of(node, "a measure", &MEASURE_KEYS, problems)?;
    Some(FieldFile {
        timeframes: Vec::new(),
        mask: None,
        aggregate: entries.word("aggregate_type", problems),
        by: entries.word("by", problems),
        percentile: entries.get("percentile").cloned(),
        filters: entries.rules("filters", problems).to_vec(),
        declassify: entries.get("declassify").and_then(|node| declassify(node, problems)),
        ..field(name, true, &entries, problems)
    })
}

/// What dimensions and measures share.
fn field(name: Word, is_measure: bool, entries: &Entries<'_>, problems: &mut Problems) -> FieldFile {
    let value_type = entries
        .choice("type", &TYPES, problems)
        .zip(entries.get("type"))
        .map(|(value_type, node)| (node.at.clone(), value_type));
    FieldFile {
        is_measure,
        has_wrong_type: value_type.is_none() && entries.get("type").is_some(),
        value_type,
        sql: entries.get("sql").filter(|node| word(node, "sql", problems).is_some()).cloned(),
        requirements: entries.rule_words("required_access_grants", problems),
        presentation: Presentation {
            label: entries.string("label", problems).unwrap_or_else(|| label_of(&name)),
            description: entries.string("description", problems),
            group_label: entries.string("group_label", problems),
            format: entries.string("format", problems),
            hidden: entries.boolean("hidden", false, problems),
            tags: entries.strings("tags", problems),
            synonyms: entries.strings("synonyms", problems),
            order_by: None,
            drill_fields: Vec::new(),
            suggest: entries.boolean("suggest", true, problems),
        },
        order_by: entries.word("order_by", problems),
        drill_fields: entries.words("drill_fields", problems),
        timeframes: Vec::new(),
        mask: None,
        aggregate: None,
        by: None,
        percentile: None,
        filters: Vec::new(),
        declassify: None,
        name,
    }
}

fn declassify(node: &Node, problems: &mut Problems) -> Option<DeclassifyFile> {
    let entries = Entries::of(node, "`declassify`", &["grants", "minimum_group_size", "reason"], problems)?;
    let present = ["grants", "minimum_group_size", "reason"].map(|key| entries.required(key, problems).is_some());
    let grants = entries.rule_words("grants", problems);
    let minimum_group_size = entries.integer("minimum_group_size", 1..=1_000_000_000, problems);
    let reason = entries.word("reason", problems);
    if let Some(reason) = &reason
        && reason.trim().is_empty()
    {
        problems.add(
            Problem::new(&reason.at, "empty_reason", "`reason` is empty")
                .help("it is shown in the model's access report"),
        );
    }
    present.iter().all(|present| *present).then_some(())?;
    Some(DeclassifyFile { at: node.at.clone(), grants, minimum_group_size: minimum_group_size?, reason: reason?.text })
}

/// `customer_id` as a person reads it: `Customer id`.
pub(super) fn label_of(name: &str) -> String {
    let mut characters = name.chars().map(|c| if c == '_' { ' ' } else { c });
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
