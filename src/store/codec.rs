//! Keys and values as bytes.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;
use super::records::PollRecord;

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

/// The format of poll records: this byte, then [`POLL_BYTES`]. Every poll writes one, so they are kept small.
const POLL_FORMAT: u8 = 2;
/// Three instants as nanoseconds (the least number for none), then a count; all big-endian.
const POLL_BYTES: usize = 3 * 8 + 4;

pub(super) fn encode_poll(poll: &PollRecord) -> [u8; 1 + POLL_BYTES] {
    let nanoseconds =
        |at: Option<DateTime<Utc>>| at.and_then(|at| at.timestamp_nanos_opt()).unwrap_or(i64::MIN);
    let mut bytes = [POLL_FORMAT; 1 + POLL_BYTES];
    let instants = [Some(poll.next_poll_at), poll.polled_at, poll.seen_at];
    for (place, at) in bytes[1..].chunks_exact_mut(8).zip(instants) {
        place.copy_from_slice(&nanoseconds(at).to_be_bytes());
    }
    let failures_at = bytes.len() - 4;
    bytes[failures_at..].copy_from_slice(&poll.failures.to_be_bytes());
    bytes
}

pub(super) fn decode_poll(bytes: &[u8]) -> Result<PollRecord, StoreError> {
    let Some((&POLL_FORMAT, fields)) = bytes.split_first() else {
        return decode("polls", bytes);
    };
    let instant = |place: usize| {
        let nanoseconds =
            fields.get(place * 8..)?.first_chunk::<8>().map(|bytes| i64::from_be_bytes(*bytes))?;
        (nanoseconds != i64::MIN).then(|| DateTime::from_timestamp_nanos(nanoseconds))
    };
    let failures = fields.last_chunk::<4>().filter(|_| fields.len() == POLL_BYTES);
    match (instant(0), failures) {
        (Some(next_poll_at), Some(failures)) => Ok(PollRecord {
            next_poll_at,
            polled_at: instant(1),
            seen_at: instant(2),
            failures: u32::from_be_bytes(*failures),
        }),
        _ => Err(StoreError::Damaged { tree: "polls", bytes: bytes.len() }),
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
    fn a_poll_record_comes_back_as_it_was_and_one_written_as_json_is_still_read() {
        let at: DateTime<Utc> = "2022-12-01T08:00:00.123456789Z".parse().unwrap();
        let never = PollRecord { next_poll_at: at, polled_at: None, seen_at: None, failures: 0 };
        let failing = PollRecord { polled_at: Some(at), failures: 70_000, ..never };
        let seen = PollRecord { seen_at: Some(at), ..failing };
        for poll in [never, failing, seen] {
            assert_eq!(decode_poll(&encode_poll(&poll)).unwrap(), poll);
            assert_eq!(decode_poll(&encode("polls", &poll).unwrap()).unwrap(), poll);
        }
        assert!(decode_poll(&encode_poll(&seen)[..20]).is_err());
        assert!(decode_poll(&[9]).is_err());
    }

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
