//! What the operator is told, apart from the units: what keeps the monitor from seeing, judging or telling.
//!
//! An [`OperatorMatter`] is known by its [`OperatorKey`]. [`observe`] takes what is held of a matter and a [`Sign`] of it;
//! [`tell`] says what of it is to be told now: once when it arises, rarely while it lasts, once when it is over. A matter
//! that came and went before anybody heard of it is not mentioned; one that comes back before its end was told goes on.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::rules::{SourceId, UnitId};

/// What a matter is, and of whom. Two signs with equal keys are signs of one matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "about")]
pub enum OperatorKey {
    /// Sources of a host have been unknown for long. One matter for all of them: a dead site is one trouble.
    Unknown {
        /// The host.
        host: String,
    },
    /// Pages of a host are not as they were.
    Redesigned {
        /// The host.
        host: String,
    },
    /// A host turns us away.
    Blocked {
        /// The host.
        host: String,
    },
    /// A bridge that turns accounts into feeds is broken or frozen.
    SickBridge {
        /// The bridge's id.
        bridge: String,
    },
    /// One of the ways to read an account has been refused for long.
    WayRefused {
        /// The account.
        source: SourceId,
        /// The way.
        way: String,
    },
    /// The ways to read an account have shown different newest posts for long.
    WaysDisagree {
        /// The account.
        source: SourceId,
    },
    /// A mail address does not take our mail.
    Bounced {
        /// The unit to whose people it was: its webmasters, and those above it.
        unit: UnitId,
        /// The address.
        address: String,
    },
    /// Nobody can read what comes back.
    Mailbox,
    /// An address to which the operator's own mail goes does not take it.
    OperatorBounced {
        /// The address.
        address: String,
    },
    /// Mail does not leave.
    Outbox,
    /// A notice was given up for somebody.
    Dead {
        /// The notice's id; `operator` for all that were to the operator, since a mail about each would be given up as well.
        notice: String,
    },
    /// The disk is full, or nearly so.
    Disk,
    /// Nobody can tell the working days of a year.
    HolidayYearMissing {
        /// The year.
        year: i32,
    },
    /// So many sources turned bad at once that the monitor doubts itself.
    Breaker,
    /// None of the anchors answers: our own network is down.
    OwnOutage,
}

impl OperatorKey {
    /// Whether it is told at once, at whatever hour: while it lasts, units are not told what they should be told.
    pub fn is_urgent(&self) -> bool {
        matches!(self, Self::Outbox | Self::Disk | Self::Breaker | Self::OwnOutage)
    }

    /// The key as the log may hold it: without mail addresses.
    pub fn without_address(&self) -> String {
        match self {
            Self::Bounced { unit, .. } => format!("bounced.{unit}"),
            Self::OperatorBounced { .. } => "operator-bounced".to_owned(),
            Self::Unknown { .. }
            | Self::Redesigned { .. }
            | Self::Blocked { .. }
            | Self::SickBridge { .. }
            | Self::WayRefused { .. }
            | Self::WaysDisagree { .. }
            | Self::Mailbox
            | Self::Outbox
            | Self::Dead { .. }
            | Self::Disk
            | Self::HolidayYearMissing { .. }
            | Self::Breaker
            | Self::OwnOutage => self.to_string(),
        }
    }

    /// What it is, as the operator reads it.
    pub fn chinese(&self) -> String {
        match self {
            Self::Unknown { host } => format!("持续无法核实：{host}"),
            Self::Redesigned { host } => format!("页面疑似改版：{host}"),
            Self::Blocked { host } => format!("被网站防护拦截：{host}"),
            Self::SickBridge { bridge } => format!("转换服务异常：{bridge}"),
            Self::WayRefused { source, way } => format!("账号读取方式失效：{source}（{way}）"),
            Self::WaysDisagree { source } => format!("账号各读取方式不一致：{source}"),
            Self::Bounced { unit, address } => format!("邮件被退回：{unit} {address}"),
            Self::Mailbox => "退信邮箱读不了".to_owned(),
            Self::OperatorBounced { address } => format!("发给运维人员的邮件被退回：{address}"),
            Self::Outbox => "邮件发不出去".to_owned(),
            Self::Dead { notice } => format!("通知未能送达，已停止重试：{notice}"),
            Self::Disk => "磁盘空间不足".to_owned(),
            Self::HolidayYearMissing { year } => format!("缺少 {year} 年放假安排"),
            Self::Breaker => "大量监测对象同时异常，已暂停向各单位发信".to_owned(),
            Self::OwnOutage => "本机网络不通，已暂停向各单位发信".to_owned(),
        }
    }
}

/// The key as text, such as `blocked.www.langxi.example`: stable, and different for different keys.
impl fmt::Display for OperatorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { host } => write!(f, "unknown.{host}"),
            Self::Redesigned { host } => write!(f, "redesigned.{host}"),
            Self::Blocked { host } => write!(f, "blocked.{host}"),
            Self::SickBridge { bridge } => write!(f, "sick-bridge.{bridge}"),
            Self::WayRefused { source, way } => write!(f, "way-refused.{source}.{way}"),
            Self::WaysDisagree { source } => write!(f, "ways-disagree.{source}"),
            Self::Bounced { unit, address } => write!(f, "bounced.{unit}.{address}"),
            Self::Mailbox => f.write_str("mailbox"),
            Self::OperatorBounced { address } => write!(f, "operator-bounced.{address}"),
            Self::Outbox => f.write_str("outbox"),
            Self::Dead { notice } => write!(f, "dead.{notice}"),
            Self::Disk => f.write_str("disk"),
            Self::HolidayYearMissing { year } => write!(f, "holiday-year-missing.{year}"),
            Self::Breaker => f.write_str("breaker"),
            Self::OwnOutage => f.write_str("own-outage"),
        }
    }
}

/// A matter of the operator's, from its first sign until its end has been told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OperatorMatter {
    /// What it is.
    pub key: OperatorKey,
    /// What is so, by the latest sign, and what to do; in Chinese.
    pub says: String,
    /// When it arose.
    pub raised_at: DateTime<Utc>,
    /// When the operator was last told of it; `None` before the first time.
    pub told_at: Option<DateTime<Utc>>,
    /// When it ended; `None` while it stands.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What is seen of a matter now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// It stands; the text says what is so and what to do, in Chinese.
    Stands(String),
    /// It does not stand.
    Over,
}

/// What is new about a matter, in the order in which mails list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperatorNews {
    /// It arose.
    Raised,
    /// It still stands.
    Reminded,
    /// It is over.
    Resolved,
}

/// One line of the operator's mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorRow {
    /// What is new.
    pub news: OperatorNews,
    /// The matter.
    pub matter: OperatorMatter,
}

/// How the operator is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorPolicy {
    /// A source that has been unknown for so long is a matter.
    pub unknown_after: TimeDelta,
    /// A matter that lasts is told again after so long.
    pub remind_every: TimeDelta,
    /// How long news waits for other news; urgent matters do not wait.
    pub gather: TimeDelta,
}

impl Default for OperatorPolicy {
    fn default() -> Self {
        Self {
            unknown_after: TimeDelta::days(2),
            remind_every: TimeDelta::days(7),
            gather: TimeDelta::minutes(30),
        }
    }
}

/// What is to be held of a matter after a sign of it; `None` for nothing.
pub fn observe(
    held: Option<OperatorMatter>,
    key: &OperatorKey,
    sign: &Sign,
    now: DateTime<Utc>,
) -> Option<OperatorMatter> {
    match (held, sign) {
        (None, Sign::Over) => None,
        (None, Sign::Stands(says)) => Some(OperatorMatter {
            key: key.clone(),
            says: says.clone(),
            raised_at: now,
            told_at: None,
            ended_at: None,
        }),
        (Some(matter), Sign::Stands(says)) => {
            Some(OperatorMatter { says: says.clone(), ended_at: None, ..matter })
        }
        (Some(OperatorMatter { told_at: None, .. }), Sign::Over) => None,
        (Some(matter), Sign::Over) => {
            Some(OperatorMatter { ended_at: matter.ended_at.or(Some(now)), ..matter })
        }
    }
}

/// When something is to be told of a matter, and what.
pub fn next_news(matter: &OperatorMatter, policy: &OperatorPolicy) -> (DateTime<Utc>, OperatorNews) {
    let gathered = if matter.key.is_urgent() { TimeDelta::zero() } else { policy.gather };
    match (matter.told_at, matter.ended_at) {
        (None, _) => (matter.raised_at + gathered, OperatorNews::Raised),
        (Some(_), Some(ended_at)) => (ended_at + gathered, OperatorNews::Resolved),
        (Some(told_at), None) => (told_at + policy.remind_every, OperatorNews::Reminded),
    }
}

/// What is told of a matter at `now`, and what is held of it afterwards. News that has yet to gather is told along.
pub fn tell(
    matter: &OperatorMatter,
    now: DateTime<Utc>,
    policy: &OperatorPolicy,
) -> Option<(OperatorRow, Option<OperatorMatter>)> {
    let (due_at, news) = next_news(matter, policy);
    let kept = match news {
        OperatorNews::Reminded if now < due_at => return None,
        OperatorNews::Raised | OperatorNews::Reminded => {
            Some(OperatorMatter { told_at: Some(now), ..matter.clone() })
        }
        OperatorNews::Resolved => None,
    };
    Some((OperatorRow { news, matter: matter.clone() }, kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn stands() -> Sign {
        Sign::Stands("HTTP 500".into())
    }

    /// Plays signs, one an hour, telling whenever there is something to tell; returns what was told when.
    fn play(signs: &[Sign], key: &OperatorKey) -> Vec<(i64, OperatorNews)> {
        let policy = OperatorPolicy::default();
        let mut held = None;
        let mut told = Vec::new();
        for (hour, sign) in (0..).zip(signs) {
            held = observe(held, key, sign, at(hour));
            let Some(matter) = &held else { continue };
            if at(hour) < next_news(matter, &policy).0 {
                continue;
            }
            if let Some((row, kept)) = tell(matter, at(hour), &policy) {
                told.push((hour, row.news));
                held = kept;
            }
        }
        told
    }

    #[test]
    fn a_matter_is_told_once_reminded_weekly_and_resolved_once() {
        let mut signs = vec![stands(); 24 * 16];
        signs.extend(vec![Sign::Over; 48]);
        let told = play(&signs, &OperatorKey::Blocked { host: "www.langxi.example".into() });
        assert_eq!(
            told,
            [
                (1, OperatorNews::Raised),
                (169, OperatorNews::Reminded),
                (337, OperatorNews::Reminded),
                (385, OperatorNews::Resolved)
            ]
        );
    }

    #[test]
    fn what_came_and_went_before_it_was_told_is_not_mentioned_unless_it_was_urgent() {
        let signs = [stands(), Sign::Over, Sign::Over];
        assert_eq!(play(&signs, &OperatorKey::Unknown { host: "a.example".into() }), []);
        assert_eq!(
            play(&signs, &OperatorKey::Breaker),
            [(0, OperatorNews::Raised), (1, OperatorNews::Resolved)]
        );
    }

    #[test]
    fn what_comes_back_before_its_end_was_told_goes_on() {
        let key = OperatorKey::Disk;
        let told = OperatorMatter {
            key: key.clone(),
            says: String::new(),
            raised_at: at(0),
            told_at: Some(at(0)),
            ended_at: Some(at(5)),
        };
        let back = observe(Some(told.clone()), &key, &stands(), at(6)).unwrap();
        assert_eq!((back.raised_at, back.told_at, back.ended_at), (at(0), Some(at(0)), None));
    }

    #[test]
    fn keys_are_told_apart_by_their_text() {
        let keys = [
            OperatorKey::Unknown { host: "a.example".into() },
            OperatorKey::Blocked { host: "a.example".into() },
            OperatorKey::WayRefused { source: SourceId::new("u/weibo"), way: "rss".into() },
            OperatorKey::WaysDisagree { source: SourceId::new("u/weibo") },
            OperatorKey::HolidayYearMissing { year: 2027 },
            OperatorKey::Bounced { unit: UnitId::new("u"), address: "a@b.example".into() },
            OperatorKey::OperatorBounced { address: "a@b.example".into() },
            OperatorKey::Outbox,
            OperatorKey::Dead { notice: "digest.u.20221127".into() },
        ];
        assert!(keys.iter().all(|key| !key.without_address().contains('@')));
        let texts: std::collections::BTreeSet<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), keys.len());
        for key in keys {
            let stored = serde_json::to_string(&key).unwrap();
            assert_eq!(serde_json::from_str::<OperatorKey>(&stored).unwrap(), key);
        }
    }

    proptest! {
        #[test]
        fn raised_and_resolved_alternate_and_reminders_lie_a_week_apart(
            stretches in prop::collection::vec((any::<bool>(), 1usize..400), 0..12)
        ) {
            let signs: Vec<Sign> = stretches
                .iter()
                .flat_map(|(is_so, hours)| vec![if *is_so { stands() } else { Sign::Over }; *hours])
                .collect();
            let mut last: Option<(i64, OperatorNews)> = None;
            for (hour, news) in play(&signs, &OperatorKey::Outbox) {
                let stood = last.is_some_and(|(_, news)| news != OperatorNews::Resolved);
                prop_assert_eq!(stood, news != OperatorNews::Raised);
                if news == OperatorNews::Reminded {
                    prop_assert!(last.is_some_and(|(before, _)| hour - before == 168));
                }
                last = Some((hour, news));
            }
        }
    }
}
