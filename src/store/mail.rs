//! What units are to be told, and how it becomes a notice.

use chrono::{DateTime, Utc};
use sled::IVec;
use sled::transaction::{Transactional, TransactionalTree};

use super::codec::{decode, encode, instant, prefix};
use super::error::StoreError;
use super::outbox::Shelves;
use super::sled_store::{StepResult, Store, abort, failed, free_key};
use super::told::told_key;
use crate::alert::Matter;
use crate::deliver::{Notice, NoticeId};
use crate::rules::UnitId;

/// A matter as it waits in the store.
#[derive(Debug, Clone)]
pub struct WaitingMatter {
    /// What it is.
    pub matter: Matter,
    key: sled::IVec,
}

/// What becomes of a unit's matters at digest time.
#[derive(Debug)]
pub struct PlannedDigest {
    /// The notice to send, if there is anything to say.
    pub notice: Option<Notice>,
    /// The matters it tells, or that cancel each other out. They are dropped; others stay for the next digest.
    pub told: Vec<WaitingMatter>,
}

/// Has a matter wait, in order of time among those of its unit.
pub(super) fn put_matter(matters: &TransactionalTree, matter: &Matter) -> StepResult<()> {
    let mut key = prefix(matter.source.unit().as_str());
    key.extend_from_slice(&instant(matter.at));
    key.push(0);
    key.extend_from_slice(matter.source.as_str().as_bytes());
    let key = free_key(matters, key)?;
    matters.insert(key, encode("matters", matter).map_err(abort)?)?;
    Ok(())
}

impl Store {
    /// The units that have something to be told.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn units_with_matters(&self) -> Result<Vec<UnitId>, StoreError> {
        let mut units: Vec<UnitId> = Vec::new();
        for key in self.matters.iter().keys() {
            let key = key?;
            let unit = key.split(|byte| *byte == 0).next().unwrap_or_default();
            let unit = UnitId::new(String::from_utf8_lossy(unit).as_ref());
            if units.last() != Some(&unit) {
                units.push(unit);
            }
        }
        Ok(units)
    }

    /// The matters of a unit, in order of time.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn matters(&self, unit: &UnitId) -> Result<Vec<WaitingMatter>, StoreError> {
        let mut waiting = Vec::new();
        for entry in self.matters.scan_prefix(prefix(unit.as_str())) {
            let (key, value) = entry?;
            waiting.push(WaitingMatter { matter: decode("matters", &value)?, key });
        }
        Ok(waiting)
    }

    /// Turns matters of a unit into a notice (or, where they cancel out, into nothing), in one transaction with the record of
    /// what it tells.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub fn post_digest(&self, planned: &PlannedDigest, now: DateTime<Utc>) -> Result<(), StoreError> {
        let told_of = planned.notice.iter().flat_map(|notice| notice.says.new_of());
        let told_keys: Vec<IVec> = told_of.map(|source| told_key(source, now)).collect();
        let trees = (&self.matters, &self.outbox, &self.delivered, &self.dead, &self.told.tree);
        let outcome = trees.transaction(|(matters, outbox, delivered, dead, told)| {
            for told in &planned.told {
                matters.remove(&told.key)?;
            }
            if let Some(notice) = &planned.notice {
                for key in &told_keys {
                    told.insert(key, encode("told", &notice.id).map_err(abort)?)?;
                }
                Shelves { outbox, delivered, dead }.place(notice)?;
            }
            Ok(())
        });
        outcome.map_err(failed)?;
        self.told.added(told_keys);
        Ok(())
    }

    /// Takes a notice that nobody has out of the outbox, so that its matters wait to be told anew; says whether it did.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub fn take_back(&self, id: &NoticeId) -> Result<bool, StoreError> {
        let outcome =
            (&self.matters, &self.outbox, &self.told.tree).transaction(|(matters, outbox, told)| {
                let held = outbox.get(id.as_str())?.map(|bytes| decode::<Notice>("outbox", &bytes));
                let Some(notice) = held.transpose().map_err(abort)? else { return Ok(None) };
                if notice.tells.is_empty() || !notice.is_with_nobody() {
                    return Ok(None);
                }
                outbox.remove(id.as_str())?;
                for matter in &notice.tells {
                    put_matter(matters, matter)?;
                }
                let told_of = notice.says.new_of().into_iter();
                let told_keys: Vec<IVec> =
                    told_of.map(|source| told_key(source, notice.created_at)).collect();
                for key in &told_keys {
                    told.remove(key)?;
                }
                Ok(Some(told_keys))
            });
        let told_keys = outcome.map_err(failed)?;
        self.told.removed(told_keys.as_deref().unwrap_or_default());
        Ok(told_keys.is_some())
    }
}
