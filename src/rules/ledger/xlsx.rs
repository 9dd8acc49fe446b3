//! Workbooks as bytes: the only place that knows the file format.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::sheet::{Cell, Sheet};

/// A workbook that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LedgerError {
    /// The bytes are no workbook.
    #[error("is not a workbook that can be read, wanted: an .xlsx file")]
    NotRead(#[source] Box<XlsxError>),
    /// A sheet has cells far outside any ledger.
    #[error(
        "sheet `{sheet}` has a cell in row {row}, column {column}: delete what lies far outside the list"
    )]
    TooLarge {
        /// The sheet.
        sheet: String,
        /// Counted from 1.
        row: u32,
        /// Counted from 1.
        column: u32,
    },
    /// Something cannot stand in a cell.
    #[error("cannot write the workbook")]
    NotWritten(#[source] Box<rust_xlsxwriter::XlsxError>),
    /// What was written does not read back as it was.
    #[error(
        "unit `{unit}` has what a ledger cannot hold: {what}; look for blanks at the ends of a value, or control characters"
    )]
    NotKept {
        /// The unit.
        unit: String,
        /// What is not kept.
        what: String,
    },
}

/// More than any county has. A workbook is not read beyond, since one cell in the last corner of a sheet would ask for
/// all the memory there is.
const MOST_ROWS: u32 = 200_000;
const MOST_COLUMNS: u32 = 500;
/// The widest column, in characters.
const WIDEST: f64 = 60.0;

/// The sheets of a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, LedgerError> {
    let not_read = |error| LedgerError::NotRead(Box::new(error));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(not_read)?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let mut sheet = Sheet { name: name.clone(), rows: Vec::new() };
        let mut cells = book.worksheet_cells_reader(&name).map_err(not_read)?;
        while let Some(found) = cells.next_cell().map_err(not_read)? {
            let (row, column) = found.get_position();
            let cell = cell(found.get_value());
            if cell.is_blank() {
                continue;
            }
            if row >= MOST_ROWS || column >= MOST_COLUMNS {
                return Err(LedgerError::TooLarge { sheet: name, row: row + 1, column: column + 1 });
            }
            sheet.put(row as usize, column as usize, cell);
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Nothing,
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Cell::Text(text.clone())
        }
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(value) => Cell::YesNo(*value),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            Cell::Text(format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::Error(error) => Cell::Broken(error.to_string()),
    }
}

/// A workbook of these sheets. All cells are texts, whatever they begin with: nothing becomes a formula.
pub(super) fn write(sheets: &[Sheet]) -> Result<Vec<u8>, LedgerError> {
    let mut book = Workbook::new();
    for sheet in sheets {
        write_sheet(sheet, book.add_worksheet()).map_err(not_written)?;
    }
    book.save_to_buffer().map_err(not_written)
}

fn not_written(error: rust_xlsxwriter::XlsxError) -> LedgerError {
    LedgerError::NotWritten(Box::new(error))
}

fn write_sheet(sheet: &Sheet, page: &mut Worksheet) -> Result<(), rust_xlsxwriter::XlsxError> {
    // "@" and the quote keep a text a text when somebody edits its cell.
    let plain = Format::new().set_num_format("@").set_quote_prefix();
    let heading = Format::new().set_bold();
    page.set_name(&sheet.name)?;
    page.set_freeze_panes(1, 0)?;
    let mut widths: Vec<usize> = Vec::new();
    for (row, cells) in (0..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            let Cell::Text(text) = cell else { continue };
            page.write_string_with_format(row, column, text, if row == 0 { &heading } else { &plain })?;
            let wide = usize::from(column);
            widths.resize(widths.len().max(wide + 1), 0);
            widths[wide] = widths[wide].max(width(text));
        }
    }
    for (column, width) in (0..).zip(&widths) {
        page.set_column_width(column, (*width as f64 + 2.0).min(WIDEST))?;
    }
    let last_row = u32::try_from(sheet.rows.len().max(1) - 1).unwrap_or(u32::MAX);
    let last_column = u16::try_from(widths.len().max(1) - 1).unwrap_or(u16::MAX);
    page.autofilter(0, 0, last_row, last_column)?;
    Ok(())
}

/// Chinese characters are twice as wide as figures.
fn width(text: &str) -> usize {
    text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum()
}
