//! What a site's robots.txt lets us ask for.
//!
//! [`Robots`] remembers the files and answers from memory; it fetches nothing. Where it does not know, it says which
//! address to fetch ([`Verdict::Unknown`]); whoever asks spends one polite request on that and hands the outcome to
//! [`Robots::learn`]. A file counts for a day. A site without one allows everything; a site whose file cannot be had
//! allows nothing until it can (RFC 9309, 2.3.1), which is a reason not to know and never a finding.

mod pattern;
mod rules;

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::{Position, Url};

use self::rules::RobotsTxt;
use super::outcome::{Failure, Outcome, Retry};
use crate::rules::{HostException, host_name};

/// What has a robots.txt of its own: scheme, host and port, such as `https://www.county.example`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// The origin of an address.
    pub fn of(url: &Url) -> Self {
        Self(written_origin(url).to_owned())
    }
}

impl Borrow<str> for Origin {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The part of an address that says the origin. Addresses are parsed in one spelling, without ports that go without saying.
fn written_origin(url: &Url) -> &str {
    &url[..Position::BeforePath]
}

/// Whether an address may be asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It may.
    Allowed {
        /// How far apart the site wants requests to be; the slower of this and the host's own pace counts.
        crawl_delay: Option<Duration>,
    },
    /// It may not.
    Forbidden {
        /// The line that says so, as it stands in the file, with its number.
        line: String,
    },
    /// Fetch this file first, and say what came of it with [`Robots::learn`].
    Unknown {
        /// The address of robots.txt.
        robots_txt: Url,
    },
    /// The file could not be had, and it is too early to try again.
    Unavailable {
        /// Why.
        because: Failure,
        /// When trying again is due.
        until: DateTime<Utc>,
    },
}

impl Verdict {
    /// The failure that a poll ends with under this verdict; `None` where the page may, or the file must, be fetched.
    pub fn failure(self) -> Option<Failure> {
        match self {
            Self::Allowed { .. } | Self::Unknown { .. } => None,
            Self::Forbidden { line } => Some(Failure::RobotsForbid { rule: line, led_to: None }),
            Self::Unavailable { because, .. } if is_about_the_host(&because) => Some(because),
            Self::Unavailable { because, .. } => Some(Failure::NoRobots(because.to_string())),
        }
    }

    /// The failure of a page that leads to `to` under this verdict on that address; `None` where it may be followed.
    pub(super) fn failure_of_leading_to(self, to: &Url) -> Option<Failure> {
        if matches!(self, Self::Unknown { .. }) {
            return Some(Failure::NotAskedYet(to.to_string()));
        }
        Some(match self.failure()? {
            Failure::RobotsForbid { rule, .. } => {
                Failure::RobotsForbid { rule, led_to: Some(to.to_string()) }
            }
            Failure::NoRobots(why) => Failure::NoRobots(format!("{why} (it leads to {to})")),
            of_the_host => of_the_host,
        })
    }
}

/// What is known of the robots.txt of every origin.
#[derive(Debug, Default)]
pub struct Robots {
    known: HashMap<Origin, Known>,
    ignored_hosts: HashSet<String>,
}

#[derive(Debug, Default)]
struct Known {
    /// The file last had. Still heeded after its day while a newer one cannot be had.
    rules: Option<RobotsTxt>,
    trouble: Option<Trouble>,
    until: DateTime<Utc>,
}

#[derive(Debug)]
struct Trouble {
    because: Failure,
    failures: u32,
}

/// The name by which a robots.txt may speak to us; also the first word of our User-Agent.
const AGENT: &str = "xuncha";
const FRESH: TimeDelta = TimeDelta::hours(24);
const FIRST_RETRY: TimeDelta = TimeDelta::minutes(5);
const FIRST_BLOCKED_RETRY: TimeDelta = TimeDelta::hours(6);
const LONGEST_RETRY: TimeDelta = TimeDelta::hours(1);
const LONGEST_BLOCKED_RETRY: TimeDelta = TimeDelta::hours(24);

impl Robots {
    /// Knows nothing yet but the hosts whose robots.txt is not heeded.
    pub fn new(exceptions: &[HostException]) -> Self {
        let mut robots = Self::default();
        robots.except(exceptions);
        robots
    }

    /// Takes other hosts for those whose robots.txt is not heeded. What is known of the files stays known.
    pub fn except(&mut self, exceptions: &[HostException]) {
        let ignoring = exceptions.iter().filter(|exception| exception.ignores_robots);
        self.ignored_hosts = ignoring.map(|exception| exception.name.clone()).collect();
    }

    /// Whether `url` may be asked for at `now`.
    pub fn verdict(&self, url: &Url, now: DateTime<Utc>) -> Verdict {
        if !self.ignored_hosts.is_empty() && self.ignored_hosts.contains(&host_name(url)) {
            return Verdict::Allowed { crawl_delay: None };
        }
        match self.known.get(written_origin(url)) {
            Some(known) if now < known.until => known.verdict(url),
            Some(_) | None => Verdict::Unknown { robots_txt: address_of_robots_txt(url) },
        }
    }

    /// Takes note of what came of fetching an origin's robots.txt.
    pub fn learn(&mut self, origin: &Origin, outcome: &Outcome, now: DateTime<Utc>) {
        let known = self.known.entry(origin.clone()).or_default();
        match outcome {
            Outcome::Page(page, _) => known.has(RobotsTxt::parse(&page.body, AGENT), now),
            Outcome::Failed(failure) if means_there_is_none(failure) => known.has(RobotsTxt::default(), now),
            Outcome::Failed(failure) => known.cannot_be_had(failure, now),
            // Nobody asks for it conditionally, so this answers another question.
            Outcome::NotModified => known.cannot_be_had(&Failure::Odd(304), now),
        }
    }
}

impl Known {
    fn verdict(&self, url: &Url) -> Verdict {
        match (&self.rules, &self.trouble) {
            (Some(rules), _) => rules.verdict(url),
            (None, Some(trouble)) => {
                Verdict::Unavailable { because: trouble.because.clone(), until: self.until }
            }
            (None, None) => Verdict::Unknown { robots_txt: address_of_robots_txt(url) },
        }
    }

    fn has(&mut self, rules: RobotsTxt, now: DateTime<Utc>) {
        *self = Self { rules: Some(rules), trouble: None, until: now + FRESH };
    }

    fn cannot_be_had(&mut self, failure: &Failure, now: DateTime<Utc>) {
        let failures = self.trouble.as_ref().map_or(0, |trouble| trouble.failures);
        let (first, longest) = match failure.retry() {
            Retry::InHours => (FIRST_BLOCKED_RETRY, LONGEST_BLOCKED_RETRY),
            // All of a site's sources wait for this one file, so it is not left untried for long.
            Retry::Soon | Retry::AtLeisure => (FIRST_RETRY, LONGEST_RETRY),
        };
        self.until = now + (first * (1 << failures.min(9))).min(longest);
        self.trouble = Some(Trouble { because: failure.clone(), failures: failures.saturating_add(1) });
    }
}

/// RFC 9309: an answer of the 4xx kind, or redirects that lead nowhere, is the answer of a site without the file.
fn means_there_is_none(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Gone(_) | Failure::Refused(_) | Failure::MovedAway(_) | Failure::TooManyRedirects(_)
    )
}

/// Whether the page itself would have met the same: then that is what there is to say.
fn is_about_the_host(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::CannotConnect(_)
            | Failure::Tls(_)
            | Failure::TimedOut(_)
            | Failure::BrokeOff(_)
            | Failure::Blocked(_)
    )
}

fn address_of_robots_txt(url: &Url) -> Url {
    let mut address = url.clone();
    address.set_path("/robots.txt");
    address.set_query(None);
    address.set_fragment(None);
    address
}

#[cfg(test)]
mod tests;
