//! Which events a request asks for, and in which form.
use crate::{
    accept::accepted,
    lines::JSON_LINES,
    problem::{Kind, Problem},
};
use axum::{
    extract::{Query, rejection::QueryRejection},
    http::HeaderMap,
};
use serde::Deserialize;
use std::str::FromStr;
use tessera_app::{AuditDecision, AuditFilter, EventType};

/// What the events have in common, and the page of them.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// A kind of event, as in `grant_changed`.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// The id of the person who did it, also in somebody else's name.
    actor: Option<String>,
    /// An id that the event names: of a person, a group, a folder, a document, a connection, a query.
    subject: Option<String>,
    /// `allowed`, `limited` or `denied`.
    decision: Option<String>,
    /// RFC 3339; this millisecond and later.
    since: Option<String>,
    /// RFC 3339; before this millisecond.
    until: Option<String>,
    /// The `next` of the page before. Not of an export.
    before: Option<String>,
    /// At most 200; 50 unless said otherwise. Not of an export.
    limit: Option<usize>,
}

const PAGE: usize = 50;
const LONGEST_PAGE: usize = 200;

/// What is asked for.
pub(super) enum Wanted {
    Page { filter: AuditFilter, before: Option<u64>, limit: usize },
    Export { filter: AuditFilter },
}

impl Asked {
    pub(super) fn parse(asked: Result<Query<Self>, QueryRejection>, form: Form) -> Result<Wanted, Problem> {
        let Query(asked) =
            asked.map_err(|rejection| invalid(format!("the query of the address: {}", rejection.body_text())))?;
        let filter = AuditFilter {
            event_type: asked.event_type.map(|name| event_type(&name)).transpose()?,
            actor: asked.actor.map(|id| parse("actor", "the id of a person", &id)).transpose()?,
            subject: asked.subject.map(|id| parse("subject", "an id", &id)).transpose()?,
            decision: asked.decision.map(|name| decision(&name)).transpose()?,
            since: asked.since.map(|time| instant("since", &time)).transpose()?,
            until: asked.until.map(|time| instant("until", &time)).transpose()?,
        };
        match (form, asked.before, asked.limit) {
            (Form::JsonLines, None, None) => Ok(Wanted::Export { filter }),
            (Form::JsonLines, ..) => Err(invalid("`before` and `limit` are of pages, and an export has none")),
            (Form::Json, before, limit) => {
                let before = before.map(|before| parse("before", "the `next` of a page", &before)).transpose()?;
                match limit.unwrap_or(PAGE) {
                    limit @ 1..=LONGEST_PAGE => Ok(Wanted::Page { filter, before, limit }),
                    _ => Err(invalid(format!("`limit` must be 1 to {LONGEST_PAGE}"))),
                }
            }
        }
    }
}

fn event_type(name: &str) -> Result<EventType, Problem> {
    EventType::from_name(name).ok_or_else(|| {
        let known = EventType::all().map(|known| known.name().to_owned()).collect::<Vec<_>>().join(", ");
        invalid(format!("`type` must be a kind of event, not `{name}`")).help(format!("one of {known}"))
    })
}

fn decision(name: &str) -> Result<AuditDecision, Problem> {
    AuditDecision::from_name(name)
        .ok_or_else(|| invalid(format!("`decision` must be `allowed`, `limited` or `denied`, not `{name}`")))
}

fn instant<T: FromStr>(name: &str, text: &str) -> Result<T, Problem> {
    parse(name, "a time like `2026-03-14T10:00:00Z`", text)
        .map_err(|problem| problem.help("in an address, a `+` is written `%2B`".to_owned()))
}

fn parse<T: FromStr>(name: &str, wanted: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| invalid(format!("`{name}` must be {wanted}, not `{text}`")))
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(Kind::InvalidRequest, detail)
}

/// The forms that the trail takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Json,
    JsonLines,
}

impl Form {
    /// The first form that the client names.
    pub(super) fn negotiate(headers: &HeaderMap) -> Result<Self, Problem> {
        let accepted = accepted(headers);
        if accepted.is_empty() {
            return Ok(Self::Json);
        }
        let form = |range: String| match range.as_str() {
            "*/*" | "application/*" | "application/json" => Some(Self::Json),
            JSON_LINES => Some(Self::JsonLines),
            _ => None,
        };
        accepted.into_iter().find_map(form).ok_or_else(|| {
            let forms = format!("the trail is `application/json`, or `{JSON_LINES}` for all of it");
            Problem::new(Kind::NotAcceptable, forms)
        })
    }
}
