//! What a look teaches about a source.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use crate::assess::{self, Cause, Shown, remember_look};
use crate::extract::{Listing, RowError, Sighting, Sureness};
use crate::fetch::Validators;
use crate::store::{FailureRecord, ReadingRecord, SourceRecord};

/// What one poll saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// The page came and was read.
    Read {
        /// What it showed.
        listing: Listing,
        /// What to recognise it by.
        validators: Validators,
        /// Hash of its body.
        body_hash: u64,
    },
    /// The page came and is, byte for byte, the one read before.
    SameBody {
        /// What to recognise it by.
        validators: Validators,
    },
    /// The server says that the page has not changed.
    NotModified,
    /// The page did not come, or could not be read.
    Failed {
        /// Why.
        cause: Cause,
        /// Whether trying again soon may help.
        transient: bool,
    },
}

impl Look {
    /// Whether the poll failed.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

/// The record after a look. Most looks teach nothing, and those copy nothing.
pub(super) fn learn<'a>(
    before: Cow<'a, SourceRecord>,
    look: &Look,
    policy: &assess::Policy,
    now: DateTime<Utc>,
) -> Cow<'a, SourceRecord> {
    if matches!(look, Look::NotModified) && before.failure.is_none() {
        return before;
    }
    let before = before.as_ref();
    let mut record = before.clone();
    match look {
        Look::Read { listing, validators, body_hash } => {
            record.reading = Some(reading(before, listing, policy, now));
            record.failure = None;
            if reads_the_same_tomorrow(listing) {
                record.validators = validators.clone();
                record.body_hash = Some(*body_hash);
            } else {
                forget_page(&mut record);
            }
        }
        Look::SameBody { validators } => {
            if let Some(reading) = &mut record.reading {
                remember_look(&mut reading.full_looks, now, policy);
            }
            record.validators = validators.clone();
            record.failure = None;
        }
        Look::NotModified => record.failure = None,
        Look::Failed { cause, .. } => {
            let since = before.failure.as_ref().map_or(now, |failure| failure.since);
            record.failure = Some(FailureRecord { cause: cause.clone(), since });
            forget_page(&mut record);
        }
    }
    Cow::Owned(record)
}

/// The items that a look showed.
pub(super) fn sightings_of(look: &Look) -> Vec<Sighting> {
    match look {
        Look::Read { listing: Listing::Items { sightings, .. }, .. } => sightings.clone(),
        Look::Read { listing: Listing::Empty, .. }
        | Look::SameBody { .. }
        | Look::NotModified
        | Look::Failed { .. } => Vec::new(),
    }
}

/// Lets the next poll ask for the page in full, and read it.
fn forget_page(record: &mut SourceRecord) {
    record.validators = Validators::default();
    record.body_hash = None;
}

/// Whether the same bytes mean the same on another day. Dates without a year, relative dates and dates that lie in the
/// future today do not, so their pages are read in full each time.
fn reads_the_same_tomorrow(listing: &Listing) -> bool {
    match listing {
        Listing::Items { sightings, undated } => {
            sightings.iter().all(|sighting| sighting.sureness == Sureness::Sure)
                && undated.iter().all(|row| !matches!(row.why, RowError::Future(_)))
        }
        Listing::Empty => true,
    }
}

fn reading(
    before: &SourceRecord,
    listing: &Listing,
    policy: &assess::Policy,
    now: DateTime<Utc>,
) -> ReadingRecord {
    let (shown, newest) = shown(listing, before);
    let mut reading = match &before.reading {
        Some(reading) if reading.shown == shown => ReadingRecord { newest, ..reading.clone() },
        Some(_) | None => {
            ReadingRecord { shown, newest, since: now, full_looks: Vec::new(), still_so_noted_at: None }
        }
    };
    remember_look(&mut reading.full_looks, now, policy);
    reading
}

fn shown(listing: &Listing, before: &SourceRecord) -> (Shown, Option<Sighting>) {
    let newest_item = match listing {
        Listing::Items { sightings, undated } => newest(sightings).map(|newest| (newest, undated.len())),
        Listing::Empty => None,
    };
    match newest_item {
        Some((newest, undated)) => {
            let was = newest_before(before).filter(|before| *before > newest.date);
            (Shown::Items { newest: newest.date, undated, was }, Some(newest.clone()))
        }
        None => (Shown::Empty { held_items: held_items(before) }, None),
    }
}

/// The newest item is the maximum over all rows; of several of one day, the first on the page.
fn newest(sightings: &[Sighting]) -> Option<&Sighting> {
    sightings.iter().rev().max_by_key(|sighting| sighting.date)
}

/// The newest day that any look has shown under this rule.
fn newest_before(before: &SourceRecord) -> Option<NaiveDate> {
    match before.reading.as_ref().map(|reading| reading.shown) {
        Some(Shown::Items { newest, was, .. }) => Some(was.map_or(newest, |was| was.max(newest))),
        Some(Shown::Empty { .. }) | None => None,
    }
}

fn held_items(before: &SourceRecord) -> bool {
    match before.reading.as_ref().map(|reading| reading.shown) {
        Some(Shown::Items { .. }) => true,
        Some(Shown::Empty { held_items }) => held_items,
        None => false,
    }
}
