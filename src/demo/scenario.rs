//! What the simulated county publishes, and what goes wrong with its site: data, read from `scenario.toml`.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use chrono::{NaiveDate, NaiveDateTime};

use crate::rules::{Collector, Document, Rules, SourceId, Table, UnitId};

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
    /// The site's own troubles.
    pub(super) faults: Vec<Fault>,
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
        table.word("charset", &[("gb18030", ())]);
        table.finish();
        scenario.gb18030.extend(unit);
    }
    scenario.faults = root.tables("fault").iter().filter_map(|table| read_fault(table, rules)).collect();
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

fn read_source(table: &Table<'_>, rules: &Rules) -> Option<SourceId> {
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
