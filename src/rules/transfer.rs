//! Unit files out of a rules directory and into it, as ledgers and OPML carry them.
//!
//! A [`Shelf`] is one county's unit files on disk. What comes in becomes a [`Plan`], checked as a whole by the same
//! loader that will read it; only a plan without a mistake can be carried out, and then each file is replaced whole.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use super::cadences::Cadences;
use super::county::County;
use super::document::Document;
use super::ledger::{self, LedgerError};
use super::load::{Common, Rules, county_directory};
use super::mistake::{Mistake, mistakes_in};
use super::opml;
use super::presets::Presets;
use super::problem::{Collector, Problem, Problems};
use super::unit::Shared;
use super::unit_file::{UnitFile, Value};
use super::whole::put_beside;
use super::write::written;

pub(crate) use super::opml::ForeignAccounts;

/// One county's unit files. There may be none yet.
pub(crate) struct Shelf {
    county: County,
    units: PathBuf,
    common: Common,
}

/// Why unit files could not be carried out of a directory or into it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TransferError {
    /// Mistakes in rules, ledger or OPML.
    #[error(transparent)]
    Problems(#[from] Problems),
    /// A ledger that cannot be read or written.
    #[error("{}", path.display())]
    Ledger {
        /// The ledger.
        path: PathBuf,
        /// Why.
        #[source]
        why: LedgerError,
    },
    /// A file that cannot be read or written.
    #[error("cannot {what} `{}`", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        why: std::io::Error,
    },
}

/// Files to write, all checked.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Paths and contents of the unit files that change.
    pub(crate) files: Vec<(PathBuf, String)>,
    /// How many say the same already.
    pub(crate) unchanged: usize,
}

impl Shelf {
    /// The unit files of one county of a rules directory; without a name, of its only county.
    pub(crate) fn of(directory: &Path, county: Option<&str>) -> Result<Self, Problems> {
        let problems = Collector::default();
        let home = county_directory(directory, county, &problems);
        let county = home.as_ref().and_then(|home| County::load(home, &problems)?.0);
        let common = Common::load(directory, &problems);
        let found = problems.into_result(home.zip(county))?;
        let (home, county) = found.ok_or(Problems(Vec::new()))?;
        Ok(Self { county, units: home.join("units"), common })
    }

    /// The zone in which the county's days begin and end.
    pub(crate) fn zone(&self) -> Tz {
        self.county.zone
    }

    /// The county.
    pub(crate) fn county(&self) -> &County {
        &self.county
    }

    /// The cadences that its unit files may name.
    pub(crate) fn cadences(&self) -> &Cadences {
        &self.common.cadences
    }

    /// The presets that its unit files may name.
    pub(crate) fn presets(&self) -> &Presets {
        &self.common.presets
    }

    /// The county's units as a ledger.
    pub(crate) fn as_ledger(&self, rules: &Rules) -> Result<Vec<u8>, TransferError> {
        let ledger = ledger::write(&self.read_all(rules)?);
        ledger.map_err(|why| TransferError::Ledger { path: self.units.clone(), why })
    }

    /// The county's accounts as OPML.
    pub(crate) fn as_opml(&self, rules: &Rules) -> Result<String, TransferError> {
        let files = self.read_all(rules)?;
        let text = opml::write(&self.county.name, &files);
        let lost: Vec<Problem> = files
            .iter()
            .filter(|file| !opml::keeps(&text, file))
            .map(|file| Problem {
                file: self.path_of(file.id()),
                line: 0,
                key: "feed".to_owned(),
                what: "an account has what OPML cannot hold: look for control characters".to_owned(),
            })
            .collect();
        if lost.is_empty() { Ok(text) } else { Err(Problems(lost).into()) }
    }

    /// What a ledger would change here.
    pub(crate) fn plan_ledger(&self, path: &Path, force: bool) -> Result<Plan, TransferError> {
        let read = ledger::read(&read_file(path)?);
        let mut ledger = read.map_err(|why| TransferError::Ledger { path: path.to_owned(), why })?;
        let found = self.mistakes(&mut ledger.files);
        let problems = ledger.problems(path, found);
        if !problems.is_empty() {
            return Err(Problems(problems).into());
        }
        self.plan(&ledger.files, force)
    }

    /// What the accounts of an OPML would change here: they are added to the unit files that are here, in place of
    /// those of the same ids.
    pub(crate) fn plan_opml(
        &self,
        path: &Path,
        foreign: &ForeignAccounts,
        force: bool,
    ) -> Result<Plan, TransferError> {
        let bytes = read_file(path)?;
        let Ok(text) = std::str::from_utf8(&bytes) else {
            let what = "is not UTF-8: names would be garbled".to_owned();
            let problem = Problem { file: path.to_owned(), line: 0, key: String::new(), what };
            return Err(Problems(vec![problem]).into());
        };
        let mut outlines = opml::read(text.trim_start_matches('\u{feff}'), foreign);
        let mut files = Vec::new();
        for unit in outlines.units() {
            match self.read(&self.path_of(&unit))? {
                Some(mut file) => {
                    outlines.give_to(&mut file);
                    files.push(file);
                }
                None => outlines.refuse_unit(&unit),
            }
        }
        let found = self.mistakes(&mut files);
        let problems = outlines.problems(path, found);
        if !problems.is_empty() {
            return Err(Problems(problems).into());
        }
        self.plan(&files, force)
    }

    /// What the loader has against the files, once the words of clerks are those of the rules.
    fn mistakes(&self, files: &mut [UnitFile]) -> Vec<Mistake> {
        let shared = Shared { cadences: &self.common.cadences, presets: &self.common.presets };
        let mut found = Vec::new();
        for file in files {
            let columns = file.columns.iter_mut();
            for entry in columns.chain(file.feeds.iter_mut().map(|feed| &mut feed.account)) {
                let known = self.common.cadences.with_limit(entry.text("cadence"));
                if let Some(cadence) = known {
                    entry.replace("cadence", Value::Text(cadence.name.clone()));
                }
            }
            found.extend(mistakes_in(file, &shared));
        }
        found
    }

    fn plan(&self, files: &[UnitFile], force: bool) -> Result<Plan, TransferError> {
        let mut plan = Plan::default();
        let mut problems = Vec::new();
        for file in files {
            let path = self.path_of(file.id());
            match self.read(&path) {
                Ok(Some(old)) if old == *file => {
                    plan.unchanged += 1;
                    continue;
                }
                Ok(None) => {}
                _ if force => {}
                _ => {
                    let what = "exists already and says something else: with --force it is overwritten, with its comments";
                    problems.push(Problem {
                        file: path.clone(),
                        line: 0,
                        key: String::new(),
                        what: what.to_owned(),
                    });
                }
            }
            plan.files.push((path, written(file).text));
        }
        if problems.is_empty() { Ok(plan) } else { Err(Problems(problems).into()) }
    }

    fn path_of(&self, unit: &str) -> PathBuf {
        self.units.join(format!("{unit}.toml"))
    }

    fn read_all(&self, rules: &Rules) -> Result<Vec<UnitFile>, TransferError> {
        let ids = rules.units.iter().map(|unit| unit.id.as_str());
        let files = ids.map(|id| self.read(&self.path_of(id)));
        files.filter_map(Result::transpose).collect()
    }

    /// A unit file; `None` where there is none.
    fn read(&self, path: &Path) -> Result<Option<UnitFile>, TransferError> {
        if !path.exists() {
            return Ok(None);
        }
        let problems = Collector::default();
        let file = Document::read(path, &problems).map(|document| UnitFile::read(&document, &problems));
        Ok(problems.into_result(file)?)
    }
}

impl Plan {
    /// Writes the files: all of them beside their places first, then each into its place at once.
    pub(crate) fn carry_out(&self) -> Result<(), TransferError> {
        let mut written = Vec::new();
        for (path, text) in &self.files {
            written.push((put_beside(path, text.as_bytes())?, path));
        }
        for (temporary, path) in written {
            temporary.persist(path)?;
        }
        Ok(())
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, TransferError> {
    std::fs::read(path).map_err(|why| TransferError::File { what: "read", path: path.to_owned(), why })
}

#[cfg(test)]
mod tests;
