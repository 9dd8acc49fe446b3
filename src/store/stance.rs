//! What people have said of sources.

use sled::transaction::Transactional;

use super::codec::{decode, encode, instant, prefix};
use super::error::StoreError;
use super::records::{Event, EventKind};
use super::sled_store::{Store, abort, failed, free_key};
use crate::alert::Stance;

impl Store {
    /// All stances ever given, source by source in order of time.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn stances(&self) -> Result<Vec<Stance>, StoreError> {
        self.stances.iter().values().map(|bytes| decode("stances", &bytes?)).collect()
    }

    /// Keeps a stance, and the event that tells of it, in one transaction.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub fn keep_stance(&self, stance: &Stance) -> Result<(), StoreError> {
        let outcome = (&self.stances, &self.events).transaction(|(stances, events)| {
            let mut key = prefix(stance.source.as_str());
            key.extend_from_slice(&instant(stance.given_at));
            let key = free_key(stances, key)?;
            stances.insert(key, encode("stances", stance).map_err(abort)?)?;
            let kind = EventKind::Stance { given: stance.clone() };
            let event = Event { at: stance.given_at, source: stance.source.clone(), kind };
            let mut key = instant(stance.given_at).to_vec();
            key.extend_from_slice(stance.source.as_str().as_bytes());
            let key = free_key(events, key)?;
            events.insert(key, encode("events", &event).map_err(abort)?)?;
            Ok(())
        });
        outcome.map_err(failed)
    }
}
