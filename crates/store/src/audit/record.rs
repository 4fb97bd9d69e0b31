//! One event with its circumstances: what is hashed, and what it is found by.
use super::{
    AuditEvent, Author,
    author::Who,
    event::{optional_text, text},
};
use crate::StoreError;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::{collections::BTreeSet, net::IpAddr};
use tessera_base::{Instant, OrganizationId, RequestId, SubjectId, SupportGrantId, UserId};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AuditDecision {
    Allowed,
    /// Allowed, within rules.
    Limited,
    Denied,
}

impl AuditDecision {
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Limited, Self::Denied];

    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Limited => "limited",
            Self::Denied => "denied",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.name() == name)
    }
}

/// The name of a kind of event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventType(String);

impl EventType {
    /// As records name it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|known| known.0 == name)
    }

    pub fn all() -> impl Iterator<Item = Self> {
        AuditEvent::VARIANTS.iter().map(|variant| Self(snake_case(variant)))
    }

    pub fn name(&self) -> &str {
        &self.0
    }
}

/// As `rename_all` writes the name of a variant.
fn snake_case(variant: &str) -> String {
    let mut name = String::new();
    for (position, letter) in variant.char_indices() {
        if position > 0 && letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

pub(super) struct Record<'a> {
    pub(super) organization: OrganizationId,
    pub(super) sequence: i64,
    pub(super) at: Instant,
    pub(super) author: &'a Author,
    pub(super) event: &'a AuditEvent,
}

/// Every key is there, whether or not it says something.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(serialize_with = "text")]
    organization: OrganizationId,
    sequence: i64,
    #[serde(serialize_with = "instant")]
    at: Instant,
    actor: Actor<'a>,
    #[serde(serialize_with = "optional_text")]
    on_behalf_of: Option<UserId>,
    #[serde(serialize_with = "optional_text")]
    address: Option<IpAddr>,
    #[serde(serialize_with = "optional_text")]
    request: Option<RequestId>,
    decision: &'static str,
    because: Option<&'a str>,
    event: &'a AuditEvent,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Actor<'a> {
    Bootstrap,
    User {
        #[serde(serialize_with = "text")]
        id: UserId,
    },
    ServiceAccount {
        #[serde(serialize_with = "text")]
        id: UserId,
    },
    Job {
        name: &'a str,
    },
    Operator {
        #[serde(serialize_with = "text")]
        id: UserId,
        #[serde(serialize_with = "text")]
        grant: SupportGrantId,
    },
    Embed {
        entity: &'a str,
    },
}

impl Record<'_> {
    /// Keys sorted, no spaces; the numbers are integers, so that there is one way to write them.
    pub(super) fn to_canonical_json(&self) -> Result<String, StoreError> {
        let Author { who, on_behalf_of, arrival, ruling } = self.author;
        let written = Written {
            organization: self.organization,
            sequence: self.sequence,
            at: self.at,
            actor: match who {
                Who::Bootstrap => Actor::Bootstrap,
                Who::User(id) => Actor::User { id: *id },
                Who::ServiceAccount(id) => Actor::ServiceAccount { id: *id },
                Who::Job(name) => Actor::Job { name },
                Who::Operator { user, grant } => Actor::Operator { id: *user, grant: *grant },
                Who::Embed { entity } => Actor::Embed { entity },
            },
            on_behalf_of: *on_behalf_of,
            address: arrival.and_then(|arrival| arrival.address),
            request: arrival.map(|arrival| arrival.request),
            decision: ruling.decision().name(),
            because: ruling.because(),
            event: self.event,
        };
        let mut value = serde_json::to_value(written).map_err(|_| StoreError::Unreadable { what: "audit event" })?;
        value.sort_all_objects();
        Ok(value.to_string())
    }
}

/// What a record is found by: read from its text, so that the same holds for one that was written long ago.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Keys {
    pub(super) sequence: i64,
    pub(super) event_type: String,
    pub(super) actor: Option<String>,
    pub(super) decision: String,
    pub(super) at_ms: i64,
    /// Every id that the event names, and that of somebody on whose behalf it was done.
    pub(super) subjects: BTreeSet<String>,
    /// Of an event that tells of removed ones: the last of them, and its hash.
    pub(super) pruned: Option<(i64, String)>,
}

impl Keys {
    pub(super) fn of(record: &str) -> Option<Self> {
        let record: Value = serde_json::from_str(record).ok()?;
        let string = |path: &str| record.pointer(path).and_then(Value::as_str);
        let event_type = string("/event/type")?;
        // Records did not always tell the decision apart.
        let decision = string("/decision").or_else(|| string("/event/decision")).unwrap_or(match event_type {
            "query_denied" | "access_denied" => AuditDecision::Denied.name(),
            _ => AuditDecision::Allowed.name(),
        });
        let mut subjects = BTreeSet::new();
        collect_ids(record.get("event")?, &mut subjects);
        subjects.extend(string("/on_behalf_of").map(str::to_owned));
        let pruned = (event_type == AuditEvent::PRUNED)
            .then(|| Some((record.pointer("/event/through")?.as_i64()?, string("/event/hash")?.to_owned())));
        Some(Self {
            sequence: record.get("sequence")?.as_i64()?,
            event_type: event_type.to_owned(),
            actor: string("/actor/id").map(str::to_owned),
            decision: decision.to_owned(),
            at_ms: string("/at")?.parse::<Instant>().ok()?.timestamp_millis(),
            subjects,
            pruned: pruned.flatten(),
        })
    }
}

/// Ids as this program writes them; a name that happens to look like one does no harm here.
fn collect_ids(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            ids.extend(text.parse::<SubjectId>().ok().map(|id| id.to_string()).filter(|id| id == text));
        }
        Value::Array(values) => values.iter().for_each(|value| collect_ids(value, ids)),
        Value::Object(object) => object.values().for_each(|value| collect_ids(value, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn instant<S: Serializer>(value: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&value.to_rfc3339())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_as_its_events_are() {
        let event = AuditEvent::SignedOutEverywhere { user: UserId::new(uuid::Uuid::nil()), sessions: 1 };
        let written = serde_json::to_value(event).unwrap();
        let named = EventType::from_name(written["type"].as_str().unwrap());
        assert_eq!(named.unwrap().name(), "signed_out_everywhere");
        assert_eq!(EventType::from_name("SignedOutEverywhere"), None);
        assert_eq!(EventType::all().filter(|one| one.name() == AuditEvent::PRUNED).count(), 1);
    }

    #[test]
    fn a_record_of_an_earlier_form_is_found_by_the_same_keys() {
        let (quinn, query) = ("01980000-0000-7000-8000-000000000001", "01980000-0000-7000-8000-000000000002");
        let record = |event: &str| {
            format!(
                r#"{{"actor":{{"id":"{quinn}","kind":"user"}},"at":"2026-03-14T10:00:00.123456789+00:00","event":{event},"organization":"o","request":null,"sequence":7}}"#
            )
        };
        let ran = record(&format!(r#"{{"decision":"limited","model":"m","query":"{query}","type":"query_ran"}}"#));
        let expected = Keys {
            sequence: 7,
            event_type: "query_ran".to_owned(),
            actor: Some(quinn.to_owned()),
            decision: "limited".to_owned(),
            at_ms: 1_773_482_400_123,
            subjects: BTreeSet::from([query.to_owned()]),
            pruned: None,
        };
        assert_eq!(Keys::of(&ran), Some(expected));
        let edited = record(&format!(r#"{{"changed":["name"],"type":"user_edited","user":"{query}"}}"#));
        assert_eq!(Keys::of(&edited).unwrap().subjects, BTreeSet::from([query.to_owned()]));
        let denied = record(r#"{"needs":[],"type":"access_denied"}"#);
        assert_eq!(Keys::of(&denied).unwrap().decision, "denied");
        assert_eq!(Keys::of(&record(r#"{"type":"group_added"}"#)).unwrap().decision, "allowed");
        assert_eq!(Keys::of("{}"), None);
    }
}
