//! What a probe brings home, before anybody has judged it.

use chrono::{DateTime, Utc};
use url::Url;

use super::probed::{Asked, RobotsSaid};
use crate::assess::Cause;
use crate::extract::{Article, ExtractError, Identity, Leads, Listing, Onward, Sighting};
use crate::fetch::Failure;

/// What a probe brings home.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) robots: RobotsSaid,
    /// All requests, in order.
    pub(super) asked: Vec<Asked>,
    /// The documents that were read, from the address itself to the list.
    pub(super) stops: Vec<Stop>,
    /// What the page calls itself, and the levels above it; nothing where none came.
    pub(super) named: Option<(Identity, Vec<String>)>,
    pub(super) list: Result<Listing, Unlisted>,
    /// Items' own pages, newest first.
    pub(super) opened: Vec<Opened>,
}

/// A document on the way to the list.
#[derive(Debug)]
pub(super) struct Stop {
    /// Its address, after redirects.
    pub(super) url: Url,
    pub(super) preset: Option<String>,
    pub(super) because: Vec<String>,
    /// Why and where it led on.
    pub(super) led_on: Option<(Leads, Url)>,
}

/// An item's own page.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) row: Sighting,
    pub(super) article: Result<Article, Unopened>,
}

/// Why an item's own page tells nothing.
#[derive(Debug)]
pub(super) struct Unopened {
    pub(super) why: String,
    /// Whether trying again soon may help.
    pub(super) passes: bool,
}

const MOST_HOPS: usize = Onward::MOST_HOPS;

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unlisted {
    #[error(transparent)]
    NotHad(#[from] NotHad),
    #[error(transparent)]
    NotRead(#[from] ExtractError),
    #[error("it was led on more than {MOST_HOPS} times, last to {0}: look up the column's own address")]
    TooFar(Url),
    #[error("the page leads to another host, {0}: give that address if the column is there")]
    Away(Url),
}

/// Why a document could not be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotHad {
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error("not asked for: the site asks for a pause until {0}")]
    Pause(DateTime<Utc>),
}

impl From<NotHad> for Unopened {
    fn from(why: NotHad) -> Self {
        let passes = match &why {
            NotHad::Failed(failure) => failure.is_transient(),
            NotHad::Pause(_) => true,
        };
        Self { why: why.to_string(), passes }
    }
}

impl From<ExtractError> for Unopened {
    fn from(why: ExtractError) -> Self {
        Self { why: why.to_string(), passes: false }
    }
}

impl Unlisted {
    /// Whether the site keeps us out, by a shield, a refusal or its robots.txt.
    pub(super) fn is_blocked(&self) -> bool {
        matches!(
            self,
            Self::NotHad(
                NotHad::Failed(
                    Failure::Blocked(_)
                        | Failure::Refused(_)
                        | Failure::TooManyRequests(_)
                        | Failure::RobotsForbid { .. }
                ) | NotHad::Pause(_)
            )
        )
    }

    /// The reason, in words.
    pub(super) fn why(&self) -> String {
        match self {
            Self::NotHad(NotHad::Failed(Failure::Blocked(block))) => block.to_string(),
            other => other.to_string(),
        }
    }

    /// The cause of a standing that rests on this.
    pub(super) fn cause(&self) -> Cause {
        match self {
            Self::NotHad(NotHad::Failed(Failure::Blocked(block))) => Cause::Blocked(block.to_string()),
            Self::NotHad(not_had) => Cause::CannotFetch(not_had.to_string()),
            other => Cause::CannotRead(other.to_string()),
        }
    }
}
