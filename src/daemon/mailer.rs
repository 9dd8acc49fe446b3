//! The mailer: gathers each unit's changes into one digest a day, and empties the outbox.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::line::{Counters, Line};
use crate::alert::{Addressee, Digest, Matter, SourceFacts, State, plan_digest};
use crate::assess::Standing;
use crate::deliver::{Notice, NoticeId, Transport};
use crate::rules::{Source, Unit};
use crate::store::{PlannedDigest, SourceRecord, StoreError, WaitingMatter};

/// Plans digests and delivers notices.
pub struct Mailer {
    line: Arc<Line>,
    transport: Transport,
}

/// The outbox is looked at this often even if nothing is known to be due, in case a wish was lost.
const LOOK_AGAIN: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

impl Mailer {
    /// A mailer over this transport.
    pub fn new(line: Arc<Line>, transport: Transport) -> Self {
        Self { line, transport }
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
        let next_digest_at = self.plan_digests(now)?;
        let next_try_at = self.deliver_due(now).await?;
        Ok(next_try_at.map_or(next_digest_at, |at| at.min(next_digest_at)))
    }

    /// Plans the digest of every unit that has something to hear and has not had its mail of today.
    fn plan_digests(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
        let (calendar, hours) = (&self.line.calendar, &self.line.digests);
        let today = calendar.day_of(now);
        let opens_at = calendar.at(today, hours.from);
        let opens_tomorrow_at = calendar.at(today + Days::new(1), hours.from);
        if now < opens_at {
            return Ok(opens_at);
        }
        if now >= calendar.at(today, hours.until) {
            return Ok(opens_tomorrow_at);
        }
        let mut next = opens_tomorrow_at;
        for unit in self.line.store.units_with_matters()? {
            if self.line.store.knows_notice(&NoticeId::digest(&unit, today))? {
                continue;
            }
            // The matters of a unit that is missing from the rules wait for its return.
            let Some(unit) = self.line.rules.unit(&unit) else { continue };
            let matters = self.tellable_matters(unit, now)?;
            let Some(oldest) = matters.first() else { continue };
            let ready_at = oldest.matter.at + hours.gather;
            if ready_at <= now {
                self.plan_digest(unit, matters, today, now)?;
            } else {
                next = next.min(ready_at);
            }
        }
        Ok(next)
    }

    /// What a unit may be told now: not of sources that nobody can judge at present, since the unknown accuses nobody.
    fn tellable_matters(&self, unit: &Unit, now: DateTime<Utc>) -> Result<Vec<WaitingMatter>, StoreError> {
        let mut tellable = Vec::new();
        for waiting in self.line.store.matters(&unit.id)? {
            let is_in_doubt = match self.line.rules.source(&waiting.matter.source) {
                Some(source) => self.is_in_doubt(source, now)?,
                None => false,
            };
            if !is_in_doubt {
                tellable.push(waiting);
            }
        }
        Ok(tellable)
    }

    fn is_in_doubt(&self, source: &Source, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let stored = self.line.stored(source)?;
        let seen_at = stored.poll.and_then(|poll| poll.seen_at);
        let standing = self.line.terms(source).case(&stored.record, seen_at).standing(now);
        Ok(matches!(standing, Standing::Unknown(_)))
    }

    fn plan_digest(
        &self,
        unit: &Unit,
        told: Vec<WaitingMatter>,
        today: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let matters: Vec<Matter> = told.iter().map(|waiting| waiting.matter.clone()).collect();
        let rows = plan_digest(&matters, self.facts_of(unit, &matters, now)?);
        let notice = (!rows.is_empty()).then(|| {
            let digest = Digest {
                county: self.line.rules.county.name.clone(),
                unit: unit.id.clone(),
                unit_name: unit.name.clone(),
                date: today,
                to: addressees(unit),
                rows,
            };
            Notice::new(digest, now)
        });
        self.line.store.post_digest(&PlannedDigest { notice, told })
    }

    /// The facts of every source that has news, and of those whose alert stands and can be judged now.
    fn facts_of(
        &self,
        unit: &Unit,
        matters: &[Matter],
        now: DateTime<Utc>,
    ) -> Result<Vec<SourceFacts>, StoreError> {
        let mut facts = Vec::new();
        for source in self.line.rules.sources_of(&unit.id) {
            let stored = self.line.stored(source)?;
            let has_news = matters.iter().any(|matter| matter.source == source.id);
            let still_stands = stored.record.alert != State::Quiet && !self.is_in_doubt(source, now)?;
            if has_news || still_stands {
                facts.push(self.facts(source, &stored.record));
            }
        }
        Ok(facts)
    }

    fn facts(&self, source: &Source, record: &SourceRecord) -> SourceFacts {
        let newest = record.newest();
        SourceFacts {
            source: source.id.clone(),
            name: source.name.clone(),
            channel: source.kind.chinese().to_owned(),
            url: source.url.to_string(),
            limit: source.cadence.period.limit().unwrap_or_default(),
            last: newest.map(|sighting| sighting.date),
            last_title: newest.map(|sighting| sighting.title.clone()),
            due: self.line.terms(source).case(record, None).deadline().map(|deadline| deadline.due),
            state: record.alert,
        }
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
        self.line.changes.note([]);
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

fn addressees(unit: &Unit) -> Vec<Addressee> {
    let webmasters = unit.webmasters.iter();
    webmasters
        .map(|webmaster| Addressee { name: webmaster.name.clone(), email: webmaster.email.clone() })
        .collect()
}
