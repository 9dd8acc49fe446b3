//! What the store holds of a source.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::{Change, Matter, Stance, State};
use crate::assess::{Cause, Known, Shown, Standing};
use crate::extract::{ArticleDate, Identity, Post, Sighting};
use crate::fetch::Validators;
use crate::rules::SourceId;

use super::ways::WayRecord;

/// When a source was and will be polled. Small, since every poll writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollRecord {
    /// When to poll next.
    pub next_poll_at: DateTime<Utc>,
    /// When the last poll ended, well or not; `None` before the first.
    pub polled_at: Option<DateTime<Utc>>,
    /// When the source was last read or found unchanged; `None` before the first success.
    pub seen_at: Option<DateTime<Utc>>,
    /// Failed polls in a row.
    pub failures: u32,
}

/// What is known of a source. Written when a poll learns something and when its alert moves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// What the last successful look showed; `None` before the first.
    pub reading: Option<ReadingRecord>,
    /// What goes wrong at present; `None` while polls succeed.
    pub failure: Option<FailureRecord>,
    /// The alert's state.
    pub alert: State,
    /// Since when nobody can say how the source stands; `None` while somebody can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_since: Option<DateTime<Utc>>,
    /// How the source has fared.
    #[serde(default)]
    pub course: Course,
    /// What to ask conditionally with.
    #[serde(default)]
    pub validators: Validators,
    /// Hash of the last body that was read: an equal body need not be parsed again.
    pub body_hash: Option<u64>,
    /// The rule's fingerprint under which all this was learned.
    pub rule: Option<u64>,
    /// The rule's place under which it was learned.
    #[serde(default)]
    pub place: Option<u64>,
    /// Whether any look at this place has shown an item.
    #[serde(default)]
    pub held_items: bool,
    /// What the page said that it is when it was last read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// What an account's ways came to, in no particular order; empty for what is read otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<WayRecord>,
    /// What the ways show is complete up to here; `None` where that is the look itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<DateTime<Utc>>,
    /// Since when no item of a feed that is read directly can have been missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered_from: Option<NaiveDate>,
    /// Items' own pages that were opened; the latest few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub articles: Vec<ArticleRecord>,
    /// When the last observation was noted. Each is noted later than the one before, whatever the clock does.
    pub observed_at: Option<DateTime<Utc>>,
}

/// How a source has fared, for whoever doubts the monitor itself where many turn bad at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "course")]
pub enum Course {
    /// Nobody has looked yet.
    #[default]
    New,
    /// Fresh, due soon or exempt.
    Well,
    /// Overdue, blank or unknown, and well before.
    Turned {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Overdue, blank or unknown, and never well under this rule.
    NeverWell,
}

impl Course {
    /// The course once the source stands so.
    pub fn after(self, standing: &Standing, now: DateTime<Utc>) -> Self {
        match standing {
            Standing::Fresh | Standing::DueSoon | Standing::Exempt => Self::Well,
            Standing::Overdue | Standing::Blank | Standing::Unknown(_) => match self {
                Self::New if *standing == Standing::Unknown(Cause::NotPolled) => Self::New,
                Self::Well => Self::Turned { since: now },
                Self::New | Self::NeverWell => Self::NeverWell,
                Self::Turned { since } => Self::Turned { since },
            },
        }
    }
}

/// What a successful look showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingRecord {
    /// What it showed.
    pub shown: Shown,
    /// The newest item, as evidence; `None` for an empty list.
    pub newest: Option<Sighting>,
    /// Since when looks have shown this.
    pub since: DateTime<Utc>,
    /// Instants of full fetches that showed this; a bounded selection.
    pub full_looks: Vec<DateTime<Utc>>,
    /// When [`Observation::StillSo`] was last noted.
    pub still_so_noted_at: Option<DateTime<Utc>>,
}

/// What goes wrong with a source at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// What.
    pub cause: Cause,
    /// Since when polls have failed in a row.
    pub since: DateTime<Utc>,
}

/// An item's own page, opened because something was to rest on the item's date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ArticleRecord {
    /// Its address.
    pub url: String,
    /// When it was last opened, or tried.
    pub opened_at: DateTime<Utc>,
    /// The day it gives; `None` where it gives none that can be trusted.
    pub date: Option<ArticleDate>,
    /// The latest day that it claims anywhere to have been published, trusted or not.
    #[serde(default)]
    pub latest: Option<NaiveDate>,
    /// Hash and length, in characters, of its text.
    pub text: Option<(u64, usize)>,
    /// Why it could not be had, if so.
    pub trouble: Option<String>,
    /// How often it was tried.
    pub tries: u32,
}

/// An item and when it was first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SightingRecord {
    /// The item.
    pub sighting: Sighting,
    /// The poll that first saw it.
    pub first_seen_at: DateTime<Utc>,
    /// The last successful look before that one; `None` if there was none.
    #[serde(default)]
    pub not_shown_at: Option<DateTime<Utc>>,
    /// Whether it is the account's own and not passed on; `None` where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_original: Option<bool>,
}

/// Something that changed in what is known of a source. Replaying them gives what was known at any past instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "observed")]
pub enum Observation {
    /// A look showed something new, or succeeded after a failure.
    Read {
        /// What it showed.
        shown: Shown,
        /// The newest item.
        newest: Option<Sighting>,
    },
    /// The rule has changed, so that what was known no longer counts.
    RuleChanged,
    /// A poll failed after a success, or for another reason than the one before.
    Failed {
        /// Why.
        cause: Cause,
    },
    /// Looks still show the same. Noted from time to time while the source is due soon, overdue or blank, so that what a
    /// warning or a conviction rests on can be replayed.
    StillSo {
        /// The full looks so far.
        full_looks: Vec<DateTime<Utc>>,
        /// The last look, full or not.
        seen_at: DateTime<Utc>,
        /// Hash of the page.
        body_hash: Option<u64>,
    },
}

/// Something that happened to a source, for people to look up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// To which source.
    pub source: SourceId,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum EventKind {
    /// The alert moved.
    Alert {
        /// How.
        #[serde(flatten)]
        change: Change,
    },
    /// Polls began to fail, or fail for another reason.
    PollFailed {
        /// Why.
        cause: Cause,
    },
    /// Polls succeed again.
    PollRecovered,
    /// A person has said something of it.
    Stance {
        /// What.
        given: Stance,
    },
}

/// What the store holds of one source, read inside a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its poll record; `None` before the source was first put on the agenda.
    pub poll: Option<PollRecord>,
    /// What is known of it.
    pub record: Arc<SourceRecord>,
}

/// What one step does to one source. Everything in it is committed together, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// The new poll record, if a poll ended.
    pub poll: Option<PollRecord>,
    /// The new record, if anything in it changed.
    pub record: Option<SourceRecord>,
    /// Items seen; those seen before keep their first instant.
    pub sightings: Vec<Sighting>,
    /// Posts of an account seen, likewise.
    pub posts: Vec<Post>,
    /// What changed in what is known, each with its own instant.
    pub observations: Vec<(DateTime<Utc>, Observation)>,
    /// What the unit is to be told.
    pub matters: Vec<Matter>,
    /// What happened, for people to look up.
    pub events: Vec<EventKind>,
}

impl Update {
    /// Whether it changes nothing but the poll record.
    pub fn learns_nothing(&self) -> bool {
        let Self { poll: _, record, sightings, posts, observations, matters, events } = self;
        record.is_none()
            && sightings.is_empty()
            && posts.is_empty()
            && observations.is_empty()
            && matters.is_empty()
            && events.is_empty()
    }
}

/// What was known of a source at a past instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// What the last successful look had shown.
    pub shown: Option<Shown>,
    /// The newest item.
    pub newest: Option<Sighting>,
    /// Since when looks had shown it.
    pub since: Option<DateTime<Utc>>,
    /// The last look that is on record.
    pub seen_at: Option<DateTime<Utc>>,
    /// What went wrong then, if polls failed.
    pub failure: Option<Cause>,
    /// The full looks that confirmed it.
    pub full_looks: Vec<DateTime<Utc>>,
}

impl SourceRecord {
    /// The record as it counts under a rule of this fingerprint: under another, what was learned is forgotten. The alert
    /// stays, since the unit has been told; and at the same place (see [`Source::place`](crate::rules::Source::place)) what
    /// the page was, and that it is suspected of having been redesigned.
    pub fn under_rule(&self, fingerprint: u64, place: u64) -> Cow<'_, Self> {
        if self.rule == Some(fingerprint) {
            return Cow::Borrowed(self);
        }
        let anew = Self {
            rule: Some(fingerprint),
            place: Some(place),
            alert: self.alert,
            observed_at: self.observed_at,
            ..Self::default()
        };
        if self.place != Some(place) {
            return Cow::Owned(anew);
        }
        let is_redesign = |failure: &&FailureRecord| matches!(failure.cause, Cause::Redesigned(_));
        Cow::Owned(Self {
            identity: self.identity.clone(),
            held_items: self.held_items,
            failure: self.failure.as_ref().filter(is_redesign).cloned(),
            ..anew
        })
    }

    /// What the judge needs of it; `seen_at` is kept with the polls.
    pub fn known(&self, seen_at: Option<DateTime<Utc>>) -> Known<'_> {
        Known {
            shown: self.reading.as_ref().map(|reading| reading.shown),
            since: self.reading.as_ref().map(|reading| reading.since),
            seen_at,
            reach: self.reach,
            failure: self.failure.as_ref().map(|failure| &failure.cause),
            full_looks: self.reading.as_ref().map_or(&[], |reading| &reading.full_looks),
        }
    }

    /// The newest item of the last successful look.
    pub fn newest(&self) -> Option<&Sighting> {
        self.reading.as_ref()?.newest.as_ref()
    }
}

impl Replayed {
    /// What the judge needs of it.
    pub fn known(&self) -> Known<'_> {
        Known {
            shown: self.shown,
            since: self.since,
            seen_at: self.seen_at,
            reach: None,
            failure: self.failure.as_ref(),
            full_looks: &self.full_looks,
        }
    }
}

/// Replays observations, in order of time, into what was known after the last of them.
pub fn replay(observations: impl IntoIterator<Item = (DateTime<Utc>, Observation)>) -> Replayed {
    let mut known = Replayed::default();
    for (at, observation) in observations {
        match observation {
            Observation::Read { shown, newest } => {
                if known.shown.is_none_or(|before| !before.shows_the_same_as(&shown)) {
                    known.full_looks.clear();
                    known.since = Some(at);
                }
                known.shown = Some(shown);
                known.newest = newest;
                known.seen_at = Some(at);
                known.failure = None;
            }
            Observation::RuleChanged => known = Replayed::default(),
            Observation::Failed { cause } => known.failure = Some(cause),
            Observation::StillSo { full_looks, seen_at, .. } => {
                known.full_looks = full_looks;
                known.seen_at = Some(seen_at);
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        "2022-11-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + chrono::TimeDelta::hours(i64::from(hour))
    }

    fn read(newest: &str) -> Observation {
        let shown = Shown::Items {
            newest: newest.parse().unwrap(),
            undated: 0,
            was: None,
            backing: crate::assess::Backing::default(),
        };
        Observation::Read { shown, newest: None }
    }

    fn still_so() -> Observation {
        Observation::StillSo { full_looks: vec![DateTime::UNIX_EPOCH], seen_at: at(90), body_hash: None }
    }

    fn replayed(observations: &[Observation]) -> Replayed {
        replay((0..).map(at).zip(observations.iter().cloned()))
    }

    #[test]
    fn a_new_item_ends_what_was_confirmed_and_a_failure_does_not() {
        let failed = Observation::Failed { cause: Cause::NotPolled };
        let known = replayed(&[read("2022-01-01"), still_so(), failed.clone()]);
        assert_eq!((known.full_looks.len(), known.failure.is_some()), (1, true));
        let known = replayed(&[read("2022-01-01"), still_so(), failed, read("2022-01-01")]);
        assert_eq!((known.full_looks.len(), known.failure, known.since), (1, None, Some(at(0))));
        let known = replayed(&[read("2022-01-01"), still_so(), read("2022-02-01")]);
        assert!(known.full_looks.is_empty());
        assert_eq!(known.since, Some(at(2)));
    }

    #[test]
    fn nothing_survives_a_change_of_the_rule() {
        let known = replayed(&[read("2022-01-01"), still_so(), Observation::RuleChanged]);
        assert_eq!(known, Replayed::default());
    }

    #[test]
    fn at_the_same_place_what_was_doubted_of_the_page_stays_doubted_under_another_rule() {
        let cause = Cause::Redesigned("it calls itself otherwise".into());
        let record = SourceRecord {
            rule: Some(1),
            place: Some(7),
            held_items: true,
            identity: Some(Identity::default()),
            failure: Some(FailureRecord { cause, since: at(0) }),
            ..SourceRecord::default()
        };
        let elsewhere = SourceRecord { rule: Some(2), place: Some(8), ..SourceRecord::default() };
        assert_eq!(record.under_rule(2, 7).into_owned(), SourceRecord { rule: Some(2), ..record.clone() });
        assert_eq!(record.under_rule(2, 8).into_owned(), elsewhere);
    }

    #[test]
    fn under_another_rule_only_the_alert_is_kept() {
        let alert =
            State::Raised { level: crate::alert::Level::Overdue, raised_at: at(0), reminded_at: at(0) };
        let record = SourceRecord {
            alert,
            rule: Some(1),
            body_hash: Some(7),
            observed_at: Some(at(3)),
            ..SourceRecord::default()
        };
        assert_eq!(record.under_rule(1, 1).into_owned(), record);
        let forgotten = SourceRecord { body_hash: None, rule: Some(2), place: Some(2), ..record.clone() };
        assert_eq!(record.under_rule(2, 2).into_owned(), forgotten);
    }
}
