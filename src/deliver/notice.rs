//! A message in the outbox, and its identity.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::backoff::next_try_at;
use super::error::DeliverError;
use crate::alert::{Addressee, Digest, News, OperatorDigest};
use crate::rules::{SourceId, UnitId};

/// Identity of a notice, such as `digest.zhujianju.20221127`: what it is, for whom, of which day.
///
/// Planning the same day twice makes the same id, so the outbox cannot hold a unit's mail of one day twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(String);

impl NoticeId {
    /// The id of a unit's digest of one day.
    pub fn digest(unit: &UnitId, date: NaiveDate) -> Self {
        Self(format!("digest.{unit}.{}", date.format("%Y%m%d")))
    }

    /// The id of what a unit is told at once at that instant, having had its mail of that day.
    pub fn at_once(unit: &UnitId, at: DateTime<Utc>) -> Self {
        Self(format!("at-once.{unit}.{}", at.format("%Y%m%dT%H%M%S%3f")))
    }

    /// The id of a mail to the operator, written at that instant.
    pub fn operator(at: DateTime<Utc>) -> Self {
        Self(format!("operator.{}", at.format("%Y%m%dT%H%M%S%3f")))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The Message-ID of a notice, brackets included. Every attempt bears the same one.
pub fn message_id(id: &NoticeId, domain: &str) -> String {
    format!("<{id}@{domain}>")
}

/// What a notice says, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// To a unit: what is new about its sources.
    Digest(Digest),
    /// To the operator: what is new about the monitor itself.
    Operator(OperatorDigest),
}

impl Says {
    /// Who gets it.
    pub fn to(&self) -> &[Addressee] {
        match self {
            Self::Digest(digest) => &digest.to,
            Self::Operator(digest) => &digest.to,
        }
    }

    /// The sources of which it tells something new.
    pub fn new_of(&self) -> Vec<&SourceId> {
        match self {
            Self::Digest(digest) => {
                let rows = digest.rows.iter().filter(|row| !matches!(row.news, News::StillOpen { .. }));
                rows.map(|row| &row.facts.source).collect()
            }
            Self::Operator(_) => Vec::new(),
        }
    }

    /// Who gets a copy.
    pub fn copy(&self) -> &[Addressee] {
        match self {
            Self::Digest(digest) => &digest.copy,
            Self::Operator(_) => &[],
        }
    }
}

/// One message waiting in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its identity.
    pub id: NoticeId,
    /// What it says, and to whom.
    #[serde(flatten)]
    pub says: Says,
    /// When it was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// How often delivery has failed.
    pub attempts: u32,
    /// Not to be tried before this instant.
    pub next_try_at: DateTime<Utc>,
    /// Why the latest attempt failed; `None` before the first failure.
    pub last_error: Option<String>,
}

impl Notice {
    /// A digest that may be sent at once.
    pub fn new(digest: Digest, now: DateTime<Utc>) -> Self {
        Self::at_once(NoticeId::digest(&digest.unit, digest.date), Says::Digest(digest), now)
    }

    /// A mail to the operator that may be sent at once.
    pub fn to_operator(digest: OperatorDigest, now: DateTime<Utc>) -> Self {
        Self::at_once(NoticeId::operator(digest.at), Says::Operator(digest), now)
    }

    fn at_once(id: NoticeId, says: Says, now: DateTime<Utc>) -> Self {
        Self { id, says, created_at: now, attempts: 0, next_try_at: now, last_error: None }
    }

    /// The notice as it waits for its next attempt.
    #[must_use]
    pub fn after_failure(self, error: &DeliverError, now: DateTime<Utc>) -> Self {
        let attempts = self.attempts.saturating_add(1);
        Self {
            attempts,
            next_try_at: next_try_at(attempts, now, error.is_permanent(), &self.id),
            last_error: Some(error.to_string()),
            ..self
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use chrono::{DateTime, NaiveDate, TimeZone, Utc};

    use crate::alert::{Addressee, Digest, DigestRow, Level, News, SourceFacts, State};
    use crate::rules::{SourceId, UnitId};

    pub(crate) fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2022, month, day).unwrap()
    }

    pub(crate) fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2022, 11, 27, 0, 30, 0).unwrap()
    }

    pub(crate) fn row(news: News) -> DigestRow {
        DigestRow {
            news,
            lasts: None,
            facts: SourceFacts {
                source: SourceId::new("zhujianju/benji-jiedu-fuzeren"),
                name: "本级政策解读—负责人解读".into(),
                channel: "栏目".into(),
                url: "http://www.langxi.example/OpennessContent/showList/1389/page_1.html".into(),
                limit: "半年".into(),
                last: Some(day(5, 26)),
                last_title: Some("县住建局负责人解读《郎溪县物业管理办法》".into()),
                due: Some(day(11, 26)),
                state: State::Quiet,
                remarks: Vec::new(),
                told_this_week: 0,
            },
        }
    }

    pub(crate) fn raised(level: Level) -> DigestRow {
        row(News::Raised { level })
    }

    pub(crate) fn digest(rows: Vec<DigestRow>) -> Digest {
        Digest {
            county: "郎溪县".into(),
            unit: UnitId::new("zhujianju"),
            unit_name: "县住建局".into(),
            date: day(11, 27),
            to: vec![
                Addressee { name: "张三".into(), email: "zhangsan@langxi.example".into() },
                Addressee { name: "李四".into(), email: "lisi@langxi.example".into() },
            ],
            copy: Vec::new(),
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(notice: Notice, code: u16) -> Notice {
        let error = DeliverError::Refused {
            server: "mail.example:25".into(),
            step: crate::deliver::Step::Message,
            code,
            reply: "no".into(),
        };
        notice.after_failure(&error, samples::now())
    }

    #[test]
    fn a_unit_and_a_day_always_make_the_same_message_id() {
        let id = NoticeId::digest(&UnitId::new("zhujianju"), samples::day(11, 27));
        assert_eq!(id.as_str(), "digest.zhujianju.20221127");
        assert_eq!(message_id(&id, "langxi.example"), "<digest.zhujianju.20221127@langxi.example>");
    }

    #[test]
    fn a_notice_survives_the_store() {
        let notice = failed(Notice::new(samples::digest(Vec::new()), samples::now()), 451);
        let stored = serde_json::to_string(&notice).unwrap();
        assert_eq!(serde_json::from_str::<Notice>(&stored).unwrap(), notice);
    }

    #[test]
    fn a_notice_that_was_stored_before_there_were_kinds_is_still_read() {
        let stored = serde_json::json!({
            "id": "digest.zhujianju.20221127",
            "digest": {"county": "郎溪县", "unit": "zhujianju", "unit_name": "县住建局", "date": "2022-11-27", "to": [], "rows": []},
            "created_at": samples::now(), "attempts": 0, "next_try_at": samples::now(), "last_error": null,
        });
        let Says::Digest(digest) = serde_json::from_value::<Notice>(stored).unwrap().says else { panic!() };
        assert_eq!((digest.unit.as_str(), digest.copy.len()), ("zhujianju", 0));
    }

    #[test]
    fn a_failure_is_counted_and_remembered_and_moves_only_the_next_try() {
        let fresh = Notice::new(samples::digest(Vec::new()), samples::now());
        let once = failed(fresh.clone(), 451);
        assert_eq!((once.attempts, &once.id, once.created_at), (1, &fresh.id, fresh.created_at));
        assert!(once.next_try_at > samples::now());
        assert!(failed(fresh, 550).next_try_at > once.next_try_at);
        let said = once.last_error.unwrap();
        assert_eq!(said, "cannot hand over the message to mail server mail.example:25: it answered 451 no");
    }
}
