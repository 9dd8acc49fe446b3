//! Lists: sources by filters, alerts with what has happened, findings.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;

use super::frame::local;
use crate::alert::State;
use crate::rules::Rules;
use crate::serve::select::{Page, Selection};
use crate::serve::snapshot::Snapshot;
use crate::serve::view::{FindingView, SourceView};
use crate::serve::words::{STANDINGS, event_in_public, level_in_words, remarks_in_public, standing_in_words};
use crate::store::Event;

/// One source in a table.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    id: String,
    name: String,
    unit: String,
    unit_name: String,
    channel: String,
    standing: String,
    word: String,
    why: String,
    limit: String,
    last: Option<NaiveDate>,
    due: Option<NaiveDate>,
    left: Option<i64>,
}

pub(super) fn row(source: &SourceView) -> Row {
    Row {
        id: source.id.to_string(),
        name: source.name.clone(),
        unit: source.unit.to_string(),
        unit_name: source.unit_name.clone(),
        channel: source.channel.clone(),
        standing: source.standing.clone(),
        word: standing_in_words(&source.standing).to_owned(),
        why: remarks_in_public(source),
        limit: source.limit.clone().unwrap_or_default(),
        last: source.last,
        due: source.due,
        left: source.days_left,
    }
}

#[derive(Debug, Serialize)]
pub(super) struct SourcesPage {
    total: usize,
    rows: Vec<Row>,
    /// What was asked for.
    wanted: Selection,
    /// The address of the next page.
    next: Option<String>,
    standings: Vec<(&'static str, &'static str)>,
    units: Vec<(String, String)>,
    cadences: Vec<String>,
}

pub(super) fn sources(wanted: &Selection, shown: &Snapshot, rules: &Rules) -> Result<SourcesPage, String> {
    let Page { total, sources, next_cursor } = wanted.page(&shown.sources)?;
    let mut cadences: Vec<String> = shown.sources.iter().map(|source| source.cadence.clone()).collect();
    cadences.sort_unstable();
    cadences.dedup();
    let next = next_cursor
        .map(|cursor| format!("/sources?{}", Selection { cursor: Some(cursor), ..wanted.clone() }));
    Ok(SourcesPage {
        total,
        rows: sources.iter().map(|source| row(source)).collect(),
        wanted: wanted.clone(),
        next,
        standings: STANDINGS.to_vec(),
        units: rules.units.iter().map(|unit| (unit.id.to_string(), unit.name.clone())).collect(),
        cadences,
    })
}

#[derive(Debug, Serialize)]
pub(super) struct AlertsPage {
    raised: Vec<RaisedRow>,
    events: Vec<EventRow>,
}

#[derive(Debug, Serialize)]
struct RaisedRow {
    #[serde(flatten)]
    source: Row,
    level: &'static str,
    since: String,
    reminded: String,
}

#[derive(Debug, Serialize)]
struct EventRow {
    at: String,
    source: String,
    said: String,
}

pub(super) fn alerts(shown: &Snapshot, events: &[Event], zone: Tz) -> AlertsPage {
    let raised = shown.raised().into_iter().filter_map(|source| match source.alert {
        State::Quiet => None,
        State::Raised { level, raised_at, reminded_at } => Some(RaisedRow {
            source: row(&source),
            level: level_in_words(level),
            since: local(raised_at, zone),
            reminded: local(reminded_at, zone),
        }),
    });
    let event = |event: &Event| EventRow {
        at: local(event.at, zone),
        source: event.source.to_string(),
        said: event_in_public(&event.kind),
    };
    AlertsPage { raised: raised.collect(), events: events.iter().map(event).collect() }
}

#[derive(Debug, Serialize)]
pub(super) struct FindingsPage {
    total: usize,
    months: Vec<FindingsOfMonth>,
}

#[derive(Debug, Serialize)]
struct FindingsOfMonth {
    month: String,
    rows: Vec<FindingRow>,
}

#[derive(Debug, Serialize)]
struct FindingRow {
    source: String,
    name: String,
    unit: String,
    unit_name: String,
    kind: &'static str,
    accuses: bool,
    limit: String,
    last: Option<NaiveDate>,
    due: Option<NaiveDate>,
    state: &'static str,
    state_word: String,
    evidence: String,
}

pub(super) fn findings(all: Vec<FindingView>) -> FindingsPage {
    let mut months: Vec<FindingsOfMonth> = Vec::new();
    let total = all.len();
    for found in all {
        let month = found.month.clone();
        if months.last().is_none_or(|last| last.month != month) {
            months.push(FindingsOfMonth { month, rows: Vec::new() });
        }
        if let Some(last) = months.last_mut() {
            last.rows.push(finding_row(found));
        }
    }
    FindingsPage { total, months }
}

fn finding_row(found: FindingView) -> FindingRow {
    let finding = found.finding;
    FindingRow {
        source: finding.source.to_string(),
        name: finding.name,
        unit: found.unit.to_string(),
        unit_name: found.unit_name,
        kind: finding.kind.chinese(),
        accuses: finding.kind.accuses(),
        limit: finding.limit.unwrap_or_default(),
        last: finding.last,
        due: finding.due,
        state: found.state.chinese(),
        state_word: serde_json::to_value(found.state)
            .ok()
            .and_then(|word| word.as_str().map(ToOwned::to_owned))
            .unwrap_or_default(),
        evidence: finding
            .evidence
            .map_or_else(String::new, |proof| format!("《{}》，原文日期“{}”", proof.title, proof.raw_date)),
    }
}
