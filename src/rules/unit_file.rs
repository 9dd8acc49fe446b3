//! A unit file as it stands: its tables and their values, before anything is made of them.
//!
//! This is what ledgers are written from and read into. [`UnitFile::read`] takes it from TOML, `write` turns it into
//! TOML, and only the loader says whether it is right.

use super::document::{Document, Table};
use super::keys::{Key, Kind, Shape};
use super::problem::Collector;

/// A unit file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UnitFile {
    /// `[unit]`.
    pub(super) unit: Entry,
    /// `[[unit.webmaster]]`.
    pub(super) webmasters: Vec<Entry>,
    /// `[[column]]`.
    pub(super) columns: Vec<Entry>,
    /// `[[feed]]`.
    pub(super) feeds: Vec<Feed>,
}

/// An account and the ways to read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Feed {
    /// The `[[feed]]` itself.
    pub(super) account: Entry,
    /// Its `[[feed.via]]`.
    pub(super) ways: Vec<Entry>,
}

/// One table: its values in house order. Entries are equal if their values are, wherever they stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    values: Vec<(&'static str, Value)>,
    /// Where it was read.
    pub(super) place: Place,
    /// What a person should know about it; written as comments.
    pub(super) notes: Vec<String>,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl Eq for Entry {}

/// Where an entry was read: in a ledger, the row and which of several like groups in it; in a text, the line. Both are
/// counted from 1, and 0 where it was read nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) row: usize,
    pub(super) group: usize,
}

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Texts(Vec<String>),
    YesNo(bool),
    Number(u32),
}

impl Value {
    /// One text, or several.
    pub(super) fn of_texts(mut texts: Vec<String>) -> Option<Self> {
        match texts.len() {
            0 => None,
            1 => texts.pop().map(Self::Text),
            _ => Some(Self::Texts(texts)),
        }
    }
}

impl Entry {
    /// An entry without values.
    pub(super) fn at(place: Place) -> Self {
        Self { place, ..Self::default() }
    }

    /// The value of a key.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The text of a key; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// Gives a key its value, in place of any it had.
    pub(super) fn set(&mut self, key: &'static Key, value: Value) {
        match self.values.iter_mut().find(|(known, _)| *known == key.name) {
            Some((_, old)) => *old = value,
            None => self.values.push((key.name, value)),
        }
    }

    /// Gives a key that has a value another one.
    pub(super) fn replace(&mut self, name: &str, value: Value) {
        if let Some((_, old)) = self.values.iter_mut().find(|(known, _)| *known == name) {
            *old = value;
        }
    }

    /// Gives a key a text, unless that is empty.
    pub(super) fn set_text(&mut self, key: &'static Key, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.set(key, Value::Text(text));
        }
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl UnitFile {
    /// Reads a unit file, reporting every key that has no place here.
    pub(crate) fn read(document: &Document, problems: &Collector) -> Self {
        document.with_root(problems, |root| {
            let mut file = Self::default();
            if let Some(table) = root.table("unit") {
                file.webmasters = table.tables("webmaster").iter().map(webmaster).collect();
                file.unit = entry(&table, Kind::Unit);
                table.finish();
            }
            file.columns = root.tables("column").iter().map(column).collect();
            file.feeds = root.tables("feed").iter().map(feed).collect();
            root.finish();
            file
        })
    }

    /// The unit's id; empty where there is none.
    pub(crate) fn id(&self) -> &str {
        self.unit.text("id")
    }
}

fn webmaster(table: &Table<'_>) -> Entry {
    let entry = entry(table, Kind::Webmaster);
    table.finish();
    entry
}

fn column(table: &Table<'_>) -> Entry {
    let entry = entry(table, Kind::Column);
    table.finish();
    entry
}

fn feed(table: &Table<'_>) -> Feed {
    let ways = table.tables("via").iter().map(way).collect();
    let account = entry(table, Kind::Feed);
    table.finish();
    Feed { account, ways }
}

fn way(table: &Table<'_>) -> Entry {
    let entry = entry(table, Kind::Way);
    table.finish();
    entry
}

fn entry(table: &Table<'_>, kind: Kind) -> Entry {
    let mut entry = Entry::default();
    for key in kind.keys() {
        if let Some(value) = value(table, key) {
            entry.set(key, value);
        }
    }
    entry
}

fn value(table: &Table<'_>, key: &'static Key) -> Option<Value> {
    match key.shape {
        Shape::Text | Shape::Word(_) => table.optional_string(key.name).map(Value::Text),
        Shape::Texts => Some(table.strings(key.name)).filter(|texts| !texts.is_empty()).map(Value::Texts),
        Shape::OneOrTexts => Value::of_texts(table.text_or_texts(key.name)),
        Shape::Number => table.optional_integer(key.name, 0..=u32::MAX).map(Value::Number),
        Shape::YesNo => {
            let value = table.boolean_or(key.name, false);
            table.has(key.name).then_some(Value::YesNo(value))
        }
    }
}
