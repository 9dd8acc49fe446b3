//! Which sources have been settled since somebody last asked, and how often anything else has changed that is shown.
//!
//! Whoever settles a source notes its slot once that is written; whoever shows the county takes the slots when it has time.
//! A plain mutex: it is held to extend or take a list and never across an await, so that polling waits for no reader.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::schedule::Slot;

/// Slots that are not as they were.
#[derive(Debug, Default)]
pub struct Changes {
    slots: Mutex<BTreeSet<Slot>>,
    others: AtomicU64,
    noted: Notify,
}

impl Changes {
    /// Notes sources that are not as they were.
    pub fn note(&self, slots: impl IntoIterator<Item = Slot>) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).extend(slots);
        self.noted.notify_one();
    }

    /// Notes that something has changed that is not about how a source stands: a notice, a matter of the operator's, a
    /// record of what somebody did.
    pub fn note_other(&self) {
        self.others.fetch_add(1, Ordering::Release);
        self.noted.notify_one();
    }

    /// How often something else has changed so far.
    pub fn others(&self) -> u64 {
        self.others.load(Ordering::Acquire)
    }

    /// Takes the slots that have been noted so far.
    pub fn take(&self) -> BTreeSet<Slot> {
        std::mem::take(&mut self.slots.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something is noted.
    pub async fn noted(&self) {
        self.noted.notified().await;
    }
}
