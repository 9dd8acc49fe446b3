//! What to write into the unit file.

use super::aim::{Aim, Chosen, Whence};
use super::probed::Probed;
use crate::rules::{ColumnDraft, is_valid_id, spelled};

/// By what feeds are known; no preset of rules has this name.
const FEED: &str = "feed";

/// The column as a unit file has it, or the key to add to it; nothing where there is nothing to add.
pub(super) fn rule(aim: &Aim<'_>, probed: &Probed, chosen: &Chosen) -> Option<String> {
    if probed.why.is_some() {
        return None;
    }
    let found = probed.readings.first().and_then(|first| first.preset.clone());
    let is_feed = found.as_deref() == Some(FEED);
    let found = found.filter(|_| !is_feed);
    match &aim.whence {
        Whence::Rules => found.map(|preset| format!("preset = \"{preset}\"\n")),
        Whence::Address { preset, .. } => {
            let preset = preset.map(ToOwned::to_owned).or(found);
            let mut notes = Vec::new();
            if is_feed {
                notes.push("a feed: an account's goes under [[feed]]".to_owned());
            }
            if probed.name.is_none() {
                notes.push("to fill in: the page does not say what it is called".to_owned());
            }
            if probed.newest.is_none() {
                notes.push("the page says that it is empty".to_owned());
            }
            if probed.requests.iter().any(|asked| asked.way == "drawn") {
                notes.push("as a browser drew it: a plain request may find no rows".to_owned());
            }
            if !chosen.is_implied {
                notes.push(format!("the cadence is {}", chosen.because));
            }
            let name = probed.name.clone().unwrap_or_else(|| "栏目".to_owned());
            let column = ColumnDraft {
                id: Some(spelled(&name)).filter(|id| is_valid_id(id)).unwrap_or_else(|| "column".to_owned()),
                name,
                url: aim.source.url.to_string(),
                preset,
                cadence: (!chosen.is_implied).then(|| chosen.cadence.name.clone()),
                notes,
            };
            Some(column.text())
        }
    }
}
