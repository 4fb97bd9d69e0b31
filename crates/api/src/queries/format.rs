use crate::{
    accept::accepted,
    problem::{Kind, Problem},
};
use axum::http::{HeaderMap, HeaderValue};

/// The forms that an answer takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Format {
    Json,
    Arrow,
    Csv,
}

impl Format {
    const ALL: [Self; 3] = [Self::Json, Self::Arrow, Self::Csv];

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Csv => "text/csv",
        }
    }

    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json | Self::Arrow => self.media_type(),
        })
    }

    /// The first form that the client names.
    pub(super) fn negotiate(headers: &HeaderMap) -> Result<Self, Problem> {
        let accepted = accepted(headers);
        if accepted.is_empty() {
            return Ok(Self::Json);
        }
        let form = |range: String| match range.as_str() {
            "*/*" | "application/*" => Some(Self::Json),
            "text/*" => Some(Self::Csv),
            named => Self::ALL.into_iter().find(|form| form.media_type() == named),
        };
        accepted.into_iter().find_map(form).ok_or_else(|| {
            let forms: Vec<String> = Self::ALL.iter().map(|form| format!("`{}`", form.media_type())).collect();
            Problem::new(Kind::NotAcceptable, format!("an answer is one of {}", forms.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::ACCEPT;

    fn negotiate(accept: &'static str) -> Option<Format> {
        Format::negotiate(&[(ACCEPT, HeaderValue::from_static(accept))].into_iter().collect()).ok()
    }

    #[test]
    fn json_unless_another_form_is_named() {
        assert_eq!(Format::negotiate(&HeaderMap::new()).ok(), Some(Format::Json));
        assert_eq!(negotiate("*/*"), Some(Format::Json));
        assert_eq!(negotiate("application/vnd.apache.arrow.stream, */*;q=0.1"), Some(Format::Arrow));
        assert_eq!(negotiate("Text/CSV"), Some(Format::Csv));
        assert_eq!(negotiate("text/html, application/json"), Some(Format::Json));
        assert_eq!(negotiate("application/xml"), None);
    }
}
