//! Reads columns of gkmlpt, the disclosure platform of Guangdong: a shell that draws every column by script, and the
//! answers of its `api/all/COLUMN`.
//!
//! The column stands in the fragment of the shell's address (`/gkmlpt/index#COLUMN`), the site's number in its script.
//! `post_count` counts hidden items too, so it proves nothing but emptiness, and only beside an empty list.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::charset::decode;
use super::json::{JsonFields, JsonReader, Path, bad, is_json, parse};
use super::link::Base;
use super::onward;
use super::page::Page;
use super::script::only_value;
use super::selectors::SelectorError;
use super::sighting::{DateKind, ExtractError, Extracted};

/// Where the platform lives on a site, at whatever depth.
const HOME: &str = "/gkmlpt/";

/// How a column is read.
#[derive(Debug, Clone)]
pub(super) struct Gkmlpt {
    column: Option<u32>,
    answer: JsonReader,
    answered_column: Path,
}

impl Gkmlpt {
    /// `column` is for addresses that do not name it.
    pub(super) fn compile(column: Option<u32>) -> Result<Self, SelectorError> {
        Ok(Self {
            column,
            answer: JsonReader::compile(&fields())?,
            answered_column: Path::compile("column", "$.classify.id")?,
        })
    }

    pub(super) fn read(
        &self,
        page: &Page,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Extracted, ExtractError> {
        if !is_json(page) && !page.url.path().contains("/gkmlpt/api/") {
            return self.lead(page);
        }
        let answer = parse(page)?;
        self.check_column(page, &answer)?;
        self.answer.read_answer(&answer, &Base::address_of(page), seen_at, zone).map(Extracted::Listing)
    }

    /// An answer about another column would be read as if it were ours.
    fn check_column(&self, page: &Page, answer: &Value) -> Result<(), ExtractError> {
        let Some(wanted) = self.column_of(page) else { return Ok(()) };
        match self.answered_column.written(answer) {
            Some(id) if id == wanted => Ok(()),
            Some(id) => Err(bad(format!("it is about column {id}, not {wanted}"))),
            None => Err(bad(format!("it does not say that it is about column {wanted}"))),
        }
    }

    fn lead(&self, page: &Page) -> Result<Extracted, ExtractError> {
        let column = self.column_of(page).ok_or_else(|| {
            unusable(
                "the address names no column: end it with #NUMBER (gkmlpt/index#NUMBER), or give `column`",
            )
        })?;
        let text = decode(&page.body, page.content_type.as_deref());
        let site = text
            .split_once("_CONFIG")
            .and_then(|(_, config)| only_value(config, "SID"))
            .filter(|site| is_number(site))
            .ok_or_else(|| unusable("the shell does not say its site's number (`SID`)"))?;
        let (before, _) = page
            .url
            .path()
            .split_once(HOME)
            .ok_or_else(|| unusable("its address is not of the form …/gkmlpt/index#NUMBER"))?;
        let path = format!("{before}{HOME}api/all/{column}?page=1&sid={site}");
        onward::to_data(page, onward::address(page, &path)?, None)
    }

    /// The column's number as the rule gives it, else as the address does: behind the `#` of a shell, in the path of an
    /// answer.
    fn column_of(&self, page: &Page) -> Option<String> {
        let in_path = || page.url.path().split_once("/gkmlpt/api/all/").map(|(_, number)| number);
        let in_address = || page.url.fragment().or_else(in_path).filter(|number| is_number(number));
        self.column.map(|column| column.to_string()).or_else(|| in_address().map(str::to_owned))
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn unusable(why: &str) -> ExtractError {
    ExtractError::NeedsRendering { why: why.to_owned() }
}

/// What an answer's parts mean.
fn fields() -> JsonFields {
    let dates = [
        ("$.display_publish_time", DateKind::Published),
        ("$.create_time", DateKind::Published),
        ("$.created_at", DateKind::Created),
        ("$.date", DateKind::Signed),
    ];
    JsonFields::of_items(["$.articles", "$.title", "$.url"], &dates, "$.classify.post_count")
}

#[cfg(test)]
mod tests;
