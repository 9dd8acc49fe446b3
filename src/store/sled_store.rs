//! The database itself.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional, TransactionalTree};
use sled::{Db, IVec, Tree};
use xxhash_rust::xxh3::xxh3_128;

use super::codec::{decode, encode, instant, instant_at_end, prefix};
use super::error::StoreError;
use super::histories::{Entry, Histories};
use super::mail::put_matter;
use super::polls::Polls;
use super::present::Present;
use super::records::{
    Event, Observation, PollRecord, Replayed, SightingRecord, SourceRecord, Stored, Update, replay,
};
use super::told::Told;
use crate::extract::Sighting;
use crate::rules::SourceId;

/// The store. Cheap to clone; clones share the database.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
    meta: Tree,
    pub(super) polls: Polls,
    pub(super) sources: Tree,
    pub(super) sightings: Tree,
    pub(super) observations: Tree,
    pub(super) matters: Tree,
    pub(super) outbox: Tree,
    pub(super) delivered: Tree,
    pub(super) dead: Tree,
    pub(super) bounces: Tree,
    pub(super) operator: Tree,
    pub(super) stances: Tree,
    pub(super) told: Told,
    pub(super) releases: Tree,
    pub(super) events: Tree,
    pub(super) audit: Tree,
    bulletins: Tree,
    pub(super) patrols: Tree,
    pub(super) menus: Tree,
    pub(super) present: Present,
    pub(super) histories: Histories,
}

/// How much the store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StoreSize {
    /// Bytes on disk.
    pub bytes_on_disk: u64,
    /// Notices waiting to be delivered.
    pub outbox: usize,
}

/// What was held of a source when it was read, with the bytes that tell whether it still is.
#[derive(Debug, Clone)]
pub struct Held {
    /// What was held.
    pub stored: Stored,
    pub(super) record_bytes: Option<IVec>,
}

/// sled keeps this much in memory at most; it must exceed the working set, or its memory grows without end.
const CACHE_BYTES: u64 = 512 * 1024 * 1024;
const COUNTY: &[u8] = b"county";

impl Store {
    /// Opens the store in `directory`, making it where there is none, for the county `county`.
    ///
    /// # Errors
    /// If another process has it open, if it cannot be read, or if it belongs to another county.
    pub fn open(directory: &Path, county: &str) -> Result<Self, StoreError> {
        let path = || directory.display().to_string();
        let open_error = |error: sled::Error| match error {
            sled::Error::Io(error) if is_about_the_lock(&error) => StoreError::InUse { path: path() },
            error => StoreError::Open { path: path(), source: Box::new(error) },
        };
        let db =
            sled::Config::new().path(directory).cache_capacity(CACHE_BYTES).open().map_err(open_error)?;
        let tree = |name: &str| db.open_tree(name).map_err(open_error);
        let store = Self {
            meta: tree("meta")?,
            polls: Polls::open(tree("polls")?)?,
            sources: tree("sources")?,
            sightings: tree("sightings")?,
            observations: tree("observations")?,
            matters: tree("matters")?,
            outbox: tree("outbox")?,
            delivered: tree("delivered")?,
            dead: tree("dead")?,
            bounces: tree("bounces")?,
            operator: tree("operator")?,
            stances: tree("stances")?,
            told: Told::open(tree("told")?)?,
            releases: tree("releases")?,
            events: tree("events")?,
            audit: tree("audit")?,
            bulletins: tree("bulletins")?,
            patrols: tree("patrols")?,
            menus: tree("menus")?,
            present: Present::default(),
            histories: Histories::default(),
            db,
        };
        store.claim_for(county)?;
        Ok(store)
    }

    fn claim_for(&self, county: &str) -> Result<(), StoreError> {
        match self.meta.get(COUNTY)? {
            None => {
                self.meta.insert(COUNTY, encode("meta", &county)?)?;
                Ok(())
            }
            Some(bytes) => {
                let stored: String = decode("meta", &bytes)?;
                if stored == county {
                    Ok(())
                } else {
                    Err(StoreError::OtherCounty { stored, wanted: county.to_owned() })
                }
            }
        }
    }

    /// Waits until everything written so far is on disk.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.polls.write()?;
        self.db.flush_async().await?;
        Ok(())
    }

    /// How much the store holds.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn size(&self) -> Result<StoreSize, StoreError> {
        Ok(StoreSize { bytes_on_disk: self.db.size_on_disk()?, outbox: self.outbox.len() })
    }

    /// What is held of one source.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn source(&self, id: &SourceId) -> Result<Stored, StoreError> {
        Ok(self.held(id)?.stored)
    }

    /// What is held of one source, to be compared later with what is held then.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn held(&self, id: &SourceId) -> Result<Held, StoreError> {
        let (record, record_bytes) = self.present.record(id, || self.read(id))?;
        Ok(Held { stored: Stored { poll: self.polls.get(id), record }, record_bytes })
    }

    fn read(&self, id: &SourceId) -> Result<(Arc<SourceRecord>, Option<IVec>), StoreError> {
        let bytes = self.sources.get(id.as_str())?;
        let record = bytes.as_ref().map(|bytes| decode("sources", bytes)).transpose()?;
        Ok((Arc::new(record.unwrap_or_default()), bytes))
    }

    /// What is held of one source now; `before` itself if nobody has changed its record since that was read, as poll
    /// records are changed by the poller alone.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn held_now<'h>(&self, id: &SourceId, before: &'h Held) -> Result<Cow<'h, Stored>, StoreError> {
        let now = self.held(id)?;
        let is_the_same = Arc::ptr_eq(&now.stored.record, &before.stored.record);
        if is_the_same || now.record_bytes == before.record_bytes {
            return Ok(Cow::Borrowed(&before.stored));
        }
        Ok(Cow::Owned(now.stored))
    }

    /// Takes in a poll that learned nothing; [`Self::write_polls`] or [`Self::flush`] writes it down.
    pub fn record_poll(&self, id: &SourceId, poll: &PollRecord) {
        self.polls.put(id, *poll);
    }

    /// Writes down the polls taken in so far.
    ///
    /// # Errors
    /// If the database fails.
    pub fn write_polls(&self) -> Result<(), StoreError> {
        self.polls.write()
    }

    /// Changes sources, all in one transaction. `decide` is given each source as it stands and says what becomes of it;
    /// it may be called again if another writer was faster, so it must be pure. What it
    /// returns beside the update is handed back, in the order of `ids`.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub fn update<T>(
        &self,
        ids: &[SourceId],
        now: DateTime<Utc>,
        decide: impl Fn(usize, Stored) -> (Update, T),
    ) -> Result<Vec<T>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let trees = (&self.sources, &self.sightings, &self.observations, &self.matters, &self.events);
        let outcome = trees.transaction(|(sources, sightings, observations, matters, events)| {
            let (present, polls) = (&self.present, &self.polls);
            let step = Step { present, polls, sources, sightings, observations, matters, events, now };
            let number = present.transaction();
            let (mut polled, mut written) = (Vec::new(), Vec::with_capacity(ids.len()));
            let mut outcomes = Vec::with_capacity(ids.len());
            for (index, id) in ids.iter().enumerate() {
                let stored = step.read(id)?;
                let seen_before = stored.poll.and_then(|poll| poll.seen_at);
                let (update, outcome) = decide(index, stored);
                polled.extend(update.poll.map(|poll| (id, poll)));
                written.push(step.write(id, update, seen_before)?);
                outcomes.push(outcome);
            }
            for (id, poll) in polled {
                polls.put(id, poll);
            }
            Ok((number, written, outcomes))
        });
        match outcome {
            Ok((number, written, outcomes)) => {
                // Items first: whoever sees what a record says of the newest sees that one too.
                let (records, sightings): (Vec<_>, Vec<_>) =
                    written.into_iter().map(|Written { record, sightings }| (record, sightings)).unzip();
                for (id, sightings) in
                    ids.iter().zip(sightings).filter(|(_, sightings)| !sightings.is_empty())
                {
                    self.histories.added(id, sightings);
                }
                for (id, (record, bytes)) in ids.iter().zip(records).filter_map(|(id, new)| Some((id, new?)))
                {
                    self.present.written(id, number, record, bytes);
                }
                Ok(outcomes)
            }
            Err(error) => {
                self.present.forget(ids);
                self.histories.forget(ids);
                Err(failed(error))
            }
        }
    }

    /// How many items a source has, if they and its record lie in memory, so that reading them waits for nobody.
    pub fn remembers(&self, id: &SourceId) -> Option<usize> {
        self.histories.remember(id).filter(|_| self.present.remembers(id))
    }

    /// All items ever seen of a source, in no particular order.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn sightings(&self, id: &SourceId) -> Result<Vec<SightingRecord>, StoreError> {
        let read = || self.sightings.scan_prefix(prefix(id.as_str())).collect::<Result<_, _>>();
        let records = self.histories.of(id, read)?;
        records.iter().map(|bytes| decode("sightings", bytes)).collect()
    }

    /// When an item was first seen.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn first_seen_at(
        &self,
        id: &SourceId,
        sighting: &Sighting,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Some(bytes) = self.sightings.get(sighting_key(id, sighting))? else { return Ok(None) };
        let record: SightingRecord = decode("sightings", &bytes)?;
        Ok(Some(record.first_seen_at))
    }

    /// What was known of a source at a past instant.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn known_at(&self, id: &SourceId, as_of: DateTime<Utc>) -> Result<Replayed, StoreError> {
        let start = prefix(id.as_str());
        let mut end = start.clone();
        end.extend_from_slice(&instant(as_of));
        let mut observations = Vec::new();
        for entry in self.observations.range(start..=end) {
            let (key, value) = entry?;
            let observation: Observation = decode("observations", &value)?;
            observations.push((instant_at_end(&key), observation));
        }
        Ok(replay(observations))
    }

    /// Whether a source's rule changed after one instant, up to another.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn rule_changed_between(
        &self,
        id: &SourceId,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let bound = |at| [prefix(id.as_str()), instant(at).to_vec()].concat();
        for entry in self.observations.range(bound(after)..=bound(until)) {
            let (key, value) = entry?;
            let observation: Observation = decode("observations", &value)?;
            if observation == Observation::RuleChanged && instant_at_end(&key) > after {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The newest events, newest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn latest_events(&self, most: usize) -> Result<Vec<Event>, StoreError> {
        self.events.iter().values().rev().take(most).map(|bytes| decode("events", &bytes?)).collect()
    }

    /// The events from this instant on, oldest first, at most so many.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn events_since(&self, since: DateTime<Utc>, most: usize) -> Result<Vec<Event>, StoreError> {
        let from = self.events.range(instant(since).to_vec()..);
        from.values().take(most).map(|bytes| decode("events", &bytes?)).collect()
    }

    /// Keeps an issued bulletin for ever.
    ///
    /// # Errors
    /// If a bulletin of that month and version is there already, or the database fails.
    pub fn keep_bulletin<B: serde::Serialize>(
        &self,
        month: &str,
        version: u32,
        bulletin: &B,
    ) -> Result<(), StoreError> {
        let mut key = prefix(month);
        key.extend_from_slice(&version.to_be_bytes());
        let value = encode("bulletins", bulletin)?;
        match self.bulletins.compare_and_swap(key, None::<&[u8]>, Some(value))? {
            Ok(()) => Ok(()),
            Err(_) => Err(StoreError::AlreadyIssued { month: month.to_owned(), version }),
        }
    }

    /// All issued bulletins, by month and version.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn bulletins<B: serde::de::DeserializeOwned>(&self) -> Result<Vec<B>, StoreError> {
        self.bulletins.iter().values().map(|bytes| decode("bulletins", &bytes?)).collect()
    }
}

/// sled gives this case no kind of its own.
fn is_about_the_lock(error: &std::io::Error) -> bool {
    error.to_string().starts_with("could not acquire lock")
}

/// What a transaction has written of a source.
#[derive(Default)]
struct Written {
    /// Its record, if that is new, with its bytes.
    record: Option<(Arc<SourceRecord>, IVec)>,
    /// The items that were not known.
    sightings: Vec<Entry>,
}

/// Reads and writes of one transaction.
struct Step<'t> {
    present: &'t Present,
    polls: &'t Polls,
    sources: &'t TransactionalTree,
    sightings: &'t TransactionalTree,
    observations: &'t TransactionalTree,
    matters: &'t TransactionalTree,
    events: &'t TransactionalTree,
    now: DateTime<Utc>,
}

pub(super) type StepResult<T> = Result<T, ConflictableTransactionError<StoreError>>;

impl Step<'_> {
    fn read(&self, id: &SourceId) -> StepResult<Stored> {
        let record = match self.sources.get(id.as_str())? {
            Some(bytes) => match self.present.decoded(id, &bytes) {
                Some(record) => record,
                None => Arc::new(decode("sources", &bytes).map_err(abort)?),
            },
            None => Arc::default(),
        };
        Ok(Stored { poll: self.polls.get(id), record })
    }

    /// Writes one source's update but for the poll record, and returns what of it was new; `seen_before` is the successful look
    /// before this one.
    fn write(
        &self,
        id: &SourceId,
        update: Update,
        seen_before: Option<DateTime<Utc>>,
    ) -> StepResult<Written> {
        let mut written = Written::default();
        if let Some(record) = update.record {
            let bytes = IVec::from(encode("sources", &record).map_err(abort)?);
            self.sources.insert(id.as_str(), &bytes)?;
            written.record = Some((Arc::new(record), bytes));
        }
        for sighting in &update.sightings {
            written.sightings.extend(self.write_sighting(id, sighting, None, seen_before)?);
        }
        for post in &update.posts {
            written.sightings.extend(self.write_sighting(
                id,
                &post.sighting,
                post.is_original,
                seen_before,
            )?);
        }
        for (at, observation) in &update.observations {
            let mut key = prefix(id.as_str());
            key.extend_from_slice(&instant(*at));
            self.observations.insert(key, encode("observations", observation).map_err(abort)?)?;
        }
        for matter in &update.matters {
            put_matter(self.matters, matter)?;
        }
        // Numbered by time and source: asking sled for a fresh id inside a transaction waits for that transaction.
        for kind in &update.events {
            let event = Event { at: self.now, source: id.clone(), kind: kind.clone() };
            let mut key = instant(self.now).to_vec();
            key.extend_from_slice(id.as_str().as_bytes());
            let key = free_key(self.events, key)?;
            self.events.insert(key, encode("events", &event).map_err(abort)?)?;
        }
        Ok(written)
    }

    /// Writes an item down and returns it, unless it is known.
    fn write_sighting(
        &self,
        id: &SourceId,
        sighting: &Sighting,
        is_original: Option<bool>,
        not_shown_at: Option<DateTime<Utc>>,
    ) -> StepResult<Option<Entry>> {
        let key = IVec::from(sighting_key(id, sighting));
        if self.sightings.get(&key)?.is_some() {
            return Ok(None);
        }
        let sighting = sighting.clone();
        let record = SightingRecord { sighting, first_seen_at: self.now, not_shown_at, is_original };
        let bytes = IVec::from(encode("sightings", &record).map_err(abort)?);
        self.sightings.insert(&key, &bytes)?;
        Ok(Some((key, bytes)))
    }
}

/// `key` with the first number that is free behind it: two writers may speak of one source in one millisecond.
pub(super) fn free_key(tree: &TransactionalTree, mut key: Vec<u8>) -> StepResult<Vec<u8>> {
    key.extend_from_slice(&[0, 0]);
    while tree.get(&key)?.is_some() {
        match key.last_mut() {
            Some(number) if *number < u8::MAX => *number += 1,
            _ => key.push(0),
        }
    }
    Ok(key)
}

fn sighting_key(id: &SourceId, sighting: &Sighting) -> Vec<u8> {
    let identity = format!("{}\n{}\n{}", sighting.date, sighting.url, sighting.title);
    let mut key = prefix(id.as_str());
    key.extend_from_slice(&xxh3_128(identity.as_bytes()).to_be_bytes());
    key
}

pub(super) fn abort(error: StoreError) -> ConflictableTransactionError<StoreError> {
    ConflictableTransactionError::Abort(error)
}

pub(super) fn failed(error: TransactionError<StoreError>) -> StoreError {
    match error {
        TransactionError::Abort(error) => error,
        TransactionError::Storage(error) => error.into(),
    }
}
