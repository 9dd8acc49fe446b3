//! From what is known of a source to its standing.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::agreement::Witness;
use super::deadline::{Calendar, deadline};
use super::standing::{Cause, Deadline, Standing};
use crate::rules::{Cadence, Period};

/// How sure we must be before anybody is accused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Two full fetches convict only if they lie at least this far apart.
    pub confirm_gap: TimeDelta,
    /// The later of the two must not be older than this, and neither must the last look behind a warning.
    pub confirm_recent: TimeDelta,
    /// A page whose newest item is older than one it showed before is doubted for so long: it may be an old copy.
    pub doubt_withdrawal: TimeDelta,
    /// The operator hears of a way that has been refused for so long.
    pub way_refused_after: TimeDelta,
    /// The operator hears of ways that have shown different newest posts for so long.
    pub ways_disagree_after: TimeDelta,
    /// What a person saw, or a file that was handed in, vouches for an account's silence for so long.
    pub evidence_lasts: TimeDelta,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            confirm_gap: TimeDelta::hours(6),
            confirm_recent: TimeDelta::days(3),
            doubt_withdrawal: TimeDelta::days(7),
            way_refused_after: TimeDelta::days(1),
            ways_disagree_after: TimeDelta::days(3),
            evidence_lasts: TimeDelta::days(7),
        }
    }
}

/// So long before a warning is due the newest item's own page is opened: every source is polled at least once meanwhile.
const OPENED_AHEAD: TimeDelta = TimeDelta::days(3);

/// What the last successful look at a source showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "shown")]
pub enum Shown {
    /// Dated items.
    Items {
        /// The newest day among them.
        newest: NaiveDate,
        /// How many rows had no usable date.
        undated: usize,
        /// A newer day that an earlier look showed, if there was one: items have been withdrawn, or this is an old copy.
        was: Option<NaiveDate>,
        /// What else bears on the newest day.
        #[serde(default)]
        backing: Backing,
    },
    /// A list that says it is empty.
    Empty {
        /// Whether the source ever held items. If it did, an empty list means a redesign, not a blank column.
        held_items: bool,
    },
}

/// What bears on the newest day besides the list that shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backing {
    /// What the page of the newest item says of its date.
    pub article: Article,
    /// The newest day without items that are suspected to be old texts under new dates (旧稿新发), if there are any.
    pub without_reissues: Option<NaiveDate>,
    /// Who could tell if there were a newer item; of an account, its ways.
    #[serde(default)]
    pub witness: Witness,
}

/// What the page of the newest item says of its date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Article {
    /// Nothing: it has no page that could be opened, or that page gives no date. The list's date stands.
    #[default]
    Silent,
    /// It has not been opened yet.
    Unopened,
    /// The same day, or an earlier one.
    Agrees,
    /// A later day.
    Later(NaiveDate),
}

impl Shown {
    /// Whether both show the same items, whatever is known about these.
    pub fn shows_the_same_as(&self, other: &Self) -> bool {
        let bare = |shown: &Self| match *shown {
            Self::Items { newest, undated, was, backing: _ } => {
                Self::Items { newest, undated, was, backing: Backing::default() }
            }
            Self::Empty { held_items } => Self::Empty { held_items },
        };
        bare(self) == bare(other)
    }
}

/// Everything that a standing depends on, besides the rule and the instant.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What the last successful look showed; `None` before the first.
    pub shown: Option<Shown>,
    /// Since when looks have shown this.
    pub since: Option<DateTime<Utc>>,
    /// When the source was last read or found unchanged.
    pub seen_at: Option<DateTime<Utc>>,
    /// What is shown is complete up to here; `None` where that is the look itself.
    pub reach: Option<DateTime<Utc>>,
    /// What went wrong in the last poll, if it failed.
    pub failure: Option<&'a Cause>,
    /// Instants of full fetches (not 304s) that showed exactly this, ascending; a bounded selection is enough.
    pub full_looks: &'a [DateTime<Utc>],
}

/// One source as the judge sees it.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What is known.
    pub known: Known<'a>,
    /// The rule of frequency.
    pub cadence: &'a Cadence,
    /// From this day on nothing is owed any more.
    pub owes_nothing_from: Option<NaiveDate>,
    /// The county's calendar.
    pub calendar: &'a Calendar,
    /// How sure we must be.
    pub policy: &'a Policy,
    /// Until when a person has exempted the source; `None` where nobody has.
    pub exempt_until: Option<DateTime<Utc>>,
}

/// The fields of [`Shown::Items`].
struct Age {
    newest: NaiveDate,
    undated: usize,
    was: Option<NaiveDate>,
    backing: Backing,
}

impl Case<'_> {
    /// The standing at `now`.
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        self.standing_under(self.deadline(), None, now)
    }

    /// The standing under the case's own deadline, which has been worked out before, as whoever warns goes by it: due soon
    /// from `warn_from` on, whatever the cadence says.
    pub fn standing_under(
        &self,
        deadline: Option<Deadline>,
        warn_from: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Standing {
        if self.cadence.period == Period::Unlimited || self.owes_nothing(now) {
            return Standing::Exempt;
        }
        if let Some(cause) = self.known.failure {
            return Standing::Unknown(cause.clone());
        }
        match self.known.shown {
            None => Standing::Unknown(Cause::NotPolled),
            Some(Shown::Empty { held_items: true }) => Standing::Unknown(Cause::CannotRead(
                "the list says that it is empty, but it held items before: has the site been redesigned?"
                    .to_owned(),
            )),
            Some(Shown::Empty { held_items: false }) => {
                self.convict(Standing::Blank, DateTime::UNIX_EPOCH, now)
            }
            Some(Shown::Items { newest, undated, was, backing }) => {
                self.by_age(&Age { newest, undated, was, backing }, deadline, warn_from, now)
            }
        }
    }

    /// The deadline that follows from the newest item, if there is one.
    pub fn deadline(&self) -> Option<Deadline> {
        match self.known.shown {
            Some(Shown::Items { newest, .. }) => deadline(newest, self.cadence, self.calendar),
            Some(Shown::Empty { .. }) | None => None,
        }
    }

    /// Whether the source is late, or soon will be, by what is known so far; or would be but for a reissue.
    pub fn is_late_without_more(&self, now: DateTime<Utc>) -> bool {
        self.lapse_without_reissues().is_some()
            || self.deadline().is_some_and(|deadline| now >= deadline.warn_from)
    }

    /// Whether the newest item's own page should be opened, since a warning from `warn_from` on, or a conviction, is to rest
    /// on its date; or since the source will be shown as due soon, which a warning that a weekend puts off comes after.
    pub fn wants_article(&self, warn_from: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        let is_unopened = matches!(
            self.known.shown,
            Some(Shown::Items { backing: Backing { article: Article::Unopened, .. }, .. })
        );
        let own_lead = self.deadline().map(|deadline| deadline.warn_from);
        let first = [warn_from, own_lead].into_iter().flatten().min();
        is_unopened && first.is_some_and(|first| now >= first - OPENED_AHEAD)
    }

    fn lapse_without_reissues(&self) -> Option<DateTime<Utc>> {
        match self.known.shown {
            Some(Shown::Items { backing: Backing { without_reissues: Some(without), .. }, .. }) => {
                deadline(without, self.cadence, self.calendar).map(|deadline| deadline.overdue_from)
            }
            Some(_) | None => None,
        }
    }

    /// Whether the next poll must be a full fetch, without validators: something looks overdue or blank, and a
    /// "304 not modified" would be no second look.
    pub fn wants_full_look(&self, now: DateTime<Utc>) -> bool {
        match self.known.shown {
            None => false,
            Some(Shown::Empty { .. }) => true,
            Some(Shown::Items { .. }) => self.deadline().is_some_and(|deadline| now >= deadline.overdue_from),
        }
    }

    /// The next instant at which the standing may change although nothing is polled, under the case's own deadline, which has
    /// been worked out before.
    pub fn next_change_under(&self, deadline: Option<Deadline>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let owes_nothing_from = self.owes_nothing_from.map(|day| self.calendar.start_of(day));
        let just_after = |at: DateTime<Utc>, length| at + length + TimeDelta::milliseconds(1);
        [
            deadline.map(|deadline| deadline.warn_from),
            deadline.map(|deadline| deadline.overdue_from),
            self.lapse_without_reissues(),
            self.exempt_until,
            self.known.full_looks.last().map(|look| just_after(*look, self.policy.confirm_recent)),
            self.known.seen_at.map(|seen_at| just_after(seen_at, self.policy.confirm_recent)),
            self.known.since.map(|since| since + self.policy.doubt_withdrawal),
            owes_nothing_from,
        ]
        .into_iter()
        .flatten()
        .filter(|at| *at > now)
        .min()
    }

    fn owes_nothing(&self, now: DateTime<Utc>) -> bool {
        self.owes_nothing_from.is_some_and(|day| self.calendar.day_of(now) >= day)
            || self.exempt_until.is_some_and(|until| now < until)
    }

    fn by_age(
        &self,
        age: &Age,
        deadline: Option<Deadline>,
        warn_from: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Standing {
        let Some(deadline) = deadline else {
            return Standing::Exempt;
        };
        let warn_from = warn_from.unwrap_or(deadline.warn_from);
        if now < warn_from {
            return self.unless_reissued(age, now);
        }
        if let Article::Later(article) = age.backing.article
            && !self.has_lapsed(article, now)
        {
            Standing::Unknown(Cause::ArticleIsNewer { list: age.newest, article })
        } else if let Some(cause) = no_witness(age) {
            Standing::Unknown(cause)
        } else if age.undated > 0 {
            Standing::Unknown(Cause::UndatedRows(age.undated))
        } else if let Some(was) = age.was.filter(|_| self.doubts_withdrawal(now)) {
            Standing::Unknown(Cause::WentBack { from: was, to: age.newest })
        } else if now >= deadline.overdue_from && age.backing.article == Article::Unopened {
            Standing::Unknown(Cause::Unconfirmed)
        } else if now >= deadline.overdue_from {
            self.convict(Standing::Overdue, deadline.overdue_from, now)
        } else if self.known.seen_at.is_none_or(|seen_at| now - seen_at > self.policy.confirm_recent) {
            // While nobody looked, the unit may have published.
            Standing::Unknown(Cause::LookTooOld)
        } else if self.known.reach.is_some_and(|reach| reach < warn_from) {
            Standing::Unknown(Cause::Unconfirmed)
        } else {
            Standing::DueSoon
        }
    }

    /// Whether a source whose newest item is of this day is late.
    fn has_lapsed(&self, newest: NaiveDate, now: DateTime<Utc>) -> bool {
        deadline(newest, self.cadence, self.calendar).is_some_and(|deadline| now >= deadline.overdue_from)
    }

    /// Fresh, unless that rests on nothing but an old text under a new date.
    fn unless_reissued(&self, age: &Age, now: DateTime<Utc>) -> Standing {
        let without = age.backing.without_reissues;
        match without.filter(|without| self.has_lapsed(*without, now)) {
            Some(without) => Standing::Unknown(Cause::Reissued { claimed: age.newest, without }),
            None => Standing::Fresh,
        }
    }

    fn doubts_withdrawal(&self, now: DateTime<Utc>) -> bool {
        self.known.since.is_none_or(|since| now - since < self.policy.doubt_withdrawal)
    }

    /// `conviction`, if two full looks since `since` bear it out; otherwise unknown.
    fn convict(&self, conviction: Standing, since: DateTime<Utc>, now: DateTime<Utc>) -> Standing {
        let looks = self.known.full_looks;
        let (Some(first), Some(last)) = (looks.iter().find(|look| **look >= since), looks.last()) else {
            return Standing::Unknown(Cause::Unconfirmed);
        };
        if *last - *first < self.policy.confirm_gap {
            Standing::Unknown(Cause::Unconfirmed)
        } else if now - *last > self.policy.confirm_recent {
            Standing::Unknown(Cause::LookTooOld)
        } else {
            conviction
        }
    }
}

/// Why nobody could tell if there were a newer item, if so.
fn no_witness(age: &Age) -> Option<Cause> {
    match age.backing.witness {
        Witness::Whole => None,
        Witness::Partial => Some(Cause::OnlyPartial),
        Witness::Behind { shows } => Some(Cause::ListsBehind { lists: shows, newest: age.newest }),
    }
}

/// Adds a full look to the selection that is kept: at most sixteen, a quarter of `confirm_gap` apart but for the last,
/// which is enough to tell whether two of the last day's lie `confirm_gap` apart. The first look from `counts_from` on, the
/// instant from which looks convict, is kept whatever lies around it, or the second one would come too early to count.
pub fn remember_look(
    full_looks: &mut Vec<DateTime<Utc>>,
    at: DateTime<Utc>,
    counts_from: Option<DateTime<Utc>>,
    policy: &Policy,
) {
    const KEPT: usize = 16;
    // Looks of a time to come were made while the clock was wrong.
    full_looks.retain(|look| *look <= at);
    let is_first_that_counts = |before, last| counts_from.is_some_and(|from| before < from && from <= last);
    if let [.., before, last] = full_looks.as_mut_slice()
        && *last - *before < policy.confirm_gap / 4
        && !is_first_that_counts(*before, *last)
    {
        *last = at;
    } else {
        full_looks.push(at);
    }
    if full_looks.len() > KEPT {
        full_looks.remove(0);
    }
}

/// The days from `today` to `due`: 0 on the due day, negative when past it.
pub fn days_left(due: NaiveDate, today: NaiveDate) -> i64 {
    (due - today).num_days()
}

/// Days past the end of `due`, at least one, for "第 N 天".
pub fn days_overdue(due: NaiveDate, today: NaiveDate) -> i64 {
    (today - due).num_days().max(0)
}

/// The last instant that still counts for the day `cutoff`.
pub fn judged_at(calendar: &Calendar, cutoff: NaiveDate) -> DateTime<Utc> {
    calendar.end_of(cutoff) - TimeDelta::milliseconds(1)
}

#[cfg(test)]
mod tests;
