//! What came of a request.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::blocked::Block;
use crate::extract::Page;
use crate::rules::Remark;

/// What a server gave to recognise a page by. Kept and echoed exactly as received, since servers compare bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` header. Never used as a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether there is nothing to ask conditionally with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// One request, done.
#[derive(Debug)]
pub struct Fetched {
    /// What came of it.
    pub outcome: Outcome,
    /// The server asked not to be asked again before this (Retry-After, at most a day ahead).
    pub not_before: Option<DateTime<Utc>>,
    /// How long it took.
    pub took: Duration,
    /// What whoever relies on the outcome should know about how it was had. Empty for most hosts.
    pub remarks: Vec<Remark>,
}

/// What came of a request.
#[derive(Debug)]
pub enum Outcome {
    /// The whole page, and what to recognise it by.
    Page(Page, Validators),
    /// The page has not changed since the validators were given.
    NotModified,
    /// The page could not be had.
    Failed(Failure),
}

impl Fetched {
    /// No request: why none was made.
    pub fn none(why: Failure) -> Self {
        let outcome = Outcome::Failed(why);
        Self { outcome, not_before: None, took: Duration::ZERO, remarks: Vec::new() }
    }
}

impl Outcome {
    /// As [`Failure::led_to`], of an outcome that is a failure.
    pub fn led_to(&self) -> Option<Url> {
        match self {
            Self::Failed(failure) => failure.led_to(),
            Self::Page(..) | Self::NotModified => None,
        }
    }
}

/// Why a page could not be had. None of these says anything about the source's age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Failure {
    /// No connection: the name does not resolve, nobody listens, the network is down.
    #[error("cannot connect: {0}")]
    CannotConnect(String),
    /// The secure connection could not be made.
    #[error("cannot make a secure connection: {0}")]
    Tls(String),
    /// It took longer than allowed.
    #[error("no complete answer within {0} s")]
    TimedOut(u64),
    /// The connection broke or the body ended early.
    #[error("the answer broke off: {0}")]
    BrokeOff(String),
    /// The body is longer than allowed.
    #[error("the page is longer than {0} bytes")]
    TooLong(u64),
    /// The server failed (5xx).
    #[error("the server failed: HTTP {0}")]
    ServerFailed(u16),
    /// The server asks for fewer requests (429).
    #[error("the server asks for fewer requests: HTTP {0}")]
    TooManyRequests(u16),
    /// The server refuses to show the page (401, 403, 407, 412, 451 and the like).
    #[error("the server refuses: HTTP {0}")]
    Refused(u16),
    /// A shield answered instead of the page. Never a finding against anybody.
    #[error("blocked: {0}")]
    Blocked(Block),
    /// The site's robots.txt asks us to leave the page alone, or the address that it leads to; with the line that says so.
    #[error("robots.txt forbids {}: {rule}", what_is_forbidden(.led_to.as_deref()))]
    RobotsForbid {
        /// The line of robots.txt.
        rule: String,
        /// The address that is forbidden, where it is not the page's own but one that the page leads to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        led_to: Option<String>,
    },
    /// The site's robots.txt cannot be had, so we do not know whether we may ask.
    #[error("robots.txt cannot be had, so the page was not asked for: {0}")]
    NoRobots(String),
    /// The page leads, by a redirect or by a script, to where nothing is known yet of robots.txt, so it was not followed.
    #[error("it leads to {0}, and the robots.txt there has yet to be asked for")]
    NotAskedYet(String),
    /// The page is drawn by script, and there is nothing to draw it with.
    #[error("the page is drawn by script: {0}")]
    NeedsRendering(String),
    /// There is no such page (404, 410).
    #[error("there is no such page: HTTP {0}")]
    Gone(u16),
    /// The page redirects to another host; the rule's address should follow.
    #[error("the page has moved to another host: {0}")]
    MovedAway(String),
    /// Too many redirects.
    #[error("more than {0} redirects")]
    TooManyRedirects(usize),
    /// An answer that makes no sense here.
    #[error("an answer we cannot use: HTTP {0}")]
    Odd(u16),
}

impl Failure {
    /// The failure that an HTTP status stands for; `None` for 200 and 304.
    pub(super) fn of_status(status: u16) -> Option<Self> {
        match status {
            200 | 304 => None,
            404 | 410 => Some(Self::Gone(status)),
            429 => Some(Self::TooManyRequests(status)),
            400..=499 => Some(Self::Refused(status)),
            500..=599 => Some(Self::ServerFailed(status)),
            _ => Some(Self::Odd(status)),
        }
    }

    /// Where the page led, if nothing is known yet of the robots.txt there. Ask for that file, then anew.
    pub fn led_to(&self) -> Option<Url> {
        match self {
            Self::NotAskedYet(to) => Url::parse(to).ok(),
            _ => None,
        }
    }

    /// When trying again may help. The only place that tells failures that pass from failures that stay.
    pub fn retry(&self) -> Retry {
        match self {
            Self::CannotConnect(_)
            | Self::TimedOut(_)
            | Self::BrokeOff(_)
            | Self::ServerFailed(_)
            | Self::TooManyRequests(_)
            | Self::NoRobots(_)
            | Self::NotAskedYet(_) => Retry::Soon,
            Self::Blocked(_) => Retry::InHours,
            Self::Tls(_)
            | Self::TooLong(_)
            | Self::Refused(_)
            | Self::RobotsForbid { .. }
            | Self::NeedsRendering(_)
            | Self::Gone(_)
            | Self::MovedAway(_)
            | Self::TooManyRedirects(_)
            | Self::Odd(_) => Retry::AtLeisure,
        }
    }

    /// Whether trying again soon may help.
    pub fn is_transient(&self) -> bool {
        self.retry() == Retry::Soon
    }
}

fn what_is_forbidden(led_to: Option<&str>) -> String {
    led_to.map_or_else(|| "it".to_owned(), |address| format!("{address}, where the page leads"))
}

/// When trying again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// In minutes, then ever more slowly.
    Soon,
    /// In hours: a shield that is asked again in minutes only closes tighter.
    InHours,
    /// When a person has changed something. Until then, at the pace of ordinary polls or slower.
    AtLeisure,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_told_apart_in_one_place() {
        let transient = |status| Failure::of_status(status).map(|failure| failure.is_transient());
        for (status, expected) in [
            (200, None),
            (304, None),
            (500, Some(true)),
            (502, Some(true)),
            (503, Some(true)),
            (521, Some(true)),
            (429, Some(true)),
            (403, Some(false)),
            (404, Some(false)),
            (410, Some(false)),
            (412, Some(false)),
            (204, Some(false)),
            (302, Some(false)),
        ] {
            assert_eq!(transient(status), expected, "{status}");
        }
    }

    #[test]
    fn a_shield_is_asked_again_in_hours_and_a_refusal_at_leisure() {
        assert_eq!(Failure::Blocked(Block::Ruishu).retry(), Retry::InHours);
        let forbidden = Failure::RobotsForbid { rule: "Disallow: /".into(), led_to: None };
        assert_eq!(forbidden.retry(), Retry::AtLeisure);
        assert_eq!(Failure::NoRobots("HTTP 503".into()).retry(), Retry::Soon);
    }

    #[test]
    fn a_refusal_says_which_address_is_refused_and_reads_as_it_was_kept_before() {
        let kept: Failure = serde_json::from_str(r#"{"robots-forbid":{"rule":"Disallow: /"}}"#).unwrap();
        assert_eq!(kept.to_string(), "robots.txt forbids it: Disallow: /");
        let led_to = Some("http://a.example/in".to_owned());
        let elsewhere = Failure::RobotsForbid { rule: "Disallow: /in".into(), led_to };
        let said = "robots.txt forbids http://a.example/in, where the page leads: Disallow: /in";
        assert_eq!(elsewhere.to_string(), said);
    }

    #[test]
    fn every_failure_can_be_stored_and_read_back() {
        for failure in [
            Failure::Blocked(Block::Other("云锁".into())),
            Failure::RobotsForbid { rule: "Disallow: /".into(), led_to: None },
            Failure::RobotsForbid { rule: "Disallow: /".into(), led_to: Some("http://a.example/".into()) },
            Failure::NeedsRendering("no browser".into()),
        ] {
            let stored = serde_json::to_string(&failure).unwrap();
            assert_eq!(serde_json::from_str::<Failure>(&stored).unwrap(), failure);
        }
    }
}
