//! Which sources have been polled or judged since somebody last asked.
//!
//! Poller and judge note the slots of a batch once it is written; whoever shows the county takes them when it has time. A
//! plain mutex: it is held to extend or take a list and never across an await, so that polling waits for no reader.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::schedule::Slot;

/// Slots that are not as they were.
#[derive(Debug, Default)]
pub struct Changes {
    slots: Mutex<BTreeSet<Slot>>,
    noted: Notify,
}

impl Changes {
    /// Notes the slots of a batch. An empty batch notes that something else has changed, such as the outbox.
    pub fn note(&self, slots: impl IntoIterator<Item = Slot>) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).extend(slots);
        self.noted.notify_one();
    }

    /// Takes what has been noted so far.
    pub fn take(&self) -> BTreeSet<Slot> {
        std::mem::take(&mut self.slots.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something is noted.
    pub async fn noted(&self) {
        self.noted.notified().await;
    }
}
