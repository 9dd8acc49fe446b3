//! Reads columns of Hanweb JCMS, whose rows lie in a datastore: in a script of the page, or in the answer of
//! `dataproxy.jsp`.
//!
//! Two stages: a tolerant scan takes the records out of the datastore ([`datastore`]), then each record's HTML is read as
//! one row. Answers overlap, so the same item may come twice; the listing keeps one.
//!
//! A datastore without records is only believed to be empty if it counts none itself: the script answers with an empty one
//! to anybody whose parameters it does not like.

mod datastore;
mod proxy;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use scraper::{Html, Selector};

use super::auto::auto_on_page;
use super::charset::decode;
use super::document::parse_text;
use super::fragment::FragmentRows;
use super::link::Base;
use super::page::Page;
use super::sighting::{ExtractError, Extracted, Listing};
use datastore::{Datastore, datastores};
use proxy::Lead;

/// Reads a page of a column, or an answer with its rows.
pub(super) fn read_jcms(
    page: &Page,
    rows: &FragmentRows,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Extracted, ExtractError> {
    let text = decode(&page.body, page.content_type.as_deref());
    if is_answer(&text) {
        let listing = read_stores(&datastores(&text), rows, &Base::address_of(page), seen_at, zone)?;
        return Ok(Extracted::Listing(listing));
    }
    if page.url.path().ends_with(proxy::SCRIPT) {
        return Err(bad("the answer is none (a login, an error, a guard?)"));
    }
    let html = parse_text(&text)?;
    let base = Base::of(page, &html);
    let stores = stores_in_scripts(&html);
    if stores.iter().any(|store| !store.records.is_empty()) {
        return read_stores(&stores, rows, &base, seen_at, zone).map(Extracted::Listing);
    }
    let rendered = auto_on_page(&html, page, &base, seen_at, zone);
    let has_rows = matches!(rendered, Ok(Listing::Items { .. }));
    let is_said_empty = stores.iter().any(says_empty);
    // Rows that stand in the page outside any datastore may be a side list's.
    match proxy::lead(page, &text) {
        Some(Lead::OfThisColumn(lead)) if has_rows || !is_said_empty => return lead,
        Some(Lead::OfAColumn(_)) if has_rows => {
            return Err(bad(
                "dated rows stand beside the request for a column, which may or may not be theirs",
            ));
        }
        Some(Lead::OfAColumn(lead)) if !is_said_empty => return lead,
        _ => {}
    }
    match (has_rows, stores.is_empty()) {
        (true, _) if is_said_empty => Err(bad("it is empty, yet dated rows stand beside it")),
        (true, _) | (_, true) => rendered.map(Extracted::Listing),
        (false, false) => read_stores(&stores, rows, &base, seen_at, zone).map(Extracted::Listing),
    }
}

/// Answers are nothing but a datastore; in a page it stands inside a script.
fn is_answer(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let document =
        text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(text, |(_, rest)| rest);
    document.trim_start().starts_with("<datastore>")
}

fn stores_in_scripts(html: &Html) -> Vec<Datastore> {
    let selector = Selector::parse("script[type*=xml]").expect("a constant selector parses");
    html.select(&selector).flat_map(|script| datastores(&script.text().collect::<String>())).collect()
}

/// Reads the datastores of one document. Several are several lists, of which only one can be the column's: then they must
/// agree on the newest date.
fn read_stores(
    stores: &[Datastore],
    rows: &FragmentRows,
    base: &Base,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    let read = |store: &Datastore| read_store(store, rows, base, seen_at, zone);
    let mut listings: Vec<Listing> = match stores {
        [store] => vec![read(store)?],
        _ => stores.iter().filter(|store| !store.records.is_empty()).map(read).collect::<Result<_, _>>()?,
    };
    let Some(listing) = listings.pop() else { return Err(bad("there are several, none with records")) };
    if listings.iter().any(|other| newest(other) != newest(&listing)) {
        return Err(bad("there are several with different rows"));
    }
    Ok(listing)
}

fn read_store(
    store: &Datastore,
    rows: &FragmentRows,
    base: &Base,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    if !store.is_whole {
        return Err(bad("it is cut off"));
    }
    if !store.records.is_empty() {
        return rows.read_records(&store.records, base, seen_at, zone);
    }
    if says_empty(store) {
        return Ok(Listing::Empty);
    }
    Err(match store.total {
        Some(total) => bad(format!("it counts {total} records and holds none")),
        None => bad("it holds neither records nor their number: the server may have refused the request"),
    })
}

fn says_empty(store: &Datastore) -> bool {
    store.is_whole && store.records.is_empty() && store.total == Some(0) && store.has_empty_set
}

fn newest(listing: &Listing) -> Option<NaiveDate> {
    match listing {
        Listing::Items { sightings, .. } => sightings.iter().map(|sighting| sighting.date).max(),
        Listing::Empty => None,
    }
}

fn bad(why: impl Into<String>) -> ExtractError {
    ExtractError::BadDatastore { why: why.into() }
}

#[cfg(test)]
mod tests;
