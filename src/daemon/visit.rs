//! A visit to a source: requests that follow from one another, each made only when the host's pace allows it.
//!
//! Most visits are one request. The site's robots.txt may have to be asked for first; a page may lead on to its list
//! ([`Onward`]); and before a warning or a conviction rests on an item, the item's own page is opened. Between two requests a
//! visit waits in memory. If the daemon stops meanwhile it is forgotten, and the source, still due, is visited anew.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use url::Url;

use super::learn::{Besides, Look};
use super::round::Round;
use crate::extract::Onward;
use crate::schedule::{HostKey, Slot};
use crate::store::{ArticleRecord, Held};

/// How much of a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Only if it has changed, unless a conviction wants a full look.
    IfChanged,
    /// In full.
    InFull,
}

/// A visit under way.
#[derive(Debug)]
pub struct Visit {
    /// Which source.
    pub slot: Slot,
    pub(super) ask: Ask,
    pub(super) errand: Errand,
    /// Where the errand's request was redirected to, while nothing is known of the robots.txt there.
    pub(super) led_to: Option<Box<Url>>,
    /// The server asked not to be asked again before this.
    pub(super) not_before: Option<DateTime<Utc>>,
}

/// What the next request of a visit is for.
#[derive(Debug)]
pub(super) enum Errand {
    /// The source's own address.
    Page,
    /// Where the page led.
    Onward {
        /// What to ask for.
        to: Onward,
        /// How many times the visit has been led on, this one included.
        hops: usize,
    },
    /// The pages of items, after the list has been seen.
    Articles {
        /// What was held of the source, and what the list showed.
        seen: Box<(Held, Look)>,
        /// Those still to be opened.
        to_open: VecDeque<Url>,
        /// Those opened.
        opened: Vec<ArticleRecord>,
        /// As in [`Seen`], before any was opened.
        without_reissues: Option<NaiveDate>,
    },
    /// The ways of an account.
    Ways(Box<Round>),
}

/// What one request of a visit came to.
#[derive(Debug)]
pub enum Went {
    /// The visit goes on with another request.
    On(Visit),
    /// The visit is over.
    Home(Box<Polled>),
}

/// A visit that is over, but not yet written down.
#[derive(Debug)]
pub struct Polled {
    /// Which source.
    pub slot: Slot,
    /// What was held of it when it was looked at.
    pub held: Held,
    /// What was seen.
    pub seen: Seen,
}

/// What a visit saw.
#[derive(Debug)]
pub struct Seen {
    /// The list.
    pub look: Look,
    /// The pages of items that were opened.
    pub articles: Vec<ArticleRecord>,
    /// The newest day without items that are suspected to be old texts under new dates, if the list shows such.
    pub without_reissues: Option<NaiveDate>,
    /// The server asked not to be asked again before this.
    pub not_before: Option<DateTime<Utc>>,
}

impl Seen {
    pub(super) fn besides(&self) -> Besides<'_> {
        Besides { opened: &self.articles, without_reissues: self.without_reissues }
    }
}

/// What a request of a visit came to, and how far apart its host wants requests to be.
#[derive(Debug)]
pub struct Stepped {
    /// What it came to.
    pub went: Went,
    /// How far apart the host wants requests to be.
    pub wish: HostWish,
}

/// A host's own wish about its pace (Crawl-delay).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostWish {
    /// Nothing new is known of it.
    AsBefore,
    /// So far apart, or `None` where it has no wish.
    Is(Option<Duration>),
}

/// A page may lead on so many times.
const MOST_HOPS: usize = Onward::MOST_HOPS;

impl Visit {
    /// A visit that begins.
    pub fn begin(slot: Slot, ask: Ask) -> Self {
        Self { slot, ask, errand: Errand::Page, led_to: None, not_before: None }
    }

    /// The address of whose robots.txt something must be known before the next request; `own` is the source's.
    pub(super) fn address<'a>(&'a self, own: &'a Url) -> &'a Url {
        if let Some(led_to) = &self.led_to {
            return led_to;
        }
        match &self.errand {
            Errand::Page | Errand::Ways(_) => own,
            Errand::Onward { to, .. } => &to.url,
            Errand::Articles { to_open, .. } => to_open.front().unwrap_or(own),
        }
    }

    /// The host at which the visit goes on, where that may be another than before.
    pub(super) fn host(&self) -> Option<&HostKey> {
        match &self.errand {
            Errand::Ways(round) => Some(round.host()),
            Errand::Page | Errand::Onward { .. } | Errand::Articles { .. } => None,
        }
    }

    /// The hops made so far.
    pub(super) fn hops(&self) -> usize {
        match &self.errand {
            Errand::Onward { hops, .. } => *hops,
            Errand::Page | Errand::Articles { .. } | Errand::Ways(_) => 0,
        }
    }

    /// The visit, led on; nothing where that goes too far or to another host.
    pub(super) fn led_on(self, to: Onward, own: &Url) -> Result<Self, LedAstray> {
        let hops = self.hops() + 1;
        if hops > MOST_HOPS {
            return Err(LedAstray::TooFar(to.url));
        }
        if HostKey::of(&to.url) != HostKey::of(own) {
            return Err(LedAstray::Away(to.url));
        }
        Ok(Self { errand: Errand::Onward { to, hops }, ..self })
    }
}

/// A page led where a visit does not go.
#[derive(Debug, thiserror::Error)]
pub(super) enum LedAstray {
    #[error("it was led on more than {MOST_HOPS} times, last to {0}: look up the column's own address")]
    TooFar(Url),
    #[error("the page leads to another host, {0}: give that address in the rule if the column is there")]
    Away(Url),
}
