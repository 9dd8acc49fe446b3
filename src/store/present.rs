//! What is held of sources, in memory as it is on disk.
//!
//! Most polls find a source exactly as the poll before left it; getting its records out of sled and decoding them would be a
//! good part of what they cost. Nobody but this store writes its database, and it tells here whatever it changes there. What
//! was read while a change came is not kept: it may be from before it. No lock is held over a read, which may have to wait
//! for a transaction that itself looks here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sled::IVec;
use xxhash_rust::xxh3::xxh3_64;

use super::records::{PollRecord, SourceRecord};
use super::sled_store::Held;
use crate::rules::SourceId;

/// A bounded number of sources, in parts that are locked apart.
#[derive(Debug, Clone)]
pub(super) struct Present(Arc<[Mutex<Part>]>);

#[derive(Debug, Default)]
struct Part {
    sources: HashMap<SourceId, Held>,
    /// Grows with every change of what is not remembered.
    changes: u64,
}

const PARTS: usize = 64;
/// Several counties' sources altogether, at a few kilobytes each. A part that is full begins anew.
const MOST_IN_A_PART: usize = 256;

impl Present {
    /// What is held of a source: remembered, or read now.
    pub(super) fn held<E>(&self, id: &SourceId, read: impl FnOnce() -> Result<Held, E>) -> Result<Held, E> {
        let changes = {
            let part = self.part(id);
            if let Some(held) = part.sources.get(id) {
                return Ok(held.clone());
            }
            part.changes
        };
        let held = read()?;
        self.part(id).remember_unless_changed_since(changes, id, &held);
        Ok(held)
    }

    /// The record that `bytes` stand for, if that is the one remembered.
    pub(super) fn decoded(&self, id: &SourceId, bytes: &IVec) -> Option<Arc<SourceRecord>> {
        let part = self.part(id);
        let held = part.sources.get(id).filter(|held| held.record_bytes.as_ref() == Some(bytes))?;
        Some(Arc::clone(&held.stored.record))
    }

    /// Takes note of a poll record that has been written.
    pub(super) fn polled(&self, id: &SourceId, poll: PollRecord) {
        let mut part = self.part(id);
        match part.sources.get_mut(id) {
            Some(held) => held.stored.poll = Some(poll),
            None => part.changes += 1,
        }
    }

    /// Forgets sources that have been written.
    pub(super) fn forget(&self, ids: &[SourceId]) {
        for id in ids {
            let mut part = self.part(id);
            part.sources.remove(id);
            part.changes += 1;
        }
    }

    fn part(&self, id: &SourceId) -> MutexGuard<'_, Part> {
        let part = xxh3_64(id.as_str().as_bytes()) as usize % PARTS;
        self.0[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Part {
    fn remember_unless_changed_since(&mut self, changes: u64, id: &SourceId, held: &Held) {
        if self.changes != changes {
            return;
        }
        if self.sources.len() >= MOST_IN_A_PART {
            self.sources.clear();
        }
        self.sources.insert(id.clone(), held.clone());
    }
}

impl Default for Present {
    fn default() -> Self {
        Self((0..PARTS).map(|_| Mutex::default()).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::store::records::Stored;

    /// The hash that `present` gives for a source whose record holds `hash` on disk.
    fn held(present: &Present, id: &str, hash: u64) -> Option<u64> {
        let record = Arc::new(SourceRecord { body_hash: Some(hash), ..SourceRecord::default() });
        let on_disk = Held { stored: Stored { poll: None, record }, record_bytes: None };
        present.held::<()>(&SourceId::new(id.to_owned()), || Ok(on_disk)).unwrap().stored.record.body_hash
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
    fn what_was_read_while_a_change_came_is_not_kept() {
        let present = Present::default();
        let id = SourceId::new("a/b");
        let old = Held { stored: Stored { poll: None, record: Arc::default() }, record_bytes: None };
        let poll =
            PollRecord { next_poll_at: DateTime::UNIX_EPOCH, polled_at: None, seen_at: None, failures: 0 };
        let changes: [fn(&Present, &SourceId, PollRecord); 2] =
            [|present, id, _| present.forget(std::slice::from_ref(id)), Present::polled];
        for change in changes {
            let read = || {
                change(&present, &id, poll);
                Ok::<_, ()>(old.clone())
            };
            present.held(&id, read).unwrap();
            assert_eq!(held(&present, "a/b", 7), Some(7));
            present.forget(std::slice::from_ref(&id));
        }
    }

    #[test]
    fn a_failed_read_is_not_remembered_and_the_number_of_sources_is_bounded() {
        let present = Present::default();
        assert_eq!(present.held(&SourceId::new("a/b"), || Err("disk")).map(|_| ()), Err("disk"));
        for number in 0..2 * PARTS * MOST_IN_A_PART {
            assert_eq!(held(&present, &format!("a/c{number}"), number as u64), Some(number as u64));
        }
        let remembered: usize = present.0.iter().map(|part| part.lock().unwrap().sources.len()).sum();
        assert!(remembered <= PARTS * MOST_IN_A_PART);
    }
}
