//! Parses an answer and looks things up in it.

use std::borrow::Cow;

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::extract::charset::decode;
use crate::extract::page::Page;
use crate::extract::selectors::SelectorError;
use crate::extract::sighting::{ExtractError, Listing};
use crate::extract::words::{clipped, collapsed};

use super::fields::JsonCondition;

/// How many characters of a body that is no JSON are shown.
const MOST_SHOWN: usize = 60;

/// The JSON value that a page is.
pub(in crate::extract) fn parse(page: &Page) -> Result<Value, ExtractError> {
    let text = text(page);
    let text = text.trim();
    serde_json::from_str(text).map_err(|error| {
        bad(if text.is_empty() {
            "the body is empty".to_owned()
        } else if text.starts_with('<') {
            "it is a web page (a login, an error, a guard?)".to_owned()
        } else {
            let beginning: String = text.chars().take(MOST_SHOWN).collect();
            format!("{error}; it begins with `{}`", collapsed(&beginning))
        })
    })
}

/// Whether a page means to be JSON: what a family's shell never does.
pub(in crate::extract) fn is_json(page: &Page) -> bool {
    text(page).trim_start().starts_with(['{', '['])
}

/// JSON is UTF-8 by its standard, whatever the texts in it or the server's header say; only where it cannot be is the
/// charset looked for.
fn text(page: &Page) -> Cow<'_, str> {
    match std::str::from_utf8(&page.body) {
        Ok(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        Err(_) => decode(&page.body, page.content_type.as_deref()),
    }
}

/// An answer without rows is not believed where it says itself, beside them, that the request failed.
pub(in crate::extract) fn unless_refused(listing: Listing, answer: &Value) -> Result<Listing, ExtractError> {
    let says = |key: &str| answer.get(key).and_then(written);
    let has_failed = says("success").is_some_and(|word| word != "true")
        || says("code").is_some_and(|code| !["0", "200"].contains(&code.as_str()));
    match listing {
        Listing::Empty if has_failed => Err(bad("it holds no item and says that the request failed")),
        listing => Ok(listing),
    }
}

pub(in crate::extract) fn bad(why: impl Into<String>) -> ExtractError {
    ExtractError::BadJson { why: why.into() }
}

/// A path with its text, for error texts.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Path {
    text: String,
    parsed: JsonPath,
}

impl Path {
    pub(in crate::extract) fn compile(key: &'static str, text: &str) -> Result<Self, SelectorError> {
        let parsed = JsonPath::parse(text).map_err(|error| SelectorError {
            key,
            selector: text.to_owned(),
            why: error.to_string(),
        })?;
        Ok(Self { text: text.to_owned(), parsed })
    }

    /// The first node that holds something: not null, no blank text.
    pub(in crate::extract) fn first<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.parsed.query(value).into_iter().find(|found| !is_blank(found))
    }

    /// The text, number or boolean there, as written.
    pub(in crate::extract) fn written(&self, value: &Value) -> Option<String> {
        written(self.first(value)?)
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Some servers write a missing value as the text `null`.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty() || text.trim() == "null",
        _ => false,
    }
}

fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A [`JsonCondition`], compiled.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    path: Path,
    value: String,
}

impl Condition {
    pub(super) fn compile(key: &'static str, condition: &JsonCondition) -> Result<Self, SelectorError> {
        Ok(Self { path: Path::compile(key, &condition.path)?, value: condition.value.clone() })
    }

    pub(super) fn holds(&self, value: &Value) -> bool {
        self.path.written(value).is_some_and(|found| found.trim() == self.value)
    }

    /// Why the answer does not count.
    pub(super) fn broken(&self, value: &Value) -> String {
        let found = self
            .path
            .written(value)
            .map_or_else(|| "nothing".to_owned(), |found| format!("`{}`", clipped(found)));
        format!("`{}` should be `{}` and is {found}", self.path, self.value)
    }
}
