//! What a bulletin is drafted from. The daemon gathers it; nothing here looks anything up.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::assess::Standing;
use crate::assess::activity::LowVolume;
use crate::assess::menu::MenuFault;
use crate::rules::{SourceId, UnitId};

use super::channel::Channel;
use super::document::Bulletin;
use super::month::Month;
use super::verdict::VerdictScheme;

/// The situation of a county at a cut-off.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The county and who signs.
    pub county: County,
    /// The month the bulletin speaks of.
    pub month: Month,
    /// The date up to which it counts.
    pub cutoff: NaiveDate,
    /// The date it bears.
    pub dated: NaiveDate,
    /// 1, or one more than the newest issued version of the month.
    pub version: u32,
    /// How verdicts are given.
    pub scheme: VerdictScheme,
    /// Every unit of the county.
    pub units: Vec<UnitMonth>,
    /// The units of annex 1 in printed order. Units that are not named follow, in the order of `units`.
    pub annex1_order: Vec<UnitId>,
    /// The units of annex 2 in printed order, likewise.
    pub annex2_order: Vec<UnitId>,
    /// The accounts of annex 3 in printed order, likewise.
    pub annex3_order: Vec<SourceId>,
    /// The county's earlier bulletins. Those that were not issued are passed over.
    pub earlier: Vec<Bulletin>,
}

/// The county of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    /// Its name, such as 郎溪县.
    pub name: String,
    /// The office that signs.
    pub issuer: String,
}

/// A unit and its sources at the cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitMonth {
    /// Its id.
    pub id: UnitId,
    /// The short name, used in running text.
    pub name: String,
    /// The name in annex 1.
    pub display_name: String,
    /// The name in annexes 2 and 3.
    pub media_name: String,
    /// Whether annex 1 counts the unit in the pass rate. Uncounted units are listed and judged all the same.
    pub counted: bool,
    /// Its columns and accounts, in the order in which their problems are printed.
    pub sources: Vec<SourceMonth>,
}

/// A source at the cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceMonth {
    /// Its id.
    pub id: SourceId,
    /// The column's path (`A—B`) or the account's name.
    pub name: String,
    /// Where it publishes.
    pub channel: Channel,
    /// How it stands.
    pub standing: Standing,
    /// Its newest item's date; `None` where there is no item, or none is known.
    pub last: Option<NaiveDate>,
    /// The last day in time; `None` where nothing is due or `last` is unknown.
    pub due: Option<NaiveDate>,
    /// The limit as printed: 半年, 1年, 1周. `None` where nothing is ever due.
    pub limit: Option<String>,
    /// Whether being due soon is remarked on. Short cadences are warned of by mail only.
    pub remark_due_soon: bool,
    /// The newest item, as proof of `last`.
    pub evidence: Option<Evidence>,
    /// That an account posted less than its rule asks for, if so.
    pub low_volume: Option<LowVolume>,
    /// What is wrong with an account's menu, confirmed.
    pub menu: Vec<MenuFault>,
    /// Whether an account has been silent for more than three months by the cut-off.
    pub is_zombie: bool,
    /// By what a person exempted it, if anybody has.
    pub exemption: Option<Exemption>,
}

/// A justified silence: by whom nothing was asked of a source, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Exemption {
    /// Why nothing is due.
    pub reason: String,
    /// What bears the reason out: a document, an address.
    pub evidence: String,
    /// Who allowed it.
    pub approver: String,
    /// The last day on which it holds.
    pub until: NaiveDate,
}

/// The item that a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// Its title.
    pub title: String,
    /// Its address; empty where the row has no link.
    pub url: String,
    /// Its date exactly as the page wrote it.
    pub raw_date: String,
    /// Where on the page the date was found.
    pub found: String,
    /// When we first saw the item.
    pub first_seen_at: DateTime<Utc>,
}

impl UnitMonth {
    /// The unit's columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = &SourceMonth> {
        self.sources.iter().filter(|source| source.channel == Channel::Website)
    }
}
