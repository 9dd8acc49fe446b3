//! What is remembered: the one module that knows the bytes on disk.
//!
//! # Data storage
//!
//! A sled database in the state directory. Every value begins with one byte, the format number, and goes
//! on as JSON (poll records: as a few fixed fields); an unknown number is an error, never a guess. Instants in keys are
//! milliseconds since 1970, big-endian, so
//! that keys sort by time.
//!
//! | tree | key | value | written by | deleted by |
//! |---|---|---|---|---|
//! | `meta` | `county` | the county's id | first start | nobody |
//! | `polls` | bucket of sources, by hash | [`PollRecord`] of each: next poll, failures in a row | the poller, up to a second behind | nobody |
//! | `sources` | source id | [`SourceRecord`]: last reading, looks, failure, alert, validators | polls that learn something, the judge | nobody |
//! | `sightings` | source id, 0, hash of item | [`SightingRecord`]: the item and when it was first seen | the poll that first saw it | nobody: append-only |
//! | `observations` | source id, 0, instant | [`Observation`]: a reading, a failure, that it is still so | polls at which something changed | nobody: append-only |
//! | `matters` | unit id, 0, instant, 0, source id, number | [`Matter`](crate::alert::Matter): a change to tell | with the alert's state, in one transaction | the digest that tells it, in one transaction |
//! | `outbox` | notice id | [`Notice`](crate::deliver::Notice) for which somebody waits | the digest, every attempt | the last of its recipients to get it or to be given up, in one transaction with one of the next two |
//! | `delivered` | notice id | [`DeliveredNotice`]: who has had it since when | acceptance | nobody |
//! | `dead` | notice id | [`Notice`](crate::deliver::Notice) that was given up for somebody | the last attempt | a person, who has it tried again or lets it be |
//! | `bounces` | unit id (none for the operator), 0, instant, hash of address | [`Bounce`](crate::deliver::Bounce): a mail that came back | whoever reads the mailbox for them | nobody |
//! | `operator` | the matter's key, as text | [`OperatorMatter`](crate::alert::OperatorMatter): what the operator is told of | whoever sees a sign of it | the notice that tells its end, in one transaction |
//! | `patrols` | source id, 0, instant, number | [`PatrolRecord`]: what a person saw of an account | whoever puts it on record | nobody: append-only |
//! | `menus` | source id, 0, instant | [`MenuRecord`](crate::assess::menu::MenuRecord): what an account's menu led to from then on | the check that first saw it so; a later one that sees the same says so in it | nobody |
//! | `stances` | source id, 0, instant, 0, number | [`Stance`](crate::alert::Stance): what a person said of a source | the socket | nobody: append-only |
//! | `told` | source id, 0, instant | the notice that told something new of the source | the digest, in one transaction | whoever takes the notice back before anybody has it |
//! | `releases` | instant | [`Release`]: a person let the mail to units go on | the socket | nobody: append-only |
//! | `events` | instant, source id, 0, number | [`Event`]: what happened to a source | with the change itself | nobody |
//! | `audit` | instant, number | [`Act`]: who changed what through the socket | every write through the socket | nobody: append-only |
//! | `bulletins` | month, 0, version | an issued bulletin, as JSON | `bulletin issue` | nobody: immutable |
//!
//! # After a crash
//!
//! All that one step writes is one transaction. sled writes its log every half second and on [`Store::flush`]; a mail
//! is attempted only after a flush, and its acceptance is flushed before the next one, so whatever was mailed is
//! remembered and at most the one mail that was under way is repeated. What the last second and a half knew of polls may be
//! lost; these sources are simply polled again.
//!
//! # Error handling
//!
//! [`StoreError`] is fatal to the step that met it: the daemon stops rather than judge on half a memory. No sled type
//! leaves this module.

mod audit;
mod bounces;
mod codec;
mod error;
mod histories;
mod mail;
mod operator;
mod outbox;
mod polls;
mod present;
mod records;
mod renamed;
mod sled_store;
mod stance;
mod told;
mod ways;

pub use audit::Act;
pub use error::StoreError;
pub use mail::{PlannedDigest, WaitingMatter};
pub use operator::{Release, ToldMatter};
pub use outbox::DeliveredNotice;
pub use records::{
    ArticleRecord, Course, Event, EventKind, FailureRecord, Observation, PollRecord, ReadingRecord, Replayed,
    SightingRecord, SourceRecord, Stored, Update, replay,
};
pub use sled_store::{Held, Store, StoreSize};
pub use ways::{PatrolRecord, WayRecord};

#[cfg(test)]
pub(crate) mod samples {
    use crate::alert::{Addressee, Digest};
    use crate::deliver::Notice;
    use crate::rules::UnitId;

    /// A notice to two people.
    pub(crate) fn notice() -> Notice {
        let person = |name: &str| Addressee { name: name.into(), email: format!("{name}@langxi.example") };
        let digest = Digest {
            county: "郎溪县".into(),
            unit: UnitId::new("zhujianju"),
            unit_name: "县住建局".into(),
            date: "2022-11-27".parse().unwrap(),
            to: vec![person("a"), person("b")],
            copy: Vec::new(),
            rows: Vec::new(),
        };
        Notice::new(digest, "2022-11-27T00:30:00Z".parse().unwrap())
    }
}

#[cfg(test)]
mod tests;
