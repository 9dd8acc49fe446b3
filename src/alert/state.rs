//! One source's alert: its state and the one function that moves it.

use std::fmt;

use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};

use crate::assess::Standing;

/// The standing matter of one source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        /// When it was last said: at raising, then at each reminder.
        reminded_at: DateTime<Utc>,
    },
}

/// What is the matter with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// A level was reached, from quiet or from another level.
    Raised {
        /// The level reached.
        level: Level,
    },
    /// An overdue or blank source is still so, a week after it was last said.
    Reminded {
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
            Self::Resolved { level, .. } => write!(f, "resolved, was {level}"),
        }
    }
}

/// How alerts behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Days between two reminders of an overdue or blank source.
    pub remind_every: Days,
}

impl Default for Policy {
    fn default() -> Self {
        Self { remind_every: Days::new(7) }
    }
}

/// Moves an alert by one step. Steps are small: where two things happen at once (an overdue source gets an item that
/// is itself due soon), the first step resolves and the next one raises.
pub fn step(
    state: &State,
    standing: &Standing,
    now: DateTime<Utc>,
    policy: &Policy,
) -> (State, Option<Change>) {
    match (*state, concern(standing)) {
        (unchanged, Concern::CannotSay) => (unchanged, None),
        (State::Quiet, Concern::Nothing) => (State::Quiet, None),
        (State::Quiet, Concern::At(level)) => raise(level, now),
        (State::Raised { level, raised_at, .. }, Concern::Nothing) => resolve(level, raised_at),
        (State::Raised { level, raised_at, reminded_at }, Concern::At(at)) if level == at => {
            remind(level, raised_at, reminded_at, now, policy)
        }
        (State::Raised { level: Level::DueSoon, .. }, Concern::At(worse)) => raise(worse, now),
        (State::Raised { level, raised_at, .. }, Concern::At(Level::DueSoon)) => resolve(level, raised_at),
        (State::Raised { .. }, Concern::At(other)) => raise(other, now),
    }
}

/// The instant at which [`step`] may have something to say although the standing has not changed.
pub fn next_step_at(state: &State, policy: &Policy) -> Option<DateTime<Utc>> {
    match state {
        State::Quiet | State::Raised { level: Level::DueSoon, .. } => None,
        State::Raised { level: Level::Overdue | Level::Blank, reminded_at, .. } => {
            Some(*reminded_at + policy.remind_every)
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

fn remind(
    level: Level,
    raised_at: DateTime<Utc>,
    reminded_at: DateTime<Utc>,
    now: DateTime<Utc>,
    policy: &Policy,
) -> (State, Option<Change>) {
    let unchanged = State::Raised { level, raised_at, reminded_at };
    match next_step_at(&unchanged, policy) {
        // A reminder that lies in the future was given while the clock was wrong.
        Some(at) if now >= at || now < reminded_at => (
            State::Raised { level, raised_at, reminded_at: now },
            Some(Change::Reminded { level, raised_at }),
        ),
        Some(_) | None => (unchanged, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Cause;
    use chrono::TimeZone;
    use proptest::prelude::*;

    fn day(n: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2022, 11, 1, 0, 0, 0).unwrap() + Days::new(u64::from(n))
    }

    fn walk(standings: &[(u32, Standing)]) -> Vec<(u32, Change)> {
        let mut state = State::Quiet;
        let mut said = Vec::new();
        for (n, standing) in standings {
            let (next, change) = step(&state, standing, day(*n), &Policy::default());
            state = next;
            said.extend(change.map(|change| (*n, change)));
        }
        said
    }

    #[test]
    fn a_column_falls_behind_is_reminded_each_week_and_recovers() {
        let said = walk(&[
            (0, Standing::Fresh),
            (1, Standing::DueSoon),
            (2, Standing::DueSoon),
            (5, Standing::Unknown(Cause::Unconfirmed)),
            (6, Standing::Overdue),
            (7, Standing::Overdue),
            (13, Standing::Overdue),
            (14, Standing::Overdue),
            (20, Standing::Overdue),
            (21, Standing::Fresh),
        ]);
        assert_eq!(
            said,
            vec![
                (1, Change::Raised { level: Level::DueSoon }),
                (6, Change::Raised { level: Level::Overdue }),
                (13, Change::Reminded { level: Level::Overdue, raised_at: day(6) }),
                (20, Change::Reminded { level: Level::Overdue, raised_at: day(6) }),
                (21, Change::Resolved { level: Level::Overdue, raised_at: day(6) }),
            ]
        );
    }

    #[test]
    fn an_unreadable_page_does_not_resolve_an_alert() {
        let unknown = Standing::Unknown(Cause::CannotFetch("HTTP 500".into()));
        let said =
            walk(&[(0, Standing::Overdue), (1, unknown.clone()), (9, unknown), (10, Standing::Overdue)]);
        assert_eq!(
            said,
            vec![
                (0, Change::Raised { level: Level::Overdue }),
                (10, Change::Reminded { level: Level::Overdue, raised_at: day(0) }),
            ]
        );
    }

    #[test]
    fn an_unreadable_page_raises_nothing() {
        assert_eq!(
            walk(&[(0, Standing::Unknown(Cause::NotPolled)), (30, Standing::Unknown(Cause::LookTooOld))]),
            []
        );
    }

    #[test]
    fn an_overdue_source_with_an_item_that_is_due_soon_resolves_then_warns() {
        let said = walk(&[(0, Standing::Overdue), (1, Standing::DueSoon), (1, Standing::DueSoon)]);
        assert_eq!(
            said,
            vec![
                (0, Change::Raised { level: Level::Overdue }),
                (1, Change::Resolved { level: Level::Overdue, raised_at: day(0) }),
                (1, Change::Raised { level: Level::DueSoon }),
            ]
        );
    }

    fn any_standing() -> impl Strategy<Value = Standing> {
        prop_oneof![
            Just(Standing::Fresh),
            Just(Standing::DueSoon),
            Just(Standing::Overdue),
            Just(Standing::Blank),
            Just(Standing::Exempt),
            Just(Standing::Unknown(Cause::Unconfirmed)),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_resolved_or_reminded_that_was_not_raised(standings in prop::collection::vec(any_standing(), 0..60)) {
            let mut state = State::Quiet;
            let mut standing_level = None;
            for (n, standing) in standings.iter().enumerate() {
                let (next, change) = step(&state, standing, day(u32::try_from(n).unwrap()), &Policy::default());
                state = next;
                match change {
                    Some(Change::Raised { level }) => {
                        prop_assert_ne!(standing_level, Some(level));
                        standing_level = Some(level);
                    }
                    Some(Change::Reminded { level, .. }) => prop_assert_eq!(standing_level, Some(level)),
                    Some(Change::Resolved { level, .. }) => {
                        prop_assert_eq!(standing_level, Some(level));
                        standing_level = None;
                    }
                    None => {}
                }
            }
        }
    }
}
