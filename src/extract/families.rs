//! Reads a page of which only the address is known: by the family that it shows signs of, and by the shape of its rows.
//!
//! Both are asked. Where both find rows, they must agree on the newest day, else the page is unreadable: a list beside
//! the column's own would accuse or clear an office by the wrong dates.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::auto::Bounds;
use super::detect::{Detected, detect};
use super::extractor::Extractor;
use super::feed::{is_feed, read_feed};
use super::page::Decoded;
use super::reading::{Families, Family};
use super::selectors::SelectorError;
use super::shape::{agreed, read_by_shape};
use super::sighting::{ExtractError, Extracted};

/// Families whose pages can be told apart, each with its reading made ready.
#[derive(Debug, Clone)]
pub(super) struct Chooser {
    families: Families,
    extractors: Vec<Extractor>,
}

/// What came of a page, and by which preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The preset that fitted the page, if one did; nothing where the source's rule names its own reading.
    pub preset: Option<String>,
    /// Why it was taken, in words.
    pub because: Vec<String>,
    /// What was read.
    pub result: Result<Extracted, ExtractError>,
}

impl Chooser {
    pub(super) fn compile(families: &Families) -> Result<Self, SelectorError> {
        let extractors =
            families.all().iter().map(|family| Extractor::new(&family.reading)).collect::<Result<_, _>>()?;
        Ok(Self { families: families.clone(), extractors })
    }

    /// Reads a page, and says by which preset.
    pub(super) fn read(&self, decoded: &Decoded<'_>, seen_at: DateTime<Utc>, zone: Tz) -> Explained {
        let (page, text) = (decoded.page, decoded.text());
        if is_feed(text) {
            return Explained {
                preset: Some("feed".to_owned()),
                because: vec!["the document is an RSS, Atom or JSON feed".to_owned()],
                result: read_feed(page, seen_at, zone).map(Extracted::Listing),
            };
        }
        let detected = detect(self.families.all(), page, text);
        let family = detected.as_ref().and_then(|detected| self.named(&detected.preset));
        let by_shape = || without_family(decoded, seen_at, zone);
        let result = match family {
            Some((_, extractor)) if extractor.is_by_shape_alone() => extractor.read(decoded, seen_at, zone),
            Some((family, extractor)) => {
                agreed(&family.name, extractor.read(decoded, seen_at, zone), by_shape)
            }
            None => by_shape(),
        };
        let (preset, because) = detected.map(|Detected { preset, because }| (preset, because)).unzip();
        Explained { preset, because: because.unwrap_or_default(), result }
    }

    fn named(&self, preset: &str) -> Option<(&Family, &Extractor)> {
        self.families.all().iter().zip(&self.extractors).find(|(family, _)| family.name == preset)
    }
}

fn without_family(
    decoded: &Decoded<'_>,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Extracted, ExtractError> {
    if is_json(decoded.text()) {
        return Err(ExtractError::UnknownJson);
    }
    read_by_shape(decoded, &Bounds::default(), seen_at, zone)
}

fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests;
