use crate::{
    Administration, AuditEvent, StoreError,
    audit::Subject,
    changes::Changed,
    error::{one_row, taken, unknown},
    tenant::tenant_sql,
};
use serde_json::Value as Json;
use tessera_access::{AttributeDefinition, AttributeSource, Attributes};
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

impl Administration<'_> {
    pub async fn define_attribute(&mut self, definition: &AttributeDefinition) -> Result<(), StoreError> {
        let name = &definition.name;
        if Attributes::SYSTEM.contains(&name.as_str()) {
            return Err(StoreError::ReservedAttribute { name: name.clone() });
        }
        if definition.value_type == ValueType::Timestamp {
            return Err(StoreError::AttributeType { name: name.clone(), value_type: definition.value_type });
        }
        if definition.secures_data && definition.default.is_some() {
            return Err(StoreError::DefaultSecuresData { name: name.clone() });
        }
        if let Some(default) = &definition.default {
            check(name, definition.value_type, definition.multiple, default)?;
        }
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
        self.require_replaceable(holder, name, source).await?;
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
            AuditEvent::AttributeSet { name: name.to_owned(), holder: holder.subject() },
        )
        .await
    }

    pub async fn clear_attribute(
        &mut self,
        holder: AttributeHolder,
        name: &str,
        source: AttributeSource,
    ) -> Result<(), StoreError> {
        self.require_replaceable(holder, name, source).await?;
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
            AuditEvent::AttributeCleared { name: name.to_owned(), holder: holder.subject() },
        )
        .await
    }

    async fn require_replaceable(
        &mut self,
        holder: AttributeHolder,
        name: &str,
        source: AttributeSource,
    ) -> Result<(), StoreError> {
        let (statement, id) = match holder {
            AttributeHolder::User(id) => (
                tenant_sql!(
                    "SELECT source FROM user_attribute_values WHERE org_id = $1 AND user_id = $2 AND name = $3"
                ),
                id.to_string(),
            ),
            AttributeHolder::Group(id) => (
                tenant_sql!(
                    "SELECT source FROM group_attribute_values WHERE org_id = $1 AND group_id = $2 AND name = $3"
                ),
                id.to_string(),
            ),
        };
        let earlier: Option<String> =
            self.tx.query_scalar(statement).bind(id).bind(name.to_owned()).fetch_optional(self.tx.connection()).await?;
        let stored = |name| AttributeSource::from_name(name).ok_or(StoreError::Unreadable { what: "attribute source" });
        match earlier.as_deref().map(stored).transpose()? {
            Some(earlier) if !source.replaces(earlier) => {
                Err(StoreError::OtherSource { name: name.to_owned(), source_name: earlier.name() })
            }
            _ => Ok(()),
        }
    }
}

fn check(name: &str, wanted: ValueType, multiple: bool, values: &[Value]) -> Result<(), StoreError> {
    if values.iter().any(|value| value.value_type() != wanted) {
        return Err(StoreError::WrongType { name: name.to_owned(), wanted });
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
    let values = values.iter().map(|value| match value {
        Value::Boolean(value) => Json::Bool(*value),
        Value::Number(number) => number.to_string().parse().map_or(Json::Null, Json::Number),
        Value::String(_) | Value::Date(_) | Value::Timestamp(_) => Json::String(value.to_string()),
    });
    Json::Array(values.collect()).to_string()
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
