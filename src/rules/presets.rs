//! `presets/*.toml`: how the pages of one CMS family are read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::document::{Document, Table};
use super::problem::Collector;

use crate::extract::{Extractor, ListSelectors, Reading};

/// The presets that rules may name, besides `auto`.
#[derive(Debug, Default, Clone)]
pub struct Presets(BTreeMap<String, ListSelectors>);

impl Presets {
    pub(crate) fn load(files: &[PathBuf], problems: &Collector) -> Self {
        let mut presets = Self::default();
        for path in files {
            let Some(document) = Document::read(path, problems) else { continue };
            document.with_root(problems, |root| {
                if let Some(table) = root.table("preset") {
                    presets.add(&table);
                }
                root.finish();
            });
        }
        presets
    }

    /// How a column's table says that it is read: by preset, by its own selectors, by both, or by shape alone.
    pub(crate) fn reading(&self, table: &Table<'_>) -> Option<Reading> {
        let preset = table.optional_string("preset");
        let base = match preset.as_deref() {
            None | Some("auto") => None,
            Some(name) => match self.0.get(name) {
                Some(selectors) => Some(selectors.clone()),
                None => {
                    table.report("preset", format!("`{name}` is not a preset, allowed: {}", self.names()));
                    return None;
                }
            },
        };
        let by_shape = base.is_none() && SELECTOR_KEYS.iter().all(|key| !table.has(key));
        let selectors = read_selectors(table, base);
        if by_shape {
            return Some(Reading::Auto);
        }
        if preset.as_deref() == Some("auto") {
            table.report(
                "preset",
                "`auto` finds rows by their shape: leave it out, or leave the selectors out",
            );
        }
        selectors.map(Reading::List)
    }

    fn add(&mut self, table: &Table<'_>) {
        let name = table.string("name");
        table.optional_string("about");
        let selectors = read_selectors(table, None);
        table.finish();
        let (Some(name), Some(selectors)) = (name, selectors) else { return };
        if name == "auto" || self.0.contains_key(&name) {
            table.report("name", format!("the preset `{name}` exists already"));
        }
        self.0.insert(name, selectors);
    }

    fn names(&self) -> String {
        let names: Vec<&str> = std::iter::once("auto").chain(self.0.keys().map(String::as_str)).collect();
        names.join(", ")
    }
}

const SELECTOR_KEYS: [&str; 7] = ["list", "row", "skip", "link", "date", "empty", "empty-in"];

/// The selectors of a preset or column, over those of a preset where one is named.
fn read_selectors(table: &Table<'_>, base: Option<ListSelectors>) -> Option<ListSelectors> {
    let (list, row) = (table.optional_string("list"), table.optional_string("row"));
    let (skip, link) = (table.optional_string("skip"), table.optional_string("link"));
    let (date, empty_in) = (table.optional_string("date"), table.optional_string("empty-in"));
    let empty = table.strings("empty");
    let any_given = SELECTOR_KEYS.iter().any(|key| table.has(key));
    if base.is_none() && !any_given {
        return None;
    }
    if base.is_none() {
        for key in ["row", "date"].into_iter().filter(|key| !table.has(key)) {
            table.report(key, "is missing: with selectors and no preset, `row` and `date` must be given");
        }
    }
    let selectors = match base {
        Some(base) => ListSelectors {
            list: list.unwrap_or(base.list),
            row: row.unwrap_or(base.row),
            skip: skip.or(base.skip),
            link: link.unwrap_or(base.link),
            date: date.unwrap_or(base.date),
            empty: if empty.is_empty() { base.empty } else { empty },
            empty_in: empty_in.or(base.empty_in),
        },
        None => ListSelectors {
            list: list.unwrap_or_else(|| "body".to_owned()),
            row: row?,
            skip,
            link: link.unwrap_or_else(|| "a".to_owned()),
            date: date?,
            empty,
            empty_in,
        },
    };
    match Extractor::new(&Reading::List(selectors.clone())) {
        Ok(_) => Some(selectors),
        Err(error) => {
            table.report(error.key, error.to_string());
            None
        }
    }
}
