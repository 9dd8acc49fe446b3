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
mod tests {
    use super::*;
    use crate::rules::Lead;

    const LANGXI: Calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };

    fn half_year() -> Cadence {
        Cadence {
            name: "half-year".into(),
            period: Period::Months(6),
            lead: Lead::NextCutOff { at_least: 30 },
            grace_days: 0,
            remark_due_soon: true,
            rungs: crate::rules::Rungs::default(),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    fn items(newest: &str) -> Option<Shown> {
        Some(Shown::Items {
            newest: newest.parse().unwrap(),
            undated: 0,
            was: None,
            backing: Backing::default(),
        })
    }

    fn known<'a>(
        shown: Option<Shown>,
        failure: Option<&'a Cause>,
        full_looks: &'a [DateTime<Utc>],
        now: &str,
    ) -> Known<'a> {
        Known {
            shown,
            since: Some(at("2022-11-01T00:00:00+08:00")),
            seen_at: Some(at(now)),
            reach: None,
            failure,
            full_looks,
        }
    }

    fn judged(known: Known<'_>, now: &str) -> Standing {
        Case {
            known,
            cadence: &half_year(),
            owes_nothing_from: None,
            calendar: &LANGXI,
            policy: &Policy::default(),
            exempt_until: None,
        }
        .standing(at(now))
    }

    fn standing_of(
        shown: Option<Shown>,
        failure: Option<&Cause>,
        looks: &[DateTime<Utc>],
        now: &str,
    ) -> Standing {
        judged(known(shown, failure, looks, now), now)
    }

    #[test]
    fn before_the_first_poll_the_standing_is_unknown() {
        assert_eq!(
            standing_of(None, None, &[], "2022-12-27T12:00:00+08:00"),
            Standing::Unknown(Cause::NotPolled)
        );
    }

    #[test]
    fn a_source_passes_from_fresh_to_due_soon_to_overdue() {
        let looks = [at("2022-12-28T00:10:00+08:00"), at("2022-12-28T06:10:00+08:00")];
        let standing = |now| standing_of(items("2022-06-27"), None, &looks, now);
        assert_eq!(standing("2022-11-26T23:59:59+08:00"), Standing::Fresh);
        assert_eq!(standing("2022-11-27T00:00:00+08:00"), Standing::DueSoon);
        assert_eq!(standing("2022-12-27T23:59:59+08:00"), Standing::DueSoon);
        assert_eq!(standing("2022-12-28T06:10:00+08:00"), Standing::Overdue);
    }

    #[test]
    fn one_look_convicts_nobody() {
        let standing = |looks: &[DateTime<Utc>]| {
            standing_of(items("2022-01-01"), None, looks, "2022-12-28T12:00:00+08:00")
        };
        assert_eq!(standing(&[at("2022-12-28T11:00:00+08:00")]), Standing::Unknown(Cause::Unconfirmed));
        let too_close = [at("2022-12-28T11:00:00+08:00"), at("2022-12-28T11:30:00+08:00")];
        assert_eq!(standing(&too_close), Standing::Unknown(Cause::Unconfirmed));
        let apart = [at("2022-12-28T05:00:00+08:00"), at("2022-12-28T11:30:00+08:00")];
        assert_eq!(standing(&apart), Standing::Overdue);
    }

    #[test]
    fn looks_from_before_the_deadline_do_not_count() {
        let looks = [at("2022-12-27T12:00:00+08:00"), at("2022-12-28T00:30:00+08:00")];
        assert_eq!(
            standing_of(items("2022-06-27"), None, &looks, "2022-12-28T01:00:00+08:00"),
            Standing::Unknown(Cause::Unconfirmed)
        );
    }

    #[test]
    fn a_conviction_does_not_outlive_its_last_look() {
        let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-20T12:00:00+08:00")];
        assert_eq!(
            standing_of(items("2022-01-01"), None, &looks, "2022-12-25T00:00:00+08:00"),
            Standing::Unknown(Cause::LookTooOld)
        );
    }

    #[test]
    fn an_article_that_is_younger_than_its_list_helps_only_until_it_is_late_itself() {
        let shown = |article: &str| {
            let backing = Backing { article: Article::Later(article.parse().unwrap()), ..Backing::default() };
            Some(Shown::Items { newest: "2022-06-01".parse().unwrap(), undated: 0, was: None, backing })
        };
        let now = "2022-12-20T12:00:00+08:00";
        let looks = [at("2022-12-19T00:00:00+08:00"), at("2022-12-20T00:00:00+08:00")];
        let helped = judged(known(shown("2022-07-01"), None, &looks, now), now);
        assert!(matches!(helped, Standing::Unknown(Cause::ArticleIsNewer { .. })), "{helped:?}");
        assert_eq!(judged(known(shown("2022-06-02"), None, &looks, now), now), Standing::Overdue);
    }

    #[test]
    fn a_failed_poll_is_neither_late_nor_fresh() {
        let cause = Cause::CannotFetch("HTTP 500".into());
        for newest in ["2022-12-26", "2021-01-01"] {
            let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-27T12:00:00+08:00")];
            assert_eq!(
                standing_of(items(newest), Some(&cause), &looks, "2022-12-27T13:00:00+08:00"),
                Standing::Unknown(cause.clone())
            );
        }
    }

    #[test]
    fn rows_without_a_date_hold_back_the_accusation() {
        let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-27T12:00:00+08:00")];
        for due_soon_or_overdue in ["2022-07-05", "2022-01-01"] {
            let shown = Shown::Items {
                newest: due_soon_or_overdue.parse().unwrap(),
                undated: 2,
                was: None,
                backing: Backing::default(),
            };
            assert_eq!(
                standing_of(Some(shown), None, &looks, "2022-12-27T13:00:00+08:00"),
                Standing::Unknown(Cause::UndatedRows(2))
            );
        }
    }

    #[test]
    fn a_page_that_shows_less_than_before_is_doubted_for_a_week() {
        let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-27T12:00:00+08:00")];
        let (newest, was) = ("2021-01-01".parse().unwrap(), "2022-11-20".parse().unwrap());
        let shown = Some(Shown::Items { newest, undated: 0, was: Some(was), backing: Backing::default() });
        let standing = |since| {
            let now = "2022-12-27T13:00:00+08:00";
            judged(Known { since: Some(at(since)), ..known(shown, None, &looks, now) }, now)
        };
        let doubt = Standing::Unknown(Cause::WentBack { from: was, to: newest });
        assert_eq!(standing("2022-12-20T14:00:00+08:00"), doubt);
        assert_eq!(standing("2022-12-20T12:00:00+08:00"), Standing::Overdue);
    }

    #[test]
    fn nobody_is_warned_on_an_old_look() {
        let now = "2022-12-27T13:00:00+08:00";
        let standing = |seen_at| {
            judged(Known { seen_at: Some(at(seen_at)), ..known(items("2022-07-05"), None, &[], now) }, now)
        };
        assert_eq!(standing("2022-12-24T14:00:00+08:00"), Standing::DueSoon);
        assert_eq!(standing("2022-12-24T12:00:00+08:00"), Standing::Unknown(Cause::LookTooOld));
    }

    #[test]
    fn an_empty_list_is_blank_only_if_it_never_held_anything_and_was_seen_twice() {
        let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-27T12:00:00+08:00")];
        let standing = |shown, looks: &[DateTime<Utc>]| {
            standing_of(Some(shown), None, looks, "2022-12-27T13:00:00+08:00")
        };
        assert_eq!(standing(Shown::Empty { held_items: false }, &looks), Standing::Blank);
        assert_eq!(
            standing(Shown::Empty { held_items: false }, &looks[..1]),
            Standing::Unknown(Cause::Unconfirmed)
        );
        assert!(matches!(
            standing(Shown::Empty { held_items: true }, &looks),
            Standing::Unknown(Cause::CannotRead(_))
        ));
    }

    #[test]
    fn a_source_that_looks_overdue_is_fetched_in_full() {
        let wants = |shown, now| {
            let known = known(shown, None, &[], now);
            Case {
                known,
                cadence: &half_year(),
                owes_nothing_from: None,
                calendar: &LANGXI,
                policy: &Policy::default(),
                exempt_until: None,
            }
            .wants_full_look(at(now))
        };
        assert!(!wants(items("2022-06-27"), "2022-12-27T23:59:59+08:00"));
        assert!(wants(items("2022-06-27"), "2022-12-28T00:00:00+08:00"));
        assert!(wants(Some(Shown::Empty { held_items: false }), "2022-12-28T00:00:00+08:00"));
        assert!(!wants(None, "2022-12-28T00:00:00+08:00"), "a first poll is full anyway");
    }

    #[test]
    fn the_looks_that_are_kept_are_few_and_still_show_a_gap() {
        let policy = Policy::default();
        let mut looks = Vec::new();
        let start = at("2022-12-01T00:00:00+08:00");
        for minute in (0..12_000).step_by(7) {
            let counts_from = Some(start + TimeDelta::minutes(500));
            remember_look(&mut looks, start + TimeDelta::minutes(minute), counts_from, &policy);
            let (first, last) = (looks[0], looks[looks.len() - 1]);
            assert!(looks.len() <= 16);
            assert_eq!(last, start + TimeDelta::minutes(minute));
            assert!(minute < 24 * 60 || last - first >= policy.confirm_gap * 3);
        }
    }

    #[test]
    fn the_first_look_after_a_deadline_is_not_forgotten_before_the_second() {
        let kept = |instants: &[&str]| {
            let mut looks = Vec::new();
            for instant in instants {
                let counts_from = Some(at("2022-12-28T00:00:00+08:00"));
                remember_look(&mut looks, at(instant), counts_from, &Policy::default());
            }
            looks
        };
        let instants =
            ["2022-12-27T20:00:00+08:00", "2022-12-28T00:10:00+08:00", "2022-12-28T06:10:00+08:00"];
        assert_eq!(kept(&instants), instants.map(at));
        // A look shortly before the deadline, and a person's recheck shortly after the first one that counts.
        let mut crowded = vec!["2022-12-27T23:00:00+08:00", "2022-12-28T00:10:00+08:00"];
        crowded.extend(["2022-12-28T01:00:00+08:00", "2022-12-28T06:10:00+08:00"]);
        let looks = kept(&crowded);
        assert_eq!(looks[1], at("2022-12-28T00:10:00+08:00"), "{looks:?}");
        let standing = standing_of(items("2022-06-27"), None, &looks, "2022-12-28T06:10:00+08:00");
        assert_eq!(standing, Standing::Overdue);
    }

    #[test]
    fn the_newest_article_is_opened_before_the_sources_own_lead_even_if_a_weekend_puts_the_warning_off() {
        let backing = Backing { article: Article::Unopened, ..Backing::default() };
        let newest = "2022-06-27".parse().unwrap();
        let shown = Some(Shown::Items { newest, undated: 0, was: None, backing });
        let own_lead = at("2022-11-27T00:00:00+08:00");
        let wants = |warn_from: DateTime<Utc>, now: DateTime<Utc>| {
            let now_text = now.to_rfc3339();
            let case = Case {
                known: known(shown, None, &[], &now_text),
                cadence: &half_year(),
                owes_nothing_from: None,
                calendar: &LANGXI,
                policy: &Policy::default(),
                exempt_until: None,
            };
            assert_eq!(case.deadline().unwrap().warn_from, own_lead);
            case.wants_article(Some(warn_from), now)
        };
        let (early, late) = (own_lead - TimeDelta::days(2), own_lead + TimeDelta::days(1));
        let moment = TimeDelta::seconds(1);
        for (warn_from, opened_from) in [(late, own_lead - OPENED_AHEAD), (early, early - OPENED_AHEAD)] {
            assert!(wants(warn_from, opened_from), "{warn_from}");
            assert!(!wants(warn_from, opened_from - moment), "{warn_from}");
        }
    }
}
