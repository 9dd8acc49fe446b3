//! What is to be said of an account besides its standing: its ways, and what else is judged of it.

use chrono::{DateTime, NaiveDate, Utc};

use super::line::Line;
use super::volume::{covered_from, posts_among, too_few_posts};
use super::ways::health_of;
use crate::assess::activity::{Activity, LowVolume, Posted, activity, is_zombie};
use crate::assess::agreement::{Health, Witness};
use crate::assess::menu::{MenuFault, MenuRecord};
use crate::assess::{Shown, Standing};
use crate::extract::Sighting;
use crate::rules::{Source, SourceKind, Way};
use crate::store::{StoreError, Stored, WayRecord};

/// What is known of an account besides its standing.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its ways, in the order of the rule.
    pub ways: Vec<WayState>,
    /// Who could tell if there were a newer post than the newest.
    pub witness: Witness,
    /// What it has posted of late.
    pub activity: Activity,
    /// That it posted less than its rule asks for, if so.
    pub low_volume: Option<LowVolume>,
    /// Whether it has been silent for more than three months, and that is certain.
    pub is_zombie: bool,
    /// What its menu was last seen to lead to; `None` where nobody can ask for it.
    pub menu: Option<MenuRecord>,
    /// What of that is put on record.
    pub menu_faults: Vec<MenuFault>,
}

/// One way of an account.
#[derive(Debug, Clone)]
pub struct WayState {
    /// The way.
    pub way: Way,
    /// Whether it can be relied on.
    pub health: Health,
    /// The newest post that it shows, or showed when it was last well.
    pub newest: Option<Sighting>,
    /// Whether that is the newest of all.
    pub shows_the_newest: bool,
    /// When it was last looked at well.
    pub looked_at: Option<DateTime<Utc>>,
    /// Since when it is in trouble.
    pub troubled_since: Option<DateTime<Utc>>,
    /// Since when it lacks the newest post.
    pub lacks_since: Option<DateTime<Utc>>,
}

impl Line {
    /// What is known of an account; nothing for a column.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn account(
        &self,
        source: &Source,
        stored: &Stored,
        standing: &Standing,
        now: DateTime<Utc>,
    ) -> Result<Option<Account>, StoreError> {
        if source.kind == SourceKind::Column {
            return Ok(None);
        }
        let (record, today) = (&stored.record, self.calendar.day_of(now));
        let newest = record.newest().map(|newest| newest.date);
        let posts = self.posted(source, now)?;
        let covered_from = covered_from(source, stored, today, &self.calendar);
        Ok(Some(Account {
            ways: source.ways.iter().map(|way| self.way_state(way, stored, newest, now)).collect(),
            witness: match record.reading.as_ref().map(|reading| reading.shown) {
                Some(Shown::Items { backing, .. }) => backing.witness,
                Some(Shown::Empty { .. }) | None => Witness::Whole,
            },
            activity: activity(&posts, covered_from, today),
            low_volume: too_few_posts(source, stored, &posts, today, &self.calendar),
            is_zombie: *standing == Standing::Overdue
                && newest.is_some_and(|newest| is_zombie(newest, today)),
            menu_faults: self.menu_faults_at(source, now, now)?,
            menu: self.store.menu_at(&source.id, now)?,
        }))
    }

    /// That an account posted less in the thirty days up to `until` than its rule asks for, by what was known at `as_of`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) fn low_volume_at(
        &self,
        source: &Source,
        until: NaiveDate,
        as_of: DateTime<Utc>,
    ) -> Result<Option<LowVolume>, StoreError> {
        if source.min_posts_30d.is_none() {
            return Ok(None);
        }
        let posts = self.posted(source, as_of)?;
        Ok(too_few_posts(source, &self.stored(source)?, &posts, until, &self.calendar))
    }

    /// What of an account's menu was on record at `at`, in the light of what was learned until `known_until`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) fn menu_faults_at(
        &self,
        source: &Source,
        at: DateTime<Utc>,
        known_until: DateTime<Utc>,
    ) -> Result<Vec<MenuFault>, StoreError> {
        if source.kind == SourceKind::Column {
            return Ok(Vec::new());
        }
        let record = self.store.menu_at(&source.id, known_until)?;
        Ok(record.map_or_else(Vec::new, |record| record.faults(at, self.assess.evidence_lasts)))
    }

    /// The posts of an account that had been seen by `as_of`.
    fn posted(&self, source: &Source, as_of: DateTime<Utc>) -> Result<Vec<Posted>, StoreError> {
        let seen = self.store.sightings(&source.id)?.into_iter();
        Ok(posts_among(seen.filter(|record| record.first_seen_at <= as_of)))
    }

    fn way_state(
        &self,
        way: &Way,
        stored: &Stored,
        newest_of_all: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> WayState {
        let record = &stored.record;
        let known = record.ways.iter().find(|known| known.way == way.name).cloned();
        // A feed that is read like a page has its reading in the record itself.
        let known = known.unwrap_or_else(|| WayRecord {
            newest: record.newest().filter(|_| record.ways.is_empty()).cloned(),
            looked_at: stored.poll.and_then(|poll| poll.seen_at).filter(|_| record.ways.is_empty()),
            trouble: record.failure.clone().filter(|_| record.ways.is_empty()),
            ..WayRecord::new(way.name.clone())
        });
        let newest_day = known.newest.as_ref().map(|newest| newest.date);
        WayState {
            health: health_of(&known, way, &self.calendar, now),
            shows_the_newest: newest_day.is_some() && newest_day == newest_of_all,
            looked_at: known.looked_at,
            troubled_since: known.trouble.as_ref().map(|trouble| trouble.since),
            lacks_since: known.lacks_since,
            newest: known.newest,
            way: way.clone(),
        }
    }
}
