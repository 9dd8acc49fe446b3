//! The judge: settles sources because an instant has passed, with no poll at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::line::Line;
use super::settle::{Settled, by_time};
use crate::rules::SourceId;
use crate::schedule::{Agenda, Slot};
use crate::store::{StoreError, Stored};

/// When to judge which source next. Shared by the poller, which learns it, and the judge. A plain mutex: it is held
/// for a heap operation and never across an await.
#[derive(Clone, Default)]
pub struct JudgeAgenda(Arc<(Mutex<Agenda>, Notify)>);

impl JudgeAgenda {
    /// Plans a source; `None` where only a poll can change anything.
    pub fn put(&self, slot: Slot, at: Option<DateTime<Utc>>) {
        if let Some(at) = at {
            self.agenda().put(slot, at);
            self.0.1.notify_one();
        }
    }

    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_due(&self, now: DateTime<Utc>, most: usize) -> Vec<Slot> {
        let mut agenda = self.agenda();
        std::iter::from_fn(|| agenda.take_due(now)).take(most).collect()
    }

    fn next_at(&self) -> Option<DateTime<Utc>> {
        self.agenda().next_at()
    }

    async fn changed(&self) {
        self.0.1.notified().await;
    }
}

/// Settles sources as their instants pass.
pub struct Judge {
    line: Arc<Line>,
    agenda: JudgeAgenda,
}

/// Sources settled in one transaction at most.
const LARGEST_GROUP: usize = 512;

impl Judge {
    /// A judge that will look at every source once at start: deadlines may have passed while the daemon was off.
    pub fn new(line: Arc<Line>, agenda: JudgeAgenda) -> Self {
        let now = line.clock.now();
        for slot in (0..).take(line.watched().len()) {
            agenda.put(Slot(slot), Some(now));
        }
        Self { line, agenda }
    }

    /// Judges until told to stop.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), StoreError> {
        let clock = self.line.clock.clone();
        loop {
            let next = self.turn()?;
            let waiting = async {
                match next {
                    Some(at) => clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.agenda.changed() => {}
                () = waiting => {}
            }
        }
    }

    /// Settles everything whose instant has passed and returns the next instant.
    ///
    /// # Errors
    /// If the store fails.
    pub fn turn(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.line.clock.now();
        loop {
            let slots = self.agenda.take_due(now, LARGEST_GROUP);
            if slots.is_empty() {
                return Ok(self.agenda.next_at());
            }
            self.settle(&slots, now)?;
        }
    }

    fn settle(&self, slots: &[Slot], now: DateTime<Utc>) -> Result<(), StoreError> {
        let line = &self.line;
        let _one_at_a_time = line.settling();
        let settled = self.settle_by_time(slots, now)?;
        for (slot, settled) in slots.iter().zip(&settled) {
            line.tell(*slot, settled)?;
            self.agenda.put(*slot, settled.judge_at);
            for (account, settled) in line.heed_canary(*slot, now)?.settled {
                self.agenda.put(account, settled.judge_at);
            }
        }
        Ok(())
    }

    /// Settles sources and returns what follows, in the order of `slots`. Of most the passing of time changes nothing, so
    /// they are looked at first and only the others take part in a transaction.
    fn settle_by_time(&self, slots: &[Slot], now: DateTime<Utc>) -> Result<Vec<Settled>, StoreError> {
        let line = &self.line;
        let by_time = |slot: Slot, stored: &Stored| by_time(stored, &line.terms(line.source(slot)), now);
        let mut settled = Vec::with_capacity(slots.len());
        let mut moved: Vec<usize> = Vec::new();
        for (slot, index) in slots.iter().zip(0..) {
            let (update, unmoved) = by_time(*slot, &line.store.source(&line.source(*slot).id)?);
            if !update.learns_nothing() {
                moved.push(index);
            }
            settled.push(unmoved);
        }
        let ids: Vec<SourceId> = moved.iter().map(|index| line.source(slots[*index]).id.clone()).collect();
        let of_moved = line.store.update(&ids, now, |place, stored| by_time(slots[moved[place]], &stored))?;
        for (index, moved) in moved.into_iter().zip(of_moved) {
            settled[index] = moved;
        }
        Ok(settled)
    }
}
