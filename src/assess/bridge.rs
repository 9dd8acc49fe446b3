//! Whether a bridge delivers.
//!
//! A bridge reads accounts and offers them as feeds. When it freezes it goes on answering, with what it had. So some
//! accounts that post daily are watched through it, its canaries: while each of them shows new posts, the bridge
//! delivers; from the day on which one does not, nothing that comes through the bridge is believed. What it did deliver
//! is complete only up to its canaries' newest posts, which is how far any account's silence is proved: up to the beginning
//! of their day, as their hour is not known.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::standing::Cause;

/// One canary, as its last look left it.
#[derive(Debug, Clone, Copy)]
pub struct Canary<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its newest post; `None` before the first look that showed any.
    pub newest: Option<NaiveDate>,
    /// From when on that is too old.
    pub stale_from: Option<DateTime<Utc>>,
    /// What is wrong with it at present, and since when.
    pub failure: Option<(&'a Cause, DateTime<Utc>)>,
}

/// How a bridge stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "bridge")]
pub enum BridgeHealth {
    /// Nobody has seen its canaries yet.
    #[default]
    Unproven,
    /// All its canaries sing.
    Well {
        /// The day up to which it has shown that it delivers.
        proven: NaiveDate,
    },
    /// It is frozen or broken.
    Sick {
        /// Why we think so, in Chinese, as the operator reads it.
        why: String,
    },
}

/// A canary that cannot be read for so long means that its bridge is broken; less may be a hiccup.
const HICCUP: TimeDelta = TimeDelta::hours(2);

/// How a bridge stands at `now`, by its canaries.
pub fn bridge_health(canaries: &[Canary<'_>], now: DateTime<Utc>) -> BridgeHealth {
    if let Some(why) = canaries.iter().find_map(|canary| canary.sickness(now)) {
        return BridgeHealth::Sick { why };
    }
    let days: Option<Vec<NaiveDate>> = canaries.iter().map(|canary| canary.newest).collect();
    match days.and_then(|days| days.into_iter().min()) {
        Some(proven) => BridgeHealth::Well { proven },
        None => BridgeHealth::Unproven,
    }
}

impl Canary<'_> {
    fn sickness(&self, now: DateTime<Utc>) -> Option<String> {
        let name = self.name;
        match (self.newest, self.stale_from, self.failure) {
            (_, _, Some((cause, since))) if now - since >= HICCUP => {
                Some(format!("探针“{name}”无法读取：{}", cause.chinese()))
            }
            (Some(newest), Some(stale_from), _) if now >= stale_from => {
                Some(format!("探针“{name}”自 {newest} 起没有新内容"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00+08:00").parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    /// A canary whose newest post is of this day of November and which may be silent until two days later.
    fn canary(day: u32) -> Canary<'static> {
        let newest = NaiveDate::from_ymd_opt(2022, 11, day).unwrap();
        let stale_from = at(&format!("2022-11-{:02}T00:00", day + 3));
        Canary { name: "日报", newest: Some(newest), stale_from: Some(stale_from), failure: None }
    }

    #[test]
    fn a_bridge_delivers_as_far_as_the_most_backward_of_its_canaries() {
        let proven = "2022-11-10".parse().unwrap();
        let health = bridge_health(&[canary(11), canary(10)], at("2022-11-12T12:00"));
        assert_eq!(health, BridgeHealth::Well { proven });
    }

    #[test]
    fn a_bridge_that_shows_the_same_for_longer_than_a_canary_allows_is_sick() {
        let health = |now| bridge_health(&[canary(12), canary(10)], at(now));
        assert!(matches!(health("2022-11-12T23:59"), BridgeHealth::Well { .. }));
        let why = "探针“日报”自 2022-11-10 起没有新内容".to_owned();
        assert_eq!(health("2022-11-13T00:00"), BridgeHealth::Sick { why });
    }

    #[test]
    fn a_hiccup_is_no_sickness() {
        let cause = Cause::CannotFetch("503".to_owned());
        let failing = Canary { failure: Some((&cause, at("2022-11-11T08:00"))), ..canary(10) };
        let health = |now| bridge_health(&[failing], at(now));
        assert!(matches!(health("2022-11-11T09:59"), BridgeHealth::Well { .. }));
        let BridgeHealth::Sick { why } = health("2022-11-11T10:00") else {
            panic!("it has failed for hours")
        };
        assert!(why.contains("无法读取") && why.contains("503"), "{why}");
    }

    #[test]
    fn a_bridge_is_unproven_until_each_canary_has_been_seen() {
        let unseen = Canary { newest: None, stale_from: None, ..canary(1) };
        assert_eq!(bridge_health(&[canary(10), unseen], at("2022-11-11T12:00")), BridgeHealth::Unproven);
        assert_eq!(bridge_health(&[], at("2022-11-11T12:00")), BridgeHealth::Unproven);
    }
}
