//! The observations of one step, for replaying what was known at any past instant.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use crate::alert::{Level, State};
use crate::assess::{self, Cause, Standing};
use crate::store::{Observation, SourceRecord};

/// Observations of one step, each noted later than anything noted before, whatever the clock does.
pub(super) struct Notes {
    next_at: DateTime<Utc>,
    noted: Vec<(DateTime<Utc>, Observation)>,
}

impl Notes {
    pub(super) fn after(last_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let next_at = last_at.map_or(now, |last_at| now.max(last_at + TimeDelta::milliseconds(1)));
        Self { next_at, noted: Vec::new() }
    }

    pub(super) fn rule_changed(&mut self) {
        self.note(Observation::RuleChanged);
    }

    pub(super) fn failed(&mut self, cause: &Cause) {
        self.note(Observation::Failed { cause: cause.clone() });
    }

    pub(super) fn read(&mut self, record: &SourceRecord) {
        if let Some(reading) = &record.reading {
            self.note(Observation::Read { shown: reading.shown, newest: reading.newest.clone() });
        }
    }

    /// Notes, from time to time, that a warning or a conviction still rests on recent looks; at once when a conviction
    /// has just been reached.
    pub(super) fn still_so(
        &mut self,
        record: &mut Cow<'_, SourceRecord>,
        standing: &Standing,
        seen_at: Option<DateTime<Utc>>,
        policy: &assess::Policy,
        now: DateTime<Utc>,
    ) {
        let is_convicted = match standing {
            Standing::DueSoon => false,
            Standing::Overdue | Standing::Blank => true,
            Standing::Fresh | Standing::Unknown(_) | Standing::Exempt => return,
        };
        let was_convicted =
            matches!(record.alert, State::Raised { level: Level::Overdue | Level::Blank, .. });
        let body_hash = record.body_hash;
        let (Some(reading), Some(seen_at)) = (&record.reading, seen_at) else { return };
        let is_time = reading
            .still_so_noted_at
            .is_none_or(|noted_at| (now - noted_at).abs() >= policy.confirm_recent / 2);
        if is_time || (is_convicted && !was_convicted) {
            let full_looks = reading.full_looks.clone();
            if let Some(reading) = &mut record.to_mut().reading {
                reading.still_so_noted_at = Some(now);
            }
            self.note(Observation::StillSo { full_looks, seen_at, body_hash });
        }
    }

    pub(super) fn last_at(&self) -> Option<DateTime<Utc>> {
        self.noted.last().map(|(at, _)| *at)
    }

    pub(super) fn into_noted(self) -> Vec<(DateTime<Utc>, Observation)> {
        self.noted
    }

    fn note(&mut self, observation: Observation) {
        self.noted.push((self.next_at, observation));
        self.next_at += TimeDelta::milliseconds(1);
    }
}
