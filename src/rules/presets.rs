//! `presets/*.toml`: how the pages of one CMS family are read, and by what signs they are known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::document::{Document, Table};
use super::fields::{FieldKeys, read_fields};
use super::load::toml_files;
use super::problem::{Collector, Problems};

use crate::extract::{
    Extractor, Families, Family, FinderBounds, ListSelectors, Reading, Signs, TableHeaders,
};

/// The presets that rules may name, besides `auto` and `generic-list`.
#[derive(Debug, Clone)]
pub struct Presets {
    presets: BTreeMap<String, Preset>,
    /// Those with signs by which a page is known, for sources that name no preset.
    families: Families,
}

/// What a preset file says. Only JSON presets may leave things for rules to say.
#[derive(Debug, Clone)]
enum Preset {
    Whole(Reading),
    Json(FieldKeys),
}

/// The names of the default: the family that the page shows signs of, else the shape of its rows.
const BY_SIGNS: [&str; 2] = ["auto", "generic-list"];

/// The ways in which a preset reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Finder,
    Table,
    Json,
    Jcms,
    Gkmlpt,
    Jpaas,
    Ucap,
}

const KINDS: [(&str, Kind); 8] = [
    ("list", Kind::List),
    ("finder", Kind::Finder),
    ("table", Kind::Table),
    ("json", Kind::Json),
    ("jcms", Kind::Jcms),
    ("gkmlpt", Kind::Gkmlpt),
    ("jpaas", Kind::Jpaas),
    ("ucap", Kind::Ucap),
];

impl Presets {
    pub(crate) fn load(files: &[PathBuf], problems: &Collector) -> Self {
        Self::of_documents(files.iter().filter_map(|path| Document::read(path, problems)), problems)
    }

    pub(super) fn of_documents(documents: impl Iterator<Item = Document>, problems: &Collector) -> Self {
        let mut presets = BTreeMap::new();
        let mut families = Vec::new();
        for document in documents {
            document.with_root(problems, |root| {
                if let Some(table) = root.table("preset") {
                    add(&table, &mut presets, &mut families);
                }
                root.finish();
            });
        }
        Self { presets, families: Families::new(families) }
    }

    /// Loads the presets of a rules directory.
    ///
    /// # Errors
    /// All mistakes of all preset files.
    pub fn of_rules(directory: &Path) -> Result<Self, Problems> {
        let problems = Collector::default();
        let presets = Self::load(&toml_files(&directory.join("presets")), &problems);
        problems.into_result(presets)
    }

    /// How a preset reads; nothing for a name that none has, or where it leaves things for rules to say.
    pub fn named(&self, name: &str) -> Option<Reading> {
        self.presets.get(name)?.whole()
    }

    /// The names of the presets by whose signs pages are known.
    pub fn names_of_families(&self) -> impl Iterator<Item = &str> {
        self.families.all().iter().map(|family| family.name.as_str())
    }

    /// How a source is read that names no preset.
    pub fn by_signs(&self) -> Reading {
        Reading::Auto(self.families.clone())
    }

    /// How a column's table says that it is read: by preset, by its own selectors, by both, or by what the page shows.
    pub(crate) fn reading(&self, table: &Table<'_>) -> Option<Reading> {
        let named = table.optional_string("preset");
        let preset = match named.as_deref().filter(|name| !BY_SIGNS.contains(name)) {
            None => None,
            Some(name) => match self.presets.get(name) {
                Some(preset) => Some(preset),
                None => {
                    table.report("preset", format!("`{name}` is not a preset, allowed: {}", self.names()));
                    return None;
                }
            },
        };
        let names_parts = PART_KEYS.iter().any(|key| table.has(key));
        let reading = match preset {
            Some(preset) => overlaid(table, preset),
            None if names_parts => read_list(table, None).map(Reading::List),
            None => match read_bounds(table, &FinderBounds::default())? {
                bounds if bounds == FinderBounds::default() => Some(self.by_signs()),
                bounds => Some(Reading::Finder(bounds)),
            },
        };
        if let Some(named) = named.filter(|_| preset.is_none() && names_parts) {
            table.report(
                "preset",
                format!("`{named}` finds rows by their shape: leave it out, or leave the selectors out"),
            );
        }
        reading
    }

    fn names(&self) -> String {
        let names: Vec<&str> = BY_SIGNS.into_iter().chain(self.presets.keys().map(String::as_str)).collect();
        names.join(", ")
    }
}

fn add(table: &Table<'_>, presets: &mut BTreeMap<String, Preset>, families: &mut Vec<Family>) {
    let name = table.string("name");
    table.optional_string("about");
    let kind = table.optional_word("kind", &KINDS).unwrap_or(Kind::List);
    let aliases = table.strings("also-named");
    let signs = table.optional_table("detect").map(|signs| read_signs(&signs));
    let preset = read_preset(table, kind);
    table.finish();
    let (Some(name), Some(preset)) = (name, preset) else { return };
    for name in std::iter::once(&name).chain(&aliases) {
        if BY_SIGNS.contains(&name.as_str()) || presets.contains_key(name) {
            table.report("name", format!("the preset `{name}` exists already"));
        }
        presets.insert(name.clone(), preset.clone());
    }
    if let (Some(signs), Some(reading)) = (signs.flatten(), preset.whole()) {
        families.push(Family { name, signs, reading });
    }
}

fn read_preset(table: &Table<'_>, kind: Kind) -> Option<Preset> {
    let reading = match kind {
        Kind::List => Reading::List(read_list(table, None)?),
        Kind::Finder => Reading::Finder(read_bounds(table, &FinderBounds::default())?),
        Kind::Table => Reading::Table(read_headers(table, &TableHeaders::default())),
        Kind::Json => return Some(Preset::Json(FieldKeys::of_preset(table))),
        Kind::Jcms => Reading::Jcms(read_selectors(table, None)),
        Kind::Gkmlpt => Reading::Gkmlpt { column: None },
        Kind::Jpaas => Reading::Jpaas,
        Kind::Ucap => Reading::Ucap,
    };
    Some(Preset::Whole(reading))
}

impl Preset {
    /// How it reads, if it leaves nothing for rules to say.
    fn whole(&self) -> Option<Reading> {
        match self {
            Self::Whole(reading) => Some(reading.clone()),
            Self::Json(keys) => keys.clone().complete().map(Reading::Json),
        }
    }
}

/// The `[preset.detect]` table.
fn read_signs(table: &Table<'_>) -> Option<Signs> {
    let (url, meta, markup) = (table.strings("url"), table.strings("meta"), table.strings("markup"));
    table.finish();
    match Signs::new(&url, &meta, &markup) {
        Ok(signs) => Some(signs),
        Err(error) => {
            table.report(error.key, error.to_string());
            None
        }
    }
}

/// The keys that name the parts of a row.
const PART_KEYS: [&str; 5] = ["row", "link", "date", "empty", "empty-in"];
const SELECTOR_KEYS: [&str; 7] = ["list", "row", "skip", "link", "date", "empty", "empty-in"];

/// A preset's reading with a column's own keys over it.
fn overlaid(table: &Table<'_>, preset: &Preset) -> Option<Reading> {
    let reading = match preset {
        Preset::Json(keys) => return read_fields(table, keys).map(Reading::Json),
        Preset::Whole(reading) => reading,
    };
    match reading {
        Reading::List(list) => read_list(table, Some(list.clone())).map(Reading::List),
        Reading::Finder(bounds) => read_bounds(table, bounds).map(Reading::Finder),
        Reading::Table(headers) => Some(Reading::Table(read_headers(table, headers))),
        Reading::Jcms(selectors) => Some(Reading::Jcms(read_selectors(table, selectors.clone()))),
        Reading::Gkmlpt { .. } => {
            Some(Reading::Gkmlpt { column: table.optional_integer("column", 1..=u32::MAX) })
        }
        other @ (Reading::Auto(_) | Reading::Feed | Reading::Json(_) | Reading::Jpaas | Reading::Ucap) => {
            Some(other.clone())
        }
    }
}

fn read_bounds(table: &Table<'_>, base: &FinderBounds) -> Option<FinderBounds> {
    let bounds = FinderBounds {
        list: table.optional_string("list").or_else(|| base.list.clone()),
        skip: table.optional_string("skip").or_else(|| base.skip.clone()),
        several: table.boolean_or("several", base.several),
    };
    parsed(table, &Reading::Finder(bounds.clone())).then_some(bounds)
}

fn read_headers(table: &Table<'_>, base: &TableHeaders) -> TableHeaders {
    let words = |key, base: &Vec<String>| {
        let given = table.strings(key);
        if given.is_empty() { base.clone() } else { given }
    };
    TableHeaders {
        title: words("headers-title", &base.title),
        published: words("headers-date", &base.published),
        signed: words("headers-signed", &base.signed),
        empty: words("empty", &base.empty),
    }
}

/// The selectors of a fragment's rows, where any are given; else those of the preset.
pub(super) fn read_selectors(table: &Table<'_>, base: Option<ListSelectors>) -> Option<ListSelectors> {
    let any_given = SELECTOR_KEYS.iter().any(|key| table.has(key));
    if any_given { read_list(table, base) } else { base }
}

/// The selectors of a preset or column, over those of a preset where one is named.
fn read_list(table: &Table<'_>, base: Option<ListSelectors>) -> Option<ListSelectors> {
    let (list, row) = (table.optional_string("list"), table.optional_string("row"));
    let (skip, link) = (table.optional_string("skip"), table.optional_string("link"));
    let (date, empty_in) = (table.optional_string("date"), table.optional_string("empty-in"));
    let empty = table.strings("empty");
    if base.is_none() {
        for key in ["row", "date"].into_iter().filter(|key| !table.has(key)) {
            table.report(
                key,
                "is missing: where selectors name the parts of a row, `row` and `date` must be given",
            );
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
    parsed(table, &Reading::List(selectors.clone())).then_some(selectors)
}

/// Whether all selectors of a reading are CSS; reports the first that is not.
fn parsed(table: &Table<'_>, reading: &Reading) -> bool {
    match Extractor::new(reading) {
        Ok(_) => true,
        Err(error) => {
            table.report(error.key, error.to_string());
            false
        }
    }
}

#[cfg(test)]
mod cuts;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod tests;
