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
use crate::fetch::{Failure, Fetched, Fetcher, Origin, Outcome, Renderer, Request, Robots, Verdict};
use crate::schedule::{HostKey, Turns};

/// A server that asks for a longer pause than this is left alone.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Whoever waits longer than this is told.
const SHORT_WAIT: TimeDelta = TimeDelta::seconds(3);

/// Makes the requests of one probe.
pub(crate) struct Prober {
    tools: Tools,
    asked: Vec<Asked>,
    /// What is known of the robots.txt of the page's own origin.
    said: RobotsSaid,
    /// The origin of the page itself.
    own: Option<Origin>,
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

impl Tools {
    /// Robots.txt itself may be had wherever its host sends whoever asks for it.
    async fn fetch(&self, purpose: Purpose, request: Request<'_>, now: DateTime<Utc>) -> Fetched {
        if purpose == Purpose::Robots {
            return self.fetcher.fetch(request, now).await;
        }
        self.fetcher.fetch_heeding(request, now, |url| self.robots.verdict(url, now)).await
    }
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
            own: None,
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
        let mut outcome = self.fetch(purpose, url, form).await?;
        if let Some(led_to) = outcome.led_to() {
            self.ask_leave(&led_to).await?;
            outcome = self.fetch(purpose, url, form).await?;
        }
        match outcome {
            Outcome::Page(page, _) => Ok(page),
            Outcome::NotModified => Err(Failure::Odd(304).into()),
            Outcome::Failed(failure) => Err(failure.into()),
        }
    }

    /// Learns what robots.txt says of an address.
    async fn ask_leave(&mut self, url: &Url) -> Result<(), NotHad> {
        let now = self.tools.clock.now();
        let is_own = *self.own.get_or_insert_with(|| Origin::of(url)) == Origin::of(url);
        if let Verdict::Unknown { robots_txt } = self.tools.robots.verdict(url, now) {
            let outcome = self.fetch(Purpose::Robots, &robots_txt, None).await?;
            let has_file = matches!(outcome, Outcome::Page(..));
            if is_own {
                self.said = if has_file { RobotsSaid::Allows(None) } else { RobotsSaid::Nothing };
            }
            self.tools.robots.learn(&Origin::of(&robots_txt), &outcome, now);
        }
        match self.tools.robots.verdict(url, now) {
            Verdict::Allowed { crawl_delay } => {
                if let (true, RobotsSaid::Allows(seconds), Some(delay)) =
                    (is_own, &mut self.said, crawl_delay)
                {
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
                        Failure::RobotsForbid { rule, .. } => RobotsSaid::Forbids(rule.clone()),
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
            Some(renderer) => {
                let verdict = |url: &Url| self.tools.robots.verdict(url, now);
                (renderer.render(url, now, verdict).await, "drawn")
            }
            None => {
                let request = Request { url, unless_matches: None, form };
                (self.tools.fetch(purpose, request, now).await, if form.is_some() { "POST" } else { "GET" })
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::fetch::Settings;

    /// Answers one request.
    async fn answer_once(site: &TcpListener, status: &str, body: &str) {
        let (mut stream, _) = site.accept().await.unwrap();
        let _asked = stream.read(&mut [0; 4096]).await.unwrap();
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_said_of_robots_txt_is_said_of_the_pages_own() {
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let own = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let page_on = |site: &TcpListener| -> Url {
            format!("http://{}/tongzhi/", site.local_addr().unwrap()).parse().unwrap()
        };
        let mut prober = Prober::new(Tools {
            fetcher: Fetcher::new(Settings::new("it@example.gov.cn")).unwrap(),
            renderer: None,
            robots: Robots::new(&[]),
            turns: Turns::new(Clock::System, &page_on(&own), 1_000.0),
            clock: Clock::System,
        });
        let file = "User-agent: *\nDisallow: /inner\n";
        let page = page_on(&own);
        let (leave, ()) = tokio::join!(prober.ask_leave(&page), answer_once(&own, "200 OK", file));
        assert!(leave.is_ok());
        let article = page_on(&other);
        let (leave, ()) = tokio::join!(prober.ask_leave(&article), answer_once(&other, "404 Not Found", ""));
        assert!(leave.is_ok());
        assert_eq!(prober.said, RobotsSaid::Allows(None));
    }
}
