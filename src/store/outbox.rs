//! Notices: those that wait, those that everybody has, and those that were given up.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sled::transaction::{ConflictableTransactionError, Transactional, TransactionalTree};

use super::codec::{decode, encode};
use super::error::StoreError;
use super::sled_store::{Store, abort, failed};
use crate::deliver::{Fate, Notice, NoticeId, Outcome, Recipient};
use crate::rules::UnitId;

/// A notice that everybody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredNotice {
    /// Its id.
    pub id: NoticeId,
    /// Its subject; empty where an early version did not keep it.
    pub subject: String,
    /// When the last of them got it.
    pub at: DateTime<Utc>,
    /// Who has it since when.
    pub recipients: Vec<Recipient>,
}

/// Such a notice as it lies in the store; early versions kept only the instant.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredDelivered {
    Whole(DeliveredNotice),
    At(DateTime<Utc>),
}

/// The trees among which a notice moves. It is always in exactly one of them.
pub(super) struct Shelves<'t> {
    pub(super) outbox: &'t TransactionalTree,
    pub(super) delivered: &'t TransactionalTree,
    pub(super) dead: &'t TransactionalTree,
}

impl Shelves<'_> {
    /// Puts a notice where it belongs, and takes it away from where it was.
    pub(super) fn place(&self, notice: &Notice) -> Result<(), ConflictableTransactionError<StoreError>> {
        let id = notice.id.as_str();
        self.outbox.remove(id)?;
        self.dead.remove(id)?;
        match notice.fate() {
            Fate::Waits => self.outbox.insert(id, encode("outbox", notice).map_err(abort)?)?,
            Fate::Dead => self.dead.insert(id, encode("dead", notice).map_err(abort)?)?,
            Fate::Delivered => {
                let record = delivered(notice);
                self.delivered.insert(id, encode("delivered", &record).map_err(abort)?)?
            }
        };
        Ok(())
    }

    fn find(&self, id: &NoticeId) -> Result<Option<Notice>, ConflictableTransactionError<StoreError>> {
        let (tree, held) = match self.outbox.get(id.as_str())? {
            Some(bytes) => ("outbox", Some(bytes)),
            None => ("dead", self.dead.get(id.as_str())?),
        };
        held.map(|bytes| decode(tree, &bytes)).transpose().map_err(abort)
    }
}

fn delivered(notice: &Notice) -> DeliveredNotice {
    let ended = notice.recipients.iter().filter_map(|recipient| match recipient.outcome {
        Outcome::Accepted { at } | Outcome::Dismissed { at, .. } | Outcome::Withdrawn { at } => Some(at),
        Outcome::Waiting { .. } | Outcome::Dead { .. } => None,
    });
    DeliveredNotice {
        id: notice.id.clone(),
        subject: notice.subject(),
        at: ended.max().unwrap_or(notice.created_at),
        recipients: notice.recipients.clone(),
    }
}

impl Store {
    /// Whether a notice of that id is there, wherever.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn knows_notice(&self, id: &NoticeId) -> Result<bool, StoreError> {
        for tree in [&self.outbox, &self.delivered, &self.dead] {
            if tree.contains_key(id.as_str())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a unit waits for a notice.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn has_notices_to_units(&self) -> Result<bool, StoreError> {
        for key in self.outbox.iter().keys() {
            if NoticeId::from_key(&String::from_utf8_lossy(&key?)).unit().is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// All notices for which somebody waits, by id.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn outbox(&self) -> Result<Vec<Notice>, StoreError> {
        self.outbox.iter().values().map(|bytes| decode("outbox", &bytes?)).collect()
    }

    /// All notices that were given up for somebody and for which nobody waits any more, by id.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn dead_notices(&self) -> Result<Vec<Notice>, StoreError> {
        self.dead.iter().values().map(|bytes| decode("dead", &bytes?)).collect()
    }

    /// Changes a notice that waits or is dead, and puts it where it then belongs, in one transaction; `None` where there
    /// is no such notice. `revise` may be called again if another writer was faster, so it must be pure.
    ///
    /// # Errors
    /// If the database fails; then a notice that was accepted will be sent again, under the same Message-ID.
    pub fn revise_notice(
        &self,
        id: &NoticeId,
        revise: impl Fn(Notice) -> Notice,
    ) -> Result<Option<Notice>, StoreError> {
        let trees = (&self.outbox, &self.delivered, &self.dead);
        let outcome = trees.transaction(|(outbox, delivered, dead)| {
            let shelves = Shelves { outbox, delivered, dead };
            let Some(notice) = shelves.find(id)?.map(&revise) else { return Ok(None) };
            shelves.place(&notice)?;
            Ok(Some(notice))
        });
        outcome.map_err(failed)
    }

    /// The latest notices of a unit that everybody has, newest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn delivered_to(&self, unit: &UnitId, most: usize) -> Result<Vec<DeliveredNotice>, StoreError> {
        let mut newest = Vec::new();
        for kind in ["digest", "at-once"] {
            for entry in self.delivered.scan_prefix(format!("{kind}.{unit}.")).rev().take(most) {
                let (key, bytes) = entry?;
                newest.push(match decode("delivered", &bytes)? {
                    StoredDelivered::Whole(notice) => notice,
                    StoredDelivered::At(at) => DeliveredNotice {
                        id: NoticeId::from_key(&String::from_utf8_lossy(&key)),
                        subject: String::new(),
                        at,
                        recipients: Vec::new(),
                    },
                });
            }
        }
        newest.sort_by_key(|notice| std::cmp::Reverse(notice.at));
        newest.truncate(most);
        Ok(newest)
    }

    /// How many notices everybody has.
    pub fn delivered_count(&self) -> usize {
        self.delivered.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::{Attempt, DeliverError, Step};
    use crate::store::PlannedDigest;
    use crate::store::samples::notice;
    use chrono::TimeDelta;

    fn now() -> DateTime<Utc> {
        "2022-11-27T00:30:00Z".parse().unwrap()
    }

    fn tried(store: &Store, notice: &Notice, recipient: usize, accepted: bool, days: i64) -> Fate {
        let refusal = || DeliverError::Refused {
            server: "mail.example:25".into(),
            step: Step::Message,
            code: 451,
            reply: "no".into(),
        };
        let target = notice.recipients[recipient].target.clone();
        let result = if accepted { Ok(()) } else { Err(refusal().into()) };
        let attempts = [Attempt { target, result }];
        let at = now() + TimeDelta::days(days);
        let revised =
            store.revise_notice(&notice.id, |notice| notice.after(&attempts, at, TimeDelta::days(5)));
        revised.unwrap().unwrap().fate()
    }

    /// How many notices wait, are dead and are with everybody.
    fn counts(store: &Store) -> (usize, usize, usize) {
        (store.outbox().unwrap().len(), store.dead_notices().unwrap().len(), store.delivered_count())
    }

    #[test]
    fn a_notice_is_always_in_exactly_one_place() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        let notice = notice();
        let planned = PlannedDigest { notice: Some(notice.clone()), told: Vec::new() };
        store.post_digest(&planned, now()).unwrap();
        assert_eq!(counts(&store), (1, 0, 0));
        assert_eq!(tried(&store, &notice, 0, true, 0), Fate::Waits);
        assert_eq!(counts(&store), (1, 0, 0));
        assert_eq!(tried(&store, &notice, 1, false, 6), Fate::Dead);
        assert_eq!(counts(&store), (0, 1, 0));
        assert!(store.knows_notice(&notice.id).unwrap(), "or the unit's day would be told anew");
        let later = now() + TimeDelta::days(7);
        store
            .revise_notice(&notice.id, |notice| notice.revived(&crate::deliver::People::default(), later))
            .unwrap();
        assert_eq!(counts(&store), (1, 0, 0));
        assert_eq!(tried(&store, &notice, 1, true, 7), Fate::Delivered);
        assert_eq!(counts(&store), (0, 0, 1));
        let told = store.delivered_to(&UnitId::new("zhujianju"), 9).unwrap();
        assert_eq!((told.len(), told[0].at, told[0].recipients.len()), (1, later, 2));
    }

    #[test]
    fn what_an_early_version_wrote_of_a_delivered_notice_is_still_read() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        store.delivered.insert("digest.zhujianju.20221127", encode("delivered", &now()).unwrap()).unwrap();
        let told = store.delivered_to(&UnitId::new("zhujianju"), 9).unwrap();
        assert_eq!((told[0].id.as_str(), told[0].at), ("digest.zhujianju.20221127", now()));
    }

    #[test]
    fn a_notice_that_is_gone_is_not_made_up() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        assert_eq!(store.revise_notice(&notice().id, |notice| notice).unwrap(), None);
    }
}
