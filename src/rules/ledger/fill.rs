//! From unit files to cells.

use super::super::keys::{Key, Kind, Shape};
use super::super::unit_file::{Entry, UnitFile, Value};
use super::layout::{Which, numbered};
use super::sheet::{Cell, Sheet};

/// The sheets of a ledger that holds these units.
pub(super) fn sheets_of(files: &[UnitFile]) -> Vec<Sheet> {
    Which::ALL.into_iter().map(|which| sheet(which, rows_of(which, files))).collect()
}

/// What one row holds: entries that it holds once, then those of which it may hold several.
struct Row<'a> {
    once: Vec<(Kind, &'a Entry)>,
    several: &'a [Entry],
}

fn rows_of(which: Which, files: &[UnitFile]) -> Vec<Row<'_>> {
    let rows = files.iter().flat_map(|file| -> Vec<Row<'_>> {
        let owner = (Kind::Owner, &file.unit);
        match which {
            Which::Units => vec![Row { once: vec![(Kind::Unit, &file.unit)], several: &file.webmasters }],
            Which::Columns => file
                .columns
                .iter()
                .map(|column| Row { once: vec![owner, (Kind::Column, column)], several: &[] })
                .collect(),
            Which::Accounts => file
                .feeds
                .iter()
                .map(|feed| Row { once: vec![owner, (Kind::Feed, &feed.account)], several: &feed.ways })
                .collect(),
        }
    });
    rows.collect()
}

fn sheet(which: Which, rows: Vec<Row<'_>>) -> Sheet {
    let mut sheet = Sheet { name: which.name().to_owned(), rows: Vec::new() };
    let is_used = |kind: Kind, key: &Key| {
        let several = |row: &Row<'_>| which.several() == Some(kind) && has(row.several.iter(), key);
        let once =
            |row: &Row<'_>| has(row.once.iter().filter(|(of, _)| *of == kind).map(|(_, entry)| *entry), key);
        rows.iter().any(|row| once(row) || several(row))
    };
    let is_shown = |kind: Kind, key: &Key| !key.is_rare || is_used(kind, key);
    let once: Vec<(Kind, &Key)> = which
        .once()
        .iter()
        .flat_map(|kind| kind.keys().iter().map(|key| (*kind, key)))
        .filter(|(kind, key)| is_shown(*kind, key))
        .collect();
    let most = rows.iter().map(|row| row.several.len()).max().unwrap_or(0).max(1);
    let of_one: Vec<&Key> = which
        .several()
        .into_iter()
        .flat_map(|kind| kind.keys().iter().map(move |key| (kind, key)))
        .filter(|(kind, key)| is_shown(*kind, key))
        .map(|(_, key)| key)
        .collect();
    let several: Vec<(usize, &Key)> =
        (1..=most).flat_map(|group| of_one.iter().map(move |key| (group, *key))).collect();
    let headings = once.iter().map(|(_, key)| key.heading.to_owned());
    let headings = headings.chain(several.iter().map(|(group, key)| numbered(key.heading, *group)));
    sheet.rows.push(headings.map(Cell::Text).collect());
    for row in rows {
        let of_kind = |kind| row.once.iter().find(|(known, _)| *known == kind).map(|(_, entry)| *entry);
        let first = once.iter().map(|(kind, key)| cell(of_kind(*kind), key));
        let rest = several.iter().map(|(group, key)| cell(row.several.get(group - 1), key));
        sheet.rows.push(first.chain(rest).collect());
    }
    sheet
}

fn has<'a>(mut entries: impl Iterator<Item = &'a Entry>, key: &Key) -> bool {
    entries.any(|entry| entry.get(key.name).is_some())
}

fn cell(entry: Option<&Entry>, key: &Key) -> Cell {
    let Some(value) = entry.and_then(|entry| entry.get(key.name)) else { return Cell::Nothing };
    Cell::Text(match (value, key.shape) {
        (Value::Text(word), Shape::Word(words)) => {
            words.iter().find(|(known, _)| known == word).map_or(word.as_str(), |(_, shown)| shown).to_owned()
        }
        (Value::Text(text), _) => text.clone(),
        (Value::Texts(texts), _) => texts.join("\n"),
        (Value::Number(number), _) => number.to_string(),
        (Value::YesNo(true), _) => "是".to_owned(),
        (Value::YesNo(false), _) => "否".to_owned(),
    })
}
