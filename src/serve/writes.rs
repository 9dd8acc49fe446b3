//! Writes that are done to their end, whoever still waits for the answer.
//!
//! A connection that breaks takes with it what is being answered on it. A read may end so; a write that ended halfway would
//! be in force for one half of the daemon and not for the other, and on no record. So each write has a task of its own,
//! which the connection waits for.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// The writes that one connection has asked for. A plain mutex: it is held to start one and never across an await.
#[derive(Default)]
pub(super) struct Writes(Mutex<JoinSet<()>>);

impl Writes {
    /// Begins a write, and tells what came of it; nothing comes where it panicked.
    pub(super) fn begin<T: Send + 'static>(
        &self,
        write: impl Future<Output = T> + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (tell, told) = oneshot::channel();
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while writes.try_join_next().is_some() {}
        writes.spawn(async move {
            let _whoever_asked_may_be_gone = tell.send(write.await);
        });
        told
    }

    /// Waits until all of them have ended.
    pub(super) async fn ended(self) {
        let mut writes = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        while writes.join_next().await.is_some() {}
    }
}
