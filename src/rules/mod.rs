//! What is watched, how it is read, and how often it must publish.
//!
//! A rules directory holds `cadences.toml`, `presets/`, `holidays/` and one directory per county with `county.toml`,
//! `units/` and, where accounts are read through bridges, `bridges.toml`. [`Rules::load`] reads it as a whole: unknown keys are errors, every mistake is found in one pass, and each
//! [`Problem`] names file, line and key and says what is allowed.
//!
//! Rules are read at start and never change while they are in use. Ids ([`UnitId`], [`SourceId`]) are what the store
//! remembers sources by, so a rule may change everything but its id without losing its history.

mod bridge;
mod cadence;
mod cadences;
mod county;
mod document;
mod draft;
mod fields;
mod holidays;
mod host;
mod id;
mod keys;
mod ledger;
mod load;
mod lone;
mod mistake;
mod opml;
mod presets;
mod problem;
mod shipped;
mod spelling;
mod superior;
mod transfer;
mod unit;
mod unit_file;
mod way;
mod whole;
mod write;

pub use bridge::Bridge;
pub use cadence::{Cadence, Lead, Period, Rungs};
pub use cadences::Cadences;
pub use county::{County, VerdictScheme};
pub(crate) use document::{Document, Table};
pub(crate) use draft::{ColumnDraft, UnitDraft};
pub use holidays::Holidays;
pub(crate) use host::host_name;
pub use host::{HostException, HostPace, Remark, Security};
pub use id::{SourceId, UnitId, is_valid_id};
pub use load::Rules;
pub(crate) use lone::LoneColumn;
pub use presets::Presets;
pub(crate) use problem::Collector;
pub use problem::{Problem, Problems};
pub(crate) use shipped::{CRAWL_RULES, shipped};
pub(crate) use spelling::{free_id, spelled};
pub use superior::{Role, Superior};
pub(crate) use transfer::{ForeignAccounts, Plan, Shelf, TransferError};
pub(crate) use unit::looks_like_an_address;
pub use unit::{Deregistered, Platform, Source, SourceKind, Unit, Webmaster};
pub(crate) use way::SESSION_KEYS;
pub use way::{BridgeId, ItunesApp, SecretName, Way, WayKind, WayName};
pub(crate) use whole::write_whole;
