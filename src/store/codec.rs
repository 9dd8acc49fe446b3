//! Keys and values as bytes.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;
use super::records::PollRecord;
use crate::rules::SourceId;

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

/// The format of a single poll record: this byte, then three instants of [`INSTANT_BYTES`] and a count, all big-endian.
const POLL_FORMAT: u8 = 2;
/// Milliseconds since 1970; all bits set for none.
const INSTANT_BYTES: usize = 6;
const NO_INSTANT: u64 = (1 << (8 * INSTANT_BYTES)) - 1;
const MOST_FAILURES: u32 = (1 << 24) - 1;
const POLL_BYTES: usize = 1 + 3 * INSTANT_BYTES + 3;

pub(super) fn encode_poll(poll: &PollRecord) -> [u8; POLL_BYTES] {
    let mut bytes = [POLL_FORMAT; POLL_BYTES];
    let instants = [Some(poll.next_poll_at), poll.polled_at, poll.seen_at];
    for (place, at) in bytes[1..].chunks_exact_mut(INSTANT_BYTES).zip(instants) {
        let milliseconds = at.and_then(|at| u64::try_from(at.timestamp_millis()).ok()).unwrap_or(NO_INSTANT);
        place.copy_from_slice(&milliseconds.to_be_bytes()[8 - INSTANT_BYTES..]);
    }
    let failures = poll.failures.min(MOST_FAILURES).to_be_bytes();
    bytes[POLL_BYTES - 3..].copy_from_slice(&failures[1..]);
    bytes
}

pub(super) fn decode_poll(bytes: &[u8]) -> Result<PollRecord, StoreError> {
    let Some((&POLL_FORMAT, fields)) = bytes.split_first() else {
        return decode("polls", bytes);
    };
    let instant = |number: usize| {
        let field = fields.chunks_exact(INSTANT_BYTES).nth(number)?;
        let milliseconds = field.iter().fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
        (milliseconds != NO_INSTANT)
            .then(|| i64::try_from(milliseconds).ok().and_then(DateTime::from_timestamp_millis))?
    };
    let failures = fields.last_chunk::<3>().filter(|_| bytes.len() == POLL_BYTES);
    match (instant(0), failures) {
        (Some(next_poll_at), Some([a, b, c])) => Ok(PollRecord {
            next_poll_at,
            polled_at: instant(1),
            seen_at: instant(2),
            failures: u32::from_be_bytes([0, *a, *b, *c]),
        }),
        _ => Err(StoreError::Damaged { tree: "polls", bytes: bytes.len() }),
    }
}

/// The format of a bucket of poll records: this byte, then for each source the length of its id in two bytes, the id, and
/// its record in [`POLL_FORMAT`].
const POLLS_FORMAT: u8 = 3;

pub(super) fn encode_polls(polls: &[(SourceId, PollRecord)]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![POLLS_FORMAT];
    for (id, poll) in polls {
        let length = id.as_str().len();
        let field =
            u16::try_from(length).map_err(|_| StoreError::Damaged { tree: "polls", bytes: length })?;
        bytes.extend_from_slice(&field.to_be_bytes());
        bytes.extend_from_slice(id.as_str().as_bytes());
        bytes.extend_from_slice(&encode_poll(poll));
    }
    Ok(bytes)
}

/// The poll records of a bucket; or the one that stands alone under its source's id.
pub(super) fn decode_polls(key: &[u8], value: &[u8]) -> Result<Vec<(SourceId, PollRecord)>, StoreError> {
    let damaged = || StoreError::Damaged { tree: "polls", bytes: value.len() };
    let id = |bytes: &[u8]| std::str::from_utf8(bytes).map(SourceId::new).map_err(|_| damaged());
    let Some((&POLLS_FORMAT, mut rest)) = value.split_first() else {
        return Ok(vec![(id(key)?, decode_poll(value)?)]);
    };
    let mut polls = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (name, behind) = behind.split_at_checked(length).ok_or_else(damaged)?;
        let (poll, behind) = behind.split_at_checked(POLL_BYTES).ok_or_else(damaged)?;
        polls.push((id(name)?, decode_poll(poll)?));
        rest = behind;
    }
    if rest.is_empty() { Ok(polls) } else { Err(damaged()) }
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
        let at: DateTime<Utc> = "2022-12-01T08:00:00.123Z".parse().unwrap();
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
