//! The ways to ask: a field query of a topic, one of a single view, and SQL. Each needs its own permit.
use crate::{
    Governed, Refusal, RefusalKind,
    compile::{self, Names},
    governed, person, rawsql,
};
use tessera_access::{Permit, action};
use tessera_base::{Instant, TimeZone};
use tessera_model::{
    Model,
    file::Node,
    request::{FieldName, FieldQuery, QueryRoot},
};

/// What decides about an answer besides the person and the request.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub now: Instant,
    /// The person's own zone; a request may name another.
    pub timezone: Option<TimeZone>,
    pub rows: RowLimit,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowLimit {
    /// A field query has the model's default limit, and at most 50,000 rows; SQL is cut off at 100,000.
    Interactive,
    /// As many rows as there are, unless the request says less.
    Export,
    /// A field query has the model's default limit; nothing else is cut off.
    CommandLine,
}

pub fn govern_topic(
    permit: &Permit<Model, action::Query>,
    request: &FieldQuery,
    settings: &Settings,
) -> Result<Governed, Refusal> {
    let QueryRoot::Topic(name) = &request.root else {
        return Err(Refusal::new(RefusalKind::Invalid, "this request names a view, not a topic"));
    };
    person::with_scope(permit, |model, scope| {
        let names = Names::of_topic(model, scope, name)?;
        governed::of_fields(permit.resource(), &names, compile::compile(&names, request, settings)?)
    })
}

pub fn govern_view(
    permit: &Permit<Model, action::QueryViews>,
    request: &FieldQuery,
    settings: &Settings,
) -> Result<Governed, Refusal> {
    let QueryRoot::View(name) = &request.root else {
        return Err(Refusal::new(RefusalKind::Invalid, "this request names a topic, not a view"));
    };
    person::with_scope(permit, |model, scope| {
        let names = Names::of_view(model, scope, name)?;
        governed::of_fields(permit.resource(), &names, compile::compile(&names, request, settings)?)
    })
}

pub fn govern_sql(
    permit: &Permit<Model, action::WriteSql>,
    sql: &str,
    settings: &Settings,
) -> Result<Governed, Refusal> {
    person::with_scope(permit, |model, scope| rawsql::govern(permit.resource(), model, scope, sql, settings))
}

/// The field query behind filter suggestions: the field's values that hold the text, in order.
pub fn suggestion_query(topic: &str, field: &FieldName, contains: Option<&str>, limit: u64) -> FieldQuery {
    let filters = contains
        .filter(|text| !text.is_empty())
        .map(|text| {
            Node::map([("field", Node::string(field.to_string())), ("contains", Node::string(text.to_owned()))])
        })
        .into_iter()
        .collect();
    FieldQuery {
        root: QueryRoot::Topic(topic.to_owned()),
        fields: vec![field.clone()],
        filters,
        sorts: Vec::new(),
        limit: Some(limit),
        timezone: None,
    }
}
