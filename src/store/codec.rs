//! Keys and values as bytes.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;

/// The format of values: this byte, then JSON.
pub(super) const FORMAT: u8 = 1;

pub(super) fn encode<T: Serialize>(tree: &'static str, value: &T) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![FORMAT];
    serde_json::to_writer(&mut bytes, value).map_err(|source| StoreError::Unreadable { tree, source })?;
    Ok(bytes)
}

pub(super) fn decode<T: DeserializeOwned>(tree: &'static str, bytes: &[u8]) -> Result<T, StoreError> {
    match bytes {
        [FORMAT, json @ ..] => {
            serde_json::from_slice(json).map_err(|source| StoreError::Unreadable { tree, source })
        }
        [found, ..] => Err(StoreError::UnknownFormat { tree, found: *found, known: FORMAT }),
        [] => Err(StoreError::UnknownFormat { tree, found: 0, known: FORMAT }),
    }
}

/// `owner`, 0: what all keys of one owner begin with.
pub(super) fn prefix(owner: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(owner.len() + 32);
    key.extend_from_slice(owner.as_bytes());
    key.push(0);
    key
}

/// An instant as eight bytes that sort by time.
pub(super) fn instant(at: DateTime<Utc>) -> [u8; 8] {
    u64::try_from(at.timestamp_millis()).unwrap_or(0).to_be_bytes()
}

/// The instant with which a key ends.
pub(super) fn instant_at_end(key: &[u8]) -> DateTime<Utc> {
    let milliseconds = key.last_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    i64::try_from(milliseconds).ok().and_then(DateTime::from_timestamp_millis).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_format_is_refused() {
        let mut bytes = encode("polls", &7).unwrap();
        assert_eq!(decode::<i32>("polls", &bytes).unwrap(), 7);
        bytes[0] = 9;
        let error = decode::<i32>("polls", &bytes).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a value in tree `polls` has format 9, this version knows 1: was it written by a newer xuncha?"
        );
        assert!(decode::<i32>("polls", &[]).is_err());
    }
}
