//! When units were told something new of which source: in memory as it is on disk.
//!
//! Whoever shows the county wants it of every source that was polled, and each read of sled may have to wait for a
//! transaction. There are few of them: one for each source in a mail.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use sled::{IVec, Tree};

use super::codec::{instant, instant_at_end, prefix};
use super::error::StoreError;
use super::sled_store::Store;
use crate::rules::SourceId;

/// The tree, and its keys.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) tree: Tree,
    keys: Arc<Mutex<BTreeSet<IVec>>>,
}

impl Told {
    /// # Errors
    /// If the tree cannot be read.
    pub(super) fn open(tree: Tree) -> Result<Self, StoreError> {
        let told = Self { tree, keys: Arc::default() };
        told.read_anew()?;
        Ok(told)
    }

    /// Reads all keys again.
    ///
    /// # Errors
    /// If the tree cannot be read.
    pub(super) fn read_anew(&self) -> Result<(), StoreError> {
        let keys = self.tree.iter().keys().collect::<Result<_, _>>()?;
        *self.keys() = keys;
        Ok(())
    }

    /// Takes note of what a transaction has added.
    pub(super) fn added(&self, keys: impl IntoIterator<Item = IVec>) {
        self.keys().extend(keys);
    }

    /// Takes note of what a transaction has removed.
    pub(super) fn removed(&self, removed: &[IVec]) {
        let mut keys = self.keys();
        for key in removed {
            keys.remove(key);
        }
    }

    fn keys(&self) -> MutexGuard<'_, BTreeSet<IVec>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key under which it is held that a unit was told of a source at an instant.
pub(super) fn told_key(id: &SourceId, at: DateTime<Utc>) -> IVec {
    IVec::from(bound(id, instant(at)))
}

fn bound(id: &SourceId, at: [u8; 8]) -> Vec<u8> {
    [prefix(id.as_str()).as_slice(), &at].concat()
}

impl Store {
    /// When units were told something new of a source, from an instant on, in order of time.
    pub fn told_since(&self, id: &SourceId, since: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let times = IVec::from(bound(id, instant(since)))..=IVec::from(bound(id, [u8::MAX; 8]));
        self.told.keys().range(times).map(|key| instant_at_end(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Level, News};
    use crate::deliver::{Notice, Says, samples::row};
    use crate::store::{PlannedDigest, samples};

    fn told(store: &Store, id: &SourceId) -> Vec<DateTime<Utc>> {
        store.told_since(id, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn what_is_told_taken_back_or_renamed_is_known_at_once_and_as_it_is_on_disk() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        let Says::Digest(mut digest) = samples::notice().says else { unreachable!() };
        digest.rows = vec![row(News::Raised { level: Level::Overdue })];
        let (source, new) = (digest.rows[0].facts.source.clone(), SourceId::new("zhujianju/xin"));
        let at = samples::notice().created_at;
        let notice = Notice::new(digest, at);
        let planned = PlannedDigest { notice: Some(notice.clone()), told: Vec::new() };
        store.post_digest(&planned, at).unwrap();
        assert_eq!(told(&store, &source), [at]);
        assert!(store.told_since(&source, at + chrono::TimeDelta::seconds(1)).is_empty());
        assert!(store.rename(&source, &new).unwrap());
        assert_eq!((told(&store, &source), told(&store, &new)), (Vec::new(), vec![at]));
        drop(store);
        let store = Store::open(directory.path(), "langxi").unwrap();
        assert_eq!(told(&store, &new), [at]);
    }
}
