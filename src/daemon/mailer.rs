//! The mailer: gathers each unit's changes into one digest a day, and empties the outbox.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::line::{Counters, Line};
use crate::deliver::{Notice, Transport};
use crate::store::StoreError;

/// Plans digests and delivers notices.
pub struct Mailer {
    line: Arc<Line>,
    transport: Transport,
    anchors_asked_at: Option<DateTime<Utc>>,
}

/// The outbox is looked at this often even if nothing is known to be due, in case a wish was lost.
const LOOK_AGAIN: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

impl Mailer {
    /// A mailer over this transport.
    pub fn new(line: Arc<Line>, transport: Transport) -> Self {
        Self { line, transport, anchors_asked_at: None }
    }

    /// Plans and delivers until told to stop; then delivers once more what is due.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), StoreError> {
        let clock = self.line.clock.clone();
        loop {
            let next = self.turn().await?;
            let latest = clock.now() + LOOK_AGAIN;
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.line.news.notified() => {}
                () = clock.sleep_until(next.min(latest)) => {}
            }
        }
        self.turn().await?;
        Ok(())
    }

    /// Plans the digests whose time has come, delivers what is due, and returns the next instant.
    ///
    /// # Errors
    /// If the store fails. A mail that cannot be delivered is kept and tried again.
    pub async fn turn(&mut self) -> Result<DateTime<Utc>, StoreError> {
        let now = self.line.clock.now();
        let next_anchors_at = self.line.ask_anchors(&mut self.anchors_asked_at, now).await?;
        let next_oversight_at = self.line.oversee(now)?;
        let next_digest_at = self.line.plan_digests(now)?;
        let next_try_at = self.deliver_due(now).await?;
        Ok([next_anchors_at, next_oversight_at, next_try_at]
            .into_iter()
            .flatten()
            .fold(next_digest_at, DateTime::min))
    }

    async fn deliver_due(&mut self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let store = self.line.store.clone();
        let outbox = store.outbox()?;
        let (due, later): (Vec<_>, Vec<_>) = outbox.into_iter().partition(|notice| notice.next_try_at <= now);
        let mut next = later.iter().map(|notice| notice.next_try_at).min();
        if due.is_empty() {
            return Ok(next);
        }
        // What was mailed must be remembered, so it is on disk before it is mailed.
        store.flush().await?;
        for notice in due {
            let try_again_at = self.deliver(notice, now).await?;
            next = [next, try_again_at].into_iter().flatten().min();
        }
        self.transport.close().await;
        Ok(next)
    }

    async fn deliver(
        &mut self,
        notice: Notice,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let id = notice.id.clone();
        match self.transport.send(&notice, now).await {
            Ok(delivered) => {
                self.line.store.mark_delivered(&id, now)?;
                // On disk before the next mail is begun: a crash repeats at most the one mail that was under way.
                self.line.store.flush().await?;
                Counters::add(&self.line.counters.mails, 1);
                info!(notice.id = id.as_str(), "delivered `{}`", id.as_str());
                for refusal in delivered.refused {
                    error!(notice.id = id.as_str(), "`{}` did not reach everybody: {refusal}", id.as_str());
                }
                Ok(None)
            }
            Err(error) => {
                let kept = notice.after_failure(&error, now);
                warn!(
                    notice.id = id.as_str(),
                    attempt = kept.attempts,
                    "cannot deliver `{}`: {error}",
                    id.as_str()
                );
                self.line.store.put_back(&kept)?;
                Ok(Some(kept.next_try_at))
            }
        }
    }
}
