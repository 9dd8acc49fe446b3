//! The poller: starts what the dispatcher allows, and writes down what came of it in groups.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::bridges::{Heeded, is_its_bridges};
use super::judge::JudgeAgenda;
use super::line::{Counters, Line};
use super::poll::poll;
use super::settle::{Settled, Terms, after_poll};
use super::visit::{Ask, HostWish, Polled, Stepped, Visit, Went};
use crate::rules::{HostPace, SourceId};
use crate::schedule::{Dispatcher, HostKey, Next, Pacing, Slot};
use crate::store::StoreError;

/// A wish to poll a source in full as soon as politeness allows.
#[derive(Debug)]
pub struct Recheck(pub Slot);

/// Polls sources as they come due, a bounded number at a time.
pub struct Poller {
    line: Arc<Line>,
    judge: JudgeAgenda,
    dispatcher: Dispatcher,
    under_way: JoinSet<Result<(Slot, Stepped), StoreError>>,
    /// Visits that wait for their host before they go on.
    waiting: HashMap<Slot, Visit>,
    /// Sources to be asked for in full at their next poll.
    in_full: HashSet<Slot>,
    rechecks: mpsc::Receiver<Recheck>,
    /// When the first poll ended that is not written down yet.
    behind_since: Option<Instant>,
}

/// No plan reaches further than this.
const LONGEST_INTERVAL: TimeDelta = TimeDelta::days(8);
/// Polls written down in one transaction at most.
const LARGEST_GROUP: usize = 512;
/// Polls that learned nothing are written down together, no later than this.
const LONGEST_BEHIND: Duration = Duration::from_secs(1);

impl Poller {
    /// A poller with every source of the rules on its agenda: where the store knows its next poll, then; else now.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn new(
        line: Arc<Line>,
        judge: JudgeAgenda,
        rechecks: mpsc::Receiver<Recheck>,
    ) -> Result<Self, StoreError> {
        let bridges = line.rules.bridges.iter().map(|bridge| &bridge.pace);
        let paces: Vec<HostPace> = line.rules.county.hosts.iter().chain(bridges).cloned().collect();
        let pacing = Pacing::new(line.clock.clone(), &paces);
        let hosts = line.watched().iter().map(HostKey::of_source);
        let mut dispatcher = Dispatcher::new(pacing, hosts);
        let now = line.clock.now();
        for (source, slot) in line.watched().iter().zip(0..) {
            let stored = line.store.source(&source.id)?;
            // A plan made while the clock was ahead would never come, and one made under another rule is void.
            let planned = stored.poll.filter(|_| stored.record.rule == Some(source.fingerprint));
            let latest = now + LONGEST_INTERVAL;
            dispatcher.put(Slot(slot), planned.map_or(now, |poll| poll.next_poll_at.min(latest)));
        }
        let mut poller = Self {
            line,
            judge,
            dispatcher,
            under_way: JoinSet::new(),
            waiting: HashMap::new(),
            in_full: HashSet::new(),
            rechecks,
            behind_since: None,
        };
        poller.take_wishes();
        Ok(poller)
    }

    /// Polls until told to stop; then lets the polls under way end and writes them down.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), StoreError> {
        while !stop.is_cancelled() {
            let wait_until = self.start_ready();
            let clock = self.line.clock.clone();
            let waiting = async {
                match wait_until {
                    Some(at) => clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                Some(first) = self.under_way.join_next() => self.finish_group(first)?,
                Some(Recheck(slot)) = self.rechecks.recv() => self.recheck(slot),
                () = past(self.behind_since.map(|since| since + LONGEST_BEHIND)) => self.catch_up()?,
                () = waiting => {}
            }
        }
        while let Some(first) = self.under_way.join_next().await {
            self.finish_group(first)?;
        }
        self.catch_up()?;
        self.leave_wishes();
        Ok(())
    }

    /// Leaves the rechecks that were not come to for the line that may follow.
    fn leave_wishes(mut self) {
        while let Ok(Recheck(slot)) = self.rechecks.try_recv() {
            self.in_full.insert(slot);
        }
        let left = self.in_full.iter().map(|slot| self.line.source(*slot).id.clone());
        self.line.wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(left);
    }

    /// Takes on the rechecks that the line before did not come to.
    fn take_wishes(&mut self) {
        let left = std::mem::take(&mut *self.line.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        for id in left {
            if let Some(slot) = self.line.slot(self.line.rules.now_called(&id)) {
                self.recheck(slot);
            }
        }
    }

    /// Polls everything that may be polled at this instant of a stepped clock, to the end, and returns the next
    /// instant at which there is something to poll.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn turn(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        loop {
            while let Ok(Recheck(slot)) = self.rechecks.try_recv() {
                self.recheck(slot);
            }
            let wait_until = self.start_ready();
            match self.under_way.join_next().await {
                Some(first) => self.finish_group(first)?,
                None => {
                    self.catch_up()?;
                    return Ok(wait_until);
                }
            }
        }
    }

    /// Starts polls until the workers are busy or nothing may start; returns when to look again, if time decides.
    fn start_ready(&mut self) -> Option<DateTime<Utc>> {
        while self.under_way.len() < self.line.workers {
            match self.dispatcher.next(self.line.clock.now()) {
                Next::Poll(slot) => {
                    let line = Arc::clone(&self.line);
                    let visit = self.waiting.remove(&slot).unwrap_or_else(|| self.begin(slot));
                    self.under_way.spawn(async move { Ok((slot, poll(&line, visit).await?)) });
                }
                Next::NotBefore(at) => return Some(at),
                Next::Idle => return None,
            }
        }
        None
    }

    fn begin(&mut self, slot: Slot) -> Visit {
        Visit::begin(slot, if self.in_full.remove(&slot) { Ask::InFull } else { Ask::IfChanged })
    }

    fn recheck(&mut self, slot: Slot) {
        self.in_full.insert(slot);
        self.dispatcher.pull_forward(slot, self.line.clock.now());
    }

    /// Takes one request that has ended and all others that have ended meanwhile, and writes down the visits that are over.
    fn finish_group(&mut self, first: Ended) -> Result<(), StoreError> {
        let mut group = Vec::new();
        self.take_ended(first, &mut group)?;
        while group.len() < LARGEST_GROUP
            && let Some(next) = self.under_way.try_join_next()
        {
            self.take_ended(next, &mut group)?;
        }
        let (line, now) = (Arc::clone(&self.line), self.line.clock.now());
        let one_at_a_time = line.settling();
        for (polled, settled) in group.iter().zip(self.write_down(&group, now)?) {
            line.tell(polled.slot, &settled)?;
            // A recheck that came while the visit was under way is still wanted.
            let again_at = if self.in_full.contains(&polled.slot) { None } else { settled.next_poll_at };
            self.dispatcher.put(polled.slot, again_at.unwrap_or(now));
            self.judge.put(polled.slot, settled.judge_at);
            self.heed_canary(polled.slot, now)?;
        }
        drop(one_at_a_time);
        let behind_since = *self.behind_since.get_or_insert_with(Instant::now);
        if behind_since.elapsed() >= LONGEST_BEHIND { self.catch_up() } else { Ok(()) }
    }

    /// Writes down the polls that are not yet.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        self.behind_since = None;
        self.line.store.write_polls()
    }

    /// A canary may have shown that its bridge delivers, or that it does not: then the bridge's accounts stand otherwise.
    fn heed_canary(&mut self, slot: Slot, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Heeded { settled, is_well } = self.line.heed_canary(slot, now)?;
        for (account, settled) in settled {
            self.judge.put(account, settled.judge_at);
            if is_well {
                self.dispatcher.pull_forward(account, now);
            }
        }
        Ok(())
    }

    fn take_ended(&mut self, ended: Ended, group: &mut Vec<Polled>) -> Result<(), StoreError> {
        let (slot, Stepped { went, wish }) = unwind(ended)?;
        if let HostWish::Is(apart) = wish {
            self.dispatcher.heed(slot, apart);
        }
        self.dispatcher.ended(slot);
        match went {
            Went::On(visit) => {
                match visit.host() {
                    Some(host) => self.dispatcher.go_on_at(slot, host),
                    None => self.dispatcher.go_on(slot),
                }
                self.waiting.insert(slot, visit);
            }
            Went::Home(polled) => group.push(*polled),
        }
        Ok(())
    }

    /// Writes a group down and returns what follows, in the order of the group. Most polls learn nothing: they are only noted
    /// for now, while the others share a transaction.
    fn write_down(&self, group: &[Polled], now: DateTime<Utc>) -> Result<Vec<Settled>, StoreError> {
        let mut settled = Vec::with_capacity(group.len());
        let mut learned: Vec<usize> = Vec::new();
        for (polled, index) in group.iter().zip(0..) {
            let nothing_new = self.note_if_nothing_new(polled, now)?;
            if nothing_new.is_none() {
                learned.push(index);
            }
            settled.push(nothing_new);
        }
        let ids: Vec<SourceId> =
            learned.iter().map(|index| self.line.source(group[*index].slot).id.clone()).collect();
        let of_learned = self.line.store.update(&ids, now, |place, stored| {
            let polled = &group[learned[place]];
            after_poll(&stored, &polled.seen, &self.terms(polled), now)
        })?;
        for (index, outcome) in learned.into_iter().zip(of_learned) {
            settled[index] = Some(outcome);
        }
        Ok(settled.into_iter().flatten().collect())
    }

    /// Notes the poll record of a poll that learned nothing; `None` if it learned something. Only the poller makes poll
    /// records, so nobody can come in between.
    fn note_if_nothing_new(
        &self,
        polled: &Polled,
        now: DateTime<Utc>,
    ) -> Result<Option<Settled>, StoreError> {
        let id = &self.line.source(polled.slot).id;
        let stored = self.line.store.held_now(id, &polled.held)?;
        let (update, settled) = after_poll(&stored, &polled.seen, &self.terms(polled), now);
        match update.poll {
            Some(poll) if update.learns_nothing() => {
                self.line.store.record_poll(id, &poll);
                Ok(Some(settled))
            }
            _ => Ok(None),
        }
    }

    fn terms(&self, polled: &Polled) -> Terms<'_> {
        self.line.terms(self.line.source(polled.slot))
    }
}

impl Line {
    /// Says what has been settled to whoever shows it, and to the operator what there is to tell; logs and counts what
    /// changed about the source: changes of state at info, the rest not at all.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) fn tell(&self, slot: Slot, settled: &Settled) -> Result<(), StoreError> {
        let id = &self.source(slot).id;
        self.changes.note([slot]);
        Counters::add(&self.counters.alerts, settled.changes.len() as u64);
        // A canary is no source of a unit: the operator hears of its bridge instead.
        let is_canary = self.source(slot).canary_of.is_some();
        let is_its_bridges = is_its_bridges(self.source(slot), &settled.standing);
        let take = || {
            let mut picture = self.picture.lock().unwrap_or_else(PoisonError::into_inner);
            picture.take(slot, settled, is_its_bridges)
        };
        let is_news = !is_canary && take();
        if is_news || !settled.changes.is_empty() {
            self.news.notify_one();
        }
        for change in &settled.changes {
            info!(source.id = %id, "alert of `{id}`: {change}");
        }
        if let Some(cause) = &settled.failed_with {
            warn!(source.id = %id, "cannot tell how `{id}` stands: {cause}");
        }
        settled.signs.iter().try_for_each(|(key, sign)| self.observe(key, sign))
    }
}

/// Waits for an instant, for ever where there is none.
async fn past(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// A request of a visit, ended.
type Ended = Result<Result<(Slot, Stepped), StoreError>, JoinError>;

/// A poll that panicked is a bug that must be seen, not a poll that never ends.
fn unwind(ended: Ended) -> Result<(Slot, Stepped), StoreError> {
    match ended {
        Ok(stepped) => stepped,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => unreachable!("polls are never aborted: stopping waits for them"),
        },
    }
}
