//! From a look, or from time alone, to what the store should hold: pure, so that a transaction may run it again.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::learn::{Look, learn, sightings_of};
use super::notes::Notes;
use super::visit::Seen;
use super::ways::{heed_ways, next_change_at, posts_of, retry_of, signs};
use crate::alert::{self, Ladder, Matter, OperatorKey, Sign};
use crate::assess::{self, BridgeHealth, Calendar, Case, Cause, Deadline, Standing, WorkDays};
use crate::fetch::Retry;
use crate::rules::{BridgeId, Source};
use crate::schedule::{Outlook, PollEnd, next_poll_at};
use crate::store::{Course, EventKind, PollRecord, SourceRecord, Stored, Update};

/// What settling a source depends on besides the store.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The source.
    pub source: &'a Source,
    /// The county's calendar.
    pub calendar: &'a Calendar,
    /// How sure we must be.
    pub assess: &'a assess::Policy,
    /// How alerts behave.
    pub alert: &'a alert::Policy,
    /// The county's working days.
    pub days: WorkDays<'a>,
    /// Until when a person has exempted the source, if anybody has.
    pub exempt_until: Option<DateTime<Utc>>,
}

/// What follows from settling a source, for the daemon's own tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// How the source stands now.
    pub standing: Standing,
    /// Since when nobody can say how it stands; `None` where somebody can.
    pub unknown_since: Option<DateTime<Utc>>,
    /// How the source has fared.
    pub course: Course,
    /// When time alone may change that; `None` while only a poll can.
    pub judge_at: Option<DateTime<Utc>>,
    /// When to poll next, if a poll ended.
    pub next_poll_at: Option<DateTime<Utc>>,
    /// Changes of the alert.
    pub changes: Vec<alert::Change>,
    /// Why polls fail, if that has just begun or changed.
    pub failed_with: Option<Cause>,
    /// What the operator is to hear of an account's ways, and no longer.
    pub signs: Vec<(OperatorKey, Sign)>,
}

impl<'a> Terms<'a> {
    /// The case of the source, as the store holds it.
    pub fn case(&self, record: &'a SourceRecord, seen_at: Option<DateTime<Utc>>) -> Case<'a> {
        Case {
            known: record.known(seen_at),
            cadence: &self.source.cadence,
            owes_nothing_from: self.source.deregistered.as_ref().map(|deregistered| deregistered.since),
            calendar: self.calendar,
            policy: self.assess,
            exempt_until: self.exempt_until,
        }
    }

    /// The ladder of the source under a deadline.
    pub fn ladder(&self, deadline: Option<Deadline>) -> Ladder<'a> {
        let rungs = self.source.cadence.rungs;
        Ladder { calendar: self.calendar, days: self.days, deadline, rungs, policy: self.alert }
    }

    /// The standing as warnings go by it: due soon from another day on, where that of the first warning is a day off.
    pub fn standing_for_alert(
        &self,
        record: &SourceRecord,
        seen_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Standing {
        let case = self.case(record, seen_at);
        let deadline = case.deadline();
        case.standing_under(deadline, self.ladder(deadline).warn_from(), now)
    }
}

/// Settles a source after a poll.
pub fn after_poll(stored: &Stored, seen: &Seen, terms: &Terms<'_>, now: DateTime<Utc>) -> (Update, Settled) {
    let look = &seen.look;
    let mut step = Step::begin(stored, terms, now);
    let before = step.record.clone();
    step.record = learn(step.record, look, &seen.besides(), terms, now);
    // A page may come and still tell nothing: without a usable date, or as another page than before.
    let has_failed = step.record.failure.is_some();
    if !has_failed {
        step.update.sightings = sightings_of(look, &step.record.articles);
    }
    // A bridge that is doubted may withhold posts, but it makes none up.
    step.update.posts = posts_of(look);
    step.seen_at = if has_failed { step.seen_at } else { Some(now) };
    step.note_what_changed(&before);
    let mut settled = step.judge();
    let failures = if has_failed { stored.poll.map_or(0, |poll| poll.failures).saturating_add(1) } else { 0 };
    let next_poll_at = step.next_poll_at(look, failures, seen.not_before, &settled.standing);
    settled.next_poll_at = Some(next_poll_at);
    let poll = PollRecord { next_poll_at, polled_at: Some(now), seen_at: step.seen_at, failures };
    (Update { poll: Some(poll), ..step.finish(stored) }, settled)
}

/// Settles a source because an instant has passed.
pub fn by_time(stored: &Stored, terms: &Terms<'_>, now: DateTime<Utc>) -> (Update, Settled) {
    let mut step = Step::begin(stored, terms, now);
    step.heed_ways();
    let settled = step.judge();
    (step.finish(stored), settled)
}

/// Settles an account because a bridge that it is read through stands otherwise than before.
pub(super) fn by_bridge(
    stored: &Stored,
    terms: &Terms<'_>,
    bridge: &BridgeId,
    health: &BridgeHealth,
    now: DateTime<Utc>,
) -> (Update, Settled) {
    let mut step = Step::begin(stored, terms, now);
    for way in terms.source.ways.iter().filter(|way| way.bridge.as_ref() == Some(bridge)) {
        if let Some(known) = step.record.to_mut().ways.iter_mut().find(|known| known.way == way.name) {
            known.bridge = Some(health.clone());
        }
    }
    step.heed_ways();
    let settled = step.judge();
    (step.finish(stored), settled)
}

/// One settling under way.
struct Step<'a> {
    terms: &'a Terms<'a>,
    now: DateTime<Utc>,
    record: Cow<'a, SourceRecord>,
    seen_at: Option<DateTime<Utc>>,
    /// As the judge worked it out.
    deadline: Option<Deadline>,
    notes: Notes,
    update: Update,
}

impl<'a> Step<'a> {
    /// Begins with what counts of the stored record under the present rule.
    fn begin(stored: &'a Stored, terms: &'a Terms<'a>, now: DateTime<Utc>) -> Self {
        let mut notes = Notes::after(stored.record.observed_at, now);
        let record = stored.record.under_rule(terms.source.fingerprint, terms.source.place);
        let is_known_rule = stored.record.rule.is_none() || stored.record.rule == record.rule;
        if !is_known_rule {
            notes.rule_changed();
        }
        let seen_at = stored.poll.and_then(|poll| poll.seen_at).filter(|_| is_known_rule);
        Self { terms, now, record, seen_at, deadline: None, notes, update: Update::default() }
    }

    /// Brings what follows from an account's ways up to date, and notes what that changes.
    fn heed_ways(&mut self) {
        if self.record.ways.is_empty() {
            return;
        }
        let before = self.record.clone();
        heed_ways(self.record.to_mut(), self.terms, self.now);
        self.note_what_changed(&before);
    }

    fn note_what_changed(&mut self, before: &SourceRecord) {
        let cause_of = |record: &SourceRecord| record.failure.as_ref().map(|failure| failure.cause.clone());
        let shown_in = |record: &SourceRecord| record.reading.as_ref().map(|reading| reading.shown);
        match (cause_of(before), cause_of(&self.record)) {
            (was, Some(cause)) if was.as_ref() != Some(&cause) => {
                self.notes.failed(&cause);
                self.update.events.push(EventKind::PollFailed { cause });
            }
            (Some(_), None) => {
                self.update.events.push(EventKind::PollRecovered);
                self.notes.read(&self.record);
            }
            (None, None) if shown_in(before) != shown_in(&self.record) => self.notes.read(&self.record),
            (_, Some(_)) | (None, None) => {}
        }
    }

    fn judge(&mut self) -> Settled {
        let case = self.terms.case(&self.record, self.seen_at);
        let deadline = case.deadline();
        let standing = case.standing_under(deadline, None, self.now);
        self.deadline = deadline;
        self.notes.still_so(&mut self.record, &standing, self.seen_at, self.terms.assess, self.now);
        self.note_course(&standing);
        let ladder = self.terms.ladder(deadline);
        let changes = self.move_alert(&ladder);
        let judge_at = [
            next_change_at(&self.record, self.terms, self.now),
            self.terms.case(&self.record, self.seen_at).next_change_under(deadline, self.now),
            alert::next_step_at(&self.record.alert, &ladder),
        ];
        let failed_with = self.update.events.iter().find_map(|event| match event {
            EventKind::PollFailed { cause } => Some(cause.clone()),
            EventKind::Alert { .. } | EventKind::PollRecovered | EventKind::Stance { .. } => None,
        });
        Settled {
            standing,
            unknown_since: self.record.unknown_since,
            course: self.record.course,
            judge_at: judge_at.into_iter().flatten().filter(|at| *at > self.now).min(),
            next_poll_at: None,
            changes,
            failed_with,
            signs: signs(&self.record, self.terms, self.now),
        }
    }

    fn note_course(&mut self, standing: &Standing) {
        let unknown_since = match standing {
            Standing::Unknown(_) => Some(self.record.unknown_since.unwrap_or(self.now)),
            Standing::Fresh | Standing::DueSoon | Standing::Overdue | Standing::Blank | Standing::Exempt => {
                None
            }
        };
        let course = self.record.course.after(standing, self.now);
        if (unknown_since, course) != (self.record.unknown_since, self.record.course) {
            let record = self.record.to_mut();
            (record.unknown_since, record.course) = (unknown_since, course);
        }
    }

    fn move_alert(&mut self, ladder: &Ladder<'_>) -> Vec<alert::Change> {
        let case = self.terms.case(&self.record, self.seen_at);
        let standing = case.standing_under(ladder.deadline, ladder.warn_from(), self.now);
        let mut changes = Vec::new();
        if self.terms.source.canary_of.is_some() {
            return changes;
        }
        while let (next, Some(change)) = alert::step(&self.record.alert, &standing, self.now, ladder) {
            let source = self.terms.source.id.clone();
            self.update.matters.push(Matter { source, at: self.now, change, before: self.record.alert });
            self.update.events.push(EventKind::Alert { change });
            changes.push(change);
            self.record.to_mut().alert = next;
        }
        changes
    }

    fn next_poll_at(
        &self,
        look: &Look,
        failures: u32,
        wish: Option<DateTime<Utc>>,
        standing: &Standing,
    ) -> DateTime<Utc> {
        let end = match look {
            Look::Failed { retry: Retry::Soon, .. } => PollEnd::Failed { failures, transient: true },
            Look::Failed { retry: Retry::InHours, .. } => PollEnd::Blocked { failures },
            Look::Failed { retry: Retry::AtLeisure, .. } => PollEnd::Failed { failures, transient: false },
            Look::Ways(looks) if self.record.failure.is_some() => match retry_of(looks) {
                Retry::Soon => PollEnd::Failed { failures, transient: true },
                Retry::InHours => PollEnd::Blocked { failures },
                Retry::AtLeisure => PollEnd::Failed { failures, transient: false },
            },
            Look::Ways(_)
            | Look::Read { .. }
            | Look::Undated { .. }
            | Look::SameBody { .. }
            | Look::NotModified => PollEnd::Read,
        };
        let is_unconfirmed = *standing == Standing::Unknown(Cause::Unconfirmed);
        let outlook = Outlook {
            period: self.terms.source.cadence.period,
            deadline: self.deadline,
            look_again_in: is_unconfirmed.then_some(self.terms.assess.confirm_gap),
            not_before: wish,
        };
        next_poll_at(&self.terms.source.id, end, &outlook, self.now)
    }

    fn finish(mut self, stored: &Stored) -> Update {
        if let Some(last_at) = self.notes.last_at() {
            self.record.to_mut().observed_at = Some(last_at);
        }
        self.update.observations = self.notes.into_noted();
        if let Cow::Owned(record) = self.record
            && record != *stored.record
        {
            self.update.record = Some(record);
        }
        self.update
    }
}
