//! What the routes need: the snapshot that is shown, and how it is made from the store.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, mpsc, watch};

use super::bounds::Bounds;
use super::mail;
use super::snapshot::{Pending, Snapshot};
use super::view::{Health, HostRemark, SourceDetail, SourceView};
use crate::alert::Standpoint;
use crate::assess::activity::is_zombie;
use crate::assess::{Standing, days_left};
use crate::bulletin::Bulletin;
use crate::daemon::{Line, Recheck, Reload};
use crate::fetch::{text_without_secrets, without_secrets};
use crate::rules::{Source, SourceId, SourceKind, UnitId};
use crate::schedule::Slot;
use crate::store::{SightingRecord, StoreError, Stored};

/// What the routes need. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    pub(super) line: Arc<Line>,
    pub(super) recheck: mpsc::Sender<Recheck>,
    pub(super) reload: mpsc::Sender<Reload>,
    /// When this door was made: every line has one of its own.
    made_at: DateTime<Utc>,
    pub(super) bounds: Bounds,
    shown: watch::Sender<Arc<Snapshot>>,
    /// Whoever makes the next snapshot: one at a time, each from the one before.
    looking: Arc<Mutex<()>>,
    /// One bulletin is made at a time.
    pub(super) press: Arc<Semaphore>,
}

/// Whoever looks through more items than this keeps others waiting.
const SOON_TOLD: usize = 300;
/// Items shown of a source.
const SIGHTINGS_SHOWN: usize = 10;

impl Door {
    /// A door onto `line`; rechecks go to the poller, wishes for new rules to whoever runs the line.
    pub fn new(line: Arc<Line>, recheck: mpsc::Sender<Recheck>, reload: mpsc::Sender<Reload>) -> Self {
        let made_at = line.clock.now();
        let mut nothing = Snapshot::before_the_first_look(made_at, line.calendar().day_of(made_at));
        nothing.generation = line.generation.load(Ordering::Relaxed);
        Self {
            line,
            recheck,
            reload,
            made_at,
            shown: watch::Sender::new(Arc::new(nothing)),
            looking: Arc::default(),
            press: Arc::new(Semaphore::new(1)),
            bounds: Bounds::default(),
        }
    }

    /// The same, what is under way counted together with what is at other doors.
    #[must_use]
    pub fn within(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// The county as it was last seen.
    pub(super) fn shown(&self) -> Arc<Snapshot> {
        self.shown.borrow().clone()
    }

    /// The tag of a snapshot: of this line of the daemon, and of its generation.
    pub(super) fn tag_of(&self, shown: &Snapshot) -> String {
        format!("W/\"{:x}-{}\"", self.made_at.timestamp_millis(), shown.generation)
    }

    /// Wakes whenever another snapshot is shown.
    pub(super) fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.shown.subscribe()
    }

    /// Shows every source as it stands now.
    pub(super) fn look_at_all(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        self.show_all()
    }

    fn show_all(&self) -> Result<(), StoreError> {
        let others = self.line.changes.others();
        let _all_are_looked_at = self.line.changes.take();
        let now = self.line.clock.now();
        let sources: Result<Vec<SourceView>, StoreError> =
            self.line.rules.sources.iter().map(|source| self.source(source, now)).collect();
        let next = self.shown().of_all(sources?, &self.line.rules.units, self.pending()?);
        self.show(next.with_others(others), now);
        Ok(())
    }

    /// Shows what has been polled or judged since the last look; everything, where a new day has begun.
    pub(super) fn look_at_changes(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.line.clock.now();
        let shown = self.shown();
        if self.line.calendar().day_of(now) != shown.today {
            return self.show_all();
        }
        let others = self.line.changes.others();
        let slots = self.line.changes.take();
        match self.next(&shown, &slots, now) {
            Ok(next) => {
                self.show(next.with_others(others), now);
                Ok(())
            }
            Err(error) => {
                self.line.changes.note(slots);
                Err(error)
            }
        }
    }

    /// The snapshot after this one, in which these sources may be others.
    fn next(
        &self,
        shown: &Snapshot,
        slots: &BTreeSet<Slot>,
        now: DateTime<Utc>,
    ) -> Result<Snapshot, StoreError> {
        // Canaries of bridges are polled too, and not shown.
        let sources =
            slots.iter().filter_map(|slot| Some((*slot, self.line.rules.sources.get(slot.0 as usize)?)));
        let changed: Result<Vec<_>, StoreError> =
            sources.map(|(slot, source)| Ok((slot, self.source(source, now)?))).collect();
        Ok(shown.with(changed?, &self.line.rules.units, self.pending()?))
    }

    fn show(&self, next: Snapshot, now: DateTime<Utc>) {
        self.line.generation.fetch_max(next.generation, Ordering::Relaxed);
        self.shown.send_replace(Arc::new(next.at(now, self.line.calendar().day_of(now))));
    }

    fn pending(&self) -> Result<Pending, StoreError> {
        let waiting = self.line.store.outbox()?;
        Ok(Pending {
            notices: waiting.len(),
            error: waiting.iter().find_map(|notice| notice.last_error().map(str::to_owned)),
            operator: self.line.store.operator_matters()?,
            dead_letters: mail::dead_letters(&self.line)?,
        })
    }

    pub(super) fn health(&self) -> Result<Health, StoreError> {
        let (line, shown) = (&self.line, self.shown());
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        Ok(Health {
            as_of: line.clock.now(),
            county: line.rules.county.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: line.started_at,
            shown_as_of: shown.as_of,
            generation: shown.generation,
            sources: line.rules.sources.len(),
            polls: count(&line.counters.polls),
            unchanged: count(&line.counters.unchanged),
            failed: count(&line.counters.failed),
            mails: count(&line.counters.mails),
            outbox: shown.pending.notices,
            outbox_error: shown.pending.error.clone(),
            store_bytes: line.store.size()?.bytes_on_disk,
        })
    }

    fn source(&self, source: &Source, now: DateTime<Utc>) -> Result<SourceView, StoreError> {
        let stored = self.line.stored(source)?;
        let unit_name = self.line.rules.unit(&source.unit).map_or(String::new(), |unit| unit.name.clone());
        let told_this_week = self.line.told_this_week(source, now);
        Ok(SourceView { told_this_week, ..self.view(source, &stored, unit_name, now) })
    }

    /// Whether all that is shown of a source lies in memory and is soon told. Of accounts the store holds more.
    pub(super) fn is_soon_told(&self, source: &Source) -> bool {
        source.kind == SourceKind::Column
            && self.line.store.remembers(&source.id).is_some_and(|items| items <= SOON_TOLD)
    }

    /// All items of a source, newest first.
    pub(super) fn history(&self, source: &Source) -> Result<Vec<SightingRecord>, StoreError> {
        let mut history = self.line.store.sightings(&source.id)?;
        history.sort_by_key(|record| std::cmp::Reverse((record.sighting.date, record.first_seen_at)));
        Ok(history)
    }

    /// A source with what its history shows. The source itself is as the snapshot has it.
    pub(super) fn source_detail(
        &self,
        source: &Source,
        history: &[SightingRecord],
        shown: &Snapshot,
    ) -> Result<SourceDetail, StoreError> {
        let mut sightings: Vec<SightingRecord> = history.iter().take(SIGHTINGS_SHOWN).cloned().collect();
        for record in &mut sightings {
            record.sighting.url = text_without_secrets(&record.sighting.url);
        }
        let articles = self.line.stored(source)?.record.articles.clone();
        Ok(SourceDetail {
            as_of: shown.as_of,
            account: self.account(source, shown.as_of)?,
            generation: shown.generation,
            source: self.shown_source(source, shown)?,
            sightings,
            suspicions: self.line.suspicions(history, &articles),
            articles,
            remarks: self.remarks(source),
        })
    }

    /// All issued bulletins, oldest first, with the sources of their findings called as they are now.
    pub(super) fn issued_bulletins(&self) -> Result<Vec<Bulletin>, StoreError> {
        let mut issued: Vec<Bulletin> = self.line.store.bulletins()?;
        for bulletin in &mut issued {
            bulletin.name_sources(|id| self.line.rules.now_called(id).clone());
        }
        Ok(issued)
    }

    /// The source of that unit and local id.
    pub(super) fn known_source(&self, unit: &str, local: &str) -> Option<&Source> {
        let slot = self.line.slot(&SourceId::of(&UnitId::new(unit), local))?;
        self.line.rules.sources.get(slot.0 as usize)
    }

    /// A source of that id as the snapshot has it.
    pub(super) fn shown_by_id(&self, id: &SourceId, shown: &Snapshot) -> Option<Arc<SourceView>> {
        let slot = self.line.slot(id)?;
        shown.sources.get(slot.0 as usize).cloned()
    }

    /// A source as the snapshot has it.
    fn shown_source(&self, source: &Source, shown: &Snapshot) -> Result<Arc<SourceView>, StoreError> {
        match self.shown_by_id(&source.id, shown) {
            Some(view) => Ok(view),
            None => self.source(source, shown.as_of).map(Arc::new),
        }
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
        let is_zombie = source.kind != SourceKind::Column
            && standing == Standing::Overdue
            && newest.is_some_and(|newest| is_zombie(newest.date, self.line.calendar().day_of(now)));
        let standpoint = self.line.standpoint(source, &record.alert, now);
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
            url: without_secrets(&source.url).into(),
            cadence: source.cadence.name.clone(),
            limit: source.cadence.period.limit(),
            standing: standing.word().to_owned(),
            why: why(&standing, &standpoint),
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
            last_url: newest.map(|sighting| text_without_secrets(&sighting.url)),
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
            standpoint,
            told_this_week: 0,
            is_zombie,
        }
    }
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
