//! Going through the ways of an account, each request at its own host's pace.
//!
//! A visit to an account is a round: its ways are asked one after another, in the order of the rule. Nobody is asked for what
//! persons have put on record, so that is looked up on the way. A way whose platform wants to be left alone is passed over.
//! Once a day the round goes on to what the account's menu leads to.

use std::path::PathBuf;
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use tracing::debug;
use url::Url;

use super::learn::Look;
use super::line::{Counters, Line};
use super::menu::MenuErrand;
use super::poll::{count, in_words};
use super::visit::{Errand, HostWish, Polled, Seen, Stepped, Visit, Went};
use super::ways::{Came, PostsSeen, WayLook};
use crate::assess::Cause;
use crate::extract::{DateKind, Found, Post, Posts, Refusal, Sighting, Sureness};
use crate::fetch::{
    AccountLook, Call, Import, Next, Request, Verdict, answer_of, open_import, refusal_of, retry_of,
};
use crate::rules::{Source, Way};
use crate::schedule::{HostKey, Slot};
use crate::store::{Held, PatrolRecord, StoreError};

/// A round under way: what its ways have come to so far, in the order of the rule.
#[derive(Debug)]
pub(super) struct Round {
    looks: Vec<WayLook>,
    /// The look that has begun, and what it asks for next.
    under_way: Option<(AccountLook, Asks)>,
    /// Where the next request is made.
    at: HostKey,
    /// The menu, once the ways have been gone through.
    menu: Option<MenuErrand>,
}

/// What a look asks for.
#[derive(Debug)]
enum Asks {
    Call(Call),
    Fetch(Url),
    /// The robots.txt of where the second address redirects to.
    Leave(Url, Url),
}

impl Round {
    /// A round that begins with the first way that asks anybody.
    pub(super) fn begin(source: &Source) -> Self {
        Self { looks: Vec::new(), under_way: None, at: HostKey::of_source(source), menu: None }
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
///
/// # Errors
/// Only if the store fails.
pub(super) async fn go(
    line: &Line,
    source: &Source,
    visit: Visit,
    now: DateTime<Utc>,
) -> Result<Stepped, StoreError> {
    let Visit { slot, ask, errand, led_to, not_before } = visit;
    let mut round = match errand {
        Errand::Ways(round) => round,
        Errand::Page | Errand::Onward { .. } | Errand::Articles { .. } => Box::new(Round::begin(source)),
    };
    if let Some(errand) = round.menu.take() {
        let (errand, wish) = line.go_to_menu(source, errand, now).await?;
        let went = match errand {
            Some(errand) => {
                round.at = errand.host();
                round.menu = Some(errand);
                Went::On(Visit { slot, ask, errand: Errand::Ways(round), led_to, not_before })
            }
            None => Went::Home(Box::new(home(line, source, slot, line.store.held(&source.id)?, round.looks))),
        };
        return Ok(Stepped { went, wish });
    }
    let held = line.store.held(&source.id)?;
    line.go_through(source, &held, &mut round, now).await?;
    let wish = match round.next_way(source) {
        // A way was passed over: the next one is asked elsewhere, at another pace.
        Some(way) if HostKey::of_way(way).as_ref() == Some(&round.at) => {
            line.ask(way, &mut round, now).await?
        }
        Some(_) | None => HostWish::AsBefore,
    };
    line.go_through(source, &held, &mut round, now).await?;
    let went = match round.next_way(source) {
        Some(next) => {
            round.at = HostKey::of_way(next).unwrap_or(round.at);
            Went::On(Visit { slot, ask, errand: Errand::Ways(round), led_to, not_before })
        }
        None => match line.menu_due(source, &round.looks, now)? {
            Some(errand) => {
                round.at = errand.host();
                round.menu = Some(errand);
                Went::On(Visit { slot, ask, errand: Errand::Ways(round), led_to, not_before })
            }
            None => Went::Home(Box::new(home(line, source, slot, held, round.looks))),
        },
    };
    Ok(Stepped { went, wish })
}

impl Line {
    /// Goes through the ways, up to the next one that asks for something.
    async fn go_through(
        &self,
        source: &Source,
        held: &Held,
        round: &mut Round,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        while round.under_way.is_none()
            && let Some(way) = round.next_way(source)
        {
            if wants_to_be_left_alone(held, way, now) {
                round.looks.push(self.look(way, Came::NotAsked, now)?);
                continue;
            }
            let (look, next) = self.begin_look(way, now);
            let came = match next {
                Next::Recall => self.on_record(source, now)?,
                Next::Open(file) => self.imported(look, file, now).await,
                Next::Call(call) => {
                    round.under_way = Some((look, Asks::Call(call)));
                    return Ok(());
                }
                Next::Fetch(url) => {
                    round.under_way = Some((look, Asks::Fetch(url)));
                    return Ok(());
                }
                Next::Done(read) => came(read, now, None),
            };
            round.looks.push(self.look(way, came, now)?);
        }
        Ok(())
    }

    fn begin_look(&self, way: &Way, now: DateTime<Utc>) -> (AccountLook, Next) {
        let secret = way.kind.secret().map(|name| self.secrets.get(name));
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        AccountLook::begin(&way.kind, secret, &tokens, now, self.calendar.zone)
    }

    /// Makes the request that the look under way asks for, if it may be made.
    async fn ask(&self, way: &Way, round: &mut Round, now: DateTime<Utc>) -> Result<HostWish, StoreError> {
        let Some((mut look, asks)) = round.under_way.take() else { return Ok(HostWish::AsBefore) };
        let (answer, not_before, wish) = match asks {
            Asks::Call(call) => {
                let called = self.fetcher.call(&call, now).await;
                let answer = called.answer.map_err(|failure| refusal_of(&failure));
                (answer, called.not_before, HostWish::AsBefore)
            }
            Asks::Leave(robots_txt, url) => {
                self.ask_robots_txt(&robots_txt, now).await;
                round.under_way = Some((look, Asks::Fetch(url)));
                return Ok(HostWish::AsBefore);
            }
            Asks::Fetch(url) => match self.robots_verdict(&url, now) {
                Verdict::Unknown { robots_txt } => {
                    self.ask_robots_txt(&robots_txt, now).await;
                    round.under_way = Some((look, Asks::Fetch(url)));
                    return Ok(HostWish::AsBefore);
                }
                Verdict::Allowed { crawl_delay } => {
                    let fetched = self.fetch(Request::in_full(&url), now).await;
                    let led_to = fetched.outcome.led_to().map(|to| self.robots_verdict(&to, now));
                    if let Some(Verdict::Unknown { robots_txt }) = led_to {
                        round.under_way = Some((look, Asks::Leave(robots_txt, url)));
                        return Ok(HostWish::Is(crawl_delay));
                    }
                    (answer_of(fetched.outcome), fetched.not_before, HostWish::Is(crawl_delay))
                }
                verdict @ (Verdict::Forbidden { .. } | Verdict::Unavailable { .. }) => {
                    let why = verdict.failure().map_or_else(String::new, |failure| failure.to_string());
                    (Err(Refusal::Unreachable(why)), None, HostWish::AsBefore)
                }
            },
        };
        if let Ok(answer) = &answer {
            Counters::add(&self.counters.bytes, answer.page.body.len() as u64);
        }
        let next = {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            look.go_on(answer, &mut tokens, now)
        };
        match next {
            Next::Call(call) => round.under_way = Some((look, Asks::Call(call))),
            Next::Fetch(url) => round.under_way = Some((look, Asks::Fetch(url))),
            Next::Done(read) => round.looks.push(self.look(way, came(read, now, not_before), now)?),
            Next::Open(_) | Next::Recall => round.looks.push(self.look(way, Came::NotAsked, now)?),
        }
        Ok(wish)
    }

    /// What a file that was handed in shows. It is as old as the file.
    async fn imported(&self, mut look: AccountLook, file: PathBuf, now: DateTime<Utc>) -> Came {
        let (directory, longest) = (self.import_dir.clone(), self.longest_import);
        let opened = tokio::task::spawn_blocking(move || open_import(&directory, &file, longest)).await;
        let opened = opened.unwrap_or_else(|error| Err(Refusal::NoFile(error.to_string())));
        let (answer, handed_in_at) = match opened {
            Ok(Import { answer, saved_at }) => (Ok(answer), saved_at.min(now)),
            Err(refusal) => (Err(refusal), now),
        };
        let next = {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            look.go_on(answer, &mut tokens, now)
        };
        let Next::Done(read) = next else { return Came::NotAsked };
        match came(read, now, None) {
            Came::Posts(seen) => Came::Posts(PostsSeen {
                looked_at: handed_in_at,
                lasts_until: Some(handed_in_at + self.assess.evidence_lasts),
                ..seen
            }),
            other => other,
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

fn came(read: Result<Posts, Refusal>, now: DateTime<Utc>, not_before: Option<DateTime<Utc>>) -> Came {
    match read {
        Ok(posts) => Came::Posts(PostsSeen { posts, looked_at: now, lasts_until: None }),
        Err(refusal) => {
            let retry = retry_of(&refusal);
            Came::Nothing { cause: Cause::WayRefused(refusal), retry, not_before }
        }
    }
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
