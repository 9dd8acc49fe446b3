//! The walk itself: asks, waits its turn, and hands every page to the survey.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::frontier::{Frontier, Limits};
use super::page::Reader;
use super::survey::Survey;
use crate::clock::Clock;
use crate::extract::read_landmarks;
use crate::fetch::{Failure, Fetched, Fetcher, Origin, Outcome, Request, Robots, Verdict};
use crate::schedule::Turns;

/// A server that asks for a longer pause than this is left alone.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);
/// After so many refusals in a row the walk ends: a site that does not want to be walked is not walked.
const MOST_REFUSALS: usize = 3;

/// What a walk needs.
pub(crate) struct Walker<'a> {
    pub(crate) fetcher: Fetcher,
    pub(crate) turns: Turns,
    pub(crate) clock: Clock,
    pub(crate) zone: Tz,
    pub(crate) reader: Reader,
    /// The unit's name: pages that name another in its place are not the unit's.
    pub(crate) unit: &'a str,
    pub(crate) limits: Limits,
    pub(crate) robots: Robots,
    pub(crate) rhythm: Rhythm,
}

/// How far apart the site wants requests to be, and when it was asked last.
#[derive(Debug, Default)]
pub(crate) struct Rhythm {
    crawl_delay: Option<Duration>,
    last_asked_at: Option<DateTime<Utc>>,
}

impl Rhythm {
    /// The instant from which the site wants the next request.
    fn next_at(&self) -> Option<DateTime<Utc>> {
        let delay = TimeDelta::from_std(self.crawl_delay?).ok()?;
        Some(self.last_asked_at? + delay)
    }
}

/// How far a walk has come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub(crate) asked: usize,
    pub(crate) columns: usize,
    pub(crate) left: usize,
}

/// A walk that could not begin.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{url}`, where the walk should begin")]
pub(crate) struct WalkError {
    url: Url,
    #[source]
    why: Failure,
}

impl Walker<'_> {
    /// Walks from `start` until nothing is left, a limit is met, the site refuses, or `stop`.
    ///
    /// # Errors
    /// If the first page cannot be had.
    pub(crate) async fn walk(
        mut self,
        start: &Url,
        stop: &CancellationToken,
        on_page: impl Fn(Progress),
    ) -> Result<Survey, WalkError> {
        let mut frontier = Frontier::new(start, self.limits);
        let mut survey = Survey::of(start);
        let (mut asked, mut refusals) = (0, 0);
        while let Some(here) = frontier.next() {
            let Some(fetched) = self.fetch(&here.url, stop).await else {
                frontier.put_back(here);
                survey.ended_early = Some("it was stopped".to_owned());
                break;
            };
            asked += 1;
            let now = self.clock.now();
            refusals = if is_refusal(&fetched.outcome) { refusals + 1 } else { 0 };
            match fetched.outcome {
                Outcome::Page(page, _) => {
                    let read = read_landmarks(&page).map(|landmarks| {
                        let kind = self.reader.kind_of(&page, &landmarks, now, self.zone);
                        (landmarks, kind)
                    });
                    survey.arrive(here, &page.url, read, &mut frontier, self.unit);
                }
                Outcome::NotModified => {}
                Outcome::Failed(why) if here.depth == 0 => return Err(WalkError { url: here.url, why }),
                Outcome::Failed(why) => survey.miss(here, &why),
            }
            on_page(Progress { asked, columns: survey.columns(), left: frontier.left() });
            survey.ended_early = reason_to_end(refusals, fetched.not_before, now);
            if survey.ended_early.is_some() {
                break;
            }
            if let Some(at) = fetched.not_before {
                // If it is stopped meanwhile, the next request is not made.
                let _stopped = stop.run_until_cancelled(self.clock.sleep_until(at)).await;
            }
        }
        survey.left = frontier.left();
        Ok(survey)
    }

    /// Asks for a page, if robots.txt allows it; `None` if stopped meanwhile.
    async fn fetch(&mut self, url: &Url, stop: &CancellationToken) -> Option<Fetched> {
        self.learn_robots(url, stop).await?;
        match self.robots.verdict(url, self.clock.now()) {
            Verdict::Allowed { crawl_delay } => self.rhythm.crawl_delay = crawl_delay,
            verdict => {
                let why = verdict.failure().unwrap_or_else(|| Failure::NoRobots(url.to_string()));
                return Some(Fetched::none(why));
            }
        }
        let fetched = self.ask(url, stop).await?;
        let Some(led_to) = fetched.outcome.led_to() else { return Some(fetched) };
        self.learn_robots(&led_to, stop).await?;
        self.ask(url, stop).await
    }

    async fn learn_robots(&mut self, url: &Url, stop: &CancellationToken) -> Option<()> {
        let Verdict::Unknown { robots_txt } = self.robots.verdict(url, self.clock.now()) else {
            return Some(());
        };
        self.wait(stop).await?;
        let now = self.clock.now();
        let asking = self.fetcher.fetch(Request::in_full(&robots_txt), now);
        let fetched = stop.run_until_cancelled(asking).await?;
        self.robots.learn(&Origin::of(&robots_txt), &fetched.outcome, now);
        Some(())
    }

    async fn ask(&mut self, url: &Url, stop: &CancellationToken) -> Option<Fetched> {
        self.wait(stop).await?;
        let now = self.clock.now();
        let verdict = |url: &Url| self.robots.verdict(url, now);
        let asking = self.fetcher.fetch_heeding(Request::in_full(url), now, verdict);
        stop.run_until_cancelled(asking).await
    }

    /// Waits until it is the host's turn, by our own pace and by its Crawl-delay.
    async fn wait(&mut self, stop: &CancellationToken) -> Option<()> {
        if let Some(at) = self.rhythm.next_at() {
            stop.run_until_cancelled(self.clock.sleep_until(at)).await?;
        }
        while let Err(at) = self.turns.take(self.clock.now()) {
            stop.run_until_cancelled(self.clock.sleep_until(at)).await?;
        }
        self.rhythm.last_asked_at = Some(self.clock.now());
        Some(())
    }
}

fn is_refusal(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(Failure::Refused(_) | Failure::TooManyRequests(_)))
}

/// Why a site should be left alone, if it should.
fn reason_to_end(refusals: usize, not_before: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<String> {
    if refusals >= MOST_REFUSALS {
        return Some(format!("the site refused {refusals} times in a row"));
    }
    let pause_until = not_before.filter(|at| *at > now + LONGEST_PAUSE)?;
    Some(format!("the site asks for a pause until {pause_until}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_refuses_or_asks_for_a_long_pause_is_left_alone() {
        let now: DateTime<Utc> = "2026-10-01T00:00:00Z".parse().unwrap();
        let ends = |refusals, seconds| {
            reason_to_end(refusals, Some(now + TimeDelta::seconds(seconds)), now).is_some()
        };
        assert!(!ends(2, 300));
        assert!(ends(3, 0));
        assert!(ends(0, 301));
        assert_eq!(reason_to_end(0, None, now), None);
    }
}
