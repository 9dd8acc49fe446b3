//! One source's alert: its state and the one function that moves it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ladder::Ladder;
use crate::assess::Standing;

/// The standing matter of one source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "AlertState"))]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum State {
    /// Nothing is the matter, or nothing that we know of.
    #[default]
    Quiet,
    /// The unit has been, or is about to be, told.
    Raised {
        /// What is the matter.
        level: Level,
        /// When this level was reached.
        raised_at: DateTime<Utc>,
        /// When it was last said: at raising, then at each reminder and at the escalation. The rungs of the ladder that lie
        /// after it are still to come.
        reminded_at: DateTime<Utc>,
    },
}

/// What is the matter with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "AlertLevel"))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// In time, but not for long.
    DueSoon,
    /// Past its due date.
    Overdue,
    /// Never held anything.
    Blank,
}

/// A change worth telling the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "AlertChange"))]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// A level was reached, from quiet or from another level.
    Raised {
        /// The level reached.
        level: Level,
    },
    /// It is still so, and the next rung of the ladder has been reached.
    Reminded {
        /// The level that stands.
        level: Level,
        /// Since when.
        raised_at: DateTime<Utc>,
    },
    /// It has been overdue or blank for so long that those above the webmasters are told.
    Escalated {
        /// The level that stands.
        level: Level,
        /// Since when.
        raised_at: DateTime<Utc>,
    },
    /// The matter is over.
    Resolved {
        /// The level that stood.
        level: Level,
        /// Since when it stood.
        raised_at: DateTime<Utc>,
    },
}

/// The kinds of changes, as the configuration names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A warning, the first or a later one.
    DueSoon,
    /// A source has become overdue.
    Overdue,
    /// A source has been found blank.
    Blank,
    /// An overdue or blank source is still so.
    Reminder,
    /// Those above the webmasters are told.
    Escalation,
    /// It is over.
    Recovery,
}

impl Kind {
    /// Every kind with its word.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("due-soon", Self::DueSoon),
        ("overdue", Self::Overdue),
        ("blank", Self::Blank),
        ("reminder", Self::Reminder),
        ("escalation", Self::Escalation),
        ("recovery", Self::Recovery),
    ];
}

impl Change {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Raised { level: Level::DueSoon } | Self::Reminded { level: Level::DueSoon, .. } => {
                Kind::DueSoon
            }
            Self::Raised { level: Level::Overdue } => Kind::Overdue,
            Self::Raised { level: Level::Blank } => Kind::Blank,
            Self::Reminded { level: Level::Overdue | Level::Blank, .. } => Kind::Reminder,
            Self::Escalated { .. } => Kind::Escalation,
            Self::Resolved { .. } => Kind::Recovery,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DueSoon => "due-soon",
            Self::Overdue => "overdue",
            Self::Blank => "blank",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raised { level } => write!(f, "raised, {level}"),
            Self::Reminded { level, .. } => write!(f, "reminded, {level}"),
            Self::Escalated { level, .. } => write!(f, "escalated, {level}"),
            Self::Resolved { level, .. } => write!(f, "resolved, was {level}"),
        }
    }
}

impl Level {
    /// Whether the source is late, rather than about to be.
    pub fn is_late(self) -> bool {
        match self {
            Self::DueSoon => false,
            Self::Overdue | Self::Blank => true,
        }
    }
}

/// Moves an alert by one step. Steps are small: where two things happen at once (an overdue source gets an item that
/// is itself due soon), the first step resolves and the next one raises.
///
/// The standing is the one that warnings go by: see [`Case::standing_under`](crate::assess::Case::standing_under).
pub fn step(
    state: &State,
    standing: &Standing,
    now: DateTime<Utc>,
    ladder: &Ladder<'_>,
) -> (State, Option<Change>) {
    match (*state, concern(standing)) {
        (unchanged, Concern::CannotSay) => (unchanged, None),
        (State::Quiet, Concern::Nothing) => (State::Quiet, None),
        (State::Quiet, Concern::At(level)) => raise(level, now),
        (State::Raised { level, raised_at, .. }, Concern::Nothing) => resolve(level, raised_at),
        (State::Raised { level, raised_at, reminded_at }, Concern::At(at)) if level == at => {
            climb(level, raised_at, reminded_at, now, ladder)
        }
        (State::Raised { level: Level::DueSoon, .. }, Concern::At(worse)) => raise(worse, now),
        (State::Raised { level, raised_at, .. }, Concern::At(Level::DueSoon)) => resolve(level, raised_at),
        (State::Raised { .. }, Concern::At(other)) => raise(other, now),
    }
}

/// The instant at which [`step`] may have something to say although the standing has not changed.
pub fn next_step_at(state: &State, ladder: &Ladder<'_>) -> Option<DateTime<Utc>> {
    match *state {
        State::Quiet => ladder.warn_from(),
        State::Raised { level: Level::DueSoon, reminded_at, .. } => ladder.next_warning_at(reminded_at),
        State::Raised { level: Level::Overdue | Level::Blank, raised_at, reminded_at } => {
            let reminder_at = ladder.next_reminder_at(reminded_at);
            Some(
                untold_escalation(raised_at, reminded_at, ladder)
                    .map_or(reminder_at, |at| at.min(reminder_at)),
            )
        }
    }
}

enum Concern {
    Nothing,
    At(Level),
    CannotSay,
}

fn concern(standing: &Standing) -> Concern {
    match standing {
        Standing::Fresh | Standing::Exempt => Concern::Nothing,
        Standing::DueSoon => Concern::At(Level::DueSoon),
        Standing::Overdue => Concern::At(Level::Overdue),
        Standing::Blank => Concern::At(Level::Blank),
        Standing::Unknown(_) => Concern::CannotSay,
    }
}

fn raise(level: Level, now: DateTime<Utc>) -> (State, Option<Change>) {
    (State::Raised { level, raised_at: now, reminded_at: now }, Some(Change::Raised { level }))
}

fn resolve(level: Level, raised_at: DateTime<Utc>) -> (State, Option<Change>) {
    (State::Quiet, Some(Change::Resolved { level, raised_at }))
}

fn climb(
    level: Level,
    raised_at: DateTime<Utc>,
    reminded_at: DateTime<Utc>,
    now: DateTime<Utc>,
    ladder: &Ladder<'_>,
) -> (State, Option<Change>) {
    let unchanged = State::Raised { level, raised_at, reminded_at };
    let said_now = State::Raised { level, raised_at, reminded_at: now };
    let is_reached = |at: DateTime<Utc>| now >= at;
    if level.is_late() && untold_escalation(raised_at, reminded_at, ladder).is_some_and(is_reached) {
        (said_now, Some(Change::Escalated { level, raised_at }))
    } else if next_step_at(&unchanged, ladder).is_some_and(is_reached) || now < reminded_at {
        // What was said in the future was said while the clock was wrong.
        (said_now, Some(Change::Reminded { level, raised_at }))
    } else {
        (unchanged, None)
    }
}

/// When the escalation comes, unless it has been told.
fn untold_escalation(
    raised_at: DateTime<Utc>,
    reminded_at: DateTime<Utc>,
    ladder: &Ladder<'_>,
) -> Option<DateTime<Utc>> {
    Some(ladder.escalates_at(raised_at)).filter(|at| reminded_at < *at)
}

#[cfg(test)]
mod tests;
