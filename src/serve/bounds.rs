//! How much may be under way at one time, whichever door it was asked at.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Streams of events at one time.
const MOST_STREAMS: usize = 16;
/// Reads at one time, each on a thread. One that nobody waits for any more goes on to its end; were there any number of
/// them, clients that ask and hang up would take the processors away from polling.
const MOST_READS: usize = 8;

/// The places of streams of events, and of reads that may take their time. Clones share them: both go on when new rules bring
/// another [`Door`](super::Door), and so do their claims to a place.
#[derive(Debug, Clone)]
pub struct Bounds {
    streams: Arc<Semaphore>,
    reads: Arc<Semaphore>,
}

/// A claim to a place, until it is dropped.
pub(super) type Place = OwnedSemaphorePermit;

impl Default for Bounds {
    fn default() -> Self {
        Self { streams: Arc::new(Semaphore::new(MOST_STREAMS)), reads: Arc::new(Semaphore::new(MOST_READS)) }
    }
}

impl Bounds {
    /// A place for a stream; `None` if all are taken.
    pub(super) fn of_a_stream(&self) -> Option<Place> {
        Arc::clone(&self.streams).try_acquire_owned().ok()
    }

    /// A place for a read, as soon as there is one; `None` if there will be none any more.
    pub(super) async fn of_a_read(&self) -> Option<Place> {
        Arc::clone(&self.reads).acquire_owned().await.ok()
    }
}
