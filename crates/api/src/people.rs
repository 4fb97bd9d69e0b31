//! People, groups, attributes and roles: the organization's directory, and its administration.
pub(crate) mod attributes;
mod describe;
pub(crate) mod groups;
pub(crate) mod keys;
pub(crate) mod roles;
pub(crate) mod settings;
pub(crate) mod users;
pub(crate) mod values;

pub(crate) use describe::connection_role;
pub(crate) use roles::ability_set;

use crate::problem::{Kind, Problem};
use axum::extract::{Query, rejection::QueryRejection};
use serde::Deserialize;
use tessera_access::{HeldOrganizationRole, OrganizationRole};
use tessera_base::{EmailAddress, Name, TimeZone, UserId};

/// Where a page of people begins, how long it is, and whom it is about.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeoplePage {
    /// The `next` of the page before.
    after: Option<String>,
    /// At most 200; 50 unless said otherwise.
    limit: Option<usize>,
    /// A part of a name or an e-mail address.
    search: Option<String>,
}

const PAGE: usize = 50;
const LONGEST_PAGE: usize = 200;

impl PeoplePage {
    fn parse(page: Result<Query<Self>, QueryRejection>) -> Result<(Option<UserId>, usize, String), Problem> {
        let invalid = |detail: String| Problem::new(Kind::InvalidRequest, detail);
        let Query(Self { after, limit, search }) =
            page.map_err(|rejection| invalid(format!("the query of the address: {}", rejection.body_text())))?;
        let after = after.map(|id| id.parse()).transpose();
        let after = after.map_err(|_| invalid("`after` must be the `next` of a page".to_owned()))?;
        match limit.unwrap_or(PAGE) {
            limit @ 1..=LONGEST_PAGE => Ok((after, limit, search.unwrap_or_default().to_lowercase())),
            _ => Err(invalid(format!("`limit` must be 1 to {LONGEST_PAGE}"))),
        }
    }
}

fn name(text: &str) -> Result<Name, Problem> {
    Name::parse(text).map_err(|error| Problem::new(Kind::InvalidValue, error.to_string()))
}

fn email(text: &str) -> Result<EmailAddress, Problem> {
    EmailAddress::parse(text).map_err(|error| Problem::new(Kind::InvalidValue, error.to_string()))
}

fn timezone(text: &str) -> Result<TimeZone, Problem> {
    text.parse().map_err(|_| {
        Problem::new(Kind::InvalidValue, format!("no time zone `{text}`"))
            .help("name it as the time zone database does, as in `Europe/Berlin`".to_owned())
    })
}

pub(crate) fn organization_role(text: &str) -> Result<HeldOrganizationRole, Problem> {
    if let Some(role) = OrganizationRole::from_name(text) {
        return Ok(role.into());
    }
    let unknown = || {
        Problem::new(Kind::UnknownName, format!("no role `{text}`"))
            .help("`admin`, `member`, or the id of a role of the organization".to_owned())
    };
    text.parse().map(HeldOrganizationRole::Custom).map_err(|_| unknown())
}
