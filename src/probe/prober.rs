//! The look itself: asks, waits its turn, and brings home what it saw.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tracing::info;
use url::Url;

use super::aim::Aim;
use super::asked::{Purpose, asked};
use super::compare::to_open;
use super::conclude::conclude;
use super::probed::{Asked, Probed, RobotsSaid};
use super::seen::{NotHad, Opened, Seen, Stop, Unlisted, Unopened};
use crate::clock::Clock;
use crate::extract::{
    Article, Explained, Extracted, Extractor, Identity, Leads, Listing, Onward, Page, identity, read_article,
    read_landmarks,
};
use crate::fetch::{Failure, Fetcher, Origin, Outcome, Renderer, Request, Robots, Verdict};
use crate::schedule::{HostKey, Turns};

/// A server that asks for a longer pause than this is left alone.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Whoever waits longer than this is told.
const SHORT_WAIT: TimeDelta = TimeDelta::seconds(3);

/// Makes the requests of one probe.
pub(crate) struct Prober {
    tools: Tools,
    asked: Vec<Asked>,
    said: RobotsSaid,
    crawl_delay: Option<Duration>,
    last_asked_at: Option<DateTime<Utc>>,
    /// The server asked not to be asked again before this.
    not_before: Option<DateTime<Utc>>,
}

/// What a probe works with.
pub(crate) struct Tools {
    pub(crate) fetcher: Fetcher,
    /// Draws the page instead of only fetching it.
    pub(crate) renderer: Option<Renderer>,
    pub(crate) robots: Robots,
    pub(crate) turns: Turns,
    pub(crate) clock: Clock,
}

/// What a page calls itself, and the levels above it.
type Named = (Identity, Vec<String>);

impl Prober {
    /// A probe that has asked nothing yet.
    pub(crate) fn new(tools: Tools) -> Self {
        Self {
            tools,
            asked: Vec::new(),
            said: RobotsSaid::NotHeeded,
            crawl_delay: None,
            last_asked_at: None,
            not_before: None,
        }
    }

    /// Looks at what `aim` names, opens the pages of at most so many of its newest items, and reports.
    pub(crate) async fn probe(self, aim: &Aim<'_>, extractor: &Extractor, articles: usize) -> Probed {
        conclude(aim, self.look(aim, extractor, articles).await)
    }

    async fn look(mut self, aim: &Aim<'_>, extractor: &Extractor, articles: usize) -> Seen {
        let (mut stops, mut named) = (Vec::new(), None);
        let list = self.find_list(aim, extractor, &mut stops, &mut named).await;
        let mut opened = Vec::new();
        if let Ok(listing) = &list {
            for (row, url) in to_open(listing, aim.source, articles) {
                let article = self.open(aim, &url).await;
                opened.push(Opened { row, article });
            }
        }
        if let Some(renderer) = &self.tools.renderer {
            renderer.close().await;
        }
        Seen { robots: self.said, asked: self.asked, stops, named, list, opened }
    }

    async fn find_list(
        &mut self,
        aim: &Aim<'_>,
        extractor: &Extractor,
        stops: &mut Vec<Stop>,
        named: &mut Option<Named>,
    ) -> Result<Listing, Unlisted> {
        let mut page = self.ask(Purpose::Page, &aim.source.url, None).await?;
        // An answer comes back without the end of its address, which some families put the column's number into.
        page.url.set_fragment(aim.source.url.fragment());
        *named = Some(named_by(&page));
        loop {
            let Explained { preset, because, result } =
                extractor.explain(&page, aim.seen_at, aim.calendar.zone);
            let led_on = match &result {
                Ok(Extracted::Onward(onward)) => Some((onward.why, onward.url.clone())),
                _ => None,
            };
            stops.push(Stop { url: page.url, preset, because, led_on });
            let onward = match result? {
                Extracted::Listing(listing) => return Ok(listing),
                Extracted::Onward(onward) => onward,
            };
            page = self.follow(aim, &onward, stops.len()).await?;
            if onward.why == Leads::Landing {
                *named = Some(named_by(&page));
            }
        }
    }

    async fn follow(&mut self, aim: &Aim<'_>, onward: &Onward, hop: usize) -> Result<Page, Unlisted> {
        if hop > Onward::MOST_HOPS {
            return Err(Unlisted::TooFar(onward.url.clone()));
        }
        if HostKey::of(&onward.url) != HostKey::of(&aim.source.url) {
            return Err(Unlisted::Away(onward.url.clone()));
        }
        Ok(self.ask(Purpose::Onward, &onward.url, onward.form.as_deref()).await?)
    }

    async fn open(&mut self, aim: &Aim<'_>, url: &Url) -> Result<Article, Unopened> {
        let page = self.ask(Purpose::Article, url, None).await?;
        Ok(read_article(&page, aim.seen_at, aim.calendar.zone)?)
    }

    /// Asks for a document, if the site allows it.
    async fn ask(&mut self, purpose: Purpose, url: &Url, form: Option<&str>) -> Result<Page, NotHad> {
        self.ask_leave(url).await?;
        match self.fetch(purpose, url, form).await? {
            Outcome::Page(page, _) => Ok(page),
            Outcome::NotModified => Err(Failure::Odd(304).into()),
            Outcome::Failed(failure) => Err(failure.into()),
        }
    }

    /// Learns what robots.txt says of an address.
    async fn ask_leave(&mut self, url: &Url) -> Result<(), NotHad> {
        let now = self.tools.clock.now();
        if let Verdict::Unknown { robots_txt } = self.tools.robots.verdict(url, now) {
            let outcome = self.fetch(Purpose::Robots, &robots_txt, None).await?;
            let has_file = matches!(outcome, Outcome::Page(..));
            self.said = if has_file { RobotsSaid::Allows(None) } else { RobotsSaid::Nothing };
            self.tools.robots.learn(&Origin::of(&robots_txt), &outcome, now);
        }
        match self.tools.robots.verdict(url, now) {
            Verdict::Allowed { crawl_delay } => {
                if let (RobotsSaid::Allows(seconds), Some(delay)) = (&mut self.said, crawl_delay) {
                    *seconds = Some(delay.as_secs());
                }
                self.crawl_delay = crawl_delay;
                Ok(())
            }
            verdict => {
                let failure = verdict.failure().unwrap_or_else(|| Failure::NoRobots("unknown".to_owned()));
                // What it says of an article is that article's trouble; the page itself was allowed.
                if self.asked.iter().all(|asked| asked.purpose == Purpose::Robots.word()) {
                    self.said = match &failure {
                        Failure::RobotsForbid { rule } => RobotsSaid::Forbids(rule.clone()),
                        other => RobotsSaid::CannotBeHad(other.to_string()),
                    };
                }
                Err(failure.into())
            }
        }
    }

    /// Asks when it is the host's turn.
    async fn fetch(&mut self, purpose: Purpose, url: &Url, form: Option<&str>) -> Result<Outcome, NotHad> {
        self.wait().await?;
        let now = self.tools.clock.now();
        self.last_asked_at = Some(now);
        let is_list = matches!(purpose, Purpose::Page | Purpose::Onward) && form.is_none();
        let (fetched, way) = match self.tools.renderer.as_ref().filter(|_| is_list) {
            Some(renderer) => (renderer.render(url, now).await, "drawn"),
            None => {
                let request = Request { url, unless_matches: None, form };
                (self.tools.fetcher.fetch(request, now).await, if form.is_some() { "POST" } else { "GET" })
            }
        };
        self.not_before = fetched.not_before;
        self.asked.push(asked(purpose, way, url, &fetched));
        Ok(fetched.outcome)
    }

    /// Waits until the host's pace, its robots.txt and its own wish allow the next request.
    async fn wait(&mut self) -> Result<(), NotHad> {
        let now = self.tools.clock.now();
        if let Some(until) = self.not_before.filter(|until| *until > now + LONGEST_PAUSE) {
            return Err(NotHad::Pause(until));
        }
        let delay = self.crawl_delay.and_then(|delay| TimeDelta::from_std(delay).ok());
        let after_delay = self.last_asked_at.zip(delay).map(|(last, delay)| last + delay);
        if let Some(until) = self.not_before.max(after_delay) {
            if until > now + SHORT_WAIT {
                info!("the site wants a pause: waiting {} s", (until - now).num_seconds());
            }
            self.tools.clock.sleep_until(until).await;
        }
        while let Err(at) = self.tools.turns.take(self.tools.clock.now()) {
            self.tools.clock.sleep_until(at).await;
        }
        Ok(())
    }
}

fn named_by(page: &Page) -> Named {
    (identity(page), read_landmarks(page).map(|landmarks| landmarks.trail).unwrap_or_default())
}
