//! What the socket says of an account, and takes on record of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::door::Door;
use crate::assess::Cause;
use crate::assess::activity::{Activity, LowVolume};
use crate::assess::agreement::{Health, Witness};
use crate::assess::menu::{MenuFault, MenuRecord};
use crate::daemon::{NotRecorded, Recheck, WayState};
use crate::extract::Sighting;
use crate::fetch::text_without_secrets;
use crate::rules::{Source, SourceId};
use crate::store::{PatrolRecord, StoreError};

/// What is known of an account besides its standing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccountView {
    /// The way that shows the newest post.
    pub shown_by: Option<String>,
    /// Who could tell if there were a newer one.
    pub witness: Witness,
    /// Its ways, in the order of the rule.
    pub ways: Vec<WayView>,
    /// What it has posted of late.
    #[serde(flatten)]
    pub activity: Activity,
    /// That it posted less than its rule asks for, if so.
    pub low_volume: Option<LowVolume>,
    /// Whether it has been silent for more than three months, and that is certain.
    pub is_zombie: bool,
    /// What its menu (导航栏目) was last seen to lead to; `None` where nobody can ask for it.
    #[serde(default)]
    pub menu: Option<MenuRecord>,
    /// What of that is put on record: seen by two checks, hours apart.
    #[serde(default)]
    pub menu_faults: Vec<MenuFault>,
    /// That it is no longer kept, if so.
    pub deregistered: Option<DeregisteredView>,
    /// What persons have put on record of it, as far as that still counts; oldest first.
    pub records: Vec<PatrolRecord>,
}

/// One way of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WayView {
    /// Its name.
    pub name: String,
    /// Its kind, as rules say it.
    pub kind: String,
    /// Its kind, in Chinese.
    pub chinese: String,
    /// Its bridge.
    pub bridge: Option<String>,
    /// `well`, `troubled` or `unasked`.
    pub health: String,
    /// What it is troubled by.
    pub cause: Option<Cause>,
    /// The newest post that it shows, or showed when it was last well.
    pub newest: Option<Sighting>,
    /// When it was last looked at well.
    pub looked_at: Option<DateTime<Utc>>,
    /// Since when it is in trouble.
    pub troubled_since: Option<DateTime<Utc>>,
    /// Since when it lacks the newest post that another way shows.
    pub lacks_since: Option<DateTime<Utc>>,
}

/// That an account is no longer kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DeregisteredView {
    /// The first day on which it owes nothing.
    pub since: NaiveDate,
    /// Why we say so.
    pub reason: String,
}

/// `POST /v1/records`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    /// The account.
    pub source: SourceId,
    /// The day of the newest post that was seen.
    pub date: NaiveDate,
    /// Its title.
    pub title: String,
    /// Its address, or that of a picture of it: the evidence.
    pub url: String,
    /// Who saw it.
    pub by: String,
    /// What else is to be said.
    #[serde(default)]
    pub note: Option<String>,
}

/// The answer to a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Recorded {
    /// When it was put on record.
    pub as_of: DateTime<Utc>,
    /// What was.
    pub record: PatrolRecord,
}

impl Door {
    /// What is known of an account; nothing for a column.
    pub(super) fn account(
        &self,
        source: &Source,
        now: DateTime<Utc>,
    ) -> Result<Option<AccountView>, StoreError> {
        let stored = self.line.stored(source)?;
        let seen_at = stored.poll.and_then(|poll| poll.seen_at);
        let standing = self.line.terms(source).case(&stored.record, seen_at).standing(now);
        let Some(account) = self.line.account(source, &stored, &standing, now)? else { return Ok(None) };
        let records = self.line.store.patrols(&source.id, now - self.line.assess_policy().evidence_lasts)?;
        let shown_by = account.ways.iter().find(|way| way.shows_the_newest);
        Ok(Some(AccountView {
            shown_by: shown_by.map(|way| way.way.name.to_string()),
            witness: account.witness,
            ways: account.ways.iter().map(way_view).collect(),
            activity: account.activity,
            low_volume: account.low_volume,
            is_zombie: account.is_zombie,
            menu: account.menu,
            menu_faults: account.menu_faults,
            deregistered: source.deregistered.as_ref().map(|deregistered| DeregisteredView {
                since: deregistered.since,
                reason: deregistered.reason.clone(),
            }),
            records: records
                .into_iter()
                .map(|record| PatrolRecord { url: text_without_secrets(&record.url), ..record })
                .collect(),
        }))
    }

    /// Puts on record what a person saw, and has the account visited for it.
    pub(super) fn put_on_record(&self, new: NewRecord) -> Result<Recorded, NotRecorded> {
        let at = self.line.clock.now();
        let NewRecord { source, date, title, url, by, note } = new;
        let record = PatrolRecord { source, at, by, date, title, url, note };
        self.line.put_on_record(&record)?;
        if let Some(slot) = self.line.slot(&record.source) {
            // Should too many be waiting, the record is seen at the account's next visit.
            let _soon = self.recheck.try_send(Recheck(slot));
        }
        Ok(Recorded { as_of: at, record })
    }
}

fn shown(sighting: &Sighting) -> Sighting {
    Sighting { url: text_without_secrets(&sighting.url), ..sighting.clone() }
}

fn way_view(state: &WayState) -> WayView {
    let (health, cause) = match &state.health {
        Health::Well { .. } => ("well", None),
        Health::Unasked => ("unasked", None),
        Health::Troubled(cause) => ("troubled", Some(cause.clone())),
    };
    WayView {
        name: state.way.name.to_string(),
        kind: state.way.kind.word().to_owned(),
        chinese: state.way.kind.chinese().to_owned(),
        bridge: state.way.bridge.as_ref().map(ToString::to_string),
        health: health.to_owned(),
        cause,
        newest: state.newest.as_ref().map(shown),
        looked_at: state.looked_at,
        troubled_since: state.troubled_since,
        lacks_since: state.lacks_since,
    }
}
