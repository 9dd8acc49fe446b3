//! From OPML to unit files.

use std::collections::BTreeSet;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::super::id::is_valid_id;
use super::super::keys::{Key, Kind, Shape};
use super::super::mistake::Mistake;
use super::super::problem::Problem;
use super::super::spelling::{free_id, spelled};
use super::super::unit_file::{Entry, Feed, Place, UnitFile, Value};
use super::{ForeignAccounts, UNIT, name_of};

/// The accounts of an OPML.
#[derive(Debug, Default)]
pub(in crate::rules) struct Outlines {
    accounts: Vec<Account>,
    mistakes: Vec<LineMistake>,
}

#[derive(Debug)]
struct Account {
    unit: String,
    feed: Feed,
    /// Whether the list itself gives its id.
    has_own_id: bool,
}

/// A mistake in a line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct LineMistake {
    line: usize,
    attribute: String,
    what: String,
}

/// Reads an OPML; what is wrong with it is kept: see [`Outlines::problems`].
pub(in crate::rules) fn read(text: &str, foreign: &ForeignAccounts) -> Outlines {
    let mut outlines = Outlines::default();
    let mut reader = Reader::from_str(text);
    let mut units: Vec<Option<String>> = Vec::new();
    let mut is_opml = false;
    let mut lines = Lines::default();
    loop {
        let line = lines.at(text, reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                outlines.mistake(line, "", format!("is not XML here: {error}"));
                return outlines;
            }
        };
        match event {
            Event::Eof => break,
            Event::Start(tag) if tag.name().as_ref() == "outline" => {
                let unit = outlines.outline(&tag, line, units.last().cloned().flatten(), foreign);
                units.push(unit);
            }
            Event::Empty(tag) if tag.name().as_ref() == "outline" => {
                outlines.outline(&tag, line, units.last().cloned().flatten(), foreign);
            }
            Event::End(tag) if tag.name().as_ref() == "outline" => {
                units.pop();
            }
            Event::Start(tag) => is_opml |= tag.name().as_ref() == "opml",
            _ => {}
        }
    }
    if !is_opml {
        outlines.mistake(1, "", "is not OPML: it has no <opml>".to_owned());
    }
    outlines
}

/// Counts lines along a text.
#[derive(Default)]
struct Lines {
    counted: usize,
    before: usize,
}

impl Lines {
    /// The line of the first sign at or after a position, which is not before any asked for earlier.
    fn at(&mut self, text: &str, position: u64) -> usize {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(text.len());
        let rest = text.get(position..).unwrap_or_default();
        let end = position + (rest.len() - rest.trim_start().len());
        self.before += text.get(self.counted..end).unwrap_or_default().matches('\n').count();
        self.counted = self.counted.max(end);
        self.before + 1
    }
}

impl Outlines {
    /// The units that own accounts here.
    pub(in crate::rules) fn units(&self) -> Vec<String> {
        let units: BTreeSet<&String> = self.accounts.iter().map(|account| &account.unit).collect();
        units.into_iter().cloned().collect()
    }

    /// Gives a unit its accounts: in place of one with the same id, or after the others.
    pub(in crate::rules) fn give_to(&self, file: &mut UnitFile) {
        let id = file.id().to_owned();
        for account in self.accounts.iter().filter(|account| account.unit == id) {
            let feed = account.for_file(file);
            let mut known = file.feeds.iter_mut();
            match known.find(|known| known.account.get("id") == feed.account.get("id")) {
                Some(known) if account.has_own_id => *known = feed,
                Some(known) => known.follow(feed),
                None => file.feeds.push(feed),
            }
        }
    }

    /// Says of every account of a unit that there is no such unit.
    pub(in crate::rules) fn refuse_unit(&mut self, unit: &str) {
        let lines = self.accounts.iter().filter(|account| account.unit == unit);
        let lines: Vec<usize> = lines.map(|account| account.feed.account.place.row).collect();
        for line in lines {
            let what = format!("`{unit}` is not a unit of this county: write or import its unit file first");
            self.mistake(line, UNIT, what);
        }
    }

    /// Everything wrong with the list, and what the loader has against it (`found`).
    pub(in crate::rules) fn problems(&self, path: &Path, found: Vec<Mistake>) -> Vec<Problem> {
        let mut mistakes = self.mistakes.clone();
        mistakes.extend(found.into_iter().map(|mistake| LineMistake {
            line: mistake.origin.place.row,
            attribute: name_of(mistake.origin.kind, &mistake.key),
            what: match mistake.first {
                Some(first) if first.place.row > 0 => format!("{} on line {}", mistake.what, first.place.row),
                _ => mistake.what,
            },
        }));
        mistakes.sort();
        mistakes.dedup();
        let problem = |mistake: LineMistake| Problem {
            file: path.to_owned(),
            line: mistake.line,
            key: mistake.attribute,
            what: mistake.what,
        };
        mistakes.into_iter().map(problem).collect()
    }

    fn mistake(&mut self, line: usize, attribute: &str, what: String) {
        self.mistakes.push(LineMistake { line, attribute: attribute.to_owned(), what });
    }

    /// Reads one outline; returns the unit that the outlines below it belong to.
    fn outline(
        &mut self,
        tag: &BytesStart<'_>,
        line: usize,
        above: Option<String>,
        foreign: &ForeignAccounts,
    ) -> Option<String> {
        let attributes = self.attributes(tag, line);
        let given =
            |name: &str| attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let unit = given(UNIT).map(ToOwned::to_owned).or(above).or_else(|| foreign.unit.clone());
        if given("xmlUrl").is_none() && given(&name_of(Kind::Way, "kind")).is_none() {
            return unit;
        }
        let Some(owner) = unit.clone().filter(|id| is_valid_id(id)) else {
            self.mistake(line, UNIT, "does not say whose account this is: give --unit ID".to_owned());
            return unit;
        };
        let place = Place { row: line, group: 1 };
        let mut account = self.entry(Kind::Feed, place, given);
        let mut way = self.entry(Kind::Way, place, given);
        let instead = [
            (Kind::Feed, "account", given("title").map(ToOwned::to_owned)),
            (Kind::Feed, "cadence", foreign.cadence.clone()),
            (
                Kind::Feed,
                "platform",
                given("category").and_then(platform).or_else(|| foreign.platform.clone()),
            ),
            (Kind::Way, "kind", Some("rss".to_owned())),
        ];
        for (kind, name, value) in instead {
            let entry = if kind == Kind::Feed { &mut account } else { &mut way };
            if let (None, Some(value), Some(key)) = (entry.get(name), value, kind.key(name)) {
                entry.set_text(key, value);
            }
        }
        for (name, option) in [("cadence", "--cadence NAME"), ("platform", "--platform NAME")] {
            if account.get(name).is_none() {
                self.mistake(line, &name_of(Kind::Feed, name), format!("is missing: give {option}"));
            }
        }
        self.add(owner, account, way);
        unit
    }

    /// An account, or one more way to read the account before it.
    fn add(&mut self, unit: String, account: Entry, way: Entry) {
        let has_own_id = account.get("id").is_some();
        if let Some(last) = self.accounts.last_mut()
            && has_own_id
            && last.unit == unit
            && last.feed.account == account
        {
            last.feed.ways.push(way);
            return;
        }
        let new = Account { unit, feed: Feed { account, ways: vec![way] }, has_own_id };
        if let Some(first) = self.accounts.iter().find(|first| first.is_as(&new)) {
            let what = format!("the account is on line {} already", first.feed.account.place.row);
            self.mistake(new.feed.account.place.row, "text", what);
        }
        self.accounts.push(new);
    }

    fn entry<'a>(&mut self, kind: Kind, place: Place, given: impl Fn(&str) -> Option<&'a str>) -> Entry {
        let mut entry = Entry::at(place);
        for key in kind.keys() {
            let name = name_of(kind, key.name);
            match given(&name).map(|text| from_text(key, text)) {
                Some(Ok(value)) => entry.set(key, value),
                Some(Err(what)) => self.mistake(place.row, &name, what),
                None => {}
            }
        }
        entry
    }

    fn attributes(&mut self, tag: &BytesStart<'_>, line: usize) -> Vec<(String, String)> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let read = attribute.map_err(|error| error.to_string()).and_then(|attribute| {
                let value =
                    attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
                Ok((attribute.key.as_ref().to_owned(), value.into_owned()))
            });
            match read {
                Ok((name, value)) if !value.trim().is_empty() => attributes.push((name, value)),
                Ok(_) => {}
                Err(why) => self.mistake(line, "", format!("is not XML here: {why}")),
            }
        }
        attributes
    }
}

impl Account {
    /// Whether both would stand in the same place of a unit's file.
    fn is_as(&self, other: &Self) -> bool {
        let same = |key| self.feed.account.get(key) == other.feed.account.get(key);
        let is_same = if self.has_own_id && other.has_own_id {
            same("id")
        } else {
            same("account") && same("platform")
        };
        self.unit == other.unit && is_same
    }

    /// The account as it goes into a unit's file. One that the list gives no id keeps that of the same account there, or
    /// gets one that is free.
    fn for_file(&self, file: &UnitFile) -> Feed {
        let mut feed = self.feed.clone();
        let (false, Some(key)) = (self.has_own_id, Kind::Feed.key("id")) else { return feed };
        let same = |key, known: &Feed| known.account.get(key) == feed.account.get(key);
        let id = match file.feeds.iter().find(|known| same("account", known) && same("platform", known)) {
            Some(known) => known.account.text("id").to_owned(),
            None => {
                let columns = file.columns.iter().map(|column| column.text("id"));
                let accounts = file.feeds.iter().map(|feed| feed.account.text("id"));
                let mut taken = columns.chain(accounts).map(ToOwned::to_owned).collect();
                free_id([spelled(feed.account.text("account")).as_str(), "account"], &mut taken)
            }
        };
        feed.account.set_text(key, id);
        feed
    }
}

impl Feed {
    /// Takes over what another list says of the account: it knows of feeds only, so other ways stay.
    fn follow(&mut self, listed: Self) {
        let others = std::mem::take(&mut self.ways).into_iter().filter(|way| way.text("kind") != "rss");
        self.ways = listed.ways.into_iter().chain(others).collect();
        self.account = listed.account;
    }
}

/// The platform that a category names, in the words of rules or of ledgers.
fn platform(category: &str) -> Option<String> {
    let Shape::Word(words) = Kind::Feed.key("platform")?.shape else { return None };
    let said = category.trim_matches('/');
    let known = words
        .iter()
        .find(|(word, chinese)| word.eq_ignore_ascii_case(said) || chinese.eq_ignore_ascii_case(said));
    known.map(|(word, _)| (*word).to_owned())
}

fn from_text(key: &Key, text: &str) -> Result<Value, String> {
    match key.shape {
        Shape::Text | Shape::Word(_) => Ok(Value::Text(text.to_owned())),
        Shape::Texts => Ok(Value::Texts(text.lines().map(ToOwned::to_owned).collect())),
        Shape::OneOrTexts => Ok(Value::of_texts(text.lines().map(ToOwned::to_owned).collect())
            .unwrap_or_else(|| Value::Text(String::new()))),
        Shape::Number => {
            text.parse().map(Value::Number).map_err(|_| format!("`{text}` is not a whole number"))
        }
        Shape::YesNo => {
            text.parse().map(Value::YesNo).map_err(|_| format!("`{text}` is not known, allowed: true, false"))
        }
    }
}
