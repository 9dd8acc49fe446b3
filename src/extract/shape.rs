//! Reads a page by what it looks like: by the words above the columns of its table if it has such, else by the shape of its
//! rows.
//!
//! A row alone does not say what its date is the date of; where a table says so, the table is believed.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::auto::{Bounds, read_by_rows, read_by_rows_alone};
use super::document::parse_text;
use super::link::Base;
use super::nested::tree_of;
use super::page::Decoded;
use super::reading::TableHeaders;
use super::sighting::{ExtractError, Extracted, Listing};
use super::table::tables_on;
use super::tags::tags;

/// Reads a page within bounds. Header words are only looked for on whole pages.
pub(super) fn read_by_shape(
    decoded: &Decoded<'_>,
    bounds: &Bounds,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Extracted, ExtractError> {
    let (page, text) = (decoded.page, decoded.text());
    if let Some(list) = bounds.region.as_ref().and_then(|region| region.cut(text)) {
        let html = tree_of(&list).map_or_else(|| parse_text(&list), Ok)?;
        if let Some(listing) = read_by_rows_alone(&html, page, bounds, seen_at, zone) {
            return Ok(Extracted::Listing(listing));
        }
    }
    let html = parse_text(text)?;
    let base = Base::of(page, &html);
    let by_rows = || read_by_rows(&html, page, &base, bounds, seen_at, zone).map(Extracted::Listing);
    if !bounds.are_none() || !tags(text).any(|tag| tag.is("table")) {
        return by_rows();
    }
    let by_headers =
        tables_on(&html, decoded, &TableHeaders::default(), seen_at, zone).map(Extracted::Listing);
    agreed("a table with header words", by_headers, by_rows)
}

/// What two readings say together: the first if the second does not contradict it, the second where the first finds no
/// list. `name` is the first one's, for people.
pub(super) fn agreed(
    name: &str,
    first: Result<Extracted, ExtractError>,
    second: impl FnOnce() -> Result<Extracted, ExtractError>,
) -> Result<Extracted, ExtractError> {
    let ours = match first {
        Err(ExtractError::NoRows | ExtractError::NoList { .. } | ExtractError::NoTable { .. }) => {
            return second();
        }
        Ok(Extracted::Listing(listing)) => listing,
        other => return other,
    };
    match second() {
        Ok(Extracted::Listing(theirs)) if newest(&theirs) != newest(&ours) => {
            Err(ExtractError::Disagreement {
                one: format!("as {name}, {}", in_words(&ours)),
                other: format!("by the shape of its rows, {}", in_words(&theirs)),
            })
        }
        _ => Ok(Extracted::Listing(ours)),
    }
}

fn newest(listing: &Listing) -> Option<NaiveDate> {
    match listing {
        Listing::Items { sightings, .. } => sightings.iter().map(|sighting| sighting.date).max(),
        Listing::Empty => None,
    }
}

fn in_words(listing: &Listing) -> String {
    match newest(listing) {
        Some(day) => format!("the newest item is of {day}"),
        None => "the list is empty".to_owned(),
    }
}
