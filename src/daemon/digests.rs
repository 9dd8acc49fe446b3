//! Plans what units are told: each unit's changes in one digest a day, within the hours and days of mail.
//!
//! Nothing is told of a source that nobody can judge at present, that a person has silenced, or whose alert is known and
//! that would only be reminded of; what is kept back waits, and is told or cancelled out later.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::line::Line;
use crate::alert::{Addressee, Change, Digest, DigestRow, Matter, News, SourceFacts, State, plan_digest};
use crate::assess::{Cause, Standing};
use crate::deliver::{Notice, NoticeId, Says};
use crate::fetch::without_secrets;
use crate::rules::{Role, Source, Unit};
use crate::store::{PlannedDigest, SourceRecord, StoreError, WaitingMatter};

/// How long after the hours begin a unit's mail may wait for a second look.
const SECOND_LOOK: TimeDelta = TimeDelta::hours(6);
/// And so long before they end it waits no longer.
const LAST_CALL: TimeDelta = TimeDelta::minutes(30);

impl Line {
    /// Plans the digest of every unit that has something to hear and has not had its mail of today, and what is told at once
    /// at any hour; returns when to look again.
    pub(super) fn plan_digests(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
        let opens_at = self.digests.next_open(now, &self.calendar, self.work_days());
        let mut next = if opens_at > now { opens_at } else { self.opens_tomorrow_at(now) };
        let is_open = opens_at <= now;
        if (!is_open && self.at_once.is_empty()) || self.unit_mail_is_held()? {
            return Ok(next);
        }
        for unit in self.store.units_with_matters()? {
            // The matters of a unit that is missing from the rules wait for its return.
            let Some(unit) = self.rules.unit(&unit) else { continue };
            let today = NoticeId::digest(&unit.id, self.calendar.day_of(now));
            let may_have_its_mail = is_open && !self.store.knows_notice(&today)?;
            if !may_have_its_mail && self.at_once.is_empty() {
                continue;
            }
            let matters = self.tellable_matters(unit, now)?;
            let Some(oldest) = matters.first() else { continue };
            if matters.iter().any(|waiting| self.at_once.contains(&waiting.matter.change.kind())) {
                let id = if may_have_its_mail { today } else { NoticeId::at_once(&unit.id, now) };
                self.plan_digest(id, unit, matters, now)?;
            } else if may_have_its_mail {
                let ready_at = self.ready_at(unit, oldest.matter.at, now)?;
                if ready_at <= now {
                    self.plan_digest(today, unit, matters, now)?;
                } else {
                    next = next.min(ready_at);
                }
            }
        }
        Ok(next)
    }

    /// When a unit's mail of today may be written: once its first change has waited for others, and for a while in the
    /// morning not before a source that looks late has had its second look, which would have to wait for the next mail.
    fn ready_at(
        &self,
        unit: &Unit,
        first_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, StoreError> {
        let gathered_at = first_at + self.digests.gather;
        let today = self.calendar.day_of(now);
        let closes_at = self.calendar.at(today, self.digests.until);
        let waits_until =
            (self.calendar.at(today, self.digests.from) + SECOND_LOOK).min(closes_at - LAST_CALL);
        for source in self.rules.sources_of(&unit.id) {
            let was_warned_of = self.stored(source)?.record.alert != State::Quiet;
            if was_warned_of && self.standing(source, now)? == Standing::Unknown(Cause::Unconfirmed) {
                return Ok(gathered_at.max(waits_until));
            }
        }
        Ok(gathered_at)
    }

    fn opens_tomorrow_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let tomorrow = self.calendar.start_of(self.calendar.day_of(now) + Days::new(1));
        self.digests.next_open(tomorrow, &self.calendar, self.work_days())
    }

    fn tellable_matters(&self, unit: &Unit, now: DateTime<Utc>) -> Result<Vec<WaitingMatter>, StoreError> {
        let mut tellable = Vec::new();
        for waiting in self.store.matters(&unit.id)? {
            let is_kept_back = match self.rules.source(&waiting.matter.source) {
                Some(source) => self.is_kept_back(source, &waiting.matter.change, now)?,
                None => false,
            };
            if !is_kept_back {
                tellable.push(waiting);
            }
        }
        Ok(tellable)
    }

    fn is_kept_back(&self, source: &Source, change: &Change, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let record = self.stored(source)?.record;
        let standpoint = self.standpoint(source, &record.alert, now);
        let is_known = standpoint.acknowledged.is_some() && matches!(change, Change::Reminded { .. });
        Ok(is_known || self.is_untellable(source, now)?)
    }

    /// Whether nothing is told of a source at present: a person has silenced it, or nobody can say how it stands.
    pub(super) fn is_untellable(&self, source: &Source, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let record = self.stored(source)?.record;
        let is_silenced = self.standpoint(source, &record.alert, now).silenced.is_some();
        Ok(is_silenced || self.is_in_doubt(source, now)?)
    }

    fn is_in_doubt(&self, source: &Source, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(matches!(self.standing(source, now)?, Standing::Unknown(_)))
    }

    fn standing(&self, source: &Source, now: DateTime<Utc>) -> Result<Standing, StoreError> {
        let stored = self.stored(source)?;
        let seen_at = stored.poll.and_then(|poll| poll.seen_at);
        Ok(self.terms(source).standing_for_alert(&stored.record, seen_at, now))
    }

    fn plan_digest(
        &self,
        id: NoticeId,
        unit: &Unit,
        told: Vec<WaitingMatter>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let today = self.calendar.day_of(now);
        let matters: Vec<Matter> = told.iter().map(|waiting| waiting.matter.clone()).collect();
        let rows = plan_digest(&matters, self.facts_of(unit, &matters, now)?, today, &self.calendar);
        let notice = (!rows.is_empty()).then(|| {
            let digest = Digest {
                county: self.rules.county.name.clone(),
                unit: unit.id.clone(),
                unit_name: unit.name.clone(),
                date: today,
                to: addressees(unit),
                copy: self.in_copy(unit, &rows, now),
                rows,
            };
            let says = Says::Digest(digest);
            let tells = matters.clone();
            Notice { tells, ..Notice::by(Some(id), says, &self.choices, now) }
        });
        self.store.post_digest(&PlannedDigest { notice, told }, now)?;
        // How often a unit has been told of a source is shown with it.
        self.changes.note(matters.iter().filter_map(|matter| self.slot(&matter.source)));
        self.changes.note_other();
        Ok(())
    }

    /// The supervisors, where something is or was late; the deputy heads too, where it has been for long.
    fn in_copy(&self, unit: &Unit, rows: &[DigestRow], now: DateTime<Utc>) -> Vec<Addressee> {
        let news = || rows.iter().filter(|row| !matches!(row.news, News::StillOpen { .. }));
        let is_late = news().any(|row| row.news.level().is_late());
        let lasts_for_long = news().any(|row| self.has_been_escalated(row, now));
        let roles = [is_late.then_some(Role::Supervisor), lasts_for_long.then_some(Role::DeputyHead)];
        let superiors =
            roles.into_iter().flatten().flat_map(|role| self.rules.county.superiors_of(&unit.id, role));
        superiors.map(|superior| addressee(&superior.name, &superior.email)).collect()
    }

    fn has_been_escalated(&self, row: &DigestRow, now: DateTime<Utc>) -> bool {
        let raised_at = match row.news {
            News::Escalated { .. } => return true,
            News::Reminded { level, raised_at } | News::Resolved { level, raised_at } if level.is_late() => {
                raised_at
            }
            _ => return false,
        };
        let source = self.rules.source(&row.facts.source);
        source.is_some_and(|source| self.terms(source).ladder(None).escalates_at(raised_at) <= now)
    }

    /// The facts of every source that has news, and of those whose alert stands, can be judged now and is not silenced.
    fn facts_of(
        &self,
        unit: &Unit,
        matters: &[Matter],
        now: DateTime<Utc>,
    ) -> Result<Vec<SourceFacts>, StoreError> {
        let mut facts = Vec::new();
        for source in self.rules.sources_of(&unit.id) {
            let record = self.stored(source)?.record;
            let has_news = matters.iter().any(|matter| matter.source == source.id);
            let is_silenced = || self.standpoint(source, &record.alert, now).silenced.is_some();
            let still_stands =
                record.alert != State::Quiet && !is_silenced() && !self.is_in_doubt(source, now)?;
            if has_news || still_stands {
                facts.push(self.facts(source, &record, now)?);
            }
        }
        Ok(facts)
    }

    fn facts(
        &self,
        source: &Source,
        record: &SourceRecord,
        now: DateTime<Utc>,
    ) -> Result<SourceFacts, StoreError> {
        let newest = record.newest();
        let standpoint = self.standpoint(source, &record.alert, now);
        Ok(SourceFacts {
            source: source.id.clone(),
            name: source.name.clone(),
            channel: source.kind.chinese().to_owned(),
            url: without_secrets(&source.url).into(),
            limit: source.cadence.period.limit().unwrap_or_default(),
            last: newest.map(|sighting| sighting.date),
            last_title: newest.map(|sighting| sighting.title.clone()),
            due: self.terms(source).case(record, None).deadline().map(|deadline| deadline.due),
            state: record.alert,
            remarks: standpoint.chinese(|at| self.calendar.day_of(at)),
            told_this_week: self.told_this_week(source, now),
        })
    }

    /// On how many days of this week, Monday to Sunday, the unit has been told something new of a source.
    pub fn told_this_week(&self, source: &Source, now: DateTime<Utc>) -> usize {
        let today = self.calendar.day_of(now);
        let monday: NaiveDate = today.week(chrono::Weekday::Mon).first_day();
        let told = self.store.told_since(&source.id, self.calendar.start_of(monday));
        let mut days: Vec<NaiveDate> = told.into_iter().map(|at| self.calendar.day_of(at)).collect();
        days.dedup();
        days.len()
    }
}

fn addressees(unit: &Unit) -> Vec<Addressee> {
    unit.webmasters.iter().map(|webmaster| addressee(&webmaster.name, &webmaster.email)).collect()
}

fn addressee(name: &str, email: &str) -> Addressee {
    Addressee { name: name.to_owned(), email: email.to_owned() }
}
