//! When something is said of a source: the rungs between its first warning and the report to those above.
//!
//! Warnings that would fall in a holiday are given on the last working day before it, since nobody could act on them later.
//! What is said once a source is late waits for the first working day instead. Rungs are instants at which a day begins; the
//! mailer's hours decide when on that day a mail goes out.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::assess::{Calendar, Deadline, WorkDays};
use crate::rules::{Holidays, Rungs};

/// How alerts behave where a cadence does not say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Days between two reminders of an overdue or blank source.
    pub remind_every: Days,
    /// Days that a source may be overdue or blank before those above its webmasters are told.
    pub escalate_after: Days,
}

impl Default for Policy {
    fn default() -> Self {
        Self { remind_every: Days::new(7), escalate_after: Days::new(14) }
    }
}

/// The ladder of one source.
#[derive(Debug, Clone, Copy)]
pub struct Ladder<'a> {
    /// The county's calendar.
    pub calendar: &'a Calendar,
    /// Its working days.
    pub days: WorkDays<'a>,
    /// The source's deadline, if it has one.
    pub deadline: Option<Deadline>,
    /// What its cadence says.
    pub rungs: Rungs,
    /// What holds where the cadence says nothing.
    pub policy: &'a Policy,
}

impl Ladder<'_> {
    /// When the first warning is due. Where its day is a day off it comes on the last working day before; only a plain
    /// weekend puts it off to Monday, if that is still before the due day. It never comes on the day of the newest item or
    /// before, since nobody is warned for having published: then the due day itself will do, or else it stays on its own day.
    pub fn warn_from(&self) -> Option<DateTime<Utc>> {
        let deadline = self.deadline?;
        let day = self.calendar.day_of(deadline.warn_from);
        let (before, after) = (self.days.on_or_before(day), self.days.on_or_after(day));
        let is_plain_weekend = (after - before).num_days() == 3 && !Holidays::is_plain_working_day(day);
        let told_on = if is_plain_weekend && after < deadline.due {
            after
        } else if before > deadline.last {
            before
        } else if after <= deadline.due {
            after
        } else {
            day
        };
        Some(self.calendar.start_of(told_on))
    }

    /// The next warning of a source that is due soon, after what was last said.
    pub(super) fn next_warning_at(&self, said_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let due = self.deadline?.due;
        let again = (self.rungs.again_before > 0).then(|| self.days.before(due, self.rungs.again_before));
        let last = self.rungs.on_due_day.then(|| self.days.on_or_before(due));
        let said_on = self.calendar.day_of(said_at);
        [again, last]
            .into_iter()
            .flatten()
            .filter(|day| *day > said_on)
            .min()
            .map(|day| self.calendar.start_of(day))
    }

    /// The next reminder of a source that is late, after what was last said.
    pub(super) fn next_reminder_at(&self, said_at: DateTime<Utc>) -> DateTime<Utc> {
        let every = self.rungs.remind_every.map_or(self.policy.remind_every, |days| Days::new(days.into()));
        self.working_day_after(said_at, every)
    }

    /// When those above are told of a source that has been late since `raised_at`.
    pub fn escalates_at(&self, raised_at: DateTime<Utc>) -> DateTime<Utc> {
        let after =
            self.rungs.escalate_after.map_or(self.policy.escalate_after, |days| Days::new(days.into()));
        self.working_day_after(raised_at, after)
    }

    fn working_day_after(&self, at: DateTime<Utc>, days: Days) -> DateTime<Utc> {
        // What happens on a day off is told on the next working day, and time is counted from the telling.
        let told_on: NaiveDate = self.days.on_or_after(self.calendar.day_of(at));
        let later = told_on.checked_add_days(days).unwrap_or(told_on);
        self.calendar.start_of(self.days.on_or_after(later))
    }
}
