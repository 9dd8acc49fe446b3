//! Finding a unit or source by id, name, or a unique part of either.

use super::view::Found;
use crate::rules::Rules;

/// Why nothing was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotFound {
    /// Nothing fits.
    Nothing,
    /// Several fit.
    Several(Vec<String>),
}

/// What `text` stands for. Exact ids come first, then exact names, then parts; units before sources.
pub(crate) fn find(rules: &Rules, text: &str) -> Result<Found, NotFound> {
    let units = || rules.units.iter();
    let sources = || rules.sources.iter();
    let as_unit = |unit: &crate::rules::Unit| Found::Unit(unit.id.clone());
    let as_source = |source: &crate::rules::Source| Found::Source(source.id.clone());
    let stages: [Vec<Found>; 5] = [
        units().filter(|unit| unit.id.as_str() == text).map(as_unit).collect(),
        sources().filter(|source| source.id.as_str() == text).map(as_source).collect(),
        units()
            .filter(|unit| {
                [&unit.name, &unit.display_name, &unit.media_name].iter().any(|name| *name == text)
            })
            .map(as_unit)
            .collect(),
        units()
            .filter(|unit| unit.display_name.contains(text) || unit.id.as_str().contains(text))
            .map(as_unit)
            .collect(),
        sources()
            .filter(|source| source.name.contains(text) || source.id.as_str().contains(text))
            .map(as_source)
            .collect(),
    ];
    for mut fitting in stages {
        match fitting.len() {
            0 => {}
            1 => return Ok(fitting.remove(0)),
            _ => return Err(NotFound::Several(fitting.into_iter().map(id_of).collect())),
        }
    }
    Err(NotFound::Nothing)
}

fn id_of(found: Found) -> String {
    match found {
        Found::Unit(id) => id.to_string(),
        Found::Source(id) => id.to_string(),
    }
}
