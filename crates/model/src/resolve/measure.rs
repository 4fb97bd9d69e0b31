use super::draft::Draft;
use crate::FieldId;
use crate::checked::{Aggregate, Declassify, FieldPath, Measure};
use crate::file::{Place, Problem, Word};
use crate::filter::{Filter, parse_filters};
use tessera_base::ValueType;

#[derive(Clone, Copy, PartialEq, Eq)]
enum AggregateName {
    Count,
    CountDistinct,
    Sum,
    Average,
    Min,
    Max,
    Median,
    Percentile,
    List,
    First,
    Last,
}

const AGGREGATES: [(&str, AggregateName); 11] = [
    ("count", AggregateName::Count),
    ("count_distinct", AggregateName::CountDistinct),
    ("sum", AggregateName::Sum),
    ("average", AggregateName::Average),
    ("min", AggregateName::Min),
    ("max", AggregateName::Max),
    ("median", AggregateName::Median),
    ("percentile", AggregateName::Percentile),
    ("list", AggregateName::List),
    ("first", AggregateName::First),
    ("last", AggregateName::Last),
];

fn aggregate_name(word: &Word) -> Option<AggregateName> {
    AGGREGATES.iter().find(|(name, _)| **name == *word.text).map(|(_, aggregate)| *aggregate)
}

impl Draft<'_> {
    pub(super) fn type_of_measure(&mut self, field: FieldId) -> Option<ValueType> {
        let input = self.type_of_expression(field);
        let Some(word) = &self.field_file(field).aggregate else { return input };
        let Some(name) = aggregate_name(word) else {
            self.field_mut(field).broken = true;
            return None;
        };
        match name {
            AggregateName::Min | AggregateName::Max | AggregateName::First | AggregateName::Last => input,
            AggregateName::List => Some(ValueType::String),
            AggregateName::Count
            | AggregateName::CountDistinct
            | AggregateName::Sum
            | AggregateName::Average
            | AggregateName::Median
            | AggregateName::Percentile => Some(ValueType::Number),
        }
    }

    pub(super) fn resolve_measure(&mut self, field: FieldId) -> Option<Measure> {
        let file = self.field_file(field);
        let at = &file.name.at;
        let Some(word) = &file.aggregate else {
            for (key, given) in [
                ("by", file.by.is_some()),
                ("percentile", file.percentile.is_some()),
                ("filters", !file.filters.is_empty()),
            ] {
                if given {
                    self.problem(at, "measure_key", format!("`{key}` belongs to a measure with `aggregate_type`"));
                }
            }
            if let Some(declassify) = &file.declassify {
                self.refuse_declassify(&declassify.at);
            }
            if file.sql.is_none() {
                let problem = Problem::new(
                    at,
                    "missing_key",
                    format!("the measure `{}` has neither `aggregate_type` nor `sql`", file.name),
                );
                self.problems.add(problem.help("`aggregate_type: count`, or a formula of other measures in `sql`"));
            }
            return Some(Measure::Derived { expr: self.field(field).expr.clone()? });
        };
        let name = aggregate_name(word);
        if name.is_none() {
            let problem =
                Problem::new(&word.at, "unknown_value", format!("unknown aggregate `{}`", crate::file::excerpt(word)));
            let names = AGGREGATES.map(|(name, _)| name);
            self.problems.add(problem.suggest(word, names).or_help(format!("one of {}", names.join(", "))));
        }
        let filter = self.measure_filter(field);
        let declassify = self.declassify(field, name);
        let aggregate = self.aggregate(field, name?);
        self.check_input(field, name?);
        let input = self.field(field).expr.clone();
        Some(Measure::Aggregate { aggregate: aggregate?, input, filter: filter?, declassify })
    }

    fn aggregate(&mut self, field: FieldId, name: AggregateName) -> Option<Aggregate> {
        let file = self.field_file(field);
        for (key, given, wanted) in [
            ("by", file.by.is_some(), matches!(name, AggregateName::First | AggregateName::Last)),
            ("percentile", file.percentile.is_some(), name == AggregateName::Percentile),
        ] {
            if given != wanted {
                let aggregate = file.aggregate.as_ref().map(|word| word.text.as_str()).unwrap_or_default();
                let verb = if wanted { "needs" } else { "has no" };
                self.problem(&file.name.at, "measure_key", format!("a measure of type `{aggregate}` {verb} `{key}`"));
                return None;
            }
        }
        Some(match name {
            AggregateName::Count => Aggregate::Count,
            AggregateName::CountDistinct => Aggregate::CountDistinct,
            AggregateName::Sum => Aggregate::Sum,
            AggregateName::Average => Aggregate::Average,
            AggregateName::Min => Aggregate::Min,
            AggregateName::Max => Aggregate::Max,
            AggregateName::Median => Aggregate::Median,
            AggregateName::List => Aggregate::List,
            AggregateName::First => Aggregate::First { by: self.by(field)? },
            AggregateName::Last => Aggregate::Last { by: self.by(field)? },
            AggregateName::Percentile => {
                let node = file.percentile.as_ref()?;
                let share = node.typed_value(ValueType::Number).and_then(|value| value.to_string().parse::<f64>().ok());
                let Some(share) = share.filter(|share| (0.0..=1.0).contains(share)) else {
                    self.problem(&node.at, "percentile", format!("`percentile` is a number from 0 to 1, not {node}"));
                    return None;
                };
                Aggregate::Percentile(share)
            }
        })
    }

    /// The time by which rows are first or last.
    fn by(&mut self, field: FieldId) -> Option<FieldPath> {
        let word = self.field_file(field).by.as_ref()?;
        let view = self.field(field).view;
        let path = self.field_path(view, &word.text, &word.at)?;
        if !matches!(self.field(path.field).value_type, None | Some(ValueType::Date | ValueType::Timestamp)) {
            let message = format!("`{}` is neither a date nor a timestamp", self.full_name(path.field));
            self.problem(&word.at, "type_mismatch", message);
            return None;
        }
        Some(path)
    }

    /// `field`, or `view.field` reached over to-one relationships.
    pub(super) fn field_path(&mut self, view: crate::ViewId, name: &str, at: &Place) -> Option<FieldPath> {
        match name.split_once('.') {
            None => Some(FieldPath { steps: Vec::new(), field: self.find_dimension(view, name, at)? }),
            Some((other, field)) => self.dimension_path(view, other, field, at),
        }
    }

    fn check_input(&mut self, field: FieldId, name: AggregateName) {
        let file = self.field_file(field);
        let aggregate = file.aggregate.as_ref().map(|word| word.text.as_str()).unwrap_or_default();
        let Some(sql) = &file.sql else {
            if name != AggregateName::Count {
                let message = format!("a measure of type `{aggregate}` needs `sql`: what it is computed from");
                self.problem(&file.name.at, "missing_key", message);
            }
            return;
        };
        if name == AggregateName::Count {
            let problem = Problem::new(&sql.at, "count_with_sql", "`count` counts rows and has no `sql`");
            self.problems.add(problem.help("use `filters` to count some rows, or `count_distinct` to count values"));
            return;
        }
        let view = self.field(field).view;
        let input = self.field(field).expr.as_ref().and_then(|expr| self.infer(view, expr));
        let numeric = matches!(
            name,
            AggregateName::Sum | AggregateName::Average | AggregateName::Median | AggregateName::Percentile
        );
        if let Some(input) = input.filter(|input| numeric && *input != ValueType::Number) {
            self.problem(
                &sql.at,
                "type_mismatch",
                format!("`{aggregate}` is computed from numbers, not from a {input}"),
            );
        }
        if let Some(input) = input.filter(|input| name == AggregateName::List && *input != ValueType::String) {
            self.problem(&sql.at, "type_mismatch", format!("`list` is computed from strings, not from a {input}"));
        }
    }

    /// The outer `None`: a problem.
    fn measure_filter(&mut self, field: FieldId) -> Option<Option<Filter<FieldPath>>> {
        let file = self.field_file(field);
        if file.filters.is_empty() {
            return Some(None);
        }
        let view = self.field(field).view;
        let view_name = self.view_file(view).name.text.as_str();
        self.filter(&file.filters, Some(view_name), |draft, name, at| {
            if name.frame.is_some() {
                draft.problem(at, "time_frame", "time frames are not read here");
                return None;
            }
            let path = draft.dimension_path(view, &name.view, &name.field, at)?;
            let value_type = draft.field(path.field).value_type?;
            Some((path, value_type))
        })
        .map(Some)
    }

    /// Filters of a file; `find` adds its own problems.
    pub(super) fn filter<F>(
        &mut self,
        nodes: &[crate::file::Node],
        default_view: Option<&str>,
        mut find: impl FnMut(&mut Self, &crate::request::FieldName, &Place) -> Option<(F, ValueType)>,
    ) -> Option<Filter<F>> {
        let mut filters = Vec::new();
        // One by one, so that a problem in one does not hide those in the next.
        for node in nodes {
            // A field that is not found has added its problem; this one stops the reading and is dropped.
            let zone = self.model.timezone;
            let resolve = |name: &crate::request::FieldName, at: &Place| {
                find(self, name, at).ok_or_else(|| Problem::new(at, ALREADY_ADDED, ""))
            };
            match parse_filters(std::slice::from_ref(node), default_view, zone, resolve) {
                Ok(Filter::All(parsed)) => filters.extend(parsed),
                Ok(filter) => filters.push(filter),
                Err(problem) if problem.code == ALREADY_ADDED => {}
                Err(problem) => self.problems.add(problem),
            }
        }
        (filters.len() == nodes.len()).then_some(Filter::All(filters))
    }

    fn declassify(&mut self, field: FieldId, aggregate: Option<AggregateName>) -> Option<Declassify> {
        let file = self.field_file(field);
        let declassify = file.declassify.as_ref()?;
        let allowed = [AggregateName::Sum, AggregateName::Average, AggregateName::Count, AggregateName::CountDistinct];
        if aggregate.is_some_and(|aggregate| !allowed.contains(&aggregate)) {
            self.refuse_declassify(&declassify.at);
        }
        let view = self.view_file(self.field(field).view);
        if view.primary_key.is_empty() {
            let problem = Problem::new(
                &declassify.at,
                "declassify_without_key",
                format!("`declassify` counts rows by the primary key of `{}`, which has none", view.name),
            );
            self.problems.add(problem.help("declare `primary_key` on the view"));
        }
        let requirements = self.requirements(&declassify.grants);
        // INVARIANT: without grants it would be lifted for everybody.
        (!requirements.is_empty()).then(|| Declassify {
            requirements,
            minimum_group_size: declassify.minimum_group_size,
            reason: declassify.reason.clone(),
        })
    }

    fn refuse_declassify(&mut self, at: &Place) {
        self.problem(
            at,
            "declassify_aggregate",
            "only measures of type sum, average, count and count_distinct can be declassified",
        );
    }
}

const ALREADY_ADDED: &str = "already_added";
