//! What the samples hold by a person's reading, and what is read of them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;
use xuncha::extract::{DateKind, Explained, Extracted, Extractor, Listing, Page, Reading};
use xuncha::rules::Presets;

use super::samples::{Sample, UNDRAWN};

/// What a document was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// With the number of rows that have no usable date: while there is any, no column is convicted.
    Newest(NaiveDate, DateKind, usize),
    Empty,
    Onward,
    Unread(String),
}

impl Found {
    pub(super) fn of(explained: Explained) -> Self {
        match explained.result {
            Ok(Extracted::Listing(Listing::Items { sightings, undated })) => {
                let newest = sightings.iter().max_by_key(|sighting| sighting.date).unwrap();
                Self::Newest(newest.date, newest.kind, undated.len())
            }
            Ok(Extracted::Listing(Listing::Empty)) => Self::Empty,
            Ok(Extracted::Onward(_)) => Self::Onward,
            Err(why) => Self::Unread(why.to_string()),
        }
    }

    pub(super) fn is(&self, truth: &Truth) -> bool {
        match truth {
            Truth::Day(day) => matches!(self, Self::Newest(found, ..) if found == day),
            Truth::Empty => *self == Self::Empty,
            Truth::NoDate => !self.is_claim(),
        }
    }

    /// Whether it says anything of the column's age: a date, or that there is nothing.
    pub(super) fn is_claim(&self) -> bool {
        matches!(self, Self::Newest(..) | Self::Empty)
    }

    /// A date that is not the truth, or an emptiness that is none.
    pub(super) fn is_wrong(&self, truth: &Truth) -> bool {
        self.is_claim() && !self.is(truth)
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newest(day, kind, 0) => f.pad(&format!("{day} {}", kind.word())),
            Self::Newest(day, kind, undated) => f.pad(&format!("{day} {}, {undated} undated", kind.word())),
            Self::Empty => f.pad("empty"),
            Self::Onward => f.pad("leads onward"),
            Self::Unread(why) => f.pad(&format!("unread: {}", why.chars().take(40).collect::<String>())),
        }
    }
}

/// What a person makes of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    Day(NaiveDate),
    Empty,
    NoDate,
}

/// How near to what a server sent a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Real,
    Derived,
    Reconstructed,
}

impl Origin {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Derived => "derived",
            Self::Reconstructed => "reconstructed",
        }
    }
}

/// What the index says of a sample.
pub(super) struct Entry {
    pub(super) family: String,
    pub(super) kind: String,
    pub(super) origin: Origin,
    pub(super) newest: String,
}

impl Entry {
    fn of(line: &str) -> Option<(String, Self)> {
        let mut fields = line.split('\t');
        let (file, family, kind, status) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let newest = fields.nth(2)?.to_owned();
        let origin = match status {
            "derived" => Origin::Derived,
            "reconstructed" => Origin::Reconstructed,
            _ => Origin::Real,
        };
        Some((file.to_owned(), Self { family: family.to_owned(), kind: kind.to_owned(), origin, newest }))
    }

    /// Nothing where the index gives no day to hold against.
    pub(super) fn truth(&self) -> Option<Truth> {
        if self.kind == "empty" {
            return Some(Truth::Empty);
        }
        if self.newest == "NONE" {
            return Some(Truth::NoDate);
        }
        // `10-04 (year 2026 by …)`, `2026-03-13 (epoch …)`, `2026-07-07`.
        let with_year = match self.newest.split_once("(year ") {
            Some((day, rest)) => format!("{}-{}", rest.get(..4)?, day.trim()),
            None => self.newest.get(..10).unwrap_or_default().to_owned(),
        };
        with_year.parse().ok().map(Truth::Day)
    }
}

pub(super) struct Corpus {
    root: PathBuf,
    pub(super) index: BTreeMap<String, Entry>,
    presets: Presets,
}

impl Corpus {
    /// Nothing, said aloud, where there are no samples.
    pub(super) fn open() -> Option<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
        let Ok(index) = std::fs::read_to_string(root.join("INDEX.tsv")) else {
            eprintln!("SKIPPED: there are no samples in {}", root.display());
            return None;
        };
        let index = index.lines().skip(1).filter_map(Entry::of).collect();
        let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crawl-rules");
        Some(Self { root, index, presets: Presets::of_rules(&rules).unwrap() })
    }

    pub(super) fn body(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.root.join(file)).unwrap()
    }

    pub(super) fn truth(&self, sample: &Sample) -> Truth {
        if UNDRAWN.contains(&sample.file) {
            return Truth::NoDate;
        }
        let shown = sample.shown.map(|day| Truth::Day(day.parse().unwrap()));
        shown.or_else(|| self.index[sample.file].truth()).unwrap()
    }

    pub(super) fn auto(&self) -> Extractor {
        Extractor::new(&self.presets.by_signs()).unwrap()
    }

    pub(super) fn preset(&self, name: &str) -> Extractor {
        let reading = if name == "feed" { Some(Reading::Feed) } else { self.presets.named(name) };
        Extractor::new(&reading.unwrap_or_else(|| panic!("there is no preset `{name}`"))).unwrap()
    }
}

/// The page of a sample.
pub(super) fn page(address: &str, body: Vec<u8>) -> Page {
    Page { drawing: None, url: address.parse().unwrap(), content_type: None, body }
}

/// Reads a page as it was a few days after its newest item; gives the preset that was taken, too.
pub(super) fn read(extractor: &Extractor, page: &Page, truth: &Truth) -> (Found, Option<String>) {
    let mut explained = extractor.explain(page, seen_at(truth), Shanghai);
    let preset = explained.preset.take();
    (Found::of(explained), preset)
}

/// How many days after its newest item a sample is looked at.
pub(super) const DAYS_LATER: i64 = 3;

fn seen_at(truth: &Truth) -> DateTime<Utc> {
    let day = match truth {
        Truth::Day(day) => *day + TimeDelta::days(DAYS_LATER),
        Truth::Empty | Truth::NoDate => NaiveDate::from_ymd_opt(2026, 10, 6).unwrap(),
    };
    Shanghai.from_local_datetime(&day.and_hms_opt(9, 0, 0).unwrap()).unwrap().to_utc()
}
