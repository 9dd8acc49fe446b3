//! Accounts as OPML 2.0, the lists that feed readers exchange.
//!
//! Each unit is an outline with its accounts below it. What OPML has no word for stands in attributes of our own
//! (`xuncha-cadence`), which other readers pass over; so what [`write()`] wrote, [`read()`] reads whole. A list from elsewhere
//! lacks them, and [`ForeignAccounts`] says what to take instead.

mod read;
mod write;

use super::keys::Kind;
use super::unit_file::UnitFile;

pub(super) use read::read;
pub(super) use write::write;

/// What to take where a list does not say it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ForeignAccounts {
    /// The unit that owns the accounts.
    pub(crate) unit: Option<String>,
    /// How often they must publish.
    pub(crate) cadence: Option<String>,
    /// Where they live.
    pub(crate) platform: Option<String>,
}

/// The attribute on a unit's outline that gives its id.
const UNIT: &str = "xuncha-unit";

/// The attribute that holds a key.
fn name_of(kind: Kind, key: &str) -> String {
    match (kind, key) {
        (Kind::Feed, "account") => "text".to_owned(),
        (Kind::Way, "url") => "xmlUrl".to_owned(),
        _ => format!("xuncha-{key}"),
    }
}

/// Whether a list keeps the accounts of a unit as they are.
pub(super) fn keeps(text: &str, file: &UnitFile) -> bool {
    let mut kept = UnitFile { feeds: Vec::new(), ..file.clone() };
    read(text, &ForeignAccounts::default()).give_to(&mut kept);
    // XML has no place for control characters, though some readers let them pass.
    let own = write("", std::slice::from_ref(file));
    kept == *file && !own.contains(|letter: char| letter.is_control() && letter != '\n')
}

#[cfg(test)]
mod tests;
