//! Reads a publication date out of the text of one date node.
//!
//! [`read_date`] knows the forms met on real sites: full dates in half a dozen spellings, epochs, mail and feed
//! stamps, month and day without a year, and words relative to the moment of the poll. A text is taken as a date only
//! if everything in it is accounted for; two different dates, stray figures or a sentence make it
//! [`RowError::Unreadable`]. There is no fall-back to "now" and no guess.
//!
//! Days are counted in the county's zone. A stamp with an offset of its own is converted to that zone first.

mod choose;
mod english;
mod labelled;
mod plain;
mod relative;
mod resolve;
mod scan;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::sighting::{RowError, Sureness};
use super::words::{clipped, collapsed};
use choose::Around;
pub(super) use labelled::{Label, Labelled, labelled_dates};
use resolve::{Rejected, Seen};

/// A date as it was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadDate {
    /// The day, in the county's zone.
    pub date: NaiveDate,
    /// How sure the day is.
    pub sureness: Sureness,
}

/// Reads the text of a node that is known to hold a date.
///
/// Labels (`发布时间：`), brackets and a few words beside the date (`来源：…`) are allowed.
///
/// # Errors
///
/// [`RowError::Missing`] if there is nothing but labels and punctuation, [`RowError::Future`] if the day is later than
/// the day after `seen_at`, [`RowError::TooOld`] before 1990, [`RowError::Unreadable`] for everything else.
pub fn read_date(text: &str, seen_at: DateTime<Utc>, zone: Tz) -> Result<ReadDate, RowError> {
    read(text, Around::Words, Seen { at: seen_at, zone })
}

/// Reads a text that must be a date and nothing else but its label and brackets: the stricter form for text found by
/// its looks, where a sentence that opens with a date must not count.
pub(super) fn read_bare_date(text: &str, seen_at: DateTime<Utc>, zone: Tz) -> Result<ReadDate, RowError> {
    read(text, Around::Nothing, Seen { at: seen_at, zone })
}

fn read(text: &str, around: Around, seen: Seen) -> Result<ReadDate, RowError> {
    if let Some(written) = scan::plain_day(text) {
        return seen.resolve(written).map_err(|rejected| turned_away(text, rejected));
    }
    let plain = plain::plain(text);
    let core = plain::core(&plain);
    if core.is_empty() {
        return Err(RowError::Missing);
    }
    let outcome = match whole(core) {
        Some(written) => seen.resolve(written),
        None => choose::choose(&plain, around, seen),
    };
    outcome.map_err(|rejected| turned_away(text, rejected))
}

fn turned_away(text: &str, rejected: Rejected) -> RowError {
    let evidence = clipped(collapsed(text));
    match rejected {
        Rejected::NoDate => RowError::Unreadable(evidence),
        Rejected::Future => RowError::Future(evidence),
        Rejected::TooOld => RowError::TooOld(evidence),
    }
}

/// Forms that are a date only when they are the whole text.
fn whole(core: &str) -> Option<resolve::Written> {
    scan::epoch(core)
        .or_else(|| scan::in_parts(core))
        .or_else(|| relative::relative(core))
        .or_else(|| english::english(core))
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
