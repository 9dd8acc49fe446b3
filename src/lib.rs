//! xuncha (巡查) watches that every column and account of a county's offices is updated in time.
//!
//! The line of work is the line of modules: **[rules] → [schedule] → [fetch] → [extract] → [store] → [assess] → [alert] →
//! [deliver]**; [serve] and [bulletin] only read what the store holds. Two things start work: a source comes due for a
//! poll, and an instant passes with no poll at all.
//!
//! Pure, without clock, network or disk: [extract] (page and rule to sightings), [assess] (what is known and `now` to a
//! standing), [alert] (a standing to a change worth telling), [bulletin] (standings of a month to a document).
//!
//! The shell around them: [schedule] says who is next, [fetch] asks politely, [store] remembers, [deliver] hands over
//! mail, [serve] answers on a Unix socket, [daemon] builds, runs and stops it all. [clock] is the only reader of the wall
//! clock, [config] reads `xuncha.toml`, [cli] is the command line, and [demo] plays a whole county on loopback.
//! [secrets] looks up what platforms want to know before they answer. Besides the line, `discover` walks a unit's part of a site and drafts its rules,
//! and `probe` looks at one column and tells all about it.

pub mod alert;
pub mod assess;
pub mod bulletin;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod deliver;
pub mod demo;
mod discover;
pub mod extract;
pub mod fetch;
mod probe;
pub mod rules;
pub mod schedule;
pub mod secrets;
pub mod serve;
pub mod store;
