//! Poll records: all of them in memory, and written behind.
//!
//! Every poll makes one, and most polls make nothing else: written one by one they would be a good part of what an unchanged
//! page costs. They are written together instead, a bucket of sources at a time, when whoever polls says so. What a crash
//! loses of them is polled again.
//!
//! Only the poller makes poll records. Those of polls that learned something are taken in while their transaction runs, so
//! that nobody sees what such a poll changed without seeing when it was made. Locks of buckets are never held while sled is
//! asked, which may have to wait for a transaction that itself looks here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sled::Tree;
use xxhash_rust::xxh3::xxh3_64;

use super::codec::{decode_polls, encode_polls};
use super::error::StoreError;
use super::records::PollRecord;
use crate::rules::SourceId;

/// The poll records of all sources.
#[derive(Debug, Clone)]
pub(super) struct Polls {
    tree: Tree,
    buckets: Arc<[Mutex<Bucket>]>,
    /// The buckets that are not written yet.
    unwritten: Arc<Mutex<Vec<u16>>>,
    /// One writer at a time, lest an older state of a bucket replace a newer one.
    writing: Arc<Mutex<()>>,
}

#[derive(Debug, Default)]
struct Bucket {
    /// A few; a county has a few thousand sources.
    records: Vec<(SourceId, PollRecord)>,
    is_unwritten: bool,
}

/// A bucket is what one write costs: with more of them a write takes fewer neighbours along, and many polls make more writes.
const BUCKETS: u64 = 512;

impl Polls {
    /// Reads all poll records. Those that lie under another key than they would today are moved.
    ///
    /// # Errors
    /// If the tree cannot be read or written, or holds what is not a poll record.
    pub(super) fn open(tree: Tree) -> Result<Self, StoreError> {
        let buckets = (0..BUCKETS).map(|_| Mutex::default()).collect();
        let polls = Self { tree, buckets, unwritten: Arc::default(), writing: Arc::default() };
        let mut misplaced = Vec::new();
        for entry in &polls.tree {
            let (key, value) = entry?;
            for (id, poll) in decode_polls(&key, &value)? {
                if key == bucket_key(bucket_of(&id)) {
                    polls.bucket(&id).records.push((id, poll));
                } else {
                    misplaced.push(key.clone());
                    // What was moved already but not removed yet may be older by now.
                    if polls.get(&id).is_none() {
                        polls.put(&id, poll);
                    }
                }
            }
        }
        polls.write()?;
        for key in misplaced {
            polls.tree.remove(key)?;
        }
        Ok(polls)
    }

    pub(super) fn get(&self, id: &SourceId) -> Option<PollRecord> {
        self.bucket(id).records.iter().find(|(of, _)| of == id).map(|(_, poll)| *poll)
    }

    /// Takes a poll record in; [`Self::write`] writes it.
    pub(super) fn put(&self, id: &SourceId, poll: PollRecord) {
        let mut bucket = self.bucket(id);
        self.is_to_be_written(&mut bucket, id);
        match bucket.records.iter_mut().find(|(of, _)| of == id) {
            Some((_, known)) => *known = poll,
            None => bucket.records.push((id.clone(), poll)),
        }
    }

    /// Gives the poll record of a source to the id that it has now, unless that has one of its own.
    pub(super) fn rename(&self, old: &SourceId, new: &SourceId) {
        let taken = {
            let mut bucket = self.bucket(old);
            let place = bucket.records.iter().position(|(of, _)| of == old);
            place.map(|place| {
                self.is_to_be_written(&mut bucket, old);
                bucket.records.swap_remove(place).1
            })
        };
        if let Some(poll) = taken
            && self.get(new).is_none()
        {
            self.put(new, poll);
        }
    }

    /// Writes what has been taken in since the last time.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) fn write(&self) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let numbers = std::mem::take(&mut *self.unwritten());
        for number in numbers {
            let value = {
                let mut bucket = self.numbered(number);
                bucket.is_unwritten = false;
                encode_polls(&bucket.records)?
            };
            self.tree.insert(bucket_key(number), value)?;
        }
        Ok(())
    }

    fn is_to_be_written(&self, bucket: &mut Bucket, id: &SourceId) {
        if !std::mem::replace(&mut bucket.is_unwritten, true) {
            self.unwritten().push(bucket_of(id));
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, Vec<u16>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bucket(&self, id: &SourceId) -> MutexGuard<'_, Bucket> {
        self.numbered(bucket_of(id))
    }

    fn numbered(&self, number: u16) -> MutexGuard<'_, Bucket> {
        self.buckets[usize::from(number)].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bucket_of(id: &SourceId) -> u16 {
    (xxh3_64(id.as_str().as_bytes()) % BUCKETS) as u16
}

fn bucket_key(number: u16) -> [u8; 2] {
    number.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::super::codec::{encode, encode_poll};
    use super::*;

    fn tree(db: &sled::Db) -> Tree {
        db.open_tree("polls").unwrap()
    }

    fn poll(second: i64) -> PollRecord {
        let at = DateTime::from_timestamp(second, 0).unwrap();
        PollRecord { next_poll_at: at, polled_at: Some(at), seen_at: None, failures: 3 }
    }

    fn ids(count: usize) -> Vec<SourceId> {
        (0..count).map(|number| SourceId::new(format!("a/c{number}"))).collect()
    }

    #[test]
    fn what_was_written_is_there_after_a_restart_and_what_was_not_is_as_before() {
        let db = sled::Config::new().temporary(true).open().unwrap();
        let polls = Polls::open(tree(&db)).unwrap();
        let ids = ids(2000);
        for (id, second) in ids.iter().zip(0..) {
            polls.put(id, poll(second));
        }
        polls.write().unwrap();
        polls.put(&ids[7], poll(5000));
        assert_eq!(polls.get(&ids[7]), Some(poll(5000)));
        let after_a_crash = Polls::open(tree(&db)).unwrap();
        for (id, second) in ids.iter().zip(0..) {
            assert_eq!(after_a_crash.get(id), Some(poll(second)));
        }
        polls.write().unwrap();
        assert_eq!(Polls::open(tree(&db)).unwrap().get(&ids[7]), Some(poll(5000)));
        assert_eq!(polls.get(&SourceId::new("a/none")), None);
    }

    #[test]
    fn records_that_were_written_one_by_one_are_taken_over() {
        let db = sled::Config::new().temporary(true).open().unwrap();
        tree(&db).insert("a/c1", &encode_poll(&poll(1))[..]).unwrap();
        tree(&db).insert("a/c2", encode("polls", &poll(2)).unwrap()).unwrap();
        for _ in 0..2 {
            let polls = Polls::open(tree(&db)).unwrap();
            assert_eq!(polls.get(&SourceId::new("a/c1")), Some(poll(1)));
            assert_eq!(polls.get(&SourceId::new("a/c2")), Some(poll(2)));
            assert!(tree(&db).iter().keys().all(|key| key.unwrap().len() == 2));
        }
    }

    #[test]
    fn a_damaged_bucket_is_an_error_and_not_a_county_without_polls() {
        let db = sled::Config::new().temporary(true).open().unwrap();
        let polls = Polls::open(tree(&db)).unwrap();
        polls.put(&SourceId::new("a/c1"), poll(1));
        polls.write().unwrap();
        let (key, value) = tree(&db).first().unwrap().unwrap();
        tree(&db).insert(key, &value[..value.len() - 1]).unwrap();
        assert!(Polls::open(tree(&db)).is_err());
    }
}
