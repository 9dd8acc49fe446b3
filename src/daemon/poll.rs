//! The line as one function: fetch, extract, and hand over what was seen.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use tracing::debug;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::articles::{opened, remember, to_open, unopened};
use super::honesty::Reissue;
use super::learn::{Besides, Look, learn};
use super::line::{Counters, Line};
use super::redesign::lost_its_list;
use super::round;
use super::visit::{Ask, Errand, HostWish, Polled, Seen, Stepped, Visit, Went};
use crate::assess::Cause;
use crate::extract::{ExtractError, Extracted, Page, identity};
use crate::fetch::{Failure, Fetched, Origin, Outcome, Request, Retry, Validators, Verdict};
use crate::rules::{Remark, Source};
use crate::schedule::Slot;
use crate::store::{Held, SourceRecord, StoreError};

/// Makes the next request of a visit, if the site allows it. What few visits need is boxed, lest every task carry room for it.
///
/// # Errors
/// Only if the store fails: what goes wrong with a page is part of the look.
pub async fn poll(line: &Line, mut visit: Visit) -> Result<Stepped, StoreError> {
    let now = line.clock.now();
    let source = line.source(visit.slot);
    if source.is_read_by_ways() {
        return Box::pin(round::go(line, source, visit, now)).await;
    }
    visit.led_to =
        visit.led_to.filter(|url| matches!(line.robots_verdict(url, now), Verdict::Unknown { .. }));
    match line.robots_verdict(visit.address(&source.url), now) {
        Verdict::Unknown { robots_txt } => {
            Box::pin(line.ask_robots_txt(&robots_txt, now)).await;
            Ok(Stepped { went: Went::On(visit), wish: HostWish::AsBefore })
        }
        Verdict::Allowed { crawl_delay } => {
            let started = Instant::now();
            let went = go(line, source, visit, now).await?;
            line.counters.requests.count(started.elapsed());
            Ok(Stepped { went, wish: HostWish::Is(crawl_delay) })
        }
        verdict @ (Verdict::Forbidden { .. } | Verdict::Unavailable { .. }) => {
            let went = match verdict.failure() {
                Some(failure) => turned_away(line, source, visit, &failure, now)?,
                None => Went::On(visit),
            };
            Ok(Stepped { went, wish: HostWish::AsBefore })
        }
    }
}

async fn go(line: &Line, source: &Source, mut visit: Visit, now: DateTime<Utc>) -> Result<Went, StoreError> {
    match std::mem::replace(&mut visit.errand, Errand::Page) {
        // Accounts go another way from the start.
        Errand::Page | Errand::Ways(_) => {
            let held = line.store.held(&source.id)?;
            let record = held.stored.record.under_rule(source.fingerprint, source.place);
            let unless_matches = validators(line, source, &visit, &held, &record, now);
            let is_conditional = unless_matches.is_some();
            let request = Request { url: &source.url, unless_matches, form: None };
            let fetched = if source.render {
                Box::pin(line.renderer.render(&source.url, now, |url| line.robots_verdict(url, now))).await
            } else {
                line.fetch(request, now).await
            };
            let fetched = unless_still_loading(fetched);
            if let Some(led_to) = fetched.outcome.led_to() {
                return Ok(Went::On(Visit { led_to: Some(Box::new(led_to)), ..visit }));
            }
            let reached = reached(line, visit.slot, fetched.outcome, is_conditional, &record, now);
            visit.not_before = fetched.not_before;
            drop(record);
            after_list(line, source, visit, held, reached, now)
        }
        Errand::Onward { to, hops } => {
            let held = line.store.held(&source.id)?;
            let record = held.stored.record.under_rule(source.fingerprint, source.place);
            let request = Request { url: &to.url, unless_matches: None, form: to.form.as_deref() };
            let Fetched { outcome, not_before, .. } = line.fetch(request, now).await;
            if let Some(led_to) = outcome.led_to() {
                let (errand, led_to) = (Errand::Onward { to, hops }, Some(Box::new(led_to)));
                return Ok(Went::On(Visit { errand, led_to, ..visit }));
            }
            let reached = reached(line, visit.slot, outcome, false, &record, now).without_validators();
            drop(record);
            visit.not_before = not_before;
            visit.errand = Errand::Onward { to, hops };
            after_list(line, source, visit, held, reached, now)
        }
        Errand::Articles { seen, mut to_open, opened: mut articles, without_reissues } => {
            if let Some(url) = to_open.pop_front() {
                let fetched = line.fetch(Request::in_full(&url), now).await;
                if is_turning_us_away(&fetched) {
                    to_open.clear();
                    visit.not_before = visit.not_before.max(fetched.not_before);
                }
                visit.led_to = fetched.outcome.led_to().map(Box::new);
                if visit.led_to.is_some() {
                    to_open.push_front(url);
                } else {
                    articles.push(opened(&url, fetched.outcome, now, line.calendar.zone));
                }
            }
            visit.errand = Errand::Articles { seen, to_open, opened: articles, without_reissues };
            after_article(line, source, visit, now)
        }
    }
}

/// Whether a host wants to be left alone for now.
fn is_turning_us_away(fetched: &Fetched) -> bool {
    fetched.not_before.is_some()
        || matches!(&fetched.outcome, Outcome::Failed(Failure::Blocked(_) | Failure::TooManyRequests(_)))
}

/// A page that a browser had not finished when its time ran out may lack its newest rows.
fn unless_still_loading(fetched: Fetched) -> Fetched {
    if !fetched.remarks.contains(&Remark::StillLoading) {
        return fetched;
    }
    let why = "the browser's time ran out while the page was still loading".to_owned();
    Fetched { outcome: Outcome::Failed(Failure::BrokeOff(why)), ..fetched }
}

/// What the request for the list came to.
enum Reached {
    Look(Look),
    Onward(crate::extract::Onward),
}

impl Reached {
    /// Validators of a page behind another one say nothing about where that one leads.
    fn without_validators(self) -> Self {
        match self {
            Self::Look(Look::Read { listing, body_hash, identity, .. }) => {
                Self::Look(Look::Read { listing, validators: Validators::default(), body_hash, identity })
            }
            Self::Look(Look::SameBody { .. }) => {
                Self::Look(Look::SameBody { validators: Validators::default() })
            }
            reached => reached,
        }
    }
}

/// What to ask conditionally with, if at all.
fn validators<'r>(
    line: &Line,
    source: &Source,
    visit: &Visit,
    held: &Held,
    record: &'r SourceRecord,
    now: DateTime<Utc>,
) -> Option<&'r Validators> {
    let seen_at = held.stored.poll.and_then(|poll| poll.seen_at);
    let is_wanted = visit.ask == Ask::IfChanged
        && !record.validators.is_empty()
        && !line.terms(source).case(record, seen_at).wants_full_look(now);
    is_wanted.then_some(&record.validators)
}

fn reached(
    line: &Line,
    slot: Slot,
    outcome: Outcome,
    is_conditional: bool,
    record: &SourceRecord,
    now: DateTime<Utc>,
) -> Reached {
    Reached::Look(match outcome {
        Outcome::Page(page, validators) => return read(line, slot, &page, validators, record, now),
        Outcome::NotModified if is_conditional && record.reading.is_some() => Look::NotModified,
        Outcome::NotModified => Look::Failed {
            cause: Cause::CannotFetch("\"not modified\", though the page was asked for in full".to_owned()),
            retry: Retry::Soon,
        },
        Outcome::Failed(failure) => {
            let (cause, retry) = failed(&failure);
            Look::Failed { cause, retry }
        }
    })
}

/// Why nothing is known after a request that failed, and when to try again.
pub(super) fn failed(failure: &Failure) -> (Cause, Retry) {
    let cause = match failure {
        Failure::Blocked(block) => Cause::Blocked(block.to_string()),
        other => Cause::CannotFetch(other.to_string()),
    };
    (cause, failure.retry())
}

fn read(
    line: &Line,
    slot: Slot,
    page: &Page,
    validators: Validators,
    record: &SourceRecord,
    now: DateTime<Utc>,
) -> Reached {
    Counters::add(&line.counters.bytes, page.body.len() as u64);
    let body_hash = xxh3_64(&page.body);
    // One page may be drawn from data that says that there is nothing, and from none at all.
    if page.drawing.is_none() && record.body_hash == Some(body_hash) && record.reading.is_some() {
        return Reached::Look(Look::SameBody { validators });
    }
    let extracted = line.extractor(slot).extract(page, now, line.calendar.zone);
    let identity = line.source(slot).is_page().then(|| identity(page));
    Reached::Look(match extracted {
        Ok(Extracted::Listing(listing)) => Look::Read { listing, validators, body_hash, identity },
        Ok(Extracted::Onward(onward)) => return Reached::Onward(onward),
        Err(ExtractError::NoDates { rows, first, undated }) => {
            let why = ExtractError::NoDates { rows, first, undated: Vec::new() }.to_string();
            Look::Undated { rows: undated, why, identity }
        }
        // A page under repair or a passing shell looks like this too, so it is tried again soon.
        Err(error) => {
            let is_redesigned = identity.is_some_and(|identity| lost_its_list(record, &identity));
            let cause = if is_redesigned { Cause::Redesigned } else { Cause::CannotRead };
            Look::Failed { cause: cause(error.to_string()), retry: Retry::Soon }
        }
    })
}

fn after_list(
    line: &Line,
    source: &Source,
    visit: Visit,
    held: Held,
    reached: Reached,
    now: DateTime<Utc>,
) -> Result<Went, StoreError> {
    let (slot, not_before, ask) = (visit.slot, visit.not_before, visit.ask);
    let led_to = None;
    let look = match reached {
        Reached::Look(look) => look,
        Reached::Onward(onward) => match visit.led_on(onward, &source.url) {
            Ok(visit) => return Ok(Went::On(visit)),
            Err(astray) => {
                Look::Failed { cause: Cause::CannotRead(astray.to_string()), retry: Retry::AtLeisure }
            }
        },
    };
    count(line, &look);
    debug!(source.id = %source.id, "polled `{}`: {}", source.id, in_words(&look));
    let before = held.stored.record.under_rule(source.fingerprint, source.place);
    let reissue = line.reissue(source, &held, &look, &before.articles, now)?;
    let to_open = articles_wanted(line, source, before, &look, reissue.as_ref(), now);
    let without_reissues = reissue.map(|reissue| reissue.without);
    let seen = Box::new((held, look));
    let errand = Errand::Articles { seen, to_open, opened: Vec::new(), without_reissues };
    after_article(line, source, Visit { slot, ask, errand, led_to, not_before }, now)
}

fn articles_wanted(
    line: &Line,
    source: &Source,
    before: Cow<'_, SourceRecord>,
    look: &Look,
    reissue: Option<&Reissue>,
    now: DateTime<Utc>,
) -> VecDeque<Url> {
    if look.is_failure() {
        return VecDeque::new();
    }
    let terms = line.terms(source);
    let record = match look {
        Look::NotModified | Look::SameBody { .. } if before.failure.is_none() => before,
        _ => learn(before, look, &Besides::default(), &terms, now),
    };
    let case = terms.case(&record, Some(now));
    let newest_is_wanted = case.wants_article(terms.ladder(case.deadline()).warn_from(), now);
    let suspects = reissue.map_or_else(Vec::new, Reissue::addresses);
    to_open(source, &record, look, newest_is_wanted, &suspects)
}

fn after_article(line: &Line, source: &Source, visit: Visit, now: DateTime<Utc>) -> Result<Went, StoreError> {
    match visit.errand {
        Errand::Articles { seen, to_open, opened, without_reissues } if to_open.is_empty() => {
            let (held, look) = *seen;
            let Visit { slot, not_before, .. } = visit;
            let without_reissues = if opened.is_empty() {
                without_reissues
            } else {
                let record = held.stored.record.under_rule(source.fingerprint, source.place);
                let mut articles = record.articles.clone();
                remember(&mut articles, &opened);
                line.reissue(source, &held, &look, &articles, now)?.map(|reissue| reissue.without)
            };
            let seen = Seen { look, articles: opened, without_reissues, not_before };
            Ok(Went::Home(Box::new(Polled { slot, held, seen })))
        }
        _ => Ok(Went::On(visit)),
    }
}

/// The site does not let us ask for what the visit wants next.
fn turned_away(
    line: &Line,
    source: &Source,
    mut visit: Visit,
    failure: &Failure,
    now: DateTime<Utc>,
) -> Result<Went, StoreError> {
    if let Errand::Articles { to_open, opened, .. } = &mut visit.errand {
        opened.extend(to_open.pop_front().map(|url| unopened(&url, failure, now)));
        return after_article(line, source, visit, now);
    }
    let held = line.store.held(&source.id)?;
    let (cause, retry) = failed(failure);
    after_list(line, source, visit, held, Reached::Look(Look::Failed { cause, retry }), now)
}

impl Line {
    pub(super) fn robots_verdict(&self, url: &Url, now: DateTime<Utc>) -> Verdict {
        self.robots.lock().unwrap_or_else(PoisonError::into_inner).verdict(url, now)
    }

    /// Asks for a page of a site, redirected only where robots.txt allows it.
    pub(super) async fn fetch(&self, request: Request<'_>, now: DateTime<Utc>) -> Fetched {
        self.fetcher.fetch_heeding(request, now, |url| self.robots_verdict(url, now)).await
    }

    pub(super) async fn ask_robots_txt(&self, robots_txt: &Url, now: DateTime<Utc>) {
        let fetched = self.fetcher.fetch(Request::in_full(robots_txt), now).await;
        let mut robots = self.robots.lock().unwrap_or_else(PoisonError::into_inner);
        robots.learn(&Origin::of(robots_txt), &fetched.outcome, now);
    }
}

pub(super) fn count(line: &Line, look: &Look) {
    Counters::add(&line.counters.polls, 1);
    match look {
        Look::NotModified | Look::SameBody { .. } => Counters::add(&line.counters.unchanged, 1),
        Look::Failed { .. } => Counters::add(&line.counters.failed, 1),
        Look::Ways(_) if look.is_failure() => Counters::add(&line.counters.failed, 1),
        Look::Read { .. } | Look::Undated { .. } | Look::Ways(_) => {}
    }
}

pub(super) fn in_words(look: &Look) -> String {
    match look {
        Look::Read { .. } => "read".to_owned(),
        Look::Undated { why, .. } => why.clone(),
        Look::SameBody { .. } => "same page as before".to_owned(),
        Look::NotModified => "not modified".to_owned(),
        Look::Failed { cause, .. } => cause.to_string(),
        Look::Ways(looks) => {
            let good = looks.iter().filter(|look| look.is_good()).count();
            format!("{good} of {} ways showed posts", looks.len())
        }
    }
}
