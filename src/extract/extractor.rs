//! Chooses how a page is read.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::auto::read_auto;
use super::feed::read_feed;
use super::list::read_list;
use super::page::Page;
use super::reading::Reading;
use super::selectors::{SelectorError, Selectors};
use super::sighting::{ExtractError, Extracted};

/// A [`Reading`] made ready: selectors are parsed once, not once per page. Can be shared between threads.
#[derive(Debug, Clone)]
pub struct Extractor {
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    List(Box<Selectors>),
    Auto,
    Feed,
}

impl Extractor {
    /// Compiles a reading.
    ///
    /// # Errors
    ///
    /// Names the key whose selector cannot be parsed.
    pub fn new(reading: &Reading) -> Result<Self, SelectorError> {
        let way = match reading {
            Reading::List(list) => Way::List(Box::new(Selectors::compile(list)?)),
            Reading::Auto => Way::Auto,
            Reading::Feed => Way::Feed,
        };
        Ok(Self { way })
    }

    /// Reads a page as it was at `seen_at`, counting days in `zone`.
    ///
    /// # Errors
    ///
    /// Any [`ExtractError`]. None says anything about the source's age.
    pub fn extract(&self, page: &Page, seen_at: DateTime<Utc>, zone: Tz) -> Result<Extracted, ExtractError> {
        let listing = match &self.way {
            Way::List(selectors) => read_list(page, selectors, seen_at, zone),
            Way::Auto => read_auto(page, seen_at, zone),
            Way::Feed => read_feed(page, seen_at, zone),
        }?;
        Ok(Extracted::Listing(listing))
    }
}

#[cfg(test)]
mod tests;
