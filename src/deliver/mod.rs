//! Brings a notice to the people it is for.
//!
//! A [`Notice`] waits in the store's outbox until a [`Post`] has taken it to each of its [`Recipient`]s: by mail
//! ([`Transport`]: a mail server or a directory), or by the [`Robot`] of a group chat. A [`Choice`] says which robot gets what.
//! [`Letter::of`] turns what it says into a subject, a text and a page in Chinese; that part is pure, and what it takes
//! from web pages is treated as hostile.
//!
//! A notice is delivered at least once. Each recipient has an [`Outcome`] of their own, and counts as having the notice only
//! after somebody else has accepted it; a crash in between sends it again, under the same [`message_id`], by which a
//! mailbox recognises it. What fails is tried again, ever more slowly, and after days it is given up: then the notice is
//! dead and shown to whoever runs the monitor until that person has it tried again or lets it be. Nothing is dropped.
//! What comes back later is a [`Bounce`].
//!
//! No error text holds a mail address or a password, so that errors can be logged and shown.

mod backoff;
mod bounce;
mod choice;
mod compose;
mod encrypted;
mod error;
mod file;
pub(crate) mod imap;
mod letter;
mod line;
pub(crate) mod maildir;
mod notice;
mod operator;
mod post;
mod recipient;
mod reply;
mod robot;
mod sample;
mod secret;
mod session;
mod smtp;
mod stationery;
mod subject;
mod templates;
mod transport;
mod trouble;
mod untrusted;

pub use backoff::next_try_at;
pub use bounce::{Action, Bounce, Report, Said, read_report};
pub use choice::{Choice, NoticeKind};
pub use compose::{Sender, eml};
pub use encrypted::certificates;
pub use error::{DeliverError, Remedy, Step, Whose};
pub use file::FileDrop;
pub use imap::{ImapSettings, ImapTls};
pub use letter::Letter;
#[cfg(test)]
pub(crate) use notice::samples;
pub use notice::{Fate, Notice, NoticeId, People, Says, message_id};
pub use post::{Attempt, Post, Posted, Way};
pub use recipient::{ChannelName, Death, Outcome, Recipient, Target};
pub use robot::{ChannelFault, Platform, Robot, RobotSettings};
pub use sample::{SampleKind, SampleSource, SampleUnit, sample};
pub use secret::Secret;
pub use smtp::{Credentials, Smtp, SmtpSettings, Tls};
pub use stationery::Stationery;
pub use templates::{TemplateError, Templates};
pub use transport::{Delivered, Transport};
pub use trouble::{given_up, trouble};
