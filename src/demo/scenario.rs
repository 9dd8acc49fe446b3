//! What the simulated county publishes, and what goes wrong with its site: data, read from `scenario.toml`.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use chrono::{NaiveDate, NaiveDateTime};

use super::shield::{SHIELDS, Shield};
use super::trouble::{Trouble, read_trouble};
use crate::rules::{Collector, Document, Rules, SourceId, Table, UnitId, WayKind};

/// The script of the demo.
#[derive(Debug, Default)]
pub(super) struct Scenario {
    /// The first virtual day.
    pub(super) starts: NaiveDate,
    /// The last virtual day; it ends at noon.
    pub(super) ends: NaiveDate,
    /// Gaps in days between two items, by cadence.
    pub(super) rhythms: BTreeMap<String, Gaps>,
    /// Whole publication histories of single sources.
    pub(super) histories: BTreeMap<SourceId, Vec<NaiveDate>>,
    /// Old items kept on top of a list.
    pub(super) pinned: BTreeMap<SourceId, Pinned>,
    /// Units whose pages are in GB18030.
    pub(super) gb18030: Vec<UnitId>,
    /// Units whose JCMS pages leave it to a script to ask for the rows.
    pub(super) by_proxy: Vec<UnitId>,
    /// The site's own troubles.
    pub(super) faults: Vec<Fault>,
    /// Troubles of ways to read accounts, and of bridges.
    pub(super) troubles: Vec<Trouble>,
    /// At what hour of each day an account's list is exported and handed in.
    pub(super) exports: BTreeMap<SourceId, u32>,
    /// When shields stand before hosts.
    pub(super) shields: Vec<Shielded>,
    /// Hosts whose sources a bulletin may leave unjudged.
    pub(super) accepted: Vec<Accepted>,
}

/// The shortest and longest gap between two items, in days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gaps {
    pub(super) shortest: u32,
    pub(super) longest: u32,
}

/// An old item kept on top of a list.
#[derive(Debug, Clone)]
pub(super) struct Pinned {
    pub(super) published: NaiveDate,
    pub(super) title: String,
}

/// A trouble of the site, in local time.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) whose: Whose,
    pub(super) from: NaiveDateTime,
    pub(super) until: NaiveDateTime,
    pub(super) kind: FaultKind,
}

/// A time, in local time, in which a shield answers for a host.
#[derive(Debug, Clone)]
pub(super) struct Shielded {
    pub(super) host: String,
    pub(super) from: NaiveDateTime,
    pub(super) until: NaiveDateTime,
    pub(super) shield: Shield,
}

/// A host whose sources may be left unjudged, and the reason that whoever issues the bulletin gives.
#[derive(Debug, Clone)]
pub(super) struct Accepted {
    pub(super) host: String,
    pub(super) because: String,
}

/// What a fault affects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    Source(SourceId),
    Unit(UnitId),
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// HTTP 500.
    ServerError,
    /// The connection breaks in the middle of the body.
    Truncated,
    /// The list comes without its dates.
    NoDates,
    /// A page without the list, as a script would fill it.
    EmptyShell,
}

const FAULT_KINDS: [(&str, FaultKind); 4] = [
    ("server-error", FaultKind::ServerError),
    ("truncated", FaultKind::Truncated),
    ("no-dates", FaultKind::NoDates),
    ("empty-shell", FaultKind::EmptyShell),
];

impl Scenario {
    /// Reads a scenario and checks it against the rules it plays with.
    ///
    /// # Errors
    /// All its mistakes.
    pub(super) fn read(text: &str, rules: &Rules) -> anyhow::Result<Self> {
        let problems = Collector::default();
        let document = Document::from_text("scenario.toml", text);
        let scenario = document.with_root(&problems, |root| read(root, rules));
        problems.into_result(()).context("the demo's scenario")?;
        scenario.ok_or_else(|| anyhow!("the demo's scenario has no start or end"))
    }

    /// The fault of a source at a local time, if there is one.
    pub(super) fn fault_at(&self, source: &SourceId, at: NaiveDateTime) -> Option<FaultKind> {
        let affects = |whose: &Whose| match whose {
            Whose::Source(id) => id == source,
            Whose::Unit(id) => *id == source.unit(),
        };
        let mut faults = self.faults.iter();
        faults
            .find(|fault| affects(&fault.whose) && fault.from <= at && at < fault.until)
            .map(|fault| fault.kind)
    }

    /// The shield that answers for a host at a local time, if there is one.
    pub(super) fn shield_at(&self, host: &str, at: NaiveDateTime) -> Option<Shield> {
        let mut shields = self.shields.iter();
        shields.find(|time| time.host == host && time.from <= at && at < time.until).map(|time| time.shield)
    }
}

fn read(root: &Table<'_>, rules: &Rules) -> Option<Scenario> {
    let (starts, ends) = (root.date("starts"), root.date("ends"));
    let mut scenario = Scenario::default();
    for table in root.tables("rhythm") {
        let cadence = table.string("cadence");
        let gaps = table.integers("gap-days", 1..=3660);
        table.finish();
        match (cadence, gaps.as_slice()) {
            (Some(cadence), [shortest, longest]) if shortest <= longest => {
                scenario.rhythms.insert(cadence, Gaps { shortest: *shortest, longest: *longest });
            }
            _ => table.report("gap-days", "must be two whole numbers: the shortest and the longest gap"),
        }
    }
    for table in root.tables("history") {
        let source = read_source(&table, rules);
        table.optional_string("about");
        let days = table.dates("publishes");
        table.finish();
        scenario.histories.extend(source.map(|source| (source, days)));
    }
    for table in root.tables("pinned") {
        let (source, published, title) =
            (read_source(&table, rules), table.date("published"), table.string("title"));
        table.finish();
        if let (Some(source), Some(published), Some(title)) = (source, published, title) {
            scenario.pinned.insert(source, Pinned { published, title });
        }
    }
    for table in root.tables("site") {
        let unit = read_unit(&table, rules);
        let is_gb18030 = table.optional_word("charset", &[("gb18030", ())]).is_some();
        let is_by_proxy = table.optional_word("rows", &[("by-proxy", ())]).is_some();
        table.finish();
        scenario.gb18030.extend(unit.clone().filter(|_| is_gb18030));
        scenario.by_proxy.extend(unit.filter(|_| is_by_proxy));
    }
    scenario.faults = root.tables("fault").iter().filter_map(|table| read_fault(table, rules)).collect();
    scenario.troubles =
        root.tables("trouble").iter().filter_map(|table| read_trouble(table, rules)).collect();
    scenario.exports = root.tables("export").iter().filter_map(|table| read_export(table, rules)).collect();
    scenario.shields = root.tables("shield").iter().filter_map(|table| read_shielded(table, rules)).collect();
    scenario.accepted =
        root.tables("accepted").iter().filter_map(|table| read_accepted(table, rules)).collect();
    root.finish();
    Some(Scenario { starts: starts?, ends: ends?, ..scenario })
}

fn read_fault(table: &Table<'_>, rules: &Rules) -> Option<Fault> {
    let whose = if table.has("unit") {
        read_unit(table, rules).map(Whose::Unit)
    } else {
        read_source(table, rules).map(Whose::Source)
    };
    table.optional_string("about");
    let (from, until) = (table.date_time("from"), table.date_time("until"));
    let kind = table.word("kind", &FAULT_KINDS);
    table.finish();
    Some(Fault { whose: whose?, from: from?, until: until?, kind: kind? })
}

fn read_export(table: &Table<'_>, rules: &Rules) -> Option<(SourceId, u32)> {
    let (source, hour) = (read_source(table, rules), table.integer("hour", 0..=23));
    table.finish();
    let source = source?;
    let is_exported = |kind: &WayKind| matches!(kind, WayKind::WechatBackend { .. });
    if !rules.source(&source)?.ways.iter().any(|way| is_exported(&way.kind)) {
        table.report("source", format!("`{source}` is not read by exported files"));
        return None;
    }
    Some((source, hour?))
}

fn read_shielded(table: &Table<'_>, rules: &Rules) -> Option<Shielded> {
    let host = read_host(table, rules);
    let (from, until) = (table.date_time("from"), table.date_time("until"));
    let shield = table.word("kind", &SHIELDS);
    table.finish();
    Some(Shielded { host: host?, from: from?, until: until?, shield: shield? })
}

fn read_accepted(table: &Table<'_>, rules: &Rules) -> Option<Accepted> {
    let (host, because) = (read_host(table, rules), table.string("because"));
    table.finish();
    Some(Accepted { host: host?, because: because? })
}

fn read_host(table: &Table<'_>, rules: &Rules) -> Option<String> {
    let host = table.string("host")?;
    if !rules.sources.iter().any(|source| source.url.host_str() == Some(&host)) {
        table.report("host", format!("`{host}` is the host of no source of the rules"));
        return None;
    }
    Some(host)
}

pub(super) fn read_source(table: &Table<'_>, rules: &Rules) -> Option<SourceId> {
    let id = SourceId::new(table.string("source")?);
    if rules.source(&id).is_none() {
        table.report("source", format!("`{id}` is not a source of the rules"));
        return None;
    }
    Some(id)
}

fn read_unit(table: &Table<'_>, rules: &Rules) -> Option<UnitId> {
    let id = UnitId::new(table.string("unit")?);
    if rules.unit(&id).is_none() {
        table.report("unit", format!("`{id}` is not a unit of the rules"));
        return None;
    }
    Some(id)
}
