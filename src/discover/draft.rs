//! From what a walk found to a draft of the unit's file.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::address::shape_of;
use super::naming::names;
use super::page::Column;
use super::survey::{FoundColumn, Survey, Unread};
use crate::rules::{Cadences, ColumnDraft, UnitDraft, free_id, spelled};

/// The draft of a unit's file. `cadences` say which columns' names speak for themselves.
pub(crate) fn draft(id: &str, name: &str, survey: &Survey, cadences: &Cadences) -> UnitDraft {
    let trails: Vec<_> = survey.columns.iter().map(|column| column.trail.clone()).collect();
    let paths: Vec<_> = survey.columns.iter().map(|column| column.here.path.clone()).collect();
    let names = names(name, &trails, &paths);
    let mut taken = BTreeSet::new();
    let mut columns: Vec<ColumnDraft> = survey
        .columns
        .iter()
        .zip(&names)
        .map(|(found, name)| {
            let mut column = named(&found.here.url, name, cadences, &mut taken);
            column.preset.clone_from(&found.column.preset);
            column.notes.splice(0..0, doubts(found, survey));
            column
        })
        .collect();
    doubt_same_names(&mut columns);
    let unread = survey.unread_columns().map(|page| {
        let mut column = named(&page.here.url, &page.here.path.join("—"), cadences, &mut taken);
        column.notes.insert(0, page.why.clone());
        column
    });
    UnitDraft {
        id: id.to_owned(),
        name: name.to_owned(),
        notes: notes(survey),
        unread: unread.collect(),
        columns,
    }
}

fn notes(survey: &Survey) -> Vec<String> {
    let mut notes =
        vec![format!("Drafted by `xuncha rules discover {}`: read it before it is used.", survey.start)];
    if survey.left > 0 {
        notes.push(format!(
            "unsure: {} more pages were known when the walk ended; columns may be missing",
            survey.left
        ));
    }
    if let Some(why) = &survey.ended_early {
        notes.push(format!("unsure: the walk ended early: {why}"));
    }
    notes
}

fn doubts(found: &FoundColumn, survey: &Survey) -> Vec<String> {
    let Column { doubts, .. } = &found.column;
    let mut doubts = doubts.clone();
    if found.here.depth == 0 && survey.columns.len() > 1 {
        doubts.push("unsure: the walk began here; it may only show what other columns hold".to_owned());
    }
    doubts
}

fn named(url: &Url, name: &str, cadences: &Cadences, taken: &mut BTreeSet<String>) -> ColumnDraft {
    let mut notes = Vec::new();
    let segments: Vec<&str> =
        url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).collect();
    let last = segments.last().copied().unwrap_or_default();
    let name = if name.is_empty() {
        notes.push("unsure: the site does not say what it is called".to_owned());
        if last.is_empty() { "首页" } else { last }
    } else {
        name
    };
    let cadence = match (cadences.for_column_name(name), cadences.most_lenient()) {
        (None, Some(lenient)) => {
            notes.push(format!("unsure: no pattern fits this name; `{}` is the most lenient", lenient.name));
            Some(lenient.name.clone())
        }
        _ => None,
    };
    let id = free_id([spelled(name).as_str(), spelled(last).as_str(), "column"], taken);
    ColumnDraft { id, name: name.to_owned(), url: url.to_string(), preset: None, cadence, notes }
}

fn doubt_same_names(columns: &mut [ColumnDraft]) {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    for column in columns {
        match first.get(&column.name) {
            Some(id) => column.notes.push(format!("unsure: `{id}` has the same name")),
            None => {
                first.insert(column.name.clone(), column.id.clone());
            }
        }
    }
}

impl Survey {
    /// The unread pages that may be columns: those that are like one, and those whose address is like that of a column.
    /// Where no column was found, that is every page but the first.
    fn unread_columns(&self) -> impl Iterator<Item = &Unread> {
        let shapes: BTreeSet<String> = self.columns.iter().map(|column| shape_of(&column.here.url)).collect();
        self.unread.iter().filter(move |page| {
            let shape = shape_of(&page.here.url);
            page.is_like_a_column || shapes.contains(&shape) || (shapes.is_empty() && page.here.depth > 0)
        })
    }
}
