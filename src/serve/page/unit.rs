//! A unit's page: how each of its sources stands.

use serde::Serialize;

use super::listed::{Row, row};
use super::overview::{Figure, figures};
use crate::rules::Unit;
use crate::serve::snapshot::{Snapshot, severity};
use crate::serve::view::Counts;

#[derive(Debug, Serialize)]
pub(super) struct UnitPage {
    id: String,
    name: String,
    display_name: String,
    counted: bool,
    total: usize,
    figures: Vec<Figure>,
    rows: Vec<Row>,
}

pub(super) fn unit(unit: &Unit, shown: &Snapshot) -> UnitPage {
    let mut sources: Vec<_> = shown.sources_of(unit.id.as_str()).cloned().collect();
    sources.sort_by_key(|source| (severity(&source.standing), source.due));
    let counts = shown.units.iter().find(|summary| summary.id == unit.id).map(|summary| &summary.counts);
    UnitPage {
        id: unit.id.to_string(),
        name: unit.name.clone(),
        display_name: unit.display_name.clone(),
        counted: unit.counted,
        total: sources.len(),
        figures: figures(counts.unwrap_or(&Counts::new())),
        rows: sources.iter().map(|source| row(source)).collect(),
    }
}
