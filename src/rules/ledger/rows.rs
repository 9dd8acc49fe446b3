//! From cells to unit files.
//!
//! Rows are read as clerks write them: blank rows are passed over, and a row that does not say whose it is belongs to
//! the office of the row above, as merged cells have it. What cannot be read is kept as a mistake, and reading goes on.

use std::collections::BTreeSet;

use super::super::keys::Kind;
use super::super::spelling::{free_id, spelled};
use super::super::unit_file::{Entry, Feed, Place, UnitFile};
use super::layout::{CellPlace, Layout, Layouts, Sheets, Which, is_remark};
use super::sheet::Sheet;
use super::value::value;
use super::{CellMistake, Ledger};

/// Reads a ledger.
#[derive(Default)]
pub(super) struct Reader {
    files: Vec<UnitFile>,
    layouts: Layouts,
    mistakes: Vec<CellMistake>,
}

/// What the cells of one row say.
struct Row {
    once: Vec<(Kind, Entry)>,
    several: Vec<Entry>,
}

impl Row {
    fn take(&mut self, kind: Kind) -> Entry {
        let found = self.once.iter_mut().find(|(known, _)| *known == kind);
        found.map(|(_, entry)| std::mem::take(entry)).unwrap_or_default()
    }
}

impl Reader {
    pub(super) fn read(sheets: &[Sheet]) -> Ledger {
        let mut reader = Self::default();
        for sheet in sheets {
            let is_own = Which::ALL.iter().any(|which| which.name() == sheet.name.trim());
            if !is_own && !is_remark(sheet) {
                reader.refuse_sheet(sheet.name.clone());
            }
        }
        // Units first: the other sheets refer to them.
        for which in Which::ALL {
            match sheets.iter().find(|sheet| sheet.name.trim() == which.name()) {
                Some(sheet) => reader.read_sheet(sheet, which),
                None if which == Which::Units => reader.refuse_sheet(which.name().to_owned()),
                None => {}
            }
        }
        reader.give_ids();
        Ledger { files: reader.files, layouts: reader.layouts, mistakes: reader.mistakes }
    }

    fn refuse_sheet(&mut self, name: String) {
        let is_missing = name == Which::Units.name();
        let wanted = Which::ALL.map(Which::name).join("、");
        let what = if is_missing { "is missing" } else { "is not a sheet of a ledger" };
        let cell = CellPlace { sheet: Sheets::Foreign(name), row: 0, column: None, heading: String::new() };
        self.mistakes.push(CellMistake { cell, what: format!("{what}, wanted: {wanted}") });
    }

    fn read_sheet(&mut self, sheet: &Sheet, which: Which) {
        let Some(layout) = Layout::of(sheet, which, &mut self.mistakes) else { return };
        let mut above: Option<usize> = None;
        for number in layout.row + 1..sheet.rows.len() {
            if sheet.is_blank_row(number) {
                continue;
            }
            let mut row = self.read_row(sheet, number, &layout);
            above = match which {
                Which::Units => self.add_unit(row, above),
                Which::Columns | Which::Accounts => {
                    let owner = row.take(Kind::Owner);
                    let owner = self.owner(&owner, above, number, &layout);
                    if let Some(owner) = owner {
                        self.add_source(row, owner);
                    }
                    owner
                }
            };
        }
        self.layouts.0.push(layout);
    }

    fn read_row(&mut self, sheet: &Sheet, number: usize, layout: &Layout) -> Row {
        let entry = |group| Entry::at(Place { row: number + 1, group });
        let mut row = Row {
            once: layout.which.once().iter().map(|kind| (*kind, entry(1))).collect(),
            several: Vec::new(),
        };
        let several = layout.which.several();
        let groups = layout.slots.iter().filter(|slot| Some(slot.kind) == several).map(|slot| slot.group);
        row.several.extend((1..=groups.max().unwrap_or(0)).map(entry));
        for slot in &layout.slots {
            let cell = sheet.cell(number, slot.column);
            let value = match value(cell, slot.key) {
                Ok(value) => value,
                Err(what) => {
                    self.mistakes.push(CellMistake { cell: layout.place(number, slot), what });
                    continue;
                }
            };
            let Some(value) = value else { continue };
            let entry = match row.once.iter_mut().find(|(kind, _)| *kind == slot.kind) {
                Some((_, entry)) => Some(entry),
                None => row.several.get_mut(slot.group - 1),
            };
            if let Some(entry) = entry {
                entry.set(slot.key, value);
            }
        }
        row.several.retain(|entry| !entry.is_empty());
        row
    }

    /// A row with only a webmaster adds one to the unit above.
    fn add_unit(&mut self, mut row: Row, above: Option<usize>) -> Option<usize> {
        let unit = row.take(Kind::Unit);
        if let (true, Some(above)) = (unit.is_empty(), above) {
            self.files[above].webmasters.append(&mut row.several);
            return Some(above);
        }
        self.files.push(UnitFile { unit, webmasters: row.several, ..UnitFile::default() });
        Some(self.files.len() - 1)
    }

    fn add_source(&mut self, mut row: Row, owner: usize) {
        let (column, account) = (row.take(Kind::Column), row.take(Kind::Feed));
        let file = &mut self.files[owner];
        if !column.is_empty() {
            file.columns.push(column);
        } else if !account.is_empty() || !row.several.is_empty() {
            file.feeds.push(Feed { account, ways: row.several });
        }
    }

    /// The unit that a row belongs to.
    fn owner(
        &mut self,
        owner: &Entry,
        above: Option<usize>,
        number: usize,
        layout: &Layout,
    ) -> Option<usize> {
        let (id, name) = (owner.text("id"), owner.text("name"));
        let is_called =
            |file: &UnitFile| name == file.unit.text("name") || name == file.unit.text("display-name");
        let fits =
            |file: &UnitFile| (id.is_empty() || file.id() == id) && (name.is_empty() || is_called(file));
        if owner.is_empty() {
            if above.is_none() {
                self.refuse_owner("name", number, layout, "does not say whose row this is".to_owned());
            }
            return above;
        }
        let fitting: Vec<usize> = (0..self.files.len()).filter(|index| fits(&self.files[*index])).collect();
        match fitting.as_slice() {
            [only] => Some(*only),
            [] if id.is_empty() || name.is_empty() => {
                let (key, said) = if id.is_empty() { ("name", name) } else { ("id", id) };
                self.refuse_owner(key, number, layout, format!("`{said}` is not in sheet 单位"));
                None
            }
            [] => {
                let what = format!("`{name}` with the id `{id}` is not in sheet 单位");
                self.refuse_owner("name", number, layout, what);
                None
            }
            _ => {
                let said = if id.is_empty() { name } else { id };
                let what = format!("`{said}` stands for several units of sheet 单位: give each its 单位编号");
                self.refuse_owner("name", number, layout, what);
                None
            }
        }
    }

    fn refuse_owner(&mut self, key: &str, number: usize, layout: &Layout, what: String) {
        let slot = layout.slot(Kind::Owner, key, 1).or_else(|| layout.slots.first());
        if let Some(slot) = slot {
            self.mistakes.push(CellMistake { cell: layout.place(number, slot), what });
        }
    }

    /// What has a name and no id is given the one that its name spells.
    fn give_ids(&mut self) {
        let mut taken = self.files.iter().map(|file| file.id().to_owned()).collect();
        for file in &mut self.files {
            if file.id().is_empty() {
                give_id(&mut file.unit, Kind::Unit, "name", &mut taken);
            }
            let columns = file.columns.iter().map(|column| column.text("id"));
            let accounts = file.feeds.iter().map(|feed| feed.account.text("id"));
            let mut taken = columns.chain(accounts).map(ToOwned::to_owned).collect();
            for column in &mut file.columns {
                give_id(column, Kind::Column, "name", &mut taken);
            }
            for feed in &mut file.feeds {
                give_id(&mut feed.account, Kind::Feed, "account", &mut taken);
            }
        }
        self.find_same_units();
    }

    fn find_same_units(&mut self) {
        let Some(layout) = self.layouts.0.iter().find(|layout| layout.which == Which::Units) else { return };
        // Where the ledger gives no ids, those that were spelled are all different.
        let Some(slot) = layout.slot(Kind::Unit, "id", 1) else { return };
        for (index, file) in self.files.iter().enumerate() {
            if file.id().is_empty() {
                continue;
            }
            if let Some(first) = self.files[..index].iter().find(|first| first.id() == file.id()) {
                let first = layout.place(first.unit.place.row.saturating_sub(1), slot);
                let cell = layout.place(file.unit.place.row.saturating_sub(1), slot);
                let what = format!("`{}` is already used at {first}", file.id());
                self.mistakes.push(CellMistake { cell, what });
            }
        }
    }
}

fn give_id(entry: &mut Entry, kind: Kind, name: &str, taken: &mut BTreeSet<String>) {
    let id = spelled(entry.text(name));
    if entry.get("id").is_none()
        && !id.is_empty()
        && let Some(key) = kind.key("id")
    {
        entry.set_text(key, free_id([id.as_str()], taken));
    }
}
