//! Mails that came back.

use xxhash_rust::xxh3::xxh3_64;

use super::codec::{decode, encode, instant, prefix};
use super::error::StoreError;
use super::sled_store::Store;
use crate::deliver::Bounce;
use crate::rules::UnitId;

impl Store {
    /// Keeps a bounce. The same report read twice, as after a crash, is kept once.
    ///
    /// # Errors
    /// If the database fails.
    pub fn keep_bounce(&self, bounce: &Bounce) -> Result<(), StoreError> {
        if self.bounces(bounce.unit.as_ref())?.iter().any(|known| is_same(known, bounce)) {
            return Ok(());
        }
        let mut key = of(bounce.unit.as_ref());
        key.extend_from_slice(&instant(bounce.at));
        key.extend_from_slice(&xxh3_64(bounce.address.as_bytes()).to_be_bytes());
        self.bounces.insert(key, encode("bounces", bounce)?)?;
        Ok(())
    }

    /// The bounces of a unit, or of the operator's own mail, oldest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn bounces(&self, unit: Option<&UnitId>) -> Result<Vec<Bounce>, StoreError> {
        let of_unit = self.bounces.scan_prefix(of(unit)).values();
        of_unit.map(|bytes| decode("bounces", &bytes?)).collect()
    }
}

/// No unit's id is empty, so that is the operator's.
fn of(unit: Option<&UnitId>) -> Vec<u8> {
    prefix(unit.map_or("", UnitId::as_str))
}

fn is_same(known: &Bounce, bounce: &Bounce) -> bool {
    let is_named = bounce.notice.is_some();
    is_named
        && known.notice == bounce.notice
        && known.address == bounce.address
        && known.said.action == bounce.said.action
}
