use super::{Absence, Closure, RowRule};
use crate::checked::{CheckedModel, FieldPath, Matching, RequirementId};
use std::fmt;

/// More values than a sentence can hold are counted.
const SHOWN_VALUES: usize = 10;

/// A rule as a person reads it: `region is ASIA or AMERICA`, `customers.region is EUROPE` where it is reached over
/// relationships.
pub fn rule_text(model: &CheckedModel, rule: &RowRule) -> String {
    match rule {
        RowRule::Test { field, matching, values, include_null, .. } => {
            let verb = match matching {
                Matching::Equals => "is",
                Matching::StartsWith => "starts with",
            };
            let mut shown: Vec<String> = values.iter().take(SHOWN_VALUES).map(ToString::to_string).collect();
            if values.len() > SHOWN_VALUES {
                shown.push(format!("{} more", values.len() - SHOWN_VALUES));
            }
            let null = if *include_null { " or has no value" } else { "" };
            format!("{} {verb} {}{null}", field_text(model, field), shown.join(" or "))
        }
        RowRule::Any(rules) => joined(model, rules, ", or "),
        RowRule::All(rules) => joined(model, rules, " and "),
        RowRule::Never { .. } => "no row".to_owned(),
    }
}

fn joined(model: &CheckedModel, rules: &[RowRule], connective: &str) -> String {
    let texts: Vec<String> = rules
        .iter()
        .map(|rule| match rule {
            RowRule::Any(_) | RowRule::All(_) => format!("({})", rule_text(model, rule)),
            RowRule::Test { .. } | RowRule::Never { .. } => rule_text(model, rule),
        })
        .collect();
    texts.join(connective)
}

fn field_text(model: &CheckedModel, path: &FieldPath) -> String {
    if path.steps.is_empty() { model.field(path.field).name.clone() } else { model.full_name(path.field) }
}

pub(super) fn needs_text(model: &CheckedModel, requirement: RequirementId) -> String {
    format!("needs the grant {}", model.requirement_text(requirement))
}

pub(super) fn absence_text(absence: &Absence) -> String {
    match absence {
        Absence::NoRule => "no rule gives access".to_owned(),
        Absence::NeedsGrant(grants) => format!("needs the grant {grants}"),
        Absence::HiddenInput(because) => because.clone(),
    }
}

/// `attribute_missing(region)`, as policy tests name it.
impl fmt::Display for Closure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AttributeMissing(name) => write!(f, "attribute_missing({name})"),
            Self::AttributeEmpty(name) => write!(f, "attribute_empty({name})"),
            Self::AttributeConflict(name) => write!(f, "attribute_conflict({name})"),
        }
    }
}
