//! Sources, as types.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::AccountView;
use crate::alert::{Standpoint, State};
use crate::assess::Cause;
use crate::assess::honesty::Suspicion;
use crate::extract::{self, DateKind, Sureness};
use crate::rules::{Platform, SourceId, UnitId};
use crate::store::{ArticleRecord, SightingRecord};

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SourceView {
    /// Its id.
    pub id: SourceId,
    /// Column path or account name.
    pub name: String,
    /// The unit's id.
    pub unit: UnitId,
    /// The unit's name.
    pub unit_name: String,
    /// `column` or `feed`.
    pub kind: String,
    /// What officials call it: 栏目, 微信, 微博, 抖音 or APP.
    pub channel: String,
    /// The platform of a feed.
    pub platform: Option<Platform>,
    /// Where it is read.
    pub url: String,
    /// The cadence's name.
    pub cadence: String,
    /// The limit as a bulletin prints it.
    pub limit: Option<String>,
    /// The standing's word.
    pub standing: String,
    /// Why it is unknown.
    pub cause: Option<Cause>,
    /// Why it stands so, in words.
    pub why: String,
    /// The day of the newest item.
    pub last: Option<NaiveDate>,
    /// Its title.
    pub last_title: Option<String>,
    /// Its address.
    pub last_url: Option<String>,
    /// Its date as it was written.
    pub last_raw_date: Option<String>,
    /// Where that date was found.
    pub last_found: Option<extract::Found>,
    /// What it is the date of.
    pub last_kind: Option<DateKind>,
    /// How sure it is.
    pub last_sureness: Option<Sureness>,
    /// The last day in time.
    pub due: Option<NaiveDate>,
    /// Days until then; negative when past.
    pub days_left: Option<i64>,
    /// The last poll.
    pub polled_at: Option<DateTime<Utc>>,
    /// The last time it was read or found unchanged.
    pub seen_at: Option<DateTime<Utc>>,
    /// The next poll.
    pub next_poll_at: Option<DateTime<Utc>>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when they fail.
    pub failing_since: Option<DateTime<Utc>>,
    /// Full looks that show the present reading.
    pub full_looks: Vec<DateTime<Utc>>,
    /// The alert.
    pub alert: State,
    /// What people have said of it.
    #[serde(default)]
    pub standpoint: Standpoint,
    /// On how many days of this week the unit was told something new of it.
    #[serde(default)]
    pub told_this_week: usize,
    /// Whether it is an account that has been silent for more than three months, and that is certain.
    #[serde(default)]
    pub is_zombie: bool,
}

/// `GET /v1/sources`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sources {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Counts up whenever anything shown changes.
    pub generation: u64,
    /// How many fit the filter.
    pub total: usize,
    /// Those of this page.
    pub sources: Vec<Arc<SourceView>>,
    /// What to ask the next page with, as `cursor`; absent on the last.
    pub next_cursor: Option<String>,
}

/// `GET /v1/sources/{unit}/{local}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SourceDetail {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Counts up whenever anything shown changes.
    pub generation: u64,
    /// The source.
    #[serde(flatten)]
    pub source: Arc<SourceView>,
    /// What else is known of an account; absent for a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountView>,
    /// Its newest items, newest first.
    pub sightings: Vec<SightingRecord>,
    /// Items' own pages that were opened.
    pub articles: Vec<ArticleRecord>,
    /// What a person should look into about its dates.
    pub suspicions: Vec<Suspicion>,
    /// What is done for its host that is not done for others.
    pub remarks: Vec<HostRemark>,
}

/// Something that every look at a host has to say about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HostRemark {
    /// What.
    pub remark: String,
    /// What, in Chinese.
    pub chinese: String,
    /// Why, as the rules give it.
    pub reason: String,
}
