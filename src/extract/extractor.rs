//! Chooses how a page is read.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::auto::Bounds;
use super::families::{Chooser, Explained};
use super::feed::read_feed;
use super::fragment::FragmentRows;
use super::gkmlpt::Gkmlpt;
use super::jcms::read_jcms;
use super::jpaas::Jpaas;
use super::json::JsonReader;
use super::list::read_list;
use super::page::{Decoded, Page};
use super::reading::{Reading, TableHeaders};
use super::selectors::{SelectorError, Selectors};
use super::shape::read_by_shape;
use super::sighting::{ExtractError, Extracted};
use super::table::read_table;
use super::ucap::Ucap;
use super::unread::what_it_is;

/// A [`Reading`] made ready: selectors are parsed once, not once per page. Can be shared between threads.
#[derive(Debug, Clone)]
pub struct Extractor {
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    List(Box<Selectors>),
    Finder(Box<Bounds>),
    Table(Box<TableHeaders>),
    Auto(Chooser),
    Feed,
    Json(Box<JsonReader>),
    Jcms(FragmentRows),
    Gkmlpt(Box<Gkmlpt>),
    Jpaas(Box<Jpaas>),
    Ucap(Box<Ucap>),
}

impl Extractor {
    /// Compiles a reading.
    ///
    /// # Errors
    ///
    /// Names the key whose selector or path cannot be parsed.
    pub fn new(reading: &Reading) -> Result<Self, SelectorError> {
        let way = match reading {
            Reading::List(list) => Way::List(Box::new(Selectors::compile(list)?)),
            Reading::Finder(bounds) => Way::Finder(Box::new(Bounds::compile(bounds)?)),
            Reading::Table(headers) => Way::Table(Box::new(headers.clone())),
            Reading::Auto(families) => Way::Auto(Chooser::compile(families)?),
            Reading::Feed => Way::Feed,
            Reading::Json(fields) => Way::Json(Box::new(JsonReader::compile(fields)?)),
            Reading::Jcms(selectors) => Way::Jcms(FragmentRows::compile(selectors.as_ref())?),
            Reading::Gkmlpt { column } => Way::Gkmlpt(Box::new(Gkmlpt::compile(*column)?)),
            Reading::Jpaas => Way::Jpaas(Box::new(Jpaas::compile()?)),
            Reading::Ucap => Way::Ucap(Box::new(Ucap::compile()?)),
        };
        Ok(Self { way })
    }

    /// Reads a page as it was at `seen_at`, counting days in `zone`.
    ///
    /// # Errors
    ///
    /// Any [`ExtractError`]. None says anything about the source's age.
    pub fn extract(&self, page: &Page, seen_at: DateTime<Utc>, zone: Tz) -> Result<Extracted, ExtractError> {
        self.explain(page, seen_at, zone).result
    }

    /// Reads a page as [`extract`](Self::extract) does, and says which preset fitted it and why.
    pub fn explain(&self, page: &Page, seen_at: DateTime<Utc>, zone: Tz) -> Explained {
        let page = &Decoded::of(page);
        let explained = match &self.way {
            Way::Auto(chooser) => chooser.read(page, seen_at, zone),
            _ => Explained { preset: None, because: Vec::new(), result: self.read(page, seen_at, zone) },
        };
        match &self.way {
            Way::Feed | Way::Json(_) => explained,
            _ => Explained { result: what_it_is(page, explained.result), ..explained },
        }
    }

    /// Whether it goes by the shape of rows on the whole page, so that a second look at the shape tells nothing new.
    pub(super) fn is_by_shape_alone(&self) -> bool {
        matches!(&self.way, Way::Finder(bounds) if bounds.are_none())
    }

    /// The same, but for cutting lists out of pages before they are parsed.
    #[cfg(test)]
    pub(crate) fn of_whole_pages(mut self) -> Self {
        match &mut self.way {
            Way::List(selectors) => selectors.region = None,
            Way::Finder(bounds) => bounds.region = None,
            _ => {}
        }
        self
    }

    /// What would be parsed of a page; `None` for the whole of it.
    #[cfg(test)]
    pub(crate) fn cut(&self, page: &str) -> Option<String> {
        let region = match &self.way {
            Way::List(selectors) => selectors.region.as_ref(),
            Way::Finder(bounds) => bounds.region.as_ref(),
            _ => None,
        };
        region?.cut(page)
    }

    /// Reads a page, without a look at what else it may be.
    pub(super) fn read(
        &self,
        decoded: &Decoded<'_>,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Extracted, ExtractError> {
        let page = decoded.page;
        match &self.way {
            Way::List(selectors) => read_list(decoded, selectors, seen_at, zone).map(Extracted::Listing),
            Way::Finder(bounds) => read_by_shape(decoded, bounds, seen_at, zone),
            Way::Table(headers) => read_table(decoded, headers, seen_at, zone).map(Extracted::Listing),
            Way::Auto(chooser) => chooser.read(decoded, seen_at, zone).result,
            Way::Feed => read_feed(page, seen_at, zone).map(Extracted::Listing),
            Way::Json(json) => json.read(page, seen_at, zone).map(Extracted::Listing),
            Way::Jcms(rows) => read_jcms(page, rows, seen_at, zone),
            Way::Gkmlpt(gkmlpt) => gkmlpt.read(page, seen_at, zone),
            Way::Jpaas(jpaas) => jpaas.read(page, seen_at, zone),
            Way::Ucap(ucap) => ucap.read(page, seen_at, zone),
        }
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
