//! What a look teaches about a source.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use super::articles::{has_unread, remember, said_of, with_article_days};
use super::redesign::{known_identity, redesign};
use super::settle::Terms;
use super::volume::goes_back_to;
use super::ways::{WayLook, heed_ways, learn_from_ways};
use crate::assess::activity::covered_from;
use crate::assess::{self, Backing, Cause, Shown, remember_look};
use crate::extract::{DateKind, Identity, Listing, RowError, Sighting, Sureness, UndatedRow};
use crate::fetch::{Retry, Validators};
use crate::store::{ArticleRecord, FailureRecord, ReadingRecord, SourceRecord};

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
        /// What the page says that it is; `None` for documents that say nothing of the kind.
        identity: Option<Identity>,
    },
    /// The page came, but no row of it has a date: the items' own pages may have.
    Undated {
        /// The rows.
        rows: Vec<UndatedRow>,
        /// What extraction says of it.
        why: String,
        /// What the page says that it is.
        identity: Option<Identity>,
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
        /// When trying again may help.
        retry: Retry,
    },
    /// What the ways of an account came to.
    Ways(Vec<WayLook>),
}

impl Look {
    /// Whether the poll failed.
    pub fn is_failure(&self) -> bool {
        match self {
            Self::Failed { .. } => true,
            Self::Ways(looks) => !looks.iter().any(WayLook::is_good),
            Self::Read { .. } | Self::Undated { .. } | Self::SameBody { .. } | Self::NotModified => false,
        }
    }
}

/// The record after a look, and after opening some items' own pages. Most looks teach nothing, and those copy nothing.
pub(super) fn learn<'a>(
    before: Cow<'a, SourceRecord>,
    look: &Look,
    seen: &Besides<'_>,
    terms: &Terms<'_>,
    now: DateTime<Utc>,
) -> Cow<'a, SourceRecord> {
    if matches!(look, Look::NotModified) && before.failure.is_none() && seen.opened.is_empty() {
        return before;
    }
    let mut record = before.as_ref().clone();
    remember(&mut record.articles, seen.opened);
    learn_from_list(&mut record, before.as_ref(), look, seen, terms, now);
    record.held_items = held_items(&record);
    back(&mut record, look, seen, terms, now);
    heed_ways(&mut record, terms, now);
    Cow::Owned(record)
}

/// What a visit saw besides the list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Besides<'a> {
    /// The pages of items that were opened.
    pub(super) opened: &'a [ArticleRecord],
    /// The newest day without items that are suspected to be old texts under new dates, if the list shows such.
    pub(super) without_reissues: Option<NaiveDate>,
}

fn learn_from_list(
    record: &mut SourceRecord,
    before: &SourceRecord,
    look: &Look,
    seen: &Besides<'_>,
    terms: &Terms<'_>,
    now: DateTime<Utc>,
) {
    match look {
        Look::Read { listing, validators, body_hash, identity } => {
            note_coverage(record, before, listing);
            let listing = with_article_days(listing, &record.articles);
            take(record, before, &listing, identity.as_ref(), Some(now), terms, now);
            let is_done_with = record.failure.is_none()
                && reads_the_same_tomorrow(&listing)
                && seen.without_reissues.is_none()
                && !has_unread(terms.source, look, &record.articles);
            if is_done_with {
                record.validators = validators.clone();
                record.body_hash = Some(*body_hash);
            } else {
                forget_page(record);
            }
        }
        Look::Undated { rows, why, identity } => {
            let listing = Listing::Items { sightings: Vec::new(), undated: rows.clone() };
            match with_article_days(&listing, &record.articles).as_ref() {
                Listing::Items { sightings, .. } if sightings.is_empty() => {
                    fail(record, before, Cause::CannotRead(why.clone()), now);
                }
                dated => take(record, before, dated, identity.as_ref(), Some(now), terms, now),
            }
            forget_page(record);
        }
        Look::SameBody { validators } => {
            if let Some(reading) = &mut record.reading {
                count_look(reading, now, terms);
            }
            record.validators = validators.clone();
            record.failure = None;
        }
        Look::NotModified => record.failure = None,
        Look::Failed { cause, .. } => fail(record, before, cause.clone(), now),
        Look::Ways(looks) => {
            learn_from_ways(record, before, looks, terms, now);
            forget_page(record);
        }
    }
}

/// Notes how far back the items of a list are known without a gap.
fn note_coverage(record: &mut SourceRecord, before: &SourceRecord, listing: &Listing) {
    if let Some(last) = goes_back_to(listing) {
        record.covered_from = Some(covered_from(before.covered_from, newest_before(before), last));
    }
}

/// Counts a full look that showed what the reading holds.
fn count_look(reading: &mut ReadingRecord, at: DateTime<Utc>, terms: &Terms<'_>) {
    let counts_from = match reading.shown {
        Shown::Items { newest, .. } => assess::deadline(newest, &terms.source.cadence, terms.calendar),
        Shown::Empty { .. } => None,
    };
    let counts_from = counts_from.map(|deadline| deadline.overdue_from);
    remember_look(&mut reading.full_looks, at, counts_from, terms.assess);
}

/// Takes what a page shows for the column's, unless it looks like another page than before. A look counts towards a
/// conviction as of `full_look`.
pub(super) fn take(
    record: &mut SourceRecord,
    before: &SourceRecord,
    listing: &Listing,
    identity: Option<&Identity>,
    full_look: Option<DateTime<Utc>>,
    terms: &Terms<'_>,
    now: DateTime<Utc>,
) {
    let mut read = reading(before, listing, now);
    if let Some(at) = full_look.filter(|at| read.full_looks.last() != Some(at)) {
        count_look(&mut read, at, terms);
    }
    match redesign(before, identity, &read) {
        Some(why) => fail(record, before, Cause::Redesigned(why), now),
        None => {
            record.reading = Some(read);
            record.identity = known_identity(before.identity.as_ref(), identity);
            record.failure = None;
        }
    }
}

fn fail(record: &mut SourceRecord, before: &SourceRecord, cause: Cause, now: DateTime<Utc>) {
    let since = before.failure.as_ref().map_or(now, |failure| failure.since);
    record.failure = Some(FailureRecord { cause, since });
    forget_page(record);
}

/// Notes what bears on the newest item's date besides the list.
fn back(record: &mut SourceRecord, look: &Look, seen: &Besides<'_>, terms: &Terms<'_>, now: DateTime<Utc>) {
    let lapses_at = terms.case(record, Some(now)).deadline().map(|deadline| deadline.overdue_from);
    // What an item's page said before the deadline may have changed until then.
    let not_before = lapses_at.filter(|at| now >= *at);
    if let Some(ReadingRecord { shown: Shown::Items { backing, .. }, newest: Some(newest), .. }) =
        &mut record.reading
    {
        backing.article = said_of(newest, terms.source, &record.articles, not_before);
        if matches!(look, Look::Read { .. } | Look::Undated { .. }) {
            backing.without_reissues = seen.without_reissues;
        }
    }
}

/// The items that a look showed, with the days of publication that their own pages give where the list gives none.
pub(super) fn sightings_of(look: &Look, articles: &[ArticleRecord]) -> Vec<Sighting> {
    let listing = match look {
        Look::Read { listing, .. } => with_article_days(listing, articles),
        Look::Undated { rows, .. } => {
            let rows = Listing::Items { sightings: Vec::new(), undated: rows.clone() };
            Cow::Owned(with_article_days(&rows, articles).into_owned())
        }
        Look::SameBody { .. } | Look::NotModified | Look::Failed { .. } | Look::Ways(_) => {
            Cow::Owned(Listing::Empty)
        }
    };
    match listing.into_owned() {
        Listing::Items { sightings, .. } => sightings,
        Listing::Empty => Vec::new(),
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

fn reading(before: &SourceRecord, listing: &Listing, now: DateTime<Utc>) -> ReadingRecord {
    let (shown, newest) = shown(listing, before);
    match &before.reading {
        Some(reading) if reading.shown.shows_the_same_as(&shown) => {
            ReadingRecord { shown, newest, ..reading.clone() }
        }
        Some(_) | None => {
            ReadingRecord { shown, newest, since: now, full_looks: Vec::new(), still_so_noted_at: None }
        }
    }
}

fn shown(listing: &Listing, before: &SourceRecord) -> (Shown, Option<Sighting>) {
    let newest_item = match listing {
        Listing::Items { sightings, undated } => {
            newest(sightings).map(|newest| (newest, undated.len() + not_published(sightings)))
        }
        Listing::Empty => None,
    };
    match newest_item {
        Some((newest, undated)) => {
            let was = newest_before(before).filter(|before| *before > newest.date);
            (
                Shown::Items { newest: newest.date, undated, was, backing: Backing::default() },
                Some(newest.clone()),
            )
        }
        None => (Shown::Empty { held_items: held_items(before) }, None),
    }
}

/// Rows whose day is none of publication: they may have come out later than that.
fn not_published(sightings: &[Sighting]) -> usize {
    sightings.iter().filter(|sighting| sighting.kind != DateKind::Published).count()
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
    if before.held_items {
        return true;
    }
    match before.reading.as_ref().map(|reading| reading.shown) {
        Some(Shown::Items { .. }) => true,
        Some(Shown::Empty { held_items }) => held_items,
        None => false,
    }
}
