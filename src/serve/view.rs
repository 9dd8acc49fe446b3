//! What the socket answers, as types. The command line reads the same types.

mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use self::source::{HostRemark, SourceDetail, SourceView, Sources};
pub use super::account::{AccountView, DeregisteredView, NewRecord, Recorded, WayView};
pub use super::mail_view::{DeliveredView, MailStatus, NoticeView, RecipientView, Revised, UnitMail};
use crate::alert::{OperatorMatter, Stance};
use crate::assess::Cause;
use crate::bulletin::Finding;
use crate::daemon::{ReloadFailure, Taken};
use crate::rules::{SourceId, UnitId};
use crate::store::{Act, Event, SightingRecord};

/// `GET /v1/health`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Health {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// The county.
    pub county: String,
    /// Version of the daemon.
    pub version: String,
    /// When the daemon started.
    pub started_at: DateTime<Utc>,
    /// When what lists and overviews show was last seen to be true.
    pub shown_as_of: DateTime<Utc>,
    /// How often that has changed since start.
    pub generation: u64,
    /// Sources watched.
    pub sources: usize,
    /// Polls since start.
    pub polls: u64,
    /// Of these, unchanged pages.
    pub unchanged: u64,
    /// Of these, failures.
    pub failed: u64,
    /// Mails accepted since start.
    pub mails: u64,
    /// Notices waiting.
    pub outbox: usize,
    /// Why the first of them waits, if it was tried; never told to browsers.
    pub outbox_error: Option<String>,
    /// Bytes of the store on disk.
    pub store_bytes: u64,
}

/// Counts of sources by standing, under the words of the standings.
pub type Counts = BTreeMap<String, usize>;

/// `GET /v1/status`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Status {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Counts up whenever anything shown changes.
    pub generation: u64,
    /// The county.
    pub county: String,
    /// All its sources.
    pub counts: Counts,
    /// Its units, worst first, then in the order of annex 1.
    pub units: Vec<UnitSummary>,
    /// Unknown sources by cause, most frequent first.
    pub unknown: Vec<UnknownCause>,
    /// What keeps the monitor from its work, for whoever runs it.
    #[serde(default)]
    pub operator: Vec<OperatorMatter>,
    /// Notices waiting to be delivered.
    pub outbox: usize,
    /// Why the first of them waits, if it was tried.
    pub outbox_error: Option<String>,
    /// Notices that were given up, until a person has them tried again or lets them be.
    #[serde(default)]
    pub dead_letters: Vec<NoticeView>,
    /// Why the rules on disk are not those in use, if they could not be taken on.
    #[serde(default)]
    pub reload_failure: Option<ReloadFailure>,
}

/// One cause of unknown standings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnknownCause {
    /// The cause.
    pub cause: Cause,
    /// The cause, in words.
    pub why: String,
    /// How many sources it is true of.
    pub sources: usize,
    /// One of them.
    pub example: SourceId,
}

/// One unit in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnitSummary {
    /// Its id.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// Its sources by standing.
    pub counts: Counts,
    /// The worst standing among them.
    pub worst: String,
}

/// `GET /v1/units`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Units {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Counts up whenever anything shown changes.
    pub generation: u64,
    /// The units, in the order of annex 1.
    pub units: Vec<UnitSummary>,
}

/// `GET /v1/units/{id}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnitDetail {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Counts up whenever anything shown changes.
    pub generation: u64,
    /// The unit.
    #[serde(flatten)]
    pub unit: UnitSummary,
    /// Its name in annex 1.
    pub display_name: String,
    /// Whether it counts in the pass rate.
    pub counted: bool,
    /// Its sources, worst first.
    pub sources: Vec<Arc<SourceView>>,
    /// What it has been sent, and what came back.
    #[serde(default)]
    pub mail: UnitMail,
}

/// `GET /v1/due`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Due {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Counts up whenever anything shown changes.
    pub generation: u64,
    /// The last due day listed.
    pub until: NaiveDate,
    /// Sources that are overdue or blank, or due until then; the most urgent first.
    pub sources: Vec<Arc<SourceView>>,
}

/// `GET /v1/alerts`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Alerts {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Counts up whenever anything shown changes.
    pub generation: u64,
    /// Sources whose alert is raised; the worst first.
    pub raised: Vec<Arc<SourceView>>,
    /// The latest events, newest first.
    pub events: Vec<Event>,
    /// Who has changed what through the socket lately, newest first.
    #[serde(default)]
    pub acts: Vec<Act>,
}

/// `POST /v1/sources/{unit}/{local}/recheck`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Queued {
    /// When it was queued.
    pub as_of: DateTime<Utc>,
    /// The source that is polled as soon as politeness allows.
    pub queued: SourceId,
}

/// `POST /v1/alerts/{unit}/{local}/ack`, `/v1/silences`, `/v1/exemptions`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StancesTaken {
    /// When they were taken.
    pub as_of: DateTime<Utc>,
    /// What was taken, source by source.
    pub stances: Vec<Stance>,
}

/// `POST /v1/release`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Released {
    /// When the mail to units was released.
    pub as_of: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// `POST /v1/reload`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReloadAnswer {
    /// When the new rules were taken on.
    pub as_of: DateTime<Utc>,
    /// What they hold.
    #[serde(flatten)]
    pub taken: Taken,
}

/// `GET /v1/find?q=…`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FindAnswer {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// What was found.
    #[serde(flatten)]
    pub found: Found,
}

/// What a name or a part of one stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "UnitOrSource"))]
#[serde(rename_all = "kebab-case", tag = "kind", content = "id")]
pub enum Found {
    /// A unit.
    Unit(UnitId),
    /// A source.
    Source(SourceId),
}

/// `GET /v1/bulletins`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Bulletins {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// The issued bulletins, oldest first.
    pub bulletins: Vec<BulletinSummary>,
}

/// One issued bulletin in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BulletinSummary {
    /// The month.
    pub month: String,
    /// The version.
    pub version: u32,
    /// The date up to which it counts.
    pub cutoff: NaiveDate,
    /// The date it bears.
    pub dated: NaiveDate,
}

/// `GET /v1/events`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Events {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// What happened last, newest first.
    pub events: Vec<Happening>,
}

/// Something that happened: to a source, or by somebody's hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Happening {
    /// Its id, which is never another's.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    /// Something about a source.
    Event(Event),
    /// Somebody wrote through the socket.
    Act(Act),
}

/// `GET /v1/sources/{unit}/{local}/history`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct History {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// The source.
    pub source: SourceId,
    /// How many items are on record.
    pub total: usize,
    /// Those of this page, newest first.
    pub items: Vec<SightingRecord>,
    /// Where the next page starts, as `offset`; absent on the last.
    pub next_offset: Option<usize>,
}

/// `GET /v1/findings`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Findings {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Counts up whenever anything shown changes.
    pub generation: u64,
    /// What issued bulletins put on record, newest month first.
    pub findings: Vec<FindingView>,
}

/// A finding and what has become of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FindingView {
    /// The month of the bulletin that reported it.
    pub month: String,
    /// The version of that bulletin.
    pub version: u32,
    /// The unit's id.
    pub unit: UnitId,
    /// The unit's name.
    pub unit_name: String,
    /// What has become of it.
    pub state: FindingState,
    /// The finding itself.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What has become of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// Not put right yet.
    Open,
    /// Only a remark, and still in time.
    InTime,
    /// Put right: there is an item that was not there then.
    Rectified,
    /// Nobody can tell at present.
    Unknown,
    /// Nothing is due there any more.
    Exempted,
    /// The source is watched no longer.
    Gone,
}

impl FindingState {
    /// What officials call it.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Open => "未整改",
            Self::InTime => "尚在期限内",
            Self::Rectified => "已整改",
            Self::Unknown => "待核实",
            Self::Exempted => "已豁免",
            Self::Gone => "已不再监测",
        }
    }
}

/// Every error.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ErrorBody {
    /// What is wrong.
    pub error: String,
    /// What to do.
    pub hint: String,
}
