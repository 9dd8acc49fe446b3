//! Reads dated items out of fetched pages and feeds.
//!
//! An [`Extractor`] is the compiled form of a rule's [`Reading`]; [`Extractor::extract`] turns the bytes of a [`Page`]
//! into a [`Listing`]: dated [`Sighting`]s, rows that could not be dated, or a list that says it is empty; or it says
//! where the list is ([`Onward`]). It is
//! synchronous, fetches nothing and never reads the clock: callers pass `seen_at`, and the county's zone.
//!
//! Every date comes from an item's own row or feed entry and is kept with the text it was read from. A date that is
//! missing, ambiguous, impossible or later than tomorrow makes an [`UndatedRow`]; it is never replaced by another.
//! A page whose rows are not found is an [`ExtractError`], which is not the same as [`Listing::Empty`]: emptiness is
//! only believed where the page says so.
//!
//! The order of the rows means nothing here. Pinned rows come first and may be years old, so the newest item is the
//! greatest date, which is for the caller to take.

mod auto;
mod charset;
mod dates;
mod document;
mod extractor;
mod feed;
mod link;
mod list;
mod listing;
mod page;
mod reading;
mod region;
mod selectors;
mod sighting;
mod tags;
mod title;
mod walk;
mod words;

/// Raised whenever the same page may be read differently than by the version before: what sources were read as then no
/// longer counts, and all are read anew.
pub const EXTRACTION: u32 = 1;

pub use charset::decode;
pub use dates::{ReadDate, read_date};
pub use extractor::Extractor;
pub use page::Page;
pub use reading::{ListSelectors, Reading};
pub use selectors::SelectorError;
pub use sighting::{
    DateKind, ExtractError, Extracted, Found, Leads, Listing, Onward, RowError, Sighting, Sureness,
    UndatedRow,
};
