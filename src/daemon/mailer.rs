//! The mailer: gathers each unit's changes into one digest a day, and empties the outbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::bounces::BounceReader;
use super::disk::DiskWatch;
use super::line::{Counters, Line};
use crate::alert::{OperatorKey, Sign};
use crate::config::Bounces;
use crate::deliver::{
    Attempt, Fate, Notice, NoticeId, Post, Posted, Recipient, given_up as given_up_in, trouble,
};
use crate::store::StoreError;

/// Plans digests and delivers notices.
pub struct Mailer {
    line: Arc<Line>,
    post: Post,
    bounces: Option<BounceReader>,
    disks: Option<DiskWatch>,
    anchors_asked_at: Option<DateTime<Utc>>,
}

/// The outbox is looked at this often even if nothing is known to be due, in case a wish was lost.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// For so long the last turn begins with further notices: well within the time that stopping may take.
const LAST_TURN: TimeDelta = TimeDelta::seconds(5);

/// How long a turn begins with further notices. One that is under way is always brought to its end: given up midway it would be
/// sent twice.
#[derive(Clone, Copy)]
enum Begins<'s> {
    /// Until this is cancelled.
    Until(&'s CancellationToken),
    /// Before this instant.
    Before(DateTime<Utc>),
}

impl Mailer {
    /// A mailer that takes notices out by this post, and reads there what came back.
    pub fn new(line: Arc<Line>, post: Post, bounces: Option<Bounces>) -> Self {
        Self { line, post, bounces: bounces.map(BounceReader::new), disks: None, anchors_asked_at: None }
    }

    /// The same, with an eye on the disks.
    #[must_use]
    pub fn watching(self, disks: DiskWatch) -> Self {
        Self { disks: Some(disks), ..self }
    }

    /// Plans and delivers until told to stop. Where that is `for_good`, it delivers once more what is due; where another
    /// mailer follows, that one does.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn run(
        mut self,
        stop: CancellationToken,
        for_good: CancellationToken,
    ) -> Result<(), StoreError> {
        let clock = self.line.clock.clone();
        loop {
            let next = self.turn_while(Begins::Until(&stop)).await?;
            let latest = clock.now() + LOOK_AGAIN;
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = self.line.news.notified() => {}
                () = clock.sleep_until(next.min(latest)) => {}
            }
        }
        if for_good.is_cancelled() {
            self.turn_while(Begins::Before(clock.now() + LAST_TURN)).await?;
        }
        Ok(())
    }

    /// Plans the digests whose time has come, delivers what is due, and returns the next instant.
    ///
    /// # Errors
    /// If the store fails. A mail that cannot be delivered is kept and tried again.
    pub async fn turn(&mut self) -> Result<DateTime<Utc>, StoreError> {
        self.turn_while(Begins::Until(&CancellationToken::new())).await
    }

    async fn turn_while(&mut self, begins: Begins<'_>) -> Result<DateTime<Utc>, StoreError> {
        let now = self.line.clock.now();
        if let Some(disks) = &mut self.disks {
            disks.look(&self.line, now)?;
        }
        let next_anchors_at = self.line.ask_anchors(&mut self.anchors_asked_at, now).await?;
        let next_oversight_at = self.line.oversee(now)?;
        self.line.see_to_held(now)?;
        let next_digest_at = self.line.plan_digests(now)?;
        let next_try_at = self.deliver_due(begins, now).await?;
        self.observe_outbox(now)?;
        let next_look_at = match &mut self.bounces {
            Some(reader) => Some(reader.look(&self.line, now).await?),
            None => {
                self.line.observe(&OperatorKey::Mailbox, &Sign::Over)?;
                None
            }
        };
        // Though nobody reads them any more, those that are known are forgotten in their time.
        self.line.observe_bounces(now)?;
        Ok([next_anchors_at, next_oversight_at, next_try_at, next_look_at]
            .into_iter()
            .flatten()
            .fold(next_digest_at, DateTime::min))
    }

    async fn deliver_due(
        &mut self,
        begins: Begins<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let store = self.line.store.clone();
        let is_due = |notice: &Notice| notice.next_try_at().is_some_and(|at| at <= now);
        let may_go = store.outbox()?.into_iter().filter(|notice| notice.held_since.is_none());
        let (due, later): (Vec<_>, Vec<_>) = may_go.partition(is_due);
        let mut next = later.iter().filter_map(Notice::next_try_at).min();
        if due.is_empty() {
            return Ok(next);
        }
        // What was mailed must be remembered, so it is on disk before it is mailed.
        store.flush().await?;
        for notice in due {
            let goes_on = match begins {
                Begins::Until(stop) => !stop.is_cancelled(),
                Begins::Before(end) => self.line.clock.now() < end,
            };
            if !goes_on {
                break;
            }
            let try_again_at = self.deliver(&notice, now).await?;
            next = [next, try_again_at].into_iter().flatten().min();
        }
        self.post.end_turn().await;
        Ok(next)
    }

    /// Takes a notice all ways that it has to go now; returns when to go on with it.
    async fn deliver(
        &mut self,
        notice: &Notice,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut next: Option<DateTime<Utc>> = None;
        for way in Post::ways(notice, now) {
            let try_again_at = match self.post.send(notice, &way, now).await {
                Posted::NotBefore(at) => Some(at),
                Posted::Tried(attempts) => self.write_down(&notice.id, &attempts, now).await?,
            };
            next = [next, try_again_at].into_iter().flatten().min();
        }
        Ok(next)
    }

    async fn write_down(
        &self,
        id: &NoticeId,
        attempts: &[Attempt],
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let give_up_after = self.line.give_up_after;
        let revise = |notice: Notice| notice.after(attempts, now, give_up_after);
        let revised = self.line.store.revise_notice(id, revise)?;
        self.line.changes.note_other();
        if attempts.iter().any(|attempt| attempt.result.is_ok()) {
            // On disk before the next mail is begun: a crash repeats at most the one mail that was under way.
            self.line.store.flush().await?;
            Counters::add(&self.line.counters.mails, 1);
            info!(notice.id = id.as_str(), "delivered `{id}`");
        }
        for attempt in attempts {
            if let Err(error) = &attempt.result {
                warn!(notice.id = id.as_str(), "cannot deliver `{id}`: {error}");
            }
        }
        let Some(notice) = revised else { return Ok(None) };
        if notice.fate() == Fate::Dead {
            error!(notice.id = id.as_str(), "`{id}` is given up, see `xuncha mail dead`");
        }
        let waiting = notice.recipients.iter().filter_map(Recipient::next_try_at);
        Ok(waiting.filter(|at| *at > now).min())
    }

    /// Tells the operator what keeps notices from arriving, and when that is over. Each notice that was given up is a matter
    /// of its own, so that none is passed over because another one is known.
    fn observe_outbox(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (outbox, dead) = (self.line.store.outbox()?, self.line.store.dead_notices()?);
        let sign = trouble(&outbox, now).map_or(Sign::Over, Sign::Stands);
        self.line.observe(&OperatorKey::Outbox, &sign)?;
        let mut given_up: BTreeMap<OperatorKey, String> = BTreeMap::new();
        for (id, says) in given_up_in(&outbox, &dead) {
            let notice = if id.unit().is_some() { id.as_str() } else { "operator" }.to_owned();
            given_up.insert(OperatorKey::Dead { notice }, says);
        }
        for matter in self.line.store.operator_matters()? {
            if matches!(matter.key, OperatorKey::Dead { .. }) && !given_up.contains_key(&matter.key) {
                self.line.observe(&matter.key, &Sign::Over)?;
            }
        }
        given_up.into_iter().try_for_each(|(key, says)| self.line.observe(&key, &Sign::Stands(says)))
    }
}
