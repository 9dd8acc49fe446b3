//! What is remembered: the one module that knows the bytes on disk.
//!
//! # Data storage
//!
//! A sled database in the state directory. Every value begins with one byte, the format number, and goes
//! on as JSON (poll records: as a few fixed fields); an unknown number is an error, never a guess. Instants in keys are milliseconds since 1970, big-endian, so
//! that keys sort by time.
//!
//! | tree | key | value | written by | deleted by |
//! |---|---|---|---|---|
//! | `meta` | `county` | the county's id | first start | nobody |
//! | `polls` | source id | [`PollRecord`]: next poll, failures in a row | every poll | nobody |
//! | `sources` | source id | [`SourceRecord`]: last reading, looks, failure, alert, validators | polls that learn something, the judge | nobody |
//! | `sightings` | source id, 0, hash of item | [`SightingRecord`]: the item and when it was first seen | the poll that first saw it | nobody: append-only |
//! | `observations` | source id, 0, instant | [`Observation`]: a reading, a failure, that it is still so | polls at which something changed | nobody: append-only |
//! | `matters` | unit id, 0, instant, 0, source id, number | [`Matter`](crate::alert::Matter): a change to tell | with the alert's state, in one transaction | the digest that tells it, in one transaction |
//! | `outbox` | notice id | [`Notice`](crate::deliver::Notice) | the digest | acceptance by the transport |
//! | `delivered` | notice id | when it was accepted | acceptance, in one transaction with the above | nobody |
//! | `events` | instant, source id, 0, number | [`Event`]: what happened to a source | with the change itself | nobody |
//! | `audit` | instant, number | [`Act`]: who changed what through the socket | every write through the socket | nobody: append-only |
//! | `bulletins` | month, 0, version | an issued bulletin, as JSON | `bulletin issue` | nobody: immutable |
//!
//! # After a crash
//!
//! All that one step writes is one transaction. sled writes its log every half second and on [`Store::flush`]; a mail
//! is attempted only after a flush, and its acceptance is flushed before the next one, so whatever was mailed is
//! remembered and at most the one mail that was under way is repeated. A poll lost in the last half second is
//! simply polled again.
//!
//! # Error handling
//!
//! [`StoreError`] is fatal to the step that met it: the daemon stops rather than judge on half a memory. No sled type
//! leaves this module.

mod audit;
mod codec;
mod error;
mod mail;
mod recent;
mod records;
mod sled_store;

pub use audit::Act;
pub use error::StoreError;
pub use mail::{PlannedDigest, WaitingMatter};
pub use records::{
    ArticleRecord, Event, EventKind, FailureRecord, Observation, PollRecord, ReadingRecord, Replayed,
    SightingRecord, SourceRecord, Stored, Update, replay,
};
pub use sled_store::{Held, Store, StoreSize};
