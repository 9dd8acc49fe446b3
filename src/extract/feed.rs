//! Reads RSS, Atom and JSON Feed.
//!
//! Only the dates of items count. The dates of the feed itself say when a bridge or a template last ran.
//!
//! feed-rs gives back instants, but we need the text as it was written and our own date grammar. So the hook through
//! which feed-rs parses stamps keeps each text in [`Stamps`] and returns its number, dressed as an instant; the items
//! are then read from the texts. A stamp that feed-rs would have dropped or mended can thus never pass unseen.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use feed_rs::model::Entry;
use feed_rs::parser::Builder;

use super::charset::decode;
use super::dates::read_date;
use super::link::Base;
use super::listing::{Row, listing, undated};
use super::page::Page;
use super::sighting::{DateKind, ExtractError, Found, Listing, RowError, Sighting};
use super::words::{clipped, collapsed};

/// Reads a feed. One without items is no sign that the source is empty: bridges answer so when they are cut off.
pub(super) fn read_feed(page: &Page, seen_at: DateTime<Utc>, zone: Tz) -> Result<Listing, ExtractError> {
    let text = decode(&page.body, page.content_type.as_deref());
    let stamps = Stamps::default();
    let feed = parser(&stamps, page)
        .parse(without_declaration(&text).as_bytes())
        .map_err(|error| ExtractError::BadFeed(error.to_string()))?;
    let base = Base::address_of(page);
    let read = |text: &str| read_date(text, seen_at, zone);
    let rows = feed.entries.iter().map(|entry| {
        let (found, written) = stamp_of(entry, &stamps);
        let (title, url) = (title_of(entry), address_of(entry, &base));
        let date = written.as_deref().ok_or(RowError::Missing).and_then(read);
        match date {
            Ok(read) => Ok(Sighting {
                title,
                url,
                date: read.date,
                raw_date: clipped(collapsed(&written.unwrap_or_default())),
                found,
                kind: DateKind::Published,
                sureness: read.sureness,
            }),
            Err(why) => undated(title, url, why),
        }
    });
    listing(rows.collect::<Vec<Row>>())
}

/// Whether a document says in its first element that it is a feed.
pub(super) fn is_feed(text: &str) -> bool {
    let start = without_prologue(text);
    let is_json_feed = || {
        let head_end = start.char_indices().nth(400).map_or(start.len(), |(at, _)| at);
        start.starts_with('{') && start[..head_end].contains("jsonfeed.org/version")
    };
    ["<rss", "<feed", "<rdf:RDF"].iter().any(|root| start.starts_with(root)) || is_json_feed()
}

/// The document from its first element on.
fn without_prologue(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = match rest {
            _ if rest.starts_with("<?") => rest.split_once("?>"),
            _ if rest.starts_with("<!--") => rest.split_once("-->"),
            _ => None,
        };
        match after {
            Some((_, after)) => rest = after.trim_start(),
            None => return rest,
        }
    }
}

/// The texts of all stamps in a feed, in the order in which they were met.
#[derive(Debug, Clone, Default)]
struct Stamps(Arc<Mutex<Vec<String>>>);

impl Stamps {
    /// Keeps a text; the instant returned stands for it.
    fn keep(&self, text: &str) -> Option<DateTime<Utc>> {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.push(text.to_owned());
        DateTime::from_timestamp(texts.len().try_into().ok()?, 0)
    }

    fn text(&self, stand_in: DateTime<Utc>) -> Option<String> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = usize::try_from(stand_in.timestamp()).ok()?;
        texts.get(number.checked_sub(1)?).cloned()
    }
}

fn parser(stamps: &Stamps, page: &Page) -> feed_rs::parser::Parser {
    let stamps = stamps.clone();
    Builder::new()
        .base_uri(Some(page.url.as_str()))
        .sanitize_content(false)
        // Ids are not used; the default makes random ones.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |text| stamps.keep(text))
        .build()
}

/// The text is decoded already, so a declaration of another charset must go.
fn without_declaration(text: &str) -> &str {
    let text = text.trim_start();
    match text.strip_prefix("<?xml ").and_then(|rest| rest.split_once("?>")) {
        Some((_, document)) => document.trim_start(),
        None => text,
    }
}

/// The stamp of an item, if it has one. RSS items without their own update date carry a copy of the publication date
/// as such, which does not matter here, as publication is asked for first.
fn stamp_of(entry: &Entry, stamps: &Stamps) -> (Found, Option<String>) {
    let (found, stand_in) = match entry.published {
        Some(published) => (Found::FeedPublished, Some(published)),
        None => (Found::FeedUpdated, entry.updated),
    };
    (found, stand_in.and_then(|stand_in| stamps.text(stand_in)))
}

fn title_of(entry: &Entry) -> String {
    entry.title.as_ref().map(|title| collapsed(&title.content)).unwrap_or_default()
}

fn address_of(entry: &Entry, base: &Base) -> String {
    let is_page = |rel: Option<&str>| rel.is_none_or(|rel| rel == "alternate");
    let link = entry.links.iter().find(|link| is_page(link.rel.as_deref())).or_else(|| entry.links.first());
    link.map(|link| base.resolve(&link.href)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
