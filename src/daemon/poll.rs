//! The line as one function: fetch, extract, and hand over what was seen.

use chrono::{DateTime, Utc};
use tracing::debug;
use xxhash_rust::xxh3::xxh3_64;

use super::learn::Look;
use super::line::{Counters, Line};
use crate::assess::Cause;
use crate::extract::{Extracted, Page};
use crate::fetch::{Outcome, Request, Validators};
use crate::schedule::Slot;
use crate::store::{Held, SourceRecord, StoreError};

/// One poll, done but not yet written down.
#[derive(Debug)]
pub struct Polled {
    /// Which source.
    pub slot: Slot,
    /// What was held of it when the poll began.
    pub held: Held,
    /// What it saw.
    pub look: Look,
    /// The server asked not to be asked again before this.
    pub not_before: Option<DateTime<Utc>>,
}

/// How much of a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Only if it has changed, unless a conviction wants a full look.
    IfChanged,
    /// In full.
    InFull,
}

/// Polls one source.
///
/// # Errors
/// Only if the store fails: what goes wrong with the page is part of the look.
pub async fn poll(line: &Line, slot: Slot, ask: Ask) -> Result<Polled, StoreError> {
    let source = line.source(slot);
    let now = line.clock.now();
    let held = line.store.held(&source.id)?;
    let record = held.stored.record.under_rule(source.fingerprint);
    let seen_at = held.stored.poll.and_then(|poll| poll.seen_at);
    let conditional = ask == Ask::IfChanged
        && !record.validators.is_empty()
        && !line.terms(source).case(&record, seen_at).wants_full_look(now);
    let unless_matches = conditional.then_some(&record.validators);
    let fetched = line.fetcher.fetch(Request { url: &source.url, unless_matches }, now).await;
    let look = look(line, slot, fetched.outcome, conditional, &record, now);
    count(line, &look);
    debug!(source.id = %source.id, duration_ms = fetched.took.as_millis(), "polled `{}`: {}", source.id, in_words(&look));
    Ok(Polled { slot, held, look, not_before: fetched.not_before })
}

fn look(
    line: &Line,
    slot: Slot,
    outcome: Outcome,
    conditional: bool,
    record: &SourceRecord,
    now: DateTime<Utc>,
) -> Look {
    match outcome {
        Outcome::Page(page, validators) => read(line, slot, &page, validators, record, now),
        Outcome::NotModified if conditional && record.reading.is_some() => Look::NotModified,
        Outcome::NotModified => Look::Failed {
            cause: Cause::CannotFetch("\"not modified\", though the page was asked for in full".to_owned()),
            transient: true,
        },
        Outcome::Failed(failure) => {
            Look::Failed { transient: failure.is_transient(), cause: Cause::CannotFetch(failure.to_string()) }
        }
    }
}

fn read(
    line: &Line,
    slot: Slot,
    page: &Page,
    validators: Validators,
    record: &SourceRecord,
    now: DateTime<Utc>,
) -> Look {
    Counters::add(&line.counters.bytes, page.body.len() as u64);
    let body_hash = xxh3_64(&page.body);
    if record.body_hash == Some(body_hash) && record.reading.is_some() {
        return Look::SameBody { validators };
    }
    match line.extractor(slot).extract(page, now, line.calendar.zone) {
        Ok(Extracted::Listing(listing)) => Look::Read { listing, validators, body_hash },
        Ok(Extracted::Onward(onward)) => Look::Failed {
            cause: Cause::CannotRead(format!("its list is at another address: {}", onward.url)),
            transient: false,
        },
        // A page under repair or a passing shell looks like this too, so it is tried again soon.
        Err(error) => Look::Failed { cause: Cause::CannotRead(error.to_string()), transient: true },
    }
}

fn count(line: &Line, look: &Look) {
    Counters::add(&line.counters.polls, 1);
    match look {
        Look::NotModified | Look::SameBody { .. } => Counters::add(&line.counters.unchanged, 1),
        Look::Failed { .. } => Counters::add(&line.counters.failed, 1),
        Look::Read { .. } => {}
    }
}

fn in_words(look: &Look) -> String {
    match look {
        Look::Read { .. } => "read".to_owned(),
        Look::SameBody { .. } => "same page as before".to_owned(),
        Look::NotModified => "not modified".to_owned(),
        Look::Failed { cause, .. } => cause.to_string(),
    }
}
