//! Going through the ways of an account, each request at its own host's pace.
//!
//! A visit to an account is a round: its ways are asked one after another, in the order of the rule. Nobody is asked for what
//! persons have put on record, so that is looked up on the way. A way whose platform wants to be left alone is passed over.

use chrono::{DateTime, Utc};
use tracing::debug;

use super::learn::Look;
use super::line::{Counters, Line};
use super::poll::{count, failed, in_words};
use super::visit::{Errand, HostWish, Polled, Seen, Stepped, Visit, Went};
use super::ways::{Came, PostsSeen, WayLook};
use crate::assess::Cause;
use crate::extract::{Answer, DateKind, Found, Post, Posts, Refusal, Sighting, Sureness, read_rss};
use crate::fetch::{Failure, Outcome, Request, Retry, Verdict};
use crate::rules::{Source, Way, WayKind};
use crate::schedule::{HostKey, Slot};
use crate::store::{Held, PatrolRecord, StoreError};

/// A round under way: what its ways have come to so far, in the order of the rule.
#[derive(Debug)]
pub(super) struct Round {
    looks: Vec<WayLook>,
    /// Where the next request is made.
    at: HostKey,
}

impl Round {
    /// A round that begins with the first way that asks anybody.
    pub(super) fn begin(source: &Source) -> Self {
        Self { looks: Vec::new(), at: HostKey::of_source(source) }
    }

    /// Where the next request is made.
    pub(super) fn host(&self) -> &HostKey {
        &self.at
    }

    fn next_way<'s>(&self, source: &'s Source) -> Option<&'s Way> {
        source.ways.get(self.looks.len())
    }
}

/// Makes the next request of a visit to an account.
pub(super) async fn go(
    line: &Line,
    source: &Source,
    visit: Visit,
    now: DateTime<Utc>,
) -> Result<Stepped, StoreError> {
    let Visit { slot, ask, errand, not_before } = visit;
    let mut round = match errand {
        Errand::Ways(round) => round,
        Errand::Page | Errand::Onward { .. } | Errand::Articles { .. } => Round::begin(source),
    };
    let held = line.store.held(&source.id)?;
    let mut wish = HostWish::AsBefore;
    line.look_without_asking(source, &held, &mut round, now)?;
    if let Some(way) = round.next_way(source) {
        if HostKey::of_way(way).as_ref() == Some(&round.at) {
            match line.may_ask(way, now) {
                Verdict::Unknown { robots_txt } => line.ask_robots_txt(&robots_txt, now).await,
                Verdict::Allowed { crawl_delay } => {
                    wish = HostWish::Is(crawl_delay);
                    let came = line.ask_way(source, way, now).await;
                    round.looks.push(line.look(way, came, now)?);
                }
                verdict @ (Verdict::Forbidden { .. } | Verdict::Unavailable { .. }) => {
                    if let Some(failure) = verdict.failure() {
                        round.looks.push(line.look(way, nothing(&failure, None), now)?);
                    }
                }
            }
        }
        line.look_without_asking(source, &held, &mut round, now)?;
    }
    let went = match round.next_way(source) {
        Some(next) => {
            round.at = HostKey::of_way(next).unwrap_or(round.at);
            Went::On(Visit { slot, ask, errand: Errand::Ways(round), not_before })
        }
        None => Went::Home(Box::new(home(line, source, slot, held, round.looks))),
    };
    Ok(Stepped { went, wish })
}

impl Line {
    /// Goes through the ways for which nobody is asked, up to the next one that asks.
    fn look_without_asking(
        &self,
        source: &Source,
        held: &Held,
        round: &mut Round,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        while let Some(way) = round.next_way(source) {
            let came = match &way.kind {
                WayKind::Record => self.on_record(source, now)?,
                _ if wants_to_be_left_alone(held, way, now) => Came::NotAsked,
                _ => return Ok(()),
            };
            round.looks.push(self.look(way, came, now)?);
        }
        Ok(())
    }

    /// Whether a way may be asked. Interfaces that an account's owner has opened to us are no pages for robots.
    fn may_ask(&self, way: &Way, now: DateTime<Utc>) -> Verdict {
        let for_anybody = way.kind.address().filter(|_| way.kind.secret().is_none());
        for_anybody
            .map_or(Verdict::Allowed { crawl_delay: None }, |address| self.robots_verdict(&address, now))
    }

    async fn ask_way(&self, source: &Source, way: &Way, now: DateTime<Utc>) -> Came {
        let WayKind::Rss { url } = &way.kind else {
            let why = format!("`{}` cannot be asked yet", way.kind.word());
            return refused(Refusal::NotUnderstood(why), Retry::AtLeisure);
        };
        let fetched = self.fetcher.fetch(Request::in_full(url), now).await;
        match fetched.outcome {
            Outcome::Page(page, _) => {
                Counters::add(&self.counters.bytes, page.body.len() as u64);
                match read_rss(&Answer::ok(page), now, self.calendar.zone) {
                    Ok(posts) => Came::Posts(PostsSeen { posts, looked_at: now, lasts_until: None }),
                    Err(refusal) => refused(refusal, Retry::Soon),
                }
            }
            Outcome::NotModified => {
                debug!(source.id = %source.id, "`not modified`, though the feed was asked for in full");
                refused(Refusal::NotUnderstood("HTTP 304".to_owned()), Retry::Soon)
            }
            Outcome::Failed(failure) => nothing(&failure, fetched.not_before),
        }
    }

    /// What persons have put on record of an account, as far as it has not grown old.
    fn on_record(&self, source: &Source, now: DateTime<Utc>) -> Result<Came, StoreError> {
        let lasts = self.assess.evidence_lasts;
        let records = self.store.patrols(&source.id, now - lasts)?;
        let Some(last) = records.last() else { return Ok(Came::NotAsked) };
        let (looked_at, lasts_until) = (last.at, Some(last.at + lasts));
        let posts = records.into_iter().map(post_of).collect();
        Ok(Came::Posts(PostsSeen {
            posts: Posts { posts, undated: Vec::new(), account: None },
            looked_at,
            lasts_until,
        }))
    }

    fn look(&self, way: &Way, came: Came, now: DateTime<Utc>) -> Result<WayLook, StoreError> {
        let bridge = way.bridge.as_ref().map(|bridge| self.bridge_health(bridge, now)).transpose()?;
        Ok(WayLook { way: way.name.clone(), came, bridge })
    }
}

fn wants_to_be_left_alone(held: &Held, way: &Way, now: DateTime<Utc>) -> bool {
    let known = held.stored.record.ways.iter().find(|known| known.way == way.name);
    known.and_then(|known| known.not_before).is_some_and(|not_before| now < not_before)
}

fn refused(refusal: Refusal, retry: Retry) -> Came {
    Came::Nothing { cause: Cause::WayRefused(refusal), retry, not_before: None }
}

fn nothing(failure: &Failure, not_before: Option<DateTime<Utc>>) -> Came {
    let (cause, retry) = failed(failure);
    Came::Nothing { cause, retry, not_before }
}

fn post_of(record: PatrolRecord) -> Post {
    let sighting = Sighting {
        title: record.title,
        url: record.url,
        date: record.date,
        raw_date: record.date.to_string(),
        found: Found::Record,
        kind: DateKind::Published,
        sureness: Sureness::Sure,
    };
    Post { sighting, is_pinned: false, is_original: None }
}

fn home(line: &Line, source: &Source, slot: Slot, held: Held, looks: Vec<WayLook>) -> Polled {
    let look = Look::Ways(looks);
    count(line, &look);
    debug!(source.id = %source.id, "polled `{}`: {}", source.id, in_words(&look));
    let seen = Seen { look, articles: Vec::new(), without_reissues: None, not_before: None };
    Polled { slot, held, seen }
}
