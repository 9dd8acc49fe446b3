//! What the routes need, and how answers are made from the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::view::{Counts, Health, HostRemark, SourceDetail, SourceView, UnitSummary, UnknownCause};
use crate::alert::{Standpoint, State};
use crate::assess::{Standing, days_left};
use crate::daemon::{Line, Recheck};
use crate::rules::{Source, SourceKind, Unit};
use crate::store::{SightingRecord, StoreError, Stored};

/// What the routes need. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    pub(super) line: Arc<Line>,
    pub(super) recheck: mpsc::Sender<Recheck>,
    started_at: DateTime<Utc>,
}

/// Items shown of a source.
const SIGHTINGS_SHOWN: usize = 10;

impl Door {
    /// A door onto `line`; rechecks go to the poller.
    pub fn new(line: Arc<Line>, recheck: mpsc::Sender<Recheck>) -> Self {
        let started_at = line.clock.now();
        Self { line, recheck, started_at }
    }

    pub(super) fn health(&self, now: DateTime<Utc>) -> Result<Health, StoreError> {
        let line = &self.line;
        let size = line.store.size()?;
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        Ok(Health {
            as_of: now,
            county: line.rules.county.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            sources: line.rules.sources.len(),
            polls: count(&line.counters.polls),
            unchanged: count(&line.counters.unchanged),
            failed: count(&line.counters.failed),
            mails: count(&line.counters.mails),
            outbox: size.outbox,
            outbox_error: self.outbox_error()?,
            store_bytes: size.bytes_on_disk,
        })
    }

    /// Why the first notice that was tried still waits.
    pub(super) fn outbox_error(&self) -> Result<Option<String>, StoreError> {
        Ok(self.line.store.outbox()?.iter().find_map(|notice| notice.last_error().map(str::to_owned)))
    }

    /// Every source as it stands at `now`.
    pub(super) fn all_sources(&self, now: DateTime<Utc>) -> Result<Vec<SourceView>, StoreError> {
        self.line.rules.sources.iter().map(|source| self.source(source, now)).collect()
    }

    pub(super) fn source(&self, source: &Source, now: DateTime<Utc>) -> Result<SourceView, StoreError> {
        let stored = self.line.stored(source)?;
        let unit_name = self.line.rules.unit(&source.unit).map_or(String::new(), |unit| unit.name.clone());
        let told_this_week = self.line.told_this_week(source, now)?;
        Ok(SourceView { told_this_week, ..self.view(source, &stored, unit_name, now) })
    }

    pub(super) fn source_detail(
        &self,
        source: &Source,
        now: DateTime<Utc>,
    ) -> Result<SourceDetail, StoreError> {
        let mut sightings: Vec<SightingRecord> = self.line.store.sightings(&source.id)?;
        sightings.sort_by_key(|record| std::cmp::Reverse((record.sighting.date, record.first_seen_at)));
        sightings.truncate(SIGHTINGS_SHOWN);
        Ok(SourceDetail {
            as_of: now,
            source: self.source(source, now)?,
            sightings,
            articles: self.line.stored(source)?.record.articles.clone(),
            suspicions: self.line.suspicions(source)?,
            remarks: self.remarks(source),
        })
    }

    /// What the exceptions made for its host say of every look at a source.
    fn remarks(&self, source: &Source) -> Vec<HostRemark> {
        let exceptions = &self.line.rules.county.exceptions;
        let about_it = exceptions.iter().filter(|exception| exception.is_about(&source.url));
        about_it
            .flat_map(|exception| {
                exception.remarks().into_iter().map(|remark| HostRemark {
                    remark: remark.to_string(),
                    chinese: remark.in_chinese(),
                    reason: exception.reason.clone(),
                })
            })
            .collect()
    }

    fn view(&self, source: &Source, stored: &Stored, unit_name: String, now: DateTime<Utc>) -> SourceView {
        let terms = self.line.terms(source);
        let (poll, record) = (stored.poll, &stored.record);
        let case = terms.case(record, poll.and_then(|poll| poll.seen_at));
        let standing = case.standing(now);
        let due = case.deadline().map(|deadline| deadline.due);
        let newest = record.newest();
        SourceView {
            id: source.id.clone(),
            name: source.name.clone(),
            unit: source.unit.clone(),
            unit_name,
            kind: match source.kind {
                SourceKind::Column => "column".to_owned(),
                SourceKind::Feed(_) => "feed".to_owned(),
            },
            channel: source.kind.chinese().to_owned(),
            platform: match source.kind {
                SourceKind::Column => None,
                SourceKind::Feed(platform) => Some(platform),
            },
            url: source.url.to_string(),
            cadence: source.cadence.name.clone(),
            limit: source.cadence.period.limit(),
            standing: standing.word().to_owned(),
            why: why(&standing, &self.line.standpoint(source, &record.alert, now)),
            cause: match standing {
                Standing::Unknown(cause) => Some(cause),
                Standing::Fresh
                | Standing::DueSoon
                | Standing::Overdue
                | Standing::Blank
                | Standing::Exempt => None,
            },
            last: newest.map(|sighting| sighting.date),
            last_title: newest.map(|sighting| sighting.title.clone()),
            last_url: newest.map(|sighting| sighting.url.clone()),
            last_raw_date: newest.map(|sighting| sighting.raw_date.clone()),
            last_found: newest.map(|sighting| sighting.found),
            last_kind: newest.map(|sighting| sighting.kind),
            last_sureness: newest.map(|sighting| sighting.sureness),
            due,
            days_left: due.map(|due| days_left(due, self.line.calendar().day_of(now))),
            polled_at: poll.and_then(|poll| poll.polled_at),
            seen_at: poll.and_then(|poll| poll.seen_at),
            next_poll_at: poll.map(|poll| poll.next_poll_at),
            failures: poll.map_or(0, |poll| poll.failures),
            failing_since: record.failure.as_ref().map(|failure| failure.since),
            full_looks: case.known.full_looks.to_vec(),
            alert: record.alert,
            standpoint: self.line.standpoint(source, &record.alert, now),
            told_this_week: 0,
        }
    }

    /// The unit with these sources, which must be its own.
    pub(super) fn unit_summary<'a>(
        &self,
        unit: &Unit,
        sources: impl Iterator<Item = &'a SourceView>,
    ) -> UnitSummary {
        let counts = count(sources);
        let worst = SEVERITY.iter().find(|word| counts.contains_key(**word)).unwrap_or(&"exempt");
        UnitSummary { id: unit.id.clone(), name: unit.name.clone(), worst: (*worst).to_owned(), counts }
    }
}

/// Standings from worst to best, as lists order them: what a unit must mend, then what we must find out.
pub(super) const SEVERITY: [&str; 6] = ["overdue", "blank", "unknown", "due-soon", "fresh", "exempt"];

pub(super) fn severity(standing: &str) -> usize {
    SEVERITY.iter().position(|word| *word == standing).unwrap_or(SEVERITY.len())
}

pub(super) fn count<'a>(sources: impl Iterator<Item = &'a SourceView>) -> Counts {
    let mut counts = Counts::new();
    for source in sources {
        *counts.entry(source.standing.clone()).or_default() += 1;
    }
    counts
}

/// Unknown sources by cause, most frequent first.
pub(super) fn unknown_causes(sources: &[SourceView]) -> Vec<UnknownCause> {
    let mut causes: BTreeMap<String, UnknownCause> = BTreeMap::new();
    for source in sources {
        let Some(cause) = &source.cause else { continue };
        let why = cause.to_string();
        let entry = causes.entry(why.clone()).or_insert_with(|| UnknownCause {
            cause: cause.clone(),
            why,
            sources: 0,
            example: source.id.clone(),
        });
        entry.sources += 1;
    }
    let mut causes: Vec<UnknownCause> = causes.into_values().collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.sources));
    causes
}

pub(super) fn is_raised(source: &SourceView) -> bool {
    source.alert != State::Quiet
}

fn why(standing: &Standing, standpoint: &Standpoint) -> String {
    match standing {
        Standing::Exempt if standpoint.exempted.is_some() => standpoint
            .exempted
            .as_ref()
            .map_or_else(String::new, |given| format!("exempted by {}: {}", given.by, given.reason)),
        Standing::Fresh => "the newest item is within the limit".to_owned(),
        Standing::DueSoon => "the newest item is within the limit, but the due date is near".to_owned(),
        Standing::Overdue => "the newest item is past the limit, in two full looks".to_owned(),
        Standing::Blank => "the list has never held an item, in two full looks".to_owned(),
        Standing::Unknown(cause) => cause.to_string(),
        Standing::Exempt => "nothing is ever due here".to_owned(),
    }
}
