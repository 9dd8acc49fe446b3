//! Reads fixtures for tests, as of one moment.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;

use super::{ExtractError, Extracted, Extractor, Listing, Onward, Page, Reading, Sighting};

/// The fifth of October 2026, nine in the morning in Shanghai.
pub(super) fn seen_at() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc()
}

pub(super) fn page(url: &str, body: &str) -> Page {
    Page { drawing: None, url: url.parse().unwrap(), content_type: None, body: body.as_bytes().to_vec() }
}

pub(super) fn read(reading: &Reading, url: &str, body: &str) -> Result<Extracted, ExtractError> {
    Extractor::new(reading).unwrap().extract(&page(url, body), seen_at(), Shanghai)
}

/// The dated rows, where all rows are dated.
pub(super) fn rows(reading: &Reading, url: &str, body: &str) -> Vec<Sighting> {
    match read(reading, url, body) {
        Ok(Extracted::Listing(Listing::Items { sightings, undated })) if undated.is_empty() => sightings,
        other => panic!("{other:?}"),
    }
}

pub(super) fn newest(sightings: &[Sighting]) -> Option<NaiveDate> {
    sightings.iter().map(|sighting| sighting.date).max()
}

pub(super) fn onward(reading: &Reading, url: &str, body: &str) -> Onward {
    match read(reading, url, body) {
        Ok(Extracted::Onward(onward)) => onward,
        other => panic!("{other:?}"),
    }
}

pub(super) fn is_empty(read: &Result<Extracted, ExtractError>) -> bool {
    matches!(read, Ok(Extracted::Listing(Listing::Empty)))
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
