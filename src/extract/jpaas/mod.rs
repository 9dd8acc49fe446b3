//! Reads columns of Hanweb jpaas: shells whose list a script fetches, and the two kinds of answer it gets.
//!
//! Shells name either a unit of the page ([`mod@unit`], answered with an HTML fragment in JSON) or a site and a column
//! ([`query`], answered with items). Shells that name neither, but bring a template for rows, need a browser.

mod query;
mod unit;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use scraper::{Html, Selector};
use serde_json::Value;

use super::auto::auto_on_page;
use super::charset::decode;
use super::document::parse_text;
use super::fragment::FragmentRows;
use super::json::{JsonFields, JsonReader, Path, bad, is_json, parse, unless_refused};
use super::link::Base;
use super::page::Page;
use super::script::only_value;
use super::selectors::SelectorError;
use super::sighting::{DateKind, ExtractError, Extracted, Listing};

/// How a column is read.
#[derive(Debug, Clone)]
pub(super) struct Jpaas {
    items: JsonReader,
    fragment: Path,
    count: Path,
    success: Path,
}

impl Jpaas {
    pub(super) fn compile() -> Result<Self, SelectorError> {
        Ok(Self {
            items: JsonReader::compile(&fields())?,
            fragment: Path::compile("html", "$.data.html")?,
            count: Path::compile("total", "$.data.count")?,
            success: Path::compile("success", "$['success', 'code']")?,
        })
    }

    pub(super) fn read(
        &self,
        page: &Page,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Extracted, ExtractError> {
        let path = page.url.path();
        if !is_json(page) && !path.ends_with(unit::SERVICE) && path != query::SERVICE {
            return lead(page, seen_at, zone);
        }
        let answer = parse(page)?;
        let base = Base::address_of(page);
        let listing = match self.fragment.first(&answer).and_then(Value::as_str) {
            Some(fragment) => self.read_fragment(fragment, &answer, &base, seen_at, zone),
            None => self.items.read_answer(&answer, &base, seen_at, zone),
        }?;
        unless_refused(listing, &answer).map(Extracted::Listing)
    }

    fn read_fragment(
        &self,
        fragment: &str,
        answer: &Value,
        base: &Base,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Listing, ExtractError> {
        match FragmentRows::ByShape.read_list(fragment, base, seen_at, zone) {
            Ok(Listing::Empty) | Err(ExtractError::NoRows) => self.without_rows(fragment, answer),
            read => read,
        }
    }

    /// No rows: the answer is empty if it counts none and the request succeeded.
    fn without_rows(&self, fragment: &str, answer: &Value) -> Result<Listing, ExtractError> {
        let has_succeeded =
            self.success.written(answer).is_some_and(|word| ["true", "200"].contains(&word.as_str()));
        let count = self.count.written(answer).or_else(|| count_in(fragment));
        match count.as_deref() {
            Some("0") if has_succeeded => Ok(Listing::Empty),
            Some("0") => Err(bad("it counts no items, but does not say that the request succeeded")),
            _ => Err(ExtractError::NoRows),
        }
    }
}

/// The number of items that a fragment's pager knows: `<div class="pagination" rows="15" count="432">`, or the same as
/// settings in an attribute.
fn count_in(fragment: &str) -> Option<String> {
    only_value(fragment, "count")
}

/// A shell: leads to its rows. Rows in the page itself only count where no template tells that a script draws them.
fn lead(page: &Page, seen_at: DateTime<Utc>, zone: Tz) -> Result<Extracted, ExtractError> {
    let text = decode(&page.body, page.content_type.as_deref());
    let html = parse_text(&text)?;
    let rendered = || auto_on_page(&html, page, &Base::of(page, &html), seen_at, zone);
    match unit::lead(page, &html) {
        Some(unit::Lead::Lone(_)) if matches!(rendered(), Ok(Listing::Items { .. })) => {
            return Err(ExtractError::NeedsRendering {
                why:
                    "dated rows stand beside a unit that a script brings, and nothing says which is the list"
                        .to_owned(),
            });
        }
        Some(unit::Lead::List(lead) | unit::Lead::Lone(lead)) => return lead,
        None => {}
    }
    if let Some(lead) = query::lead(page, &text) {
        return lead;
    }
    if has_template(&html) {
        return Err(ExtractError::NeedsRendering {
            why: "the page brings templates, but does not say which one request brings its rows".to_owned(),
        });
    }
    rendered().map(Extracted::Listing)
}

fn has_template(html: &Html) -> bool {
    let selector =
        Selector::parse("script[type*=handlebars], [querydata]").expect("a constant selector parses");
    html.select(&selector).next().is_some()
}

/// What the parts of an answer of `queryList` mean.
fn fields() -> JsonFields {
    let paths = ["$.data.results", "$.source.title", "$.source.urls"];
    JsonFields::of_items(paths, &[("$.source.pubDate", DateKind::Published)], "$.data.total")
}

#[cfg(test)]
mod tests;
