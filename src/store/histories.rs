//! The items of sources, in memory as they are on disk.
//!
//! Whoever shows a source shows its items, and each that is read from sled may have to wait for a transaction. So what was
//! read is kept, and transactions tell here what they add. Items are never changed, and removed only where a source gets
//! another id: what was added while the others were read is simply put together with them. No lock is held over a read,
//! which may have to wait for a transaction.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sled::IVec;

use crate::rules::SourceId;

/// The items of those sources that somebody asked for, bounded in bytes.
#[derive(Debug, Clone)]
pub(super) struct Histories {
    kept: Arc<Mutex<Kept>>,
    most: usize,
}

/// An item's key, and the item.
pub(super) type Entry = (IVec, IVec);

#[derive(Debug, Default)]
struct Kept {
    histories: HashMap<SourceId, History>,
    /// Keys and items of all sources.
    bytes: usize,
    /// Histories begun so far.
    begun: u64,
}

#[derive(Debug, Default)]
struct History {
    /// Which it is of those that were begun.
    number: u64,
    items: BTreeMap<IVec, IVec>,
    /// Whether all items are here, rather than those alone that were added since somebody began to read the others.
    is_whole: bool,
}

/// A county's items of many years. When there are more, all are read anew.
const MOST_BYTES: usize = 128 << 20;

impl Histories {
    /// All items of a source: those kept, or those read now.
    pub(super) fn of<E>(
        &self,
        id: &SourceId,
        read: impl FnOnce() -> Result<Vec<Entry>, E>,
    ) -> Result<Vec<IVec>, E> {
        let number = {
            let mut kept = self.kept();
            let history = kept.history(id);
            if history.is_whole {
                return Ok(history.all());
            }
            history.number
        };
        let entries = read()?;
        let mut kept = self.kept();
        let Some(history) = kept.histories.get_mut(id).filter(|history| history.number == number) else {
            // Forgotten meanwhile: nobody knows what was added.
            return Ok(entries.into_iter().map(|(_, item)| item).collect());
        };
        let added = history.add(entries);
        history.is_whole = true;
        let all = history.all();
        kept.count(added, self.most);
        Ok(all)
    }

    /// How many items of a source are kept, if all are.
    pub(super) fn remember(&self, id: &SourceId) -> Option<usize> {
        self.kept().histories.get(id).filter(|history| history.is_whole).map(|history| history.items.len())
    }

    /// Takes note of items that a transaction has added.
    pub(super) fn added(&self, id: &SourceId, entries: Vec<Entry>) {
        let mut kept = self.kept();
        if let Some(history) = kept.histories.get_mut(id) {
            let added = history.add(entries);
            kept.count(added, self.most);
        }
    }

    /// Forgets sources of which nobody knows what was written.
    pub(super) fn forget(&self, ids: &[SourceId]) {
        let mut kept = self.kept();
        for id in ids {
            if let Some(history) = kept.histories.remove(id) {
                let bytes: usize = history.items.iter().map(bytes_of).sum();
                kept.bytes -= bytes;
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl History {
    /// Adds items and says how many bytes were not there.
    fn add(&mut self, entries: Vec<Entry>) -> usize {
        let mut added = 0;
        for (key, item) in entries {
            let bytes = bytes_of((&key, &item));
            if self.items.insert(key, item).is_none() {
                added += bytes;
            }
        }
        added
    }

    fn all(&self) -> Vec<IVec> {
        self.items.values().cloned().collect()
    }
}

impl Kept {
    fn history(&mut self, id: &SourceId) -> &mut History {
        self.begun += 1;
        let begun = History { number: self.begun, ..History::default() };
        self.histories.entry(id.clone()).or_insert(begun)
    }

    fn count(&mut self, added: usize, most: usize) {
        self.bytes += added;
        if self.bytes > most {
            *self = Self { begun: self.begun, ..Self::default() };
        }
    }
}

fn bytes_of((key, item): (&IVec, &IVec)) -> usize {
    key.len() + item.len()
}

impl Default for Histories {
    fn default() -> Self {
        Self { kept: Arc::default(), most: MOST_BYTES }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(local: &str) -> SourceId {
        SourceId::new(format!("a/{local}"))
    }

    fn entries(items: &[u8]) -> Vec<Entry> {
        items.iter().map(|item| (IVec::from(&[*item]), IVec::from(&[*item, 0]))).collect()
    }

    /// The items of a source of which these lie on disk.
    fn items(histories: &Histories, id: &SourceId, on_disk: &[u8]) -> Vec<u8> {
        let all = histories.of(id, || Ok::<_, ()>(entries(on_disk))).unwrap();
        all.iter().map(|item| item[0]).collect()
    }

    #[test]
    fn the_disk_is_read_once_and_what_is_added_afterwards_is_told() {
        let histories = Histories::default();
        histories.added(&id("x"), entries(&[9]));
        assert_eq!(items(&histories, &id("x"), &[1, 2]), [1, 2], "nobody had asked for it: the disk has all");
        histories.added(&id("x"), entries(&[2, 3]));
        histories.added(&id("y"), entries(&[4]));
        assert_eq!(items(&histories, &id("x"), &[]), [1, 2, 3]);
        assert_eq!([id("x"), id("y"), id("z")].map(|id| histories.remember(&id)), [Some(3), None, None]);
        histories.forget(&[id("x"), id("z")]);
        assert_eq!(items(&histories, &id("x"), &[1, 2, 3, 5]), [1, 2, 3, 5]);
        assert_eq!(histories.kept().bytes, 4 * 3);
    }

    #[test]
    fn what_is_added_while_the_rest_is_read_is_there_and_what_was_forgotten_meanwhile_is_read_again() {
        let histories = Histories::default();
        let read = || {
            histories.added(&id("x"), entries(&[3]));
            Ok::<_, ()>(entries(&[1]))
        };
        assert_eq!(histories.of(&id("x"), read).unwrap().len(), 2);
        let read = || {
            histories.forget(&[id("y")]);
            Ok::<_, ()>(entries(&[1]))
        };
        assert_eq!(histories.of(&id("y"), read).unwrap().len(), 1);
        let read = || {
            histories.forget(&[id("z")]);
            let others = || Ok::<_, ()>(entries(&[1, 2]));
            assert_eq!(histories.of(&id("z"), others).unwrap().len(), 2);
            Ok::<_, ()>(entries(&[1]))
        };
        assert_eq!(histories.of(&id("z"), read).unwrap().len(), 1);
        assert_eq!(items(&histories, &id("z"), &[]), [1, 2], "what others have begun since is theirs");
        assert_eq!(items(&histories, &id("y"), &[1, 2]), [1, 2]);
    }

    #[test]
    fn a_failed_read_leaves_all_to_be_read_and_too_many_items_are_let_go() {
        let histories = Histories { most: 5 * 3, ..Histories::default() };
        assert_eq!(histories.of(&id("x"), || Err("disk")), Err("disk"));
        assert_eq!(histories.remember(&id("x")), None);
        assert_eq!(items(&histories, &id("x"), &[1, 2, 3]), [1, 2, 3]);
        assert_eq!(items(&histories, &id("y"), &[1, 2, 3]), [1, 2, 3]);
        assert_eq!(histories.kept().bytes, 0);
        assert_eq!(items(&histories, &id("x"), &[1, 2, 3, 4]), [1, 2, 3, 4]);
    }
}
