//! What is watched, how it is read, and how often it must publish.
//!
//! A rules directory holds `cadences.toml`, `presets/`, `holidays/` and one directory per county with `county.toml` and
//! `units/`. [`Rules::load`] reads it as a whole: unknown keys are errors, every mistake is found in one pass, and each
//! [`Problem`] names file, line and key and says what is allowed.
//!
//! Rules are read at start and never change while they are in use. Ids ([`UnitId`], [`SourceId`]) are what the store
//! remembers sources by, so a rule may change everything but its id without losing its history.

mod cadence;
mod cadences;
mod county;
mod document;
mod holidays;
mod id;
mod load;
mod presets;
mod problem;
mod unit;

pub use cadence::{Cadence, Lead, Period};
pub use cadences::Cadences;
pub use county::{County, HostPace, VerdictScheme};
pub(crate) use document::{Document, Table};
pub use holidays::Holidays;
pub use id::{SourceId, UnitId, is_valid_id};
pub use load::Rules;
pub use presets::Presets;
pub(crate) use problem::Collector;
pub use problem::{Problem, Problems};
pub(crate) use unit::looks_like_an_address;
pub use unit::{Platform, Source, SourceKind, Unit, Webmaster};
