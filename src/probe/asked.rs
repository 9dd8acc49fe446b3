//! What is told of one request.

use url::Url;

use super::probed::Asked;
use crate::extract::charset;
use crate::fetch::{Fetched, Outcome};
use crate::rules::Remark;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Robots,
    Page,
    Onward,
    Article,
}

impl Purpose {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::Page => "page",
            Self::Onward => "onward",
            Self::Article => "article",
        }
    }
}

/// A request, as it is told. `way` is how it was made.
pub(super) fn asked(purpose: Purpose, way: &'static str, url: &Url, fetched: &Fetched) -> Asked {
    let (answer, page) = match &fetched.outcome {
        Outcome::Page(page, _) => ("200".to_owned(), Some(page)),
        Outcome::NotModified => ("304".to_owned(), None),
        Outcome::Failed(failure) => (failure.to_string(), None),
    };
    Asked {
        purpose: purpose.word(),
        way,
        url: url.to_string(),
        answer,
        took_ms: u64::try_from(fetched.took.as_millis()).unwrap_or(u64::MAX),
        bytes: page.map(|page| page.body.len()),
        charset: page.map(|page| charset(&page.body, page.content_type.as_deref())),
        remarks: fetched.remarks.iter().map(Remark::to_string).collect(),
    }
}
