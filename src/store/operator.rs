//! What the operator is told of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sled::transaction::Transactional;

use super::codec::{decode, encode, instant};
use super::error::StoreError;
use super::sled_store::{Store, abort, failed};
use crate::alert::operator::observe;
use crate::alert::{OperatorKey, OperatorMatter, Sign};
use crate::deliver::Notice;

/// A matter that a notice tells, and what is held of it afterwards.
#[derive(Debug, Clone)]
pub struct ToldMatter {
    /// As it was when the notice was written.
    pub before: OperatorMatter,
    /// As it is once told; `None` where it is done with.
    pub after: Option<OperatorMatter>,
}

/// A person let the mail to units go on although much had turned bad at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Store {
    /// All matters of the operator's, by key.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn operator_matters(&self) -> Result<Vec<OperatorMatter>, StoreError> {
        self.operator.iter().values().map(|bytes| decode("operator", &bytes?)).collect()
    }

    /// One matter, if it is held.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn operator_matter(&self, key: &OperatorKey) -> Result<Option<OperatorMatter>, StoreError> {
        self.operator.get(key.to_string())?.map(|bytes| decode("operator", &bytes)).transpose()
    }

    /// When the mail to units was last released, and by whom.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn last_release(&self) -> Result<Option<Release>, StoreError> {
        self.releases.last()?.map(|(_, bytes)| decode("releases", &bytes)).transpose()
    }

    /// Keeps a release.
    ///
    /// # Errors
    /// If the database fails.
    pub fn keep_release(&self, release: &Release) -> Result<(), StoreError> {
        self.releases.insert(instant(release.at), encode("releases", release)?)?;
        Ok(())
    }

    /// Takes a sign of a matter; says whether anything about the matter changed.
    ///
    /// # Errors
    /// If the database fails.
    pub fn observe_matter(
        &self,
        key: &OperatorKey,
        sign: &Sign,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        // Most signs are of what is held already; those cost no transaction.
        let held = self.operator_matter(key)?;
        if observe(held.clone(), key, sign, now) == held {
            return Ok(false);
        }
        let name = key.to_string();
        let outcome = self.operator.transaction(|operator| {
            let held: Option<OperatorMatter> =
                operator.get(&name)?.map(|bytes| decode("operator", &bytes)).transpose().map_err(abort)?;
            let after = observe(held.clone(), key, sign, now);
            match &after {
                _ if after == held => return Ok(false),
                Some(matter) => operator.insert(name.as_str(), encode("operator", matter).map_err(abort)?)?,
                None => operator.remove(name.as_str())?,
            };
            Ok(true)
        });
        outcome.map_err(failed)
    }

    /// Puts a notice to the operator into the outbox and writes down that its matters have been told, in one transaction.
    /// Says `false`, and does neither, where one of them has changed meanwhile.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub fn post_to_operator(&self, notice: &Notice, told: &[ToldMatter]) -> Result<bool, StoreError> {
        let outcome = (&self.operator, &self.outbox).transaction(|(operator, outbox)| {
            for ToldMatter { before, .. } in told {
                let held = operator.get(before.key.to_string())?;
                if held != Some(encode("operator", before).map_err(abort)?.into()) {
                    return Ok(false);
                }
            }
            for ToldMatter { before, after } in told {
                let name = before.key.to_string();
                match after {
                    Some(after) => {
                        operator.insert(name.as_str(), encode("operator", after).map_err(abort)?)?
                    }
                    None => operator.remove(name.as_str())?,
                };
            }
            outbox.insert(notice.id.as_str(), encode("outbox", notice).map_err(abort)?)?;
            Ok(true)
        });
        outcome.map_err(failed)
    }
}
