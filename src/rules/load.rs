//! Loads a rules directory as a whole, and names every mistake in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::bridge::{Bridge, load_bridges};
use super::cadences::Cadences;
use super::county::{County, OrderLines};
use super::holidays::Holidays;
use super::presets::Presets;
use super::problem::{Collector, Problems};
use super::superior::Role;
use super::unit::{Shared, Source, Unit, load_unit};
use super::{SourceId, UnitId};

/// Everything that is watched in one county, and how.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The county.
    pub county: County,
    /// Its units, in the order of annex 1, then the others by id.
    pub units: Vec<Unit>,
    /// All their sources, unit by unit, in the order of the unit files.
    pub sources: Vec<Source>,
    /// The bridges through which accounts are read.
    pub bridges: Vec<Bridge>,
    /// Working days.
    pub holidays: Holidays,
}

impl Rules {
    /// Loads one county of a rules directory. Without a name, the directory must hold exactly one.
    ///
    /// # Errors
    /// All mistakes of the county and of the files that counties share.
    pub fn load(directory: &Path, county: Option<&str>) -> Result<Self, Problems> {
        let problems = Collector::default();
        let Some(chosen) = county_directory(directory, county, &problems) else {
            return problems
                .into_result(None)
                .and_then(|none: Option<Self>| none.ok_or(Problems(Vec::new())));
        };
        let common = Common::load(directory, &problems);
        let rules = load_county(&chosen, &common, &problems);
        problems.into_result(rules).and_then(|rules| rules.ok_or(Problems(Vec::new())))
    }

    /// Loads every county of a rules directory, for checking.
    ///
    /// # Errors
    /// All mistakes of all files.
    pub fn load_all(directory: &Path) -> Result<Vec<Self>, Problems> {
        let problems = Collector::default();
        let common = Common::load(directory, &problems);
        let counties = county_directories(directory, &problems);
        let rules = counties.iter().filter_map(|county| load_county(county, &common, &problems)).collect();
        problems.into_result(rules)
    }

    /// The unit of that id.
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == *id)
    }

    /// Everybody who is written to about a unit, by name and mail address: its webmasters, then those above it.
    pub fn people_of<'a>(&'a self, id: &'a UnitId) -> impl Iterator<Item = (&'a str, &'a str)> {
        let webmasters = self.unit(id).into_iter().flat_map(|unit| &unit.webmasters);
        let superiors = [Role::Supervisor, Role::DeputyHead]
            .into_iter()
            .flat_map(move |role| self.county.superiors_of(id, role));
        let webmasters = webmasters.map(|person| (person.name.as_str(), person.email.as_str()));
        webmasters.chain(superiors.map(|superior| (superior.name.as_str(), superior.email.as_str())))
    }

    /// The source of that id.
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == *id)
    }

    /// The id that a source has now which once had this one; the same id where none did.
    pub fn now_called<'a>(&'a self, id: &'a SourceId) -> &'a SourceId {
        self.sources.iter().find(|source| source.was.contains(id)).map_or(id, |source| &source.id)
    }

    /// The sources of one unit.
    pub fn sources_of<'a>(&'a self, unit: &'a UnitId) -> impl Iterator<Item = &'a Source> {
        self.sources.iter().filter(move |source| source.unit == *unit)
    }
}

/// What counties share.
pub(super) struct Common {
    pub(super) cadences: Cadences,
    pub(super) presets: Presets,
    holidays: Holidays,
}

impl Common {
    pub(super) fn load(directory: &Path, problems: &Collector) -> Self {
        Self {
            cadences: Cadences::load(&directory.join("cadences.toml"), problems),
            presets: Presets::load(&toml_files(&directory.join("presets")), problems),
            holidays: Holidays::load(&toml_files(&directory.join("holidays")), problems),
        }
    }
}

fn load_county(directory: &Path, common: &Common, problems: &Collector) -> Option<Rules> {
    let county = County::load(directory, problems);
    let shared = Shared { cadences: &common.cadences, presets: &common.presets };
    let bridges = load_bridges(directory, &common.cadences, problems);
    let files = toml_files(&directory.join("units"));
    if files.is_empty() {
        problems.add(&directory.join("units"), 0, "", "holds no unit: wanted at least one UNIT.toml");
    }
    let mut units = Vec::new();
    let mut sources = Vec::new();
    for file in &files {
        let Some((unit, of_unit)) = load_unit(file, &shared, problems) else { continue };
        units.push(unit);
        sources.extend(of_unit);
    }
    let (county, order) = county?;
    check_bridges(directory, &sources, &bridges, problems);
    check_order(&order, &units, &sources, problems);
    let county = county?;
    let rank: BTreeMap<&UnitId, usize> = county.annex1_order.iter().zip(0..).collect();
    units.sort_by_key(|unit| rank.get(&unit.id).copied().unwrap_or(usize::MAX));
    let rank: BTreeMap<UnitId, usize> = units.iter().map(|unit| unit.id.clone()).zip(0..).collect();
    sources.sort_by_key(|source| rank.get(&source.unit).copied());
    let fingerprinted = |source: Source| source.fingerprinted(county.zone);
    let sources = sources.into_iter().map(fingerprinted).collect();
    let bridges = bridges.into_iter().map(|bridge| {
        let canaries = bridge.canaries.into_iter().map(fingerprinted).collect();
        Bridge { canaries, ..bridge }
    });
    let bridges = bridges.collect();
    Some(Rules { county, units, sources, bridges, holidays: common.holidays.clone() })
}

fn check_bridges(directory: &Path, sources: &[Source], bridges: &[Bridge], problems: &Collector) {
    let known: BTreeSet<&str> = bridges.iter().map(|bridge| bridge.id.as_str()).collect();
    for source in sources {
        for bridge in source.ways.iter().filter_map(|way| way.bridge.as_ref()) {
            if !known.contains(bridge.as_str()) {
                let file = directory.join("units").join(format!("{}.toml", source.unit));
                let what =
                    format!("`{bridge}`, which `{}` is read through, is not in bridges.toml", source.id);
                problems.add(&file, 0, "feed.via.bridge", what);
            }
        }
    }
}

fn check_order(order: &OrderLines, units: &[Unit], sources: &[Source], problems: &Collector) {
    let units: BTreeSet<&str> = units.iter().map(|unit| unit.id.as_str()).collect();
    let sources: BTreeSet<&str> = sources.iter().map(|source| source.id.as_str()).collect();
    let lists = [
        ("order.annex-1", &order.annex1, &units, "a unit"),
        ("order.annex-2", &order.annex2, &units, "a unit"),
        ("order.annex-3", &order.annex3, &sources, "a source"),
    ];
    for (id, line) in &order.answered_for {
        if !units.contains(id.as_str()) {
            problems.add(&order.file, *line, "units", format!("`{id}` is not a unit of this county"));
        }
    }
    for (key, entries, known, what) in lists {
        let mut seen = BTreeSet::new();
        for (id, line) in entries {
            if !known.contains(id.as_str()) {
                problems.add(&order.file, *line, key, format!("`{id}` is not {what} of this county"));
            }
            if !seen.insert(id) {
                problems.add(&order.file, *line, key, format!("`{id}` is listed twice"));
            }
        }
    }
}

/// The directory of the county of that name or, without a name, of the only one.
pub(super) fn county_directory(
    directory: &Path,
    county: Option<&str>,
    problems: &Collector,
) -> Option<PathBuf> {
    let counties = county_directories(directory, problems);
    let chosen: Vec<&PathBuf> = match county {
        None => counties.iter().collect(),
        Some(name) => counties.iter().filter(|path| path.file_name().is_some_and(|id| id == name)).collect(),
    };
    if let [chosen] = chosen.as_slice() {
        return Some((*chosen).clone());
    }
    let names: Vec<_> = counties.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    let what = match county {
        Some(name) => format!("there is no county `{name}` here, allowed: {}", names.join(", ")),
        None if counties.is_empty() => "holds no county: wanted a directory with a county.toml".to_owned(),
        None => format!("holds several counties, choose one with `county`: {}", names.join(", ")),
    };
    problems.add(directory, 0, "", what);
    None
}

fn county_directories(directory: &Path, problems: &Collector) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            problems.add(directory, 0, "", format!("cannot be read: {error}"));
            return Vec::new();
        }
    };
    let mut counties: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("county.toml").is_file())
        .collect();
    counties.sort();
    counties
}

/// The `.toml` files of a directory by name; none where the directory is missing.
pub(super) fn toml_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}
