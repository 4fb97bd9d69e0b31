use crate::Address;
use std::{collections::BTreeMap, sync::Arc};
use tessera_base::{Value, ValueType};

/// What may be known of people, as an organization declares it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttributeDefinition {
    pub name: String,
    pub label: String,
    pub description: Option<String>,
    /// Not a timestamp.
    pub value_type: ValueType,
    pub multiple: bool,
    pub default: Option<Vec<Value>>,
    /// A data rule uses it.
    pub secures_data: bool,
}

/// Who set a value. An administrator may replace any; a source that repeats itself replaces only its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttributeSource {
    Administrator,
    /// Claims of the identity provider, at sign-in.
    SignIn,
    Scim,
}

impl AttributeSource {
    const ALL: [Self; 3] = [Self::Administrator, Self::SignIn, Self::Scim];

    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::SignIn => "sign_in",
            Self::Scim => "scim",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    pub fn replaces(self, earlier: Self) -> bool {
        self == Self::Administrator || self == earlier
    }
}

/// What is set on one person or group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldAttribute {
    pub name: Arc<str>,
    pub values: Vec<Value>,
    pub source: AttributeSource,
}

/// What is known of one attribute of one person. An attribute that is not in [`Attributes`] is *missing*.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AttributeState {
    Set(AttributeValues),
    /// Set on nobody: what the organization says of whoever has none. It never decides about data.
    Default(AttributeValues),
    /// Single-valued, and these groups disagree: every rule that needs it denies.
    Conflict {
        groups: Vec<String>,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttributeValues {
    pub values: Vec<Value>,
    /// Where the values come from, as a person reads it: `set on you`, `set on group Analysts`.
    pub origin: String,
}

/// The attributes of one person by name.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Attributes(BTreeMap<String, AttributeState>);

impl Attributes {
    /// Names that the product itself fills; a definition cannot take them.
    pub const SYSTEM: [&'static str; 7] =
        ["user_id", "user_email", "user_name", "user_groups", "is_org_admin", "embed_entity", "timezone"];

    pub fn get(&self, name: &str) -> Option<&AttributeState> {
        self.0.get(name)
    }

    pub fn set(&mut self, name: impl Into<String>, state: AttributeState) {
        self.0.insert(name.into(), state);
    }

    /// The same, in words for somebody else than whose they are.
    pub(crate) fn told_to_another(mut self) -> Self {
        for state in self.0.values_mut() {
            if let AttributeState::Set(set) = state
                && set.origin == set_on(Address::You)
            {
                set.origin = set_on(Address::They);
            }
        }
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttributeState)> {
        self.0.iter().map(|(name, state)| (name.as_str(), state))
    }
}

fn set_on(person: Address) -> String {
    format!("set on {}", person.object())
}

/// The value of one attribute from all that is set: the person's own › the groups' (their union when `multiple`; when
/// single and they disagree, a conflict) › the default › missing (`None`).
pub fn resolve_attribute(
    multiple: bool,
    own: Option<Vec<Value>>,
    groups: Vec<(String, Vec<Value>)>,
    default: Option<Vec<Value>>,
) -> Option<AttributeState> {
    let set = |values, origin| Some(AttributeState::Set(AttributeValues { values, origin }));
    if let Some(values) = own {
        return set(values, set_on(Address::You));
    }
    let Some((first_group, first)) = groups.first() else {
        let stands_in = |values| AttributeState::Default(AttributeValues { values, origin: "default".to_owned() });
        return default.map(stands_in);
    };
    if !multiple && groups.iter().any(|(_, values)| values != first) {
        return Some(AttributeState::Conflict { groups: groups.into_iter().map(|(name, _)| name).collect() });
    }
    if !multiple {
        return set(first.clone(), format!("set on group {first_group}"));
    }
    let names: Vec<&str> = groups.iter().map(|(name, _)| name.as_str()).collect();
    let origin = format!("set on group {}", names.join(", "));
    let mut union: Vec<Value> = Vec::new();
    for value in groups.iter().flat_map(|(_, values)| values) {
        if !union.contains(value) {
            union.push(value.clone());
        }
    }
    set(union, origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[&str]) -> Vec<Value> {
        values.iter().map(|v| Value::String((*v).to_owned())).collect()
    }

    #[test]
    fn a_person_s_own_value_wins_and_disagreeing_groups_conflict() {
        let own = resolve_attribute(false, Some(text(&["A"])), vec![("g".into(), text(&["B"]))], Some(text(&["C"])));
        assert!(matches!(own, Some(AttributeState::Set(v)) if v.values == text(&["A"]) && v.origin == "set on you"));
        let groups = vec![("g".to_owned(), text(&["B"])), ("h".to_owned(), text(&["C", "B"]))];
        assert!(
            matches!(resolve_attribute(false, None, groups.clone(), None), Some(AttributeState::Conflict { groups }) if groups == ["g", "h"])
        );
        assert!(
            matches!(resolve_attribute(true, None, groups, None), Some(AttributeState::Set(v)) if v.values == text(&["B", "C"]))
        );
        assert!(
            matches!(resolve_attribute(true, None, vec![], Some(text(&["C"]))), Some(AttributeState::Default(v)) if v.origin == "default")
        );
        assert_eq!(resolve_attribute(true, None, vec![], None), None);
    }
}
