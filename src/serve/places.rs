//! A bounded number of connections, of which the idlest gives way.
//!
//! Whoever connects and says nothing takes a place from nobody: when all places are taken, the connection that has been
//! idle the longest is closed for the new one. Only if all of them are being answered is the new one turned away.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The places of all connections together. A plain mutex: it is never held across an await.
#[derive(Clone)]
pub(super) struct Places(Arc<Mutex<Taken>>);

struct Taken {
    most: usize,
    by_number: BTreeMap<u64, Connected>,
    next: u64,
}

struct Connected {
    /// Closes the connection.
    leave: CancellationToken,
    /// In the order in which connections fell idle; `None` while one is being answered.
    idle_since: Option<u64>,
}

/// One connection's place, until it is dropped.
pub(super) struct Place {
    number: u64,
    places: Places,
    leave: CancellationToken,
}

/// A connection that is being answered, until this is dropped.
pub(super) struct Answering {
    number: u64,
    places: Places,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Taken { most, by_number: BTreeMap::new(), next: 0 })))
    }

    /// A place, if need be that of the idlest; `None` if nobody is idle.
    pub(super) fn take(&self) -> Option<Place> {
        let mut taken = self.taken();
        if taken.by_number.len() >= taken.most {
            let idlest = taken
                .by_number
                .iter()
                .filter_map(|(number, connected)| Some((connected.idle_since?, *number)))
                .min();
            let (_, number) = idlest?;
            taken.by_number.remove(&number)?.leave.cancel();
        }
        let number = taken.number();
        let leave = CancellationToken::new();
        taken.by_number.insert(number, Connected { leave: leave.clone(), idle_since: Some(number) });
        Some(Place { number, places: self.clone(), leave })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl Place {
    /// Waits until the place is wanted for somebody else.
    pub(super) async fn given_away(&self) {
        self.leave.cancelled().await;
    }

    /// Says that the connection is being answered.
    pub(super) fn answering(&self) -> Answering {
        let mut taken = self.places.taken();
        if let Some(connected) = taken.by_number.get_mut(&self.number) {
            connected.idle_since = None;
        }
        Answering { number: self.number, places: self.places.clone() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().by_number.remove(&self.number);
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        let now = taken.number();
        if let Some(connected) = taken.by_number.get_mut(&self.number) {
            connected.idle_since = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_that_has_been_idle_longest_gives_way() {
        let places = Places::new(2);
        let (first, second) = (places.take().unwrap(), places.take().unwrap());
        drop(first.answering());
        let third = places.take().unwrap();
        assert!(second.leave.is_cancelled(), "the first has spoken since the second did");
        assert!(!first.leave.is_cancelled() && !third.leave.is_cancelled());
    }

    #[test]
    fn nobody_who_is_being_answered_gives_way() {
        let places = Places::new(1);
        let only = places.take().unwrap();
        let answering = only.answering();
        assert!(places.take().is_none());
        drop(answering);
        assert!(places.take().is_some());
        assert!(only.leave.is_cancelled());
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let places = Places::new(1);
        let only = places.take().unwrap();
        let answering = only.answering();
        drop(only);
        assert!(places.take().is_some());
        drop(answering);
    }
}
