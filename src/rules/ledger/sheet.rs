//! A sheet as plain cells.

/// One sheet. Rows and cells are counted from 0 here, and from 1 wherever people read of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Cell {
    #[default]
    Nothing,
    Text(String),
    Number(f64),
    YesNo(bool),
    /// An error such as `#REF!`.
    Broken(String),
}

impl Cell {
    /// What the cell shows, without blanks around it; `None` if it shows nothing or an error.
    pub(super) fn shown(&self) -> Option<String> {
        let shown = match self {
            Self::Nothing | Self::Broken(_) => return None,
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
            Self::YesNo(true) => "是".to_owned(),
            Self::YesNo(false) => "否".to_owned(),
        };
        Some(shown).filter(|shown| !shown.is_empty())
    }

    /// Whether there is nothing to be seen in it.
    pub(super) fn is_blank(&self) -> bool {
        !matches!(self, Self::Broken(_)) && self.shown().is_none()
    }
}

impl Sheet {
    /// A cell; beyond the edge there is nothing.
    pub(super) fn cell(&self, row: usize, column: usize) -> &Cell {
        self.rows.get(row).and_then(|cells| cells.get(column)).unwrap_or(&Cell::Nothing)
    }

    /// Puts a cell in its place.
    pub(super) fn put(&mut self, row: usize, column: usize, cell: Cell) {
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Nothing);
        }
        cells[column] = cell;
    }

    /// Whether a row has nothing in it.
    pub(super) fn is_blank_row(&self, row: usize) -> bool {
        self.rows.get(row).is_none_or(|cells| cells.iter().all(Cell::is_blank))
    }
}

/// The letters over a column: 0 is A, 26 is AA.
pub(super) fn letters(column: usize) -> String {
    let mut left = column + 1;
    let mut letters = Vec::new();
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_spreadsheets_letter_them() {
        let lettered: Vec<String> = [0, 25, 26, 51, 701, 702].into_iter().map(letters).collect();
        assert_eq!(lettered, ["A", "Z", "AA", "AZ", "ZZ", "AAA"]);
    }

    #[test]
    fn a_number_shows_as_it_was_typed() {
        let shown = |number| Cell::Number(number).shown().unwrap();
        assert_eq!(shown(283_801.0), "283801");
        assert_eq!(shown(13_900_000_000.0), "13900000000");
        assert_eq!(shown(0.5), "0.5");
    }
}
