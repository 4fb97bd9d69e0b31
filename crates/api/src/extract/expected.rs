use crate::{
    Api,
    problem::{Kind, Problem},
};
use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{ETAG, IF_MATCH, IF_NONE_MATCH},
        request::Parts,
    },
};
use std::{
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

/// The version that the change is made to, as `If-Match` says: two people who edit the same thing never overwrite each
/// other silently.
pub(crate) struct Expected(pub(crate) u64);

/// The same for something that may not be there yet: `If-None-Match: *` expects nothing.
pub(crate) struct ExpectedIfAny(pub(crate) Option<u64>);

impl Expected {
    pub(crate) fn require(&self, version: u64) -> Result<(), Problem> {
        if self.0 == version {
            return Ok(());
        }
        let problem = Problem::new(Kind::Stale, "somebody else changed it in the meantime");
        Err(problem.help("read it again, and change that".to_owned()))
    }
}

impl FromRequestParts<Api> for Expected {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        match one(&parts.headers, &IF_MATCH) {
            Some(value) => version(value).map(Self),
            None => Err(needed("the header `If-Match` must hold the version that you change, as in `\"3\"`")),
        }
    }
}

impl FromRequestParts<Api> for ExpectedIfAny {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        match (one(&parts.headers, &IF_MATCH), one(&parts.headers, &IF_NONE_MATCH)) {
            (Some(value), None) => version(value).map(|version| Self(Some(version))),
            (None, Some("*")) => Ok(Self(None)),
            _ => Err(needed("send `If-Match` with the version that you change, or `If-None-Match: *` for the first")),
        }
    }
}

/// The version as an answer's `ETag`.
pub(crate) fn etag(version: u64) -> [(HeaderName, HeaderValue); 1] {
    let value = HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    [(ETAG, value)]
}

/// The version of something that counts none: a fingerprint of all that an edit could change. Equal versions say the same.
pub(crate) fn fingerprint(what: &impl fmt::Debug) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{what:?}").hash(&mut hasher);
    // Exact in JSON, too.
    hasher.finish() >> 11
}

fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn version(value: &str) -> Result<u64, Problem> {
    let digits = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| Problem::new(Kind::InvalidRequest, "the header `If-Match` must be one version, as in `\"3\"`"))
}

fn needed(detail: &'static str) -> Problem {
    Problem::new(Kind::VersionNeeded, detail)
}
