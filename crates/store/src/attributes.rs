use crate::{
    Act, Administration, AuditEvent, StoreError,
    audit::Subject,
    changes::Changed,
    error::{one_row, taken, unknown},
    tenant::tenant_sql,
};
use serde_json::Value as Json;
use std::sync::Arc;
use tessera_access::{
    AttributeDefinition, AttributeSource, Attributes, Group, Person, Profile,
    action::{Action, AddAttribute, Edit, Remove, SetAttributes},
};
use tessera_base::{GroupId, UserId, Value, ValueType};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttributeHolder {
    User(UserId),
    Group(GroupId),
}

impl AttributeHolder {
    fn changed(self) -> Changed {
        match self {
            Self::User(id) => Changed::Person(id),
            Self::Group(id) => Changed::Group(id),
        }
    }

    fn subject(self) -> Subject {
        match self {
            Self::User(id) => Subject::User { id },
            Self::Group(id) => Subject::Group { id },
        }
    }
}

impl Act<Arc<Profile>, AddAttribute> {
    pub async fn define_attribute(mut self, definition: &AttributeDefinition) -> Result<(), StoreError> {
        self.administration().define_attribute(definition).await?;
        self.commit().await
    }
}

impl Act<Arc<AttributeDefinition>, Edit> {
    /// Its name, its type and whether it holds several values stay.
    pub async fn edit_attribute(mut self, edited: &AttributeDefinition) -> Result<(), StoreError> {
        let current = self.definition()?;
        if current != *self.resource() {
            return Err(StoreError::Stale);
        }
        if *current == *edited {
            return Ok(());
        }
        if current.secures_data && !edited.secures_data {
            return Err(StoreError::SecuresData { name: current.name.clone() });
        }
        self.administration().edit_attribute(&current, edited).await?;
        self.commit().await
    }
}

impl Act<Arc<AttributeDefinition>, Remove> {
    /// Once nobody has a value of it.
    pub async fn remove_attribute(mut self) -> Result<(), StoreError> {
        let name = self.definition()?.name.clone();
        if let Some(by) = self.snapshot().use_of_attribute(&name) {
            return Err(StoreError::StillUsed { noun: "attribute", name, by });
        }
        self.administration().remove_attribute(&name).await?;
        self.commit().await
    }
}

impl<A: Action> Act<Arc<AttributeDefinition>, A> {
    /// As it is while the write is made.
    fn definition(&self) -> Result<Arc<AttributeDefinition>, StoreError> {
        let name = &self.resource().name;
        let definition = self.snapshot().attribute(name).cloned();
        definition.ok_or_else(|| StoreError::Unknown { noun: "attribute", name: name.clone() })
    }
}

impl Act<Arc<Person>, SetAttributes> {
    pub async fn set_attribute(mut self, name: &str, values: &[Value]) -> Result<(), StoreError> {
        let holder = AttributeHolder::User(self.person()?.id);
        self.administration().set_attribute(holder, name, values, AttributeSource::Administrator).await?;
        self.commit().await
    }

    pub async fn clear_attribute(mut self, name: &str) -> Result<(), StoreError> {
        let holder = AttributeHolder::User(self.person()?.id);
        self.administration().clear_attribute(holder, name, AttributeSource::Administrator).await?;
        self.commit().await
    }
}

impl Act<Arc<Group>, SetAttributes> {
    pub async fn set_attribute(mut self, name: &str, values: &[Value]) -> Result<(), StoreError> {
        let holder = AttributeHolder::Group(self.group()?.id);
        self.administration().set_attribute(holder, name, values, AttributeSource::Administrator).await?;
        self.commit().await
    }

    pub async fn clear_attribute(mut self, name: &str) -> Result<(), StoreError> {
        let holder = AttributeHolder::Group(self.group()?.id);
        self.administration().clear_attribute(holder, name, AttributeSource::Administrator).await?;
        self.commit().await
    }
}

const LONGEST_NAME: usize = 64;

/// What can be declared.
fn check_definition(definition: &AttributeDefinition) -> Result<(), StoreError> {
    let name = &definition.name;
    let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let begins = name.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
    if !begins || name.len() > LONGEST_NAME || !name.bytes().all(sound) {
        return Err(StoreError::AttributeName { name: name.clone() });
    }
    if Attributes::SYSTEM.contains(&name.as_str()) {
        return Err(StoreError::ReservedAttribute { name: name.clone() });
    }
    if definition.value_type == ValueType::Timestamp {
        return Err(StoreError::AttributeType { name: name.clone(), value_type: definition.value_type });
    }
    if definition.secures_data && definition.default.is_some() {
        return Err(StoreError::DefaultSecuresData { name: name.clone() });
    }
    match &definition.default {
        Some(default) => check(name, definition.value_type, definition.multiple, default),
        None => Ok(()),
    }
}

impl Administration<'_> {
    pub async fn define_attribute(&mut self, definition: &AttributeDefinition) -> Result<(), StoreError> {
        check_definition(definition)?;
        let name = &definition.name;
        self.tx
            .query(tenant_sql!(
                "INSERT INTO attribute_definitions (org_id, name, label, description, value_type, multiple, default_json, secures_data)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            ))
            .bind(name.clone())
            .bind(definition.label.clone())
            .bind(definition.description.clone())
            .bind(definition.value_type.name())
            .bind(definition.multiple)
            .bind(definition.default.as_deref().map(to_json))
            .bind(definition.secures_data)
            .execute(self.tx.connection())
            .await
            .map_err(taken("attribute", name))?;
        self.access_changed(&[Changed::Attribute(name.clone())], AuditEvent::AttributeDefined { name: name.clone() })
            .await
    }

    async fn edit_attribute(
        &mut self,
        before: &AttributeDefinition,
        definition: &AttributeDefinition,
    ) -> Result<(), StoreError> {
        check_definition(definition)?;
        let name = &definition.name;
        let edited = self
            .tx
            .query(tenant_sql!(
                "UPDATE attribute_definitions SET label = $3, description = $4, default_json = $5, secures_data = $6
                 WHERE org_id = $1 AND name = $2"
            ))
            .bind(name.clone())
            .bind(definition.label.clone())
            .bind(definition.description.clone())
            .bind(definition.default.as_deref().map(to_json))
            .bind(definition.secures_data)
            .execute(self.tx.connection())
            .await?;
        one_row(edited, "attribute", name)?;
        let event = AuditEvent::AttributeEdited { name: name.clone(), before: told(before), after: told(definition) };
        self.access_changed(&[Changed::Attribute(name.clone())], event).await
    }

    async fn remove_attribute(&mut self, name: &str) -> Result<(), StoreError> {
        let removed = self
            .tx
            .query(tenant_sql!("DELETE FROM attribute_definitions WHERE org_id = $1 AND name = $2"))
            .bind(name)
            .execute(self.tx.connection())
            .await?;
        one_row(removed, "attribute", name)?;
        let event = AuditEvent::AttributeRemoved { name: name.to_owned() };
        self.access_changed(&[Changed::Attribute(name.to_owned())], event).await
    }

    /// Replaces all values that the holder has of this attribute. No value is a value too: it matches nothing.
    pub async fn set_attribute(
        &mut self,
        holder: AttributeHolder,
        name: &str,
        values: &[Value],
        source: AttributeSource,
    ) -> Result<(), StoreError> {
        let (value_type, multiple): (String, bool) = self
            .tx
            .query_as(tenant_sql!(
                "SELECT value_type, multiple FROM attribute_definitions WHERE org_id = $1 AND name = $2"
            ))
            .bind(name.to_owned())
            .fetch_optional(self.tx.connection())
            .await?
            .ok_or_else(|| StoreError::Unknown { noun: "attribute", name: name.to_owned() })?;
        check(name, stored_type(&value_type)?, multiple, values)?;
        let before = self.require_replaceable(holder, name, source).await?;
        let (statement, id) = match holder {
            AttributeHolder::User(id) => (
                tenant_sql!(
                    "INSERT INTO user_attribute_values (org_id, user_id, name, values_json, source) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (org_id, user_id, name) DO UPDATE SET values_json = excluded.values_json, source = excluded.source"
                ),
                id.to_string(),
            ),
            AttributeHolder::Group(id) => (
                tenant_sql!(
                    "INSERT INTO group_attribute_values (org_id, group_id, name, values_json, source) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (org_id, group_id, name) DO UPDATE SET values_json = excluded.values_json, source = excluded.source"
                ),
                id.to_string(),
            ),
        };
        self.tx
            .query(statement)
            .bind(id.clone())
            .bind(name.to_owned())
            .bind(to_json(values))
            .bind(source.name())
            .execute(self.tx.connection())
            .await
            .map_err(unknown("person or group", id))?;
        self.access_changed(
            &[holder.changed()],
            AuditEvent::AttributeSet {
                name: name.to_owned(),
                holder: holder.subject(),
                before,
                after: to_json(values),
            },
        )
        .await
    }

    pub async fn clear_attribute(
        &mut self,
        holder: AttributeHolder,
        name: &str,
        source: AttributeSource,
    ) -> Result<(), StoreError> {
        let before = self.require_replaceable(holder, name, source).await?;
        let (statement, id) = match holder {
            AttributeHolder::User(id) => (
                tenant_sql!("DELETE FROM user_attribute_values WHERE org_id = $1 AND user_id = $2 AND name = $3"),
                id.to_string(),
            ),
            AttributeHolder::Group(id) => (
                tenant_sql!("DELETE FROM group_attribute_values WHERE org_id = $1 AND group_id = $2 AND name = $3"),
                id.to_string(),
            ),
        };
        let result = self.tx.query(statement).bind(id).bind(name.to_owned()).execute(self.tx.connection()).await?;
        one_row(result, "value of attribute", name)?;
        self.access_changed(
            &[holder.changed()],
            AuditEvent::AttributeCleared { name: name.to_owned(), holder: holder.subject(), before },
        )
        .await
    }

    /// Answers the values that are there, as they are stored.
    async fn require_replaceable(
        &mut self,
        holder: AttributeHolder,
        name: &str,
        source: AttributeSource,
    ) -> Result<Option<String>, StoreError> {
        let (statement, id) = match holder {
            AttributeHolder::User(id) => (
                tenant_sql!(
                    "SELECT source, values_json FROM user_attribute_values WHERE org_id = $1 AND user_id = $2 AND name = $3"
                ),
                id.to_string(),
            ),
            AttributeHolder::Group(id) => (
                tenant_sql!(
                    "SELECT source, values_json FROM group_attribute_values WHERE org_id = $1 AND group_id = $2 AND name = $3"
                ),
                id.to_string(),
            ),
        };
        let earlier: Option<(String, String)> =
            self.tx.query_as(statement).bind(id).bind(name.to_owned()).fetch_optional(self.tx.connection()).await?;
        let Some((earlier, values)) = earlier else { return Ok(None) };
        let earlier =
            AttributeSource::from_name(&earlier).ok_or(StoreError::Unreadable { what: "attribute source" })?;
        match source.replaces(earlier) {
            true => Ok(Some(values)),
            false => Err(StoreError::OtherSource { name: name.to_owned(), source_name: earlier.name() }),
        }
    }
}

/// What an event tells of a declaration.
fn told(definition: &AttributeDefinition) -> String {
    let default = definition.default.as_deref().map_or_else(|| "none".to_owned(), to_json);
    let secures = if definition.secures_data { ", secures data" } else { "" };
    format!("{}, default {default}{secures}", definition.label)
}

const MOST_VALUES: usize = 1000;
const LONGEST_VALUE: usize = 1000;

fn check(name: &str, wanted: ValueType, multiple: bool, values: &[Value]) -> Result<(), StoreError> {
    if values.iter().any(|value| value.value_type() != wanted) {
        return Err(StoreError::WrongType { name: name.to_owned(), wanted });
    }
    let strange = |value: &Value| matches!(value, Value::String(text) if text.contains(char::is_control));
    if values.iter().any(strange) {
        return Err(StoreError::ValueCharacters { name: name.to_owned() });
    }
    let long = |value: &Value| matches!(value, Value::String(text) if text.chars().count() > LONGEST_VALUE);
    if values.len() > MOST_VALUES || values.iter().any(long) {
        return Err(StoreError::TooManyValues { name: name.to_owned(), most: MOST_VALUES, longest: LONGEST_VALUE });
    }
    if !multiple && values.len() != 1 {
        return Err(StoreError::OneValue { name: name.to_owned(), count: values.len() });
    }
    Ok(())
}

pub(crate) fn stored_type(name: &str) -> Result<ValueType, StoreError> {
    ValueType::from_name(name).ok_or(StoreError::Unreadable { what: "attribute type" })
}

/// A list of strings, exact numbers and booleans; dates are strings.
fn to_json(values: &[Value]) -> String {
    Json::Array(write_values(values)).to_string()
}

fn written(value: &Value) -> Json {
    match value {
        Value::Boolean(value) => Json::Bool(*value),
        Value::Number(number) => number.to_string().parse().map_or(Json::Null, Json::Number),
        Value::String(_) | Value::Date(_) | Value::Timestamp(_) => Json::String(value.to_string()),
    }
}

/// What a request says of an attribute: strings, exact numbers, booleans; dates as strings.
pub fn read_values(definition: &AttributeDefinition, values: &[Json]) -> Result<Vec<Value>, StoreError> {
    let wrong = || StoreError::WrongType { name: definition.name.clone(), wanted: definition.value_type };
    let text = serde_json::to_string(values).map_err(|_| wrong())?;
    from_json(&text, definition.value_type).map_err(|_| wrong())
}

/// As a request says them.
pub fn write_values(values: &[Value]) -> Vec<Json> {
    values.iter().map(written).collect()
}

/// INVARIANT: a stored value that does not have the declared type is an error and never a value of another type, because
/// it decides who sees which rows.
pub(crate) fn from_json(json: &str, wanted: ValueType) -> Result<Vec<Value>, StoreError> {
    let unreadable = StoreError::Unreadable { what: "attribute value" };
    let Ok(values) = serde_json::from_str::<Vec<Json>>(json) else {
        return Err(unreadable);
    };
    let values = values.into_iter().map(|value| match (value, wanted) {
        (Json::String(text), ValueType::String | ValueType::Date) => Value::parse(&text, wanted).ok(),
        (Json::Number(number), ValueType::Number) => Value::parse(&number.to_string(), wanted).ok(),
        (Json::Bool(value), ValueType::Boolean) => Some(Value::Boolean(value)),
        _ => None,
    });
    values.collect::<Option<_>>().ok_or(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went() {
        for (wanted, text) in [
            (ValueType::String, "2"),
            (ValueType::String, "a \"quoted\" \u{1F41F}"),
            (ValueType::Number, "12345678901234567890.000000000000000000001"),
            (ValueType::Number, "-0.5"),
            (ValueType::Boolean, "true"),
            (ValueType::Date, "2026-03-01"),
        ] {
            let values = vec![Value::parse(text, wanted).unwrap()];
            assert_eq!(from_json(&to_json(&values), wanted).unwrap(), values, "{text}");
        }
        assert_eq!(from_json("[]", ValueType::String).unwrap(), vec![]);
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        for (json, wanted) in [
            ("[2]", ValueType::String),
            ("[\"2\"]", ValueType::Number),
            ("[\"true\"]", ValueType::Boolean),
            ("[null]", ValueType::String),
            ("[\"2026-3-1\"]", ValueType::Date),
            ("\"EUROPE\"", ValueType::String),
            ("", ValueType::String),
        ] {
            assert!(from_json(json, wanted).is_err(), "{json} as {wanted}");
        }
    }
}
