//! All sources, ordered by next poll.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, Utc};

/// A source's place in the agenda: its index in the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

/// The order of polls. Twelve bytes a source and sixteen a heap entry; no task and no timer per source.
#[derive(Debug, Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<(DateTime<Utc>, Slot)>>,
    /// The next poll of each slot that is waiting; a heap entry that disagrees is stale and is dropped when met.
    waiting: Vec<Option<DateTime<Utc>>>,
}

impl Agenda {
    /// Puts a source on the agenda, or moves it.
    pub fn put(&mut self, slot: Slot, at: DateTime<Utc>) {
        let index = slot.0 as usize;
        if self.waiting.len() <= index {
            self.waiting.resize(index + 1, None);
        }
        if self.waiting[index] != Some(at) {
            self.waiting[index] = Some(at);
            self.heap.push(Reverse((at, slot)));
        }
    }

    /// Moves a waiting source forward; one that is being polled right now is left alone. Returns whether it was waiting.
    pub fn pull_forward(&mut self, slot: Slot, at: DateTime<Utc>) -> bool {
        match self.waiting.get(slot.0 as usize) {
            Some(Some(planned)) => {
                if at < *planned {
                    self.put(slot, at);
                }
                true
            }
            Some(None) | None => false,
        }
    }

    /// Takes the first source off the agenda, if its time has come.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Option<Slot> {
        self.drop_stale();
        let Reverse((at, slot)) = *self.heap.peek()?;
        if at > now {
            return None;
        }
        self.heap.pop();
        self.waiting[slot.0 as usize] = None;
        Some(slot)
    }

    /// When the first source comes due.
    pub fn next_at(&mut self) -> Option<DateTime<Utc>> {
        self.drop_stale();
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    fn drop_stale(&mut self) {
        while let Some(Reverse((at, slot))) = self.heap.peek() {
            if self.waiting[slot.0 as usize] == Some(*at) {
                return;
            }
            self.heap.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    #[test]
    fn a_source_is_taken_once_per_time_it_is_put() {
        let mut agenda = Agenda::default();
        agenda.put(Slot(0), at(10));
        agenda.put(Slot(0), at(5));
        assert_eq!(agenda.next_at(), Some(at(5)));
        assert_eq!(agenda.take_due(at(5)), Some(Slot(0)));
        assert_eq!(agenda.take_due(at(99)), None);
        assert_eq!(agenda.next_at(), None);
    }

    #[test]
    fn pulling_forward_never_puts_off_and_never_starts_a_second_poll() {
        let mut agenda = Agenda::default();
        agenda.put(Slot(1), at(10));
        assert!(agenda.pull_forward(Slot(1), at(20)));
        assert_eq!(agenda.next_at(), Some(at(10)));
        assert!(agenda.pull_forward(Slot(1), at(3)));
        assert_eq!(agenda.take_due(at(3)), Some(Slot(1)));
        assert!(!agenda.pull_forward(Slot(1), at(4)), "it is being polled");
        assert!(!agenda.pull_forward(Slot(7), at(4)), "there is no such source");
    }

    proptest! {
        #[test]
        fn sources_come_in_order_of_their_last_put(puts in prop::collection::vec((0u32..20, 0i64..100), 1..200)) {
            let mut agenda = Agenda::default();
            let mut expected = std::collections::BTreeMap::new();
            for (slot, second) in &puts {
                agenda.put(Slot(*slot), at(*second));
                expected.insert(Slot(*slot), at(*second));
            }
            let mut taken = Vec::new();
            while let Some(slot) = agenda.take_due(at(1000)) {
                taken.push((expected.remove(&slot).unwrap(), slot));
            }
            prop_assert!(expected.is_empty());
            prop_assert!(taken.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        }
    }
}
