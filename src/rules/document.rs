//! TOML files read key by key, so that one pass finds every mistake and names its line.
//!
//! A [`Table`] remembers which keys were asked for; [`Table::finish`] reports the others as unknown. A getter that
//! meets a mistake reports it and returns `None`, and the reader goes on with the rest of the file.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Collector;

/// A TOML file in memory.
pub(crate) struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    /// Reads a file; reports it and returns `None` if that fails.
    pub(crate) fn read(path: &Path, problems: &Collector) -> Option<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Some(Self { path: path.to_owned(), text }),
            Err(error) => {
                problems.add(path, 0, "", format!("cannot be read: {error}"));
                None
            }
        }
    }

    /// A document that does not come from a file of its own (built in, or from a test).
    pub(crate) fn from_text(name: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { path: name.into(), text: text.into() }
    }

    /// Parses the text and hands its root table to `read`. Syntax errors are reported, all of them, and what could be
    /// parsed is still read.
    pub(crate) fn with_root<T>(&self, problems: &Collector, read: impl FnOnce(&Table<'_>) -> T) -> T {
        let (root, errors) = DeTable::parse_recoverable(&self.text);
        for error in errors {
            let line = error.span().map_or(0, |span| self.line_of(&span));
            problems.add(&self.path, line, "", format!("is not TOML here: {}", error.message()));
        }
        let table = Table {
            document: self,
            problems,
            table: root.get_ref(),
            prefix: String::new(),
            line: 1,
            asked: RefCell::default(),
        };
        read(&table)
    }

    fn line_of(&self, span: &Range<usize>) -> usize {
        let end = span.start.min(self.text.len());
        self.text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count() + 1
    }
}

/// A table of a document, being read.
pub(crate) struct Table<'d> {
    document: &'d Document,
    problems: &'d Collector,
    table: &'d DeTable<'d>,
    prefix: String,
    line: usize,
    asked: RefCell<Vec<&'static str>>,
}

impl<'d> Table<'d> {
    /// The file the table stands in.
    pub(crate) fn path(&self) -> &Path {
        &self.document.path
    }

    /// Reports a mistake about `key` at the line where it stands, or at the table's own if it is absent.
    pub(crate) fn report(&self, key: &str, what: impl Into<String>) {
        self.problems.add(self.path(), self.line_of_key(key), self.key_path(key), what);
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                self.problems.add(
                    self.path(),
                    self.document.line_of(&key.span()),
                    self.key_path(name),
                    format!("unknown key, allowed here: {}", asked.join(", ")),
                );
            }
        }
    }

    /// Whether the key is there. Does not count as asking for it.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Whether the key is there and is a text. Does not count as asking for it.
    pub(crate) fn is_text(&self, key: &str) -> bool {
        self.entry(key).is_some_and(|value| value.get_ref().is_str())
    }

    /// The line of a key, or of the table where the key is absent.
    pub(crate) fn line_of_key(&self, key: &str) -> usize {
        self.entry(key).map_or(self.line, |value| self.document.line_of(&value.span()))
    }

    /// A text that must be there and not be empty.
    pub(crate) fn string(&self, key: &'static str) -> Option<String> {
        let value = self.required(key)?;
        self.non_empty(key, value)
    }

    /// A text that may be absent, but not empty.
    pub(crate) fn optional_string(&self, key: &'static str) -> Option<String> {
        let value = self.optional(key)?;
        self.non_empty(key, value)
    }

    /// A list of texts; absent means none.
    pub(crate) fn strings(&self, key: &'static str) -> Vec<String> {
        self.optional(key).map_or_else(Vec::new, |value| self.strings_in(key, value))
    }

    /// A text, or a list of texts; absent means none.
    pub(crate) fn text_or_texts(&self, key: &'static str) -> Vec<String> {
        match self.optional(key).map(Spanned::get_ref) {
            Some(DeValue::String(_)) => self.optional_string(key).into_iter().collect(),
            _ => self.strings(key),
        }
    }

    /// A list of texts, each with its line.
    pub(crate) fn lined_strings(&self, key: &'static str) -> Vec<(String, usize)> {
        let Some(DeValue::Array(items)) = self.optional(key).map(Spanned::get_ref) else {
            return self.strings(key).into_iter().map(|text| (text, self.line)).collect();
        };
        let lines: Vec<usize> = items.iter().map(|item| self.document.line_of(&item.span())).collect();
        self.strings(key).into_iter().zip(lines).collect()
    }

    /// A whole number within `allowed`, which may be absent.
    pub(crate) fn optional_integer(&self, key: &'static str, allowed: RangeInclusive<u32>) -> Option<u32> {
        let value = self.optional(key)?;
        let number = number_of(value.get_ref()).filter(|number| allowed.contains(number));
        if number.is_none() {
            let (low, high) = (allowed.start(), allowed.end());
            self.report(key, format!("must be a whole number from {low} to {high}"));
        }
        number
    }

    /// A list of whole numbers within `allowed`; absent means none.
    pub(crate) fn integers(&self, key: &'static str, allowed: RangeInclusive<u32>) -> Vec<u32> {
        let numbers: Option<Vec<u32>> = match self.optional(key).map(Spanned::get_ref) {
            None => return Vec::new(),
            Some(DeValue::Array(items)) => items.iter().map(|item| number_of(item.get_ref())).collect(),
            Some(_) => None,
        };
        numbers.filter(|numbers| numbers.iter().all(|number| allowed.contains(number))).unwrap_or_else(|| {
            let (low, high) = (allowed.start(), allowed.end());
            self.report(key, format!("must be a list of whole numbers from {low} to {high}"));
            Vec::new()
        })
    }

    /// A whole number within `allowed`, which must be there.
    pub(crate) fn integer(&self, key: &'static str, allowed: RangeInclusive<u32>) -> Option<u32> {
        self.required(key)?;
        self.optional_integer(key, allowed)
    }

    /// true or false; `default` where absent.
    pub(crate) fn boolean_or(&self, key: &'static str, default: bool) -> bool {
        match self.optional(key).map(Spanned::get_ref) {
            None => default,
            Some(DeValue::Boolean(value)) => *value,
            Some(_) => {
                self.report(key, "must be true or false");
                default
            }
        }
    }

    /// A calendar day such as 2022-10-01, which must be there.
    pub(crate) fn date(&self, key: &'static str) -> Option<NaiveDate> {
        let value = self.required(key)?;
        let date = day_of(value.get_ref());
        if date.is_none() {
            self.report(key, "must be a day such as 2022-10-01, without quotes");
        }
        date
    }

    /// A list of days; absent means none.
    pub(crate) fn dates(&self, key: &'static str) -> Vec<NaiveDate> {
        let days = match self.optional(key).map(Spanned::get_ref) {
            None => return Vec::new(),
            Some(DeValue::Array(items)) => items.iter().map(|item| day_of(item.get_ref())).collect(),
            Some(_) => None,
        };
        days.unwrap_or_else(|| {
            self.report(key, "must be a list of days such as [2022-10-01]");
            Vec::new()
        })
    }

    /// A local date and time such as 2022-10-01T08:00:00, which must be there.
    pub(crate) fn date_time(&self, key: &'static str) -> Option<NaiveDateTime> {
        let value = self.required(key)?;
        let found = match value.get_ref() {
            DeValue::Datetime(at) => at.to_string().parse::<NaiveDateTime>().ok(),
            _ => None,
        };
        if found.is_none() {
            self.report(key, "must be a local time such as 2022-10-01T08:00:00, without quotes");
        }
        found
    }

    /// A length of time such as "90s", "6h" or "3d"; `default` where absent.
    pub(crate) fn duration_or(&self, key: &'static str, default: TimeDelta) -> TimeDelta {
        let Some(value) = self.optional(key) else { return default };
        let found = value.get_ref().as_str().and_then(parse_duration);
        found.unwrap_or_else(|| {
            self.report(
                key,
                "must be a length of time up to a year, such as \"90s\", \"10m\", \"6h\" or \"3d\"",
            );
            default
        })
    }

    /// One of a few words; `None` where absent.
    pub(crate) fn optional_word<T: Copy>(&self, key: &'static str, allowed: &[(&str, T)]) -> Option<T> {
        let word = self.optional_string(key)?;
        let found = allowed.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
            self.report(key, format!("`{word}` is not known, allowed: {}", names.join(", ")));
        }
        found
    }

    /// One of a few words, which must be there.
    pub(crate) fn word<T: Copy>(&self, key: &'static str, allowed: &[(&str, T)]) -> Option<T> {
        self.required(key)?;
        self.optional_word(key, allowed)
    }

    /// A sub-table; `None` where absent.
    pub(crate) fn optional_table(&self, key: &'static str) -> Option<Table<'d>> {
        let value = self.optional(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.report(key, format!("must be a table: [{}]", self.key_path(key)));
            return None;
        };
        Some(self.inner(key, table, value))
    }

    /// A sub-table that must be there.
    pub(crate) fn table(&self, key: &'static str) -> Option<Table<'d>> {
        if !self.has(key) {
            self.ask(key);
            self.report(key, format!("is missing, wanted: a table [{}]", self.key_path(key)));
            return None;
        }
        self.optional_table(key)
    }

    /// A list of tables (`[[key]]`); absent means none.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Table<'d>> {
        let Some(value) = self.optional(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.report(key, format!("must be a list of tables: [[{}]]", self.key_path(key)));
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(self.inner(key, table, item)),
                _ => self.report(key, format!("must be a list of tables: [[{}]]", self.key_path(key))),
            }
        }
        tables
    }

    /// All entries of a table whose keys are names chosen by the person who writes it, each a text.
    pub(crate) fn named_strings(&self) -> Vec<(String, String)> {
        let mut entries = Vec::new();
        for (key, value) in self.table {
            let name = key.get_ref().to_string();
            match value.get_ref().as_str() {
                Some(text) => entries.push((name, text.to_owned())),
                None => self.report(&name, "must be a text"),
            }
        }
        entries
    }

    fn inner(&self, key: &str, table: &'d DeTable<'d>, value: &Spanned<DeValue<'d>>) -> Table<'d> {
        Table {
            document: self.document,
            problems: self.problems,
            table,
            prefix: self.key_path(key),
            line: self.document.line_of(&value.span()),
            asked: RefCell::default(),
        }
    }

    fn ask(&self, key: &'static str) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
    }

    fn entry(&self, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn optional(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.ask(key);
        self.entry(key)
    }

    fn required(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        let value = self.optional(key);
        if value.is_none() {
            self.report(key, "is missing");
        }
        value
    }

    fn non_empty(&self, key: &str, value: &Spanned<DeValue<'d>>) -> Option<String> {
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            Some(_) => {
                self.report(key, "must not be empty");
                None
            }
            None => {
                self.report(key, "must be a text in quotes");
                None
            }
        }
    }

    fn strings_in(&self, key: &str, value: &Spanned<DeValue<'d>>) -> Vec<String> {
        let DeValue::Array(items) = value.get_ref() else {
            self.report(key, "must be a list of texts");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.non_empty(key, item)).collect()
    }

    fn key_path(&self, key: &str) -> String {
        if self.prefix.is_empty() { key.to_owned() } else { format!("{}.{key}", self.prefix) }
    }
}

fn number_of(value: &DeValue<'_>) -> Option<u32> {
    match value {
        DeValue::Integer(number) => {
            u32::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        }
        _ => None,
    }
}

fn day_of(value: &DeValue<'_>) -> Option<NaiveDate> {
    match value {
        DeValue::Datetime(at) => at.to_string().parse().ok(),
        _ => None,
    }
}

fn parse_duration(text: &str) -> Option<TimeDelta> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let count: i64 = digits.parse().ok()?;
    let length = match unit {
        "ms" => TimeDelta::try_milliseconds(count),
        "s" => TimeDelta::try_seconds(count),
        "m" => TimeDelta::try_minutes(count),
        "h" => TimeDelta::try_hours(count),
        "d" => TimeDelta::try_days(count),
        _ => None,
    };
    length.filter(|length| *length <= LONGEST)
}

/// No setting is longer than this, so that no sum of instants and settings can overflow.
const LONGEST: TimeDelta = TimeDelta::days(366);

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str, read: impl FnOnce(&Table<'_>)) -> Vec<String> {
        let problems = Collector::default();
        Document::from_text("test.toml", text).with_root(&problems, |root| {
            read(root);
            root.finish();
        });
        problems
            .into_result(())
            .map_or_else(|all| all.0.iter().map(ToString::to_string).collect(), |()| Vec::new())
    }

    #[test]
    fn every_mistake_of_a_file_is_found_in_one_pass_with_its_line() {
        let found = mistakes("name = 7\ndays = 0\n[unit]\nid = \"\"\ncolour = \"red\"\n", |root| {
            root.string("name");
            root.integer("days", 1..=31);
            root.date("from");
            let unit = root.table("unit").unwrap();
            unit.string("id");
            unit.finish();
        });
        assert_eq!(
            found,
            [
                "test.toml:1: from: is missing",
                "test.toml:1: name: must be a text in quotes",
                "test.toml:2: days: must be a whole number from 1 to 31",
                "test.toml:4: unit.id: must not be empty",
                "test.toml:5: unit.colour: unknown key, allowed here: id",
            ]
        );
    }

    #[test]
    fn text_that_is_not_toml_is_reported_with_its_line() {
        let found = mistakes("a = 1\nb = = 2\n", |root| {
            root.optional_integer("a", 0..=9);
            root.optional_integer("b", 0..=9);
        });
        assert!(found[0].starts_with("test.toml:2: is not TOML here:"), "{found:?}");
    }

    #[test]
    fn lengths_of_time_are_written_with_a_unit() {
        assert_eq!(parse_duration("90s"), Some(TimeDelta::seconds(90)));
        assert_eq!(parse_duration("6h"), Some(TimeDelta::hours(6)));
        assert_eq!(parse_duration("3d"), Some(TimeDelta::days(3)));
        for bad in ["", "6", "h", "6 h", "-1h", "1w", "367d", "99999999999d", "99999999999999999999d"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
