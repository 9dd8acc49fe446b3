//! The monitor doubts itself: while many sources have turned bad at once, while none of the anchors answers, and until every
//! source has been judged since the start, no unit gets mail. What was in the outbox by then is [held](super::held) too.

use std::sync::PoisonError;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::line::Line;
use crate::alert::{OperatorKey, Sign, Turns, doubtful_turns};
use crate::fetch::{Failure, Outcome, Request};
use crate::store::{Release, StoreError};

/// How long an answer of the anchors counts.
const ASKED_EVERY: TimeDelta = TimeDelta::minutes(10);

impl Line {
    /// Whether units get no mail at present.
    pub(super) fn unit_mail_is_held(&self) -> Result<bool, StoreError> {
        let is_complete = self.picture.lock().unwrap_or_else(PoisonError::into_inner).is_complete();
        Ok(!is_complete || self.doubts_itself()?)
    }

    /// Whether the breaker has tripped, or our own network is down.
    pub(super) fn doubts_itself(&self) -> Result<bool, StoreError> {
        Ok(self.stands(&OperatorKey::Breaker)?.or(self.stands(&OperatorKey::OwnOutage)?).is_some())
    }

    /// Since when a matter has stood, if it stands.
    pub(super) fn stands(&self, key: &OperatorKey) -> Result<Option<DateTime<Utc>>, StoreError> {
        let matter = self.store.operator_matter(key)?;
        Ok(matter.filter(|matter| matter.ended_at.is_none()).map(|matter| matter.raised_at))
    }

    /// Trips the breaker, or lets it go.
    pub(super) fn check_breaker(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (known, turned_at) = self.picture.lock().unwrap_or_else(PoisonError::into_inner).turns();
        let turns = Turns {
            known,
            turned_at: &turned_at,
            tripped_at: self.stands(&OperatorKey::Breaker)?,
            released_at: self.store.last_release()?.map(|release| release.at),
        };
        let sign = match doubtful_turns(&turns, &self.breaker, now) {
            None => Sign::Over,
            Some(turned) => Sign::Stands(format!(
                "{known} 个监测对象中有 {turned} 个在 {} 小时内转为超期、空白或未知。\
                 请先核对网络、规则和网站；确认属实后执行 xuncha release 恢复发信，情况好转后自动恢复",
                self.breaker.within.num_hours()
            )),
        };
        self.observe(&OperatorKey::Breaker, &sign)
    }

    /// Accepts what has turned bad so far: units get their mail again. It is on disk once this returns.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn release(&self, by: &str, reason: &str) -> Result<Release, StoreError> {
        let release = Release { at: self.clock.now(), by: by.to_owned(), reason: reason.to_owned() };
        self.store.keep_release(&release)?;
        tracing::warn!("`{by}` released the mail to units: {reason}");
        self.news.notify_one();
        self.store.flush().await?;
        Ok(release)
    }

    /// Asks the anchors whether our own network is up, where something is to be told or they did not answer last time;
    /// returns when to ask again, if that is a matter of time.
    pub(super) async fn ask_anchors(
        &self,
        asked_at: &mut Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.anchors.is_empty() {
            return self.observe(&OperatorKey::OwnOutage, &Sign::Over).map(|()| None);
        }
        let is_out = self.stands(&OperatorKey::OwnOutage)?.is_some();
        let is_wanted =
            is_out || !self.store.units_with_matters()?.is_empty() || self.store.has_notices_to_units()?;
        let next_at = asked_at.map(|at| at + ASKED_EVERY).filter(|at| *at > now);
        if is_wanted && next_at.is_none() {
            *asked_at = Some(now);
            let sign = self.sign_of_anchors(now).await;
            let is_out = sign != Sign::Over;
            self.observe(&OperatorKey::OwnOutage, &sign)?;
            return Ok(is_out.then_some(now + ASKED_EVERY));
        }
        Ok(next_at.filter(|_| is_out))
    }

    async fn sign_of_anchors(&self, now: DateTime<Utc>) -> Sign {
        let mut silence = Vec::new();
        for anchor in &self.anchors {
            match self.fetcher.fetch(Request::in_full(anchor), now).await.outcome {
                Outcome::Failed(failure) if is_silence(&failure) => silence.push(said_of(anchor, &failure)),
                _ => return Sign::Over,
            }
        }
        Sign::Stands(format!("全部参照网站均无法访问：{}", silence.join("；")))
    }
}

/// Whether nobody answered at all. A server that answers anything shows that the network is up.
fn is_silence(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::CannotConnect(_) | Failure::TimedOut(_) | Failure::BrokeOff(_) | Failure::Tls(_)
    )
}

fn said_of(anchor: &Url, failure: &Failure) -> String {
    format!("{}（{failure}）", anchor.host_str().unwrap_or_default())
}
