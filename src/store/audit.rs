//! Who has changed what through the socket.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::codec::{decode, encode, instant};
use super::error::StoreError;
use super::sled_store::Store;

/// Something that somebody did through the socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Act {
    /// When.
    pub at: DateTime<Utc>,
    /// The user, as the system told when they connected.
    pub uid: u32,
    /// The user's group.
    pub gid: u32,
    /// The process, where the system told.
    pub pid: Option<i32>,
    /// The user's name.
    pub name: String,
    /// What was asked for: method and address.
    pub what: String,
    /// The status that was answered.
    pub status: u16,
}

impl Store {
    /// Writes down an act. Acts of one millisecond are kept apart by a number.
    ///
    /// # Errors
    /// If the database fails.
    pub fn record_act(&self, act: &Act) -> Result<(), StoreError> {
        let value = encode("audit", act)?;
        for number in 0u32.. {
            let key = [&instant(act.at)[..], &number.to_be_bytes()].concat();
            if self.audit.compare_and_swap(key, None::<&[u8]>, Some(value.clone()))?.is_ok() {
                break;
            }
        }
        Ok(())
    }

    /// The newest acts, newest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn latest_acts(&self, most: usize) -> Result<Vec<Act>, StoreError> {
        self.audit.iter().values().rev().take(most).map(|bytes| decode("audit", &bytes?)).collect()
    }

    /// The acts from this instant on, oldest first, at most so many.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn acts_since(&self, since: DateTime<Utc>, most: usize) -> Result<Vec<Act>, StoreError> {
        let from = self.audit.range(instant(since).to_vec()..);
        from.values().take(most).map(|bytes| decode("audit", &bytes?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_of_one_instant_are_all_kept_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        let at = "2022-12-01T00:00:00Z".parse().unwrap();
        let act = |what: &str| Act {
            at,
            uid: 1,
            gid: 2,
            pid: None,
            name: "wang".into(),
            what: what.into(),
            status: 202,
        };
        for what in ["first", "second", "third"] {
            store.record_act(&act(what)).unwrap();
        }
        let whats = |acts: Vec<Act>| acts.into_iter().map(|act| act.what).collect::<Vec<_>>();
        assert_eq!(whats(store.latest_acts(2).unwrap()), ["third", "second"]);
        assert_eq!(whats(store.acts_since(at, 2).unwrap()), ["first", "second"]);
        assert_eq!(store.acts_since(at + chrono::TimeDelta::milliseconds(1), 9).unwrap(), []);
    }
}
