//! From what the ways of an account show to what is known of the account.
//!
//! Every way lies at times: a bridge freezes, a list omits the newest post, a token expires. So the newest post is the
//! newest that any way shows, and an account may be called late only on the word of a way that would know: one that is
//! well, lists all posts, and shows no older a post than the others ([`Witness::Whole`]). While no way is well nothing is
//! known at all, and [`agree`] says so with the cause that tells best what to do.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::deadline::Calendar;
use super::standing::Cause;
use crate::extract::Refusal;

/// One way, as its last look left it.
#[derive(Debug, Clone)]
pub struct WayView {
    /// The newest post, pinned ones apart, of its last good look; `None` before the first.
    pub newest: Option<NaiveDate>,
    /// What its silence is worth.
    pub testimony: Testimony,
    /// Whether it can be relied on now.
    pub health: Health,
}

/// What a way's silence is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Testimony {
    /// It lists all posts, so what it does not show is not there.
    Full,
    /// It shows single posts, or posts of one kind: it proves what it shows, and no silence.
    Partial,
}

/// Whether a way can be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Its last look succeeded.
    Well {
        /// What it shows is complete up to here; `None` where that is the look itself.
        reach: Option<DateTime<Utc>>,
    },
    /// Nobody has looked yet, or what was seen is too old to rely on.
    Unasked,
    /// Its last look failed, or its bridge is sick.
    Troubled(Cause),
}

/// What the ways know together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// The place of the way that shows the newest post; `None` where none shows any.
    pub by: Option<usize>,
    /// Who could tell if there were a newer one.
    pub witness: Witness,
    /// What the witnesses show is complete up to here; `None` where that is the look itself, or nobody is a witness.
    pub reach: Option<DateTime<Utc>>,
}

/// Who could tell if an account had a newer post than the newest that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Witness {
    /// A list of all posts.
    #[default]
    Whole,
    /// Nobody: all that is left shows single posts, or posts of one kind.
    Partial,
    /// Nobody: the lists that can be had now lack the newest post, so they may lack others.
    Behind {
        /// The newest post that they show.
        shows: Option<NaiveDate>,
    },
}

/// What the ways of an account know together.
///
/// # Errors
/// The cause, if no way is well: that of the trouble which the operator can do most about.
pub fn agree(ways: &[WayView]) -> Result<Agreed, Cause> {
    if !ways.iter().any(WayView::is_well) {
        return Err(worst_trouble(ways));
    }
    let newest = newest(ways);
    let lists = || ways.iter().filter(|way| way.is_well() && way.testimony == Testimony::Full);
    let reaches: Vec<_> = lists().filter(|way| way.newest == newest).filter_map(WayView::reach).collect();
    let witness = match (reaches.is_empty(), lists().map(|way| way.newest).max()) {
        (false, _) => Witness::Whole,
        (true, Some(shows)) => Witness::Behind { shows },
        (true, None) => Witness::Partial,
    };
    Ok(Agreed {
        by: ways.iter().position(|way| way.newest.is_some() && way.newest == newest),
        witness,
        reach: furthest(&reaches),
    })
}

/// The newest post that any way shows.
pub fn newest<'w>(ways: impl IntoIterator<Item = &'w WayView>) -> Option<NaiveDate> {
    ways.into_iter().filter_map(|way| way.newest).max()
}

/// Whether a way that should show all posts lacks the newest one that another shows. A way that is complete only up to some
/// hour of that post's day, or to an earlier one, could not know it.
pub fn lacks_the_newest(way: &WayView, newest: Option<NaiveDate>, calendar: &Calendar) -> bool {
    let could_know = match (&way.health, newest) {
        (Health::Well { reach: Some(reach) }, Some(newest)) => calendar.day_of(*reach) > newest,
        (Health::Well { .. }, _) => true,
        (Health::Unasked | Health::Troubled(_), _) => false,
    };
    could_know && way.testimony == Testimony::Full && way.newest < newest
}

/// Whether something has lasted long enough, at `now`, to be reported.
pub fn has_lasted(since: Option<DateTime<Utc>>, long: TimeDelta, now: DateTime<Utc>) -> bool {
    since.is_some_and(|since| now - since >= long)
}

impl WayView {
    fn is_well(&self) -> bool {
        matches!(self.health, Health::Well { .. })
    }

    /// Up to when it is complete: the outer `None` where it is not well, the inner where it is as good as its look.
    fn reach(&self) -> Option<Option<DateTime<Utc>>> {
        match &self.health {
            Health::Well { reach } => Some(*reach),
            Health::Unasked | Health::Troubled(_) => None,
        }
    }
}

/// The furthest of the reaches; a way that is as good as its look reaches furthest.
fn furthest(reaches: &[Option<DateTime<Utc>>]) -> Option<DateTime<Utc>> {
    if reaches.iter().any(Option::is_none) {
        return None;
    }
    reaches.iter().copied().flatten().max()
}

fn worst_trouble(ways: &[WayView]) -> Cause {
    let troubles = ways.iter().filter_map(|way| match &way.health {
        Health::Troubled(cause) => Some(cause),
        Health::Well { .. } | Health::Unasked => None,
    });
    troubles.min_by_key(|cause| rank(cause)).cloned().unwrap_or(Cause::NoWayLooked)
}

/// What the operator can do most about comes first.
fn rank(cause: &Cause) -> u8 {
    match cause {
        Cause::WayRefused(Refusal::Unreachable(_) | Refusal::PlatformFailed(_)) => 4,
        Cause::WayRefused(_) => 0,
        Cause::SickBridge { .. } => 1,
        Cause::Blocked(_) => 2,
        Cause::CannotRead(_) | Cause::Redesigned(_) => 3,
        Cause::CannotFetch(_) => 4,
        Cause::NotPolled
        | Cause::Unconfirmed
        | Cause::UndatedRows(_)
        | Cause::LookTooOld
        | Cause::ArticleIsNewer { .. }
        | Cause::Reissued { .. }
        | Cause::WentBack { .. }
        | Cause::NoWayLooked
        | Cause::OnlyPartial
        | Cause::ListsBehind { .. } => 5,
    }
}

#[cfg(test)]
mod tests;
