//! Which heading stands where.

use std::fmt;

use super::super::keys::{Key, Kind};
use super::super::write::Origin;
use super::CellMistake;
use super::sheet::{Cell, Sheet, letters};

/// A sheet of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Which {
    Units,
    Columns,
    Accounts,
}

/// Sheets that clerks may add for themselves.
const REMARKS: [&str; 2] = ["说明", "备注"];
/// How far down the headings may stand: titles come before them.
const TITLE_ROWS: usize = 10;
/// The highest number a heading may have.
const MOST_OF_A_KIND: usize = 50;

impl Which {
    pub(super) const ALL: [Self; 3] = [Self::Units, Self::Columns, Self::Accounts];

    /// The sheet's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Units => "单位",
            Self::Columns => "栏目",
            Self::Accounts => "新媒体",
        }
    }

    /// What each row holds, once.
    pub(super) fn once(self) -> &'static [Kind] {
        match self {
            Self::Units => &[Kind::Unit],
            Self::Columns => &[Kind::Owner, Kind::Column],
            Self::Accounts => &[Kind::Owner, Kind::Feed],
        }
    }

    /// What each row may hold several of, under numbered headings.
    pub(super) fn several(self) -> Option<Kind> {
        match self {
            Self::Units => Some(Kind::Webmaster),
            Self::Columns => None,
            Self::Accounts => Some(Kind::Way),
        }
    }

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Unit | Kind::Webmaster => Self::Units,
            Kind::Owner | Kind::Column => Self::Columns,
            Kind::Feed | Kind::Way => Self::Accounts,
        }
    }

    fn headings(self) -> String {
        let kinds = self.once().iter().copied().chain(self.several());
        kinds.flat_map(Kind::keys).map(|key| key.heading).collect::<Vec<_>>().join("、")
    }
}

/// Whether a sheet is none of the ledger's but may be there.
pub(super) fn is_remark(sheet: &Sheet) -> bool {
    REMARKS.contains(&sheet.name.trim()) || (0..sheet.rows.len()).all(|row| sheet.is_blank_row(row))
}

/// A cell as people name it: 栏目!D17 地址.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellPlace {
    pub(super) sheet: Sheets,
    /// Counted from 1.
    pub(super) row: usize,
    pub(super) column: Option<usize>,
    pub(super) heading: String,
}

/// One of the ledger's sheets, or another that is in its way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sheets {
    Own(Which),
    Foreign(String),
}

impl fmt::Display for CellPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sheet {
            Sheets::Own(which) => f.write_str(which.name())?,
            Sheets::Foreign(name) => f.write_str(name)?,
        }
        if self.row > 0 {
            write!(f, "!{}{}", self.column.map(letters).unwrap_or_default(), self.row)?;
        }
        if !self.heading.is_empty() {
            write!(f, " {}", self.heading)?;
        }
        Ok(())
    }
}

/// What stands under one heading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) kind: Kind,
    pub(super) key: &'static Key,
    /// Which of several, from 1.
    pub(super) group: usize,
    pub(super) column: usize,
}

/// The headings of one sheet.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) which: Which,
    /// The row they stand in, counted from 0.
    pub(super) row: usize,
    pub(super) slots: Vec<Slot>,
}

/// The headings of a ledger.
#[derive(Debug, Clone, Default)]
pub(super) struct Layouts(pub(super) Vec<Layout>);

impl Layouts {
    /// Where the value of a key stands, or should stand. Under a heading that is not there, it is the heading that is
    /// wanted.
    pub(super) fn cell_of(&self, origin: Origin, key: &str) -> CellPlace {
        let which = Which::of(origin.kind);
        let heading = origin.kind.key(key).map_or("", |key| key.heading).to_owned();
        let layout = self.0.iter().find(|layout| layout.which == which);
        let slot = layout.and_then(|layout| layout.slot(origin.kind, key, origin.place.group));
        match (layout, slot) {
            (Some(layout), None) if !heading.is_empty() => {
                CellPlace { sheet: Sheets::Own(which), row: layout.row + 1, column: None, heading }
            }
            (_, slot) => CellPlace {
                sheet: Sheets::Own(which),
                row: origin.place.row,
                column: slot.map(|slot| slot.column),
                heading,
            },
        }
    }
}

impl Layout {
    /// Finds the headings of a sheet, and reports those that are none.
    pub(super) fn of(sheet: &Sheet, which: Which, mistakes: &mut Vec<CellMistake>) -> Option<Self> {
        let at =
            |row: usize, column| CellPlace { sheet: Sheets::Own(which), row, column, heading: String::new() };
        let mut rows = 0..sheet.rows.len().min(TITLE_ROWS);
        let Some(row) = rows.find(|row| known_in(sheet, *row, which) >= 2) else {
            let what = format!("has no row of headings, wanted: {}", which.headings());
            mistakes.push(CellMistake { cell: at(0, None), what });
            return None;
        };
        let mut layout = Self { which, row, slots: Vec::new() };
        for (column, cell) in sheet.rows[row].iter().enumerate() {
            let Some(heading) = cell.shown() else { continue };
            let what = match slot_of(&heading, column, which) {
                None => format!("`{heading}` is not a heading of this sheet, wanted: {}", which.headings()),
                Some(slot) => match layout.slot(slot.kind, slot.key.name, slot.group) {
                    None => {
                        layout.slots.push(slot);
                        continue;
                    }
                    Some(first) => {
                        format!("`{heading}` stands over column {} already", letters(first.column))
                    }
                },
            };
            mistakes.push(CellMistake { cell: at(row + 1, Some(column)), what });
        }
        Some(layout)
    }

    /// The slot of a key.
    pub(super) fn slot(&self, kind: Kind, key: &str, group: usize) -> Option<&Slot> {
        let group = group.max(1);
        self.slots.iter().find(|slot| slot.kind == kind && slot.key.name == key && slot.group == group)
    }

    /// A cell of this sheet, by its row (counted from 0) and slot.
    pub(super) fn place(&self, row: usize, slot: &Slot) -> CellPlace {
        CellPlace {
            sheet: Sheets::Own(self.which),
            row: row + 1,
            column: Some(slot.column),
            heading: numbered(slot.key.heading, slot.group),
        }
    }
}

/// A heading of a group: 邮箱, 邮箱2, 邮箱3.
pub(super) fn numbered(heading: &str, group: usize) -> String {
    if group <= 1 { heading.to_owned() } else { format!("{heading}{group}") }
}

fn known_in(sheet: &Sheet, row: usize, which: Which) -> usize {
    let headings = sheet.rows[row].iter().filter_map(Cell::shown);
    headings.filter(|heading| slot_of(heading, 0, which).is_some()).count()
}

/// What a heading says, however it is spaced or starred.
fn slot_of(heading: &str, column: usize, which: Which) -> Option<Slot> {
    let plain: String =
        heading.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | ':' | '：')).collect();
    let once = which.once().iter().find_map(|kind| Some((*kind, key_of(*kind, &plain)?, 1)));
    let (kind, key, group) = once.or_else(|| {
        let kind = which.several()?;
        let word = plain.trim_end_matches(|c: char| c.is_ascii_digit());
        let group = if word.len() == plain.len() { 1 } else { plain[word.len()..].parse().ok()? };
        (1..=MOST_OF_A_KIND).contains(&group).then_some(())?;
        Some((kind, key_of(kind, word)?, group))
    })?;
    Some(Slot { kind, key, group, column })
}

fn key_of(kind: Kind, word: &str) -> Option<&'static Key> {
    kind.keys().iter().find(|key| key.heading == word || key.also.contains(&word))
}
