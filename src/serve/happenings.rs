//! What happens, as it happens: events of sources and acts of people, in one stream.
//!
//! Each has an id that stays its own. Events are stamped when they are decided and written a moment later, so a stream
//! looks back a little and tells what it has not told yet; whoever resumes after an id is told what came since, and
//! once more what happened in the few seconds before it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use xxhash_rust::xxh3::xxh3_64;

use super::view::{Happened, Happening};
use crate::store::{Act, Event, Store, StoreError};

/// How long after its stamp anything is written at the latest.
const WRITTEN_WITHIN: TimeDelta = TimeDelta::seconds(5);
/// Told at one time.
const MOST: usize = 500;

/// Where a reader of the stream is.
#[derive(Debug, Clone, Default)]
pub(super) struct Cursor {
    /// What was told lately, by id.
    told: BTreeMap<String, DateTime<Utc>>,
    /// The stamp of the latest that was told.
    at: Option<DateTime<Utc>>,
}

impl Cursor {
    /// Behind everything that was stamped before now.
    pub(super) fn from_now_on(now: DateTime<Utc>) -> Self {
        Self { told: BTreeMap::new(), at: Some(now + WRITTEN_WITHIN) }
    }

    /// Behind the happening of this id; `None` if that is no id of ours.
    pub(super) fn after(id: &str) -> Option<Self> {
        let (stamp, _) = id.split_once('-')?;
        let at = i64::from_str_radix(stamp, 16).ok().and_then(DateTime::from_timestamp_millis)?;
        Some(Self { told: BTreeMap::from([(id.to_owned(), at)]), at: Some(at) })
    }

    /// What is to be told next, oldest first.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) fn advance(&mut self, store: &Store) -> Result<Vec<Happening>, StoreError> {
        let since = self.at.map_or(DateTime::UNIX_EPOCH, |at| at - WRITTEN_WITHIN);
        // What was told within the look back is met again, so it must not fill the page.
        let most = MOST + self.told.len();
        let events = store.events_since(since, most)?.into_iter().map(Happened::Event);
        let acts = store.acts_since(since, most)?.into_iter().map(Happened::Act);
        let mut all: Vec<Happening> = events.chain(acts).map(happening).collect();
        all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        all.retain(|happening| !self.told.contains_key(&happening.id));
        all.truncate(MOST);
        self.told.extend(all.iter().map(|happening| (happening.id.clone(), happening.at)));
        self.at = self.at.max(all.last().map(|happening| happening.at));
        let forgotten = self.at.map(|at| at - WRITTEN_WITHIN);
        self.told.retain(|_, at| Some(*at) >= forgotten);
        Ok(all)
    }
}

/// The newest happenings, newest first.
///
/// # Errors
/// If the store cannot be read.
pub(super) fn latest(store: &Store, most: usize) -> Result<Vec<Happening>, StoreError> {
    let events = store.latest_events(most)?.into_iter().map(Happened::Event);
    let acts = store.latest_acts(most)?.into_iter().map(Happened::Act);
    let mut all: Vec<Happening> = events.chain(acts).map(happening).collect();
    all.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    all.truncate(most);
    Ok(all)
}

fn happening(what: Happened) -> Happening {
    let (Happened::Event(Event { at, .. }) | Happened::Act(Act { at, .. })) = what;
    let said = serde_json::to_vec(&what).unwrap_or_default();
    Happening { id: format!("{:012x}-{:016x}", at.timestamp_millis(), xxh3_64(&said)), at, what }
}

#[cfg(test)]
mod tests {
    use super::super::samples::instant;
    use super::*;

    fn act(at: DateTime<Utc>, what: &str) -> Act {
        Act { at, uid: 0, gid: 0, pid: None, name: "root".into(), what: what.into(), status: 200 }
    }

    fn whats(told: Vec<Happening>) -> Vec<String> {
        let what = |happening: Happening| match happening.what {
            Happened::Act(act) => act.what,
            Happened::Event(event) => event.source.to_string(),
        };
        told.into_iter().map(what).collect()
    }

    #[test]
    fn what_is_written_late_is_told_all_the_same_and_nothing_twice() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        let mut cursor = Cursor::default();
        store.record_act(&act(instant(1), "first")).unwrap();
        assert_eq!(whats(cursor.advance(&store).unwrap()), ["first"]);
        store.record_act(&act(instant(1) - TimeDelta::seconds(2), "late")).unwrap();
        assert_eq!(whats(cursor.advance(&store).unwrap()), ["late"]);
        assert_eq!(cursor.advance(&store).unwrap(), []);
    }

    #[test]
    fn whoever_resumes_misses_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        for minute in 1..=3 {
            store.record_act(&act(instant(minute), &minute.to_string())).unwrap();
        }
        let told = Cursor::default().advance(&store).unwrap();
        let mut resumed = Cursor::after(&told[0].id).unwrap();
        assert_eq!(whats(resumed.advance(&store).unwrap()), ["2", "3"]);
        assert!(Cursor::after("nonsense").is_none() && Cursor::after("zz-1").is_none());
        assert_eq!(whats(latest(&store, 2).unwrap()), ["3", "2"]);
        let mut fresh = Cursor::from_now_on(instant(3) + TimeDelta::milliseconds(1));
        assert_eq!(fresh.advance(&store).unwrap(), []);
    }
}
