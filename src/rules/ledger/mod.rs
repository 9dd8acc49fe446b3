//! The ledger (台账): all units, columns and accounts of a county as a workbook that clerks can keep.
//!
//! Three sheets, one row a unit, a column or an account; headings are Chinese and are found by their words, wherever
//! they stand. [`write()`] and [`read()`] are each other's inverse: what a ledger cannot hold is refused when it is written.
//! [`sheet`] is the workbook as plain cells, [`layout`] says which heading stands where, [`fill`] and [`rows`] go from
//! unit files to cells and back, and only [`xlsx`] knows the file format.

mod fill;
mod layout;
mod rows;
mod sheet;
mod value;
mod xlsx;

use std::path::Path;

use super::mistake::Mistake;
use super::problem::Problem;
use super::unit_file::UnitFile;
use layout::Layouts;
use rows::Reader;

pub(crate) use xlsx::LedgerError;

/// The bytes of a workbook that holds these units.
///
/// # Errors
/// If something in them cannot stand in a cell; nothing is left out.
pub(crate) fn write(files: &[UnitFile]) -> Result<Vec<u8>, LedgerError> {
    let bytes = xlsx::write(&fill::sheets_of(files))?;
    let ledger = read(&bytes)?;
    for file in files {
        let unit = file.id();
        if !ledger.mistakes.is_empty() || !ledger.files.iter().any(|kept| kept == file) {
            return Err(LedgerError::NotKept { unit: unit.to_owned(), what: difference(file, &ledger) });
        }
    }
    Ok(bytes)
}

/// What a workbook says, and what is wrong with how it says it.
pub(crate) struct Ledger {
    /// Its units, in its order.
    pub(crate) files: Vec<UnitFile>,
    layouts: Layouts,
    mistakes: Vec<CellMistake>,
}

/// A mistake in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct CellMistake {
    cell: layout::CellPlace,
    what: String,
}

/// Reads a workbook.
///
/// # Errors
/// If the bytes are no workbook at all. Mistakes inside it are kept in the ledger: see [`Ledger::problems`].
pub(crate) fn read(bytes: &[u8]) -> Result<Ledger, LedgerError> {
    Ok(Reader::read(&xlsx::read(bytes)?))
}

impl Ledger {
    /// Everything wrong with the ledger: what it says badly, and what the loader has against what it says (`found`).
    pub(super) fn problems(&self, path: &Path, found: Vec<Mistake>) -> Vec<Problem> {
        let mut mistakes = self.mistakes.clone();
        mistakes.extend(found.into_iter().map(|mistake| self.in_cell(mistake)));
        mistakes.sort();
        mistakes.dedup();
        let problem = |mistake: CellMistake| Problem {
            file: path.to_owned(),
            line: 0,
            key: mistake.cell.to_string(),
            what: mistake.what,
        };
        mistakes.into_iter().map(problem).collect()
    }

    fn in_cell(&self, mistake: Mistake) -> CellMistake {
        let cell = self.layouts.cell_of(mistake.origin, &mistake.key);
        let what = match mistake.first {
            Some(first) => format!("{} at {}", mistake.what, self.layouts.cell_of(first, &mistake.key)),
            None => mistake.what,
        };
        CellMistake { cell, what }
    }
}

/// The first thing of a unit that the ledger does not keep as it is.
fn difference(file: &UnitFile, ledger: &Ledger) -> String {
    if let Some(mistake) = ledger.mistakes.first() {
        return format!("{}: {}", mistake.cell, mistake.what);
    }
    let Some(kept) = ledger.files.iter().find(|kept| kept.id() == file.id()) else {
        return "the unit as a whole".to_owned();
    };
    let columns = file.columns.iter().zip(&kept.columns).find(|(wanted, kept)| wanted != kept);
    let feeds = file.feeds.iter().zip(&kept.feeds).find(|(wanted, kept)| wanted != kept);
    match (columns, feeds) {
        (Some((column, _)), _) => format!("column `{}`", column.text("id")),
        (None, Some((feed, _))) => format!("account `{}`", feed.account.text("id")),
        (None, None) => "its own table or its webmasters".to_owned(),
    }
}

#[cfg(test)]
mod tests;
