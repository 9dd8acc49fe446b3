//! `[[supervisor]]` and `[[deputy-head]]` of county.toml: who is told when a unit does not act on its warnings.

use super::county::County;
use super::document::Table;
use super::id::UnitId;
use super::unit::looks_like_an_address;

/// Somebody above a unit's webmasters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superior {
    /// What they are to the unit.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// The units they answer for; empty for all.
    pub units: Vec<UnitId>,
}

/// What a superior is to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Gets a copy of whatever says that a source is late (督办人员).
    Supervisor,
    /// Gets a copy once a source has been late for long (分管领导).
    DeputyHead,
}

/// A unit named in a list, and the line of that list.
pub(super) type NamedUnit = (String, usize);

/// Reads one; its units with their lines, so that they can be checked once all units are known.
pub(super) fn read_superior(table: &Table<'_>, role: Role) -> (Option<Superior>, Vec<NamedUnit>) {
    let name = table.string("name");
    let email = table.string("email");
    let units = table.lined_strings("units");
    table.finish();
    if let Some(email) = email.as_deref().filter(|email| !looks_like_an_address(email)) {
        table.report("email", format!("`{email}` is not a mail address, wanted: name@host"));
    }
    let ids = units.iter().map(|(id, _)| UnitId::new(id.as_str())).collect();
    let superior = name.zip(email).map(|(name, email)| Superior { role, name, email, units: ids });
    (superior, units)
}

impl County {
    /// Who is above the webmasters of a unit in this role.
    pub fn superiors_of<'a>(&'a self, unit: &'a UnitId, role: Role) -> impl Iterator<Item = &'a Superior> {
        let answers_for =
            move |superior: &&Superior| superior.units.is_empty() || superior.units.contains(unit);
        self.superiors.iter().filter(move |superior| superior.role == role).filter(answers_for)
    }
}
