//! Records decoded a short while ago.
//!
//! Most polls find a source exactly as the poll before left it, and decoding its record would be a good part of what they
//! cost. Whether a decoded record still counts is told by its bytes alone, so nothing here can be out of date.

use std::sync::{Arc, Mutex, PoisonError};

use sled::IVec;
use xxhash_rust::xxh3::xxh3_64;

use super::records::SourceRecord;
use crate::rules::SourceId;

/// A bounded number of decoded records; of those that share a place the last one stays.
#[derive(Debug, Clone)]
pub(super) struct Recent(Arc<[Mutex<Option<Decoded>>]>);

#[derive(Debug)]
struct Decoded {
    bytes: IVec,
    record: Arc<SourceRecord>,
}

/// Several counties' sources, at less than a kilobyte each.
const PLACES: usize = 1 << 14;

impl Recent {
    /// The record that `bytes` stand for: decoded before, or now.
    pub(super) fn record<E>(
        &self,
        id: &SourceId,
        bytes: &IVec,
        decode: impl FnOnce(&[u8]) -> Result<SourceRecord, E>,
    ) -> Result<Arc<SourceRecord>, E> {
        let place = xxh3_64(id.as_str().as_bytes()) as usize % PLACES;
        let mut place = self.0[place].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(decoded) = place.as_ref().filter(|decoded| decoded.bytes == bytes) {
            return Ok(Arc::clone(&decoded.record));
        }
        let record = Arc::new(decode(bytes)?);
        *place = Some(Decoded { bytes: bytes.clone(), record: Arc::clone(&record) });
        Ok(record)
    }
}

impl Default for Recent {
    fn default() -> Self {
        Self((0..PLACES).map(|_| Mutex::default()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(recent: &Recent, bytes: &str, hash: u64) -> u64 {
        let record = SourceRecord { body_hash: Some(hash), ..SourceRecord::default() };
        let id = SourceId::new("a/b");
        recent.record::<()>(&id, &bytes.into(), |_| Ok(record)).unwrap().body_hash.unwrap()
    }

    #[test]
    fn a_record_is_decoded_again_as_soon_as_its_bytes_differ() {
        let recent = Recent::default();
        assert_eq!(decoded(&recent, "one", 1), 1);
        assert_eq!(decoded(&recent, "one", 2), 1, "the same bytes are not decoded again");
        assert_eq!(decoded(&recent, "two", 3), 3);
        assert_eq!(decoded(&recent, "one", 4), 4);
    }
}
