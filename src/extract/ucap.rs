//! Reads columns of UCAP (开普): rows in the page where it has dated ones of its own, else the answer of the site's search
//! service.
//!
//! Which column to ask for is said by the page's `channelid`. Lists in comments are no rows, dates in titles (of laws) are
//! none of publication, and what a guard script would draw cannot be asked for.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use scraper::{Html, Selector};
use serde_json::Value;
use url::Url;

use super::auto::auto_on_page;
use super::charset::decode;
use super::document::parse_text;
use super::json::{JsonFields, JsonReader, Path, bad, is_json, parse, unless_refused};
use super::link::Base;
use super::onward;
use super::page::Page;
use super::selectors::SelectorError;
use super::sighting::{DateKind, ExtractError, Extracted, Listing, Sighting};

/// The service that answers with a column's items.
const SEARCH: &str = "/common/search/";
const QUERY: &str = "?page=1&_pageSize=20&_isAgg=true&_isJson=true&_template=index";

/// How a column is read.
#[derive(Debug, Clone)]
pub(super) struct Ucap {
    answer: JsonReader,
    answered_channel: Path,
}

impl Ucap {
    pub(super) fn compile() -> Result<Self, SelectorError> {
        Ok(Self {
            answer: JsonReader::compile(&fields())?,
            answered_channel: Path::compile("channel", "$.data.channelId")?,
        })
    }

    pub(super) fn read(
        &self,
        page: &Page,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Extracted, ExtractError> {
        if !is_json(page) && !page.url.path().starts_with(SEARCH) {
            return read_page(page, seen_at, zone);
        }
        let answer = parse(page)?;
        self.check_channel(page, &answer)?;
        let listing = self.answer.read_answer(&answer, &Base::address_of(page), seen_at, zone)?;
        unless_refused(listing, &answer).map(Extracted::Listing)
    }

    /// An answer about another channel would be read as if it were ours.
    fn check_channel(&self, page: &Page, answer: &Value) -> Result<(), ExtractError> {
        let wanted = page.url.path().strip_prefix(SEARCH).filter(|channel| is_channel(channel));
        match (wanted, self.answered_channel.written(answer)) {
            (Some(wanted), Some(channel)) if is_channel(&channel) && channel != wanted => {
                Err(bad(format!("it is about channel {channel}, not {wanted}")))
            }
            _ => Ok(()),
        }
    }
}

fn read_page(page: &Page, seen_at: DateTime<Utc>, zone: Tz) -> Result<Extracted, ExtractError> {
    let text = decode(&page.body, page.content_type.as_deref());
    let html = parse_text(&text)?;
    let rendered = auto_on_page(&html, page, &Base::of(page, &html), seen_at, zone);
    let channel = channel_of(&html);
    if let Ok(Listing::Items { sightings, .. }) = &rendered
        && (channel.is_none() || sightings.iter().any(|row| is_of_this_column(page, row)))
    {
        return rendered.map(Extracted::Listing);
    }
    if is_guarded(&text) {
        return Err(ExtractError::NeedsRendering {
            why: "the page is guarded by a script (瑞数), and its rows are not in it".to_owned(),
        });
    }
    match channel {
        Some(channel) => {
            let address = onward::address(page, &format!("{SEARCH}{channel}{QUERY}"))?;
            onward::to_data(page, address, None)
        }
        None => rendered.map(Extracted::Listing),
    }
}

/// Whether an item lies below the page, as a column's own do (`/xx/c100120/202609/1.shtml`). A list of which none does is
/// a side list, or gathers what other columns hold: then the channel is asked for what it has.
fn is_of_this_column(page: &Page, row: &Sighting) -> bool {
    let (Ok(folder), Ok(item)) = (page.url.join("."), Url::parse(&row.url)) else { return false };
    item.host_str() == folder.host_str() && item.path().starts_with(folder.path())
}

/// The script sets a global of this name on every page it guards.
fn is_guarded(text: &str) -> bool {
    text.contains("$_ts=") || text.contains("window['$_ts']")
}

/// The channel that the page says it is: in a `meta`, or in a `column` element of the site's own making.
fn channel_of(html: &Html) -> Option<String> {
    let selector =
        Selector::parse("meta[name=channelid i], column[channelid]").expect("a constant selector parses");
    let said = html
        .select(&selector)
        .find_map(|element| element.attr("content").or_else(|| element.attr("channelid")))?;
    Some(said.trim().to_ascii_lowercase()).filter(|channel| is_channel(channel))
}

fn is_channel(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What an answer's parts mean.
fn fields() -> JsonFields {
    let dates = [
        ("$.publishedTimeStr", DateKind::Published),
        ("$.publishedTime", DateKind::Published),
        ("$.domainMetaList..[?@.key == 'pubdate'].value", DateKind::Published),
        ("$.domainMetaList..[?@.key == 'writedate'].value", DateKind::Signed),
    ];
    JsonFields::of_items(["$.data.results", "$.title", "$.url"], &dates, "$.data.total")
}

#[cfg(test)]
mod tests;
