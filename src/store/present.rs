//! The records of sources, in memory as they are on disk.
//!
//! Most polls find a source exactly as the poll before left it; getting its record out of sled and decoding it would be a
//! good part of what they cost. Nobody but this store writes its database, and it tells here whatever it changes there. What
//! was read while a change came is not kept: it may be from before it. Transactions run one after another, but what they
//! wrote may be told in another order: each has a number, and what an earlier one wrote does not replace what a later one
//! did. No lock is held over a read, which may have to wait for a transaction that itself looks here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sled::IVec;
use xxhash_rust::xxh3::xxh3_64;

use super::records::SourceRecord;
use crate::rules::SourceId;

/// A bounded number of sources, in parts that are locked apart.
#[derive(Debug, Clone)]
pub(super) struct Present {
    parts: Arc<[Mutex<Part>]>,
    transactions: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Part {
    sources: HashMap<SourceId, Remembered>,
    /// Grows with every change.
    changes: u64,
}

#[derive(Debug)]
struct Remembered {
    record: Arc<SourceRecord>,
    /// What the record is on disk; `None` where there is none.
    bytes: Option<IVec>,
    /// The last transaction known to have written it.
    written_by: Transaction,
}

/// Transactions in the order in which they changed the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Transaction(u64);

const PARTS: usize = 64;
/// Several counties' sources altogether, at a few kilobytes each. A part that is full begins anew.
const MOST_IN_A_PART: usize = 256;

impl Present {
    /// The record of a source, with its bytes: remembered, or read now.
    pub(super) fn record<E>(
        &self,
        id: &SourceId,
        read: impl FnOnce() -> Result<(Arc<SourceRecord>, Option<IVec>), E>,
    ) -> Result<(Arc<SourceRecord>, Option<IVec>), E> {
        let changes = {
            let part = self.part(id);
            if let Some(known) = part.sources.get(id) {
                return Ok((Arc::clone(&known.record), known.bytes.clone()));
            }
            part.changes
        };
        let (record, bytes) = read()?;
        let remembered = Remembered {
            record: Arc::clone(&record),
            bytes: bytes.clone(),
            written_by: Transaction::default(),
        };
        self.part(id).remember_unless_changed_since(changes, id, remembered);
        Ok((record, bytes))
    }

    pub(super) fn remembers(&self, id: &SourceId) -> bool {
        self.part(id).sources.contains_key(id)
    }

    /// The record that `bytes` stand for, if that is the one remembered.
    pub(super) fn decoded(&self, id: &SourceId, bytes: &IVec) -> Option<Arc<SourceRecord>> {
        let part = self.part(id);
        let known = part.sources.get(id).filter(|known| known.bytes.as_ref() == Some(bytes))?;
        Some(Arc::clone(&known.record))
    }

    /// The number of a transaction; to be asked for while it runs.
    pub(super) fn transaction(&self) -> Transaction {
        Transaction(self.transactions.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Takes note of a record that a transaction has written, as these bytes.
    pub(super) fn written(&self, id: &SourceId, by: Transaction, record: Arc<SourceRecord>, bytes: IVec) {
        let mut part = self.part(id);
        part.changes += 1;
        if let Some(known) = part.sources.get_mut(id).filter(|known| known.written_by < by) {
            *known = Remembered { record, bytes: Some(bytes), written_by: by };
        }
    }

    /// Forgets sources of which nobody knows whether they were written.
    pub(super) fn forget(&self, ids: &[SourceId]) {
        for id in ids {
            let mut part = self.part(id);
            part.sources.remove(id);
            part.changes += 1;
        }
    }

    fn part(&self, id: &SourceId) -> MutexGuard<'_, Part> {
        let part = xxh3_64(id.as_str().as_bytes()) as usize % PARTS;
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Part {
    fn remember_unless_changed_since(&mut self, changes: u64, id: &SourceId, remembered: Remembered) {
        if self.changes != changes {
            return;
        }
        if self.sources.len() >= MOST_IN_A_PART {
            self.sources.clear();
        }
        self.sources.insert(id.clone(), remembered);
    }
}

impl Default for Present {
    fn default() -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect(), transactions: Arc::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(hash: u64) -> (Arc<SourceRecord>, IVec) {
        let record = SourceRecord { body_hash: Some(hash), ..SourceRecord::default() };
        (Arc::new(record), IVec::from(&hash.to_be_bytes()))
    }

    /// The hash that `present` gives for a source whose record holds `hash` on disk.
    fn held(present: &Present, id: &str, hash: u64) -> Option<u64> {
        let on_disk = (record(hash).0, Some(record(hash).1));
        present.record::<()>(&SourceId::new(id.to_owned()), || Ok(on_disk)).unwrap().0.body_hash
    }

    fn write(present: &Present, id: &SourceId, by: Transaction, hash: u64) {
        let (record, bytes) = record(hash);
        present.written(id, by, record, bytes);
    }

    #[test]
    fn the_disk_is_read_once_and_again_after_a_change() {
        let present = Present::default();
        assert_eq!(held(&present, "a/b", 1), Some(1));
        assert_eq!(held(&present, "a/b", 2), Some(1), "what is remembered is not read again");
        assert_eq!(held(&present, "a/c", 3), Some(3));
        present.forget(&[SourceId::new("a/b")]);
        assert_eq!(held(&present, "a/b", 4), Some(4));
        assert_eq!(held(&present, "a/c", 5), Some(3));
    }

    #[test]
    fn what_a_transaction_wrote_is_remembered_unless_a_later_one_has_been_told_of() {
        let present = Present::default();
        let id = SourceId::new("a/b");
        assert_eq!(held(&present, "a/b", 1), Some(1));
        let (first, second) = (present.transaction(), present.transaction());
        write(&present, &id, second, 3);
        write(&present, &id, first, 2);
        assert_eq!(held(&present, "a/b", 9), Some(3));
        assert_eq!(present.decoded(&id, &record(3).1).unwrap().body_hash, Some(3));
        assert_eq!(present.decoded(&id, &record(2).1), None);
    }

    #[test]
    fn what_was_read_while_a_change_came_is_not_kept() {
        let present = Present::default();
        let id = SourceId::new("a/b");
        let changes: [fn(&Present, &SourceId); 2] = [
            |present, id| present.forget(std::slice::from_ref(id)),
            |present, id| write(present, id, present.transaction(), 8),
        ];
        for change in changes {
            let read = || {
                change(&present, &id);
                Ok::<_, ()>((record(1).0, None))
            };
            present.record(&id, read).unwrap();
            assert_eq!(held(&present, "a/b", 7), Some(7));
            present.forget(std::slice::from_ref(&id));
        }
    }

    #[test]
    fn a_failed_read_is_not_remembered_and_the_number_of_sources_is_bounded() {
        let present = Present::default();
        assert_eq!(present.record(&SourceId::new("a/b"), || Err("disk")).map(|_| ()), Err("disk"));
        for number in 0..2 * PARTS * MOST_IN_A_PART {
            assert_eq!(held(&present, &format!("a/c{number}"), number as u64), Some(number as u64));
        }
        let remembered: usize = present.parts.iter().map(|part| part.lock().unwrap().sources.len()).sum();
        assert!(remembered <= PARTS * MOST_IN_A_PART);
    }
}
