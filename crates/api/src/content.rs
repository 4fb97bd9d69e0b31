//! Folders and documents: reading, editing, sharing, the trash.
mod describe;
pub(crate) mod documents;
pub(crate) mod drafts;
pub(crate) mod folders;
pub(crate) mod sharing;
pub(crate) mod trash;

pub(crate) use describe::person;
pub(crate) use sharing::content_role;

use crate::problem::{Kind, Problem};
use axum::extract::{Query, rejection::QueryRejection};
use serde::Deserialize;
use tessera_base::{Name, NodeId};

/// Where a page of a list begins, and how long it is.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The `next` of the page before.
    before: Option<String>,
    /// At most 200; 50 unless said otherwise.
    limit: Option<usize>,
}

const PAGE: usize = 50;
const LONGEST_PAGE: usize = 200;

impl Page {
    fn parse(page: Result<Query<Self>, QueryRejection>) -> Result<(Option<NodeId>, usize), Problem> {
        let Query(Self { before, limit }) = page.map_err(|rejection| {
            Problem::new(Kind::InvalidRequest, format!("the query of the address: {}", rejection.body_text()))
        })?;
        let before = before.map(|id| id.parse::<NodeId>()).transpose();
        let before = before.map_err(|_| Problem::new(Kind::InvalidRequest, "`before` must be the `next` of a page"))?;
        match limit.unwrap_or(PAGE) {
            limit @ 1..=LONGEST_PAGE => Ok((before, limit)),
            _ => Err(Problem::new(Kind::InvalidRequest, format!("`limit` must be 1 to {LONGEST_PAGE}"))),
        }
    }
}

fn name(text: &str) -> Result<Name, Problem> {
    Name::parse(text).map_err(|error| Problem::new(Kind::InvalidValue, error.to_string()))
}

/// A page of what the iterator holds, and whether there is more.
fn page_of(ids: impl Iterator<Item = NodeId>, limit: usize) -> (Vec<NodeId>, Option<String>) {
    let mut ids: Vec<NodeId> = ids.take(limit + 1).collect();
    let more = ids.len() > limit;
    ids.truncate(limit);
    let next = ids.last().filter(|_| more).map(ToString::to_string);
    (ids, next)
}
