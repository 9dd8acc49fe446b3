//! Brings a notice to the people it is for.
//!
//! A [`Notice`] waits in the store's outbox until a [`Transport`] has handed it over: to a mail server ([`Smtp`]) or
//! to a directory ([`FileDrop`]). [`Letter::write`] turns its digest into a subject, a text and a page in Chinese;
//! that part is pure, and what it takes from web pages is treated as hostile.
//!
//! A notice is delivered at least once. The caller removes it from the outbox only after [`Transport::send`] has
//! succeeded, so a crash in between sends it again, under the same [`message_id`], by which a mailbox recognises it.
//! After a failure the caller stores [`Notice::after_failure`]: nothing is ever dropped, however permanent the failure
//! looks, since what is refused today (a mistyped address, a full mailbox) is mended by people.
//!
//! No error text holds a mail address or a password, so that errors can be logged and shown.

mod backoff;
mod compose;
mod error;
mod file;
mod letter;
mod line;
mod notice;
mod operator;
mod reply;
mod session;
mod smtp;
mod subject;
mod transport;
mod untrusted;

pub use backoff::next_try_at;
pub use compose::Sender;
pub use error::{DeliverError, Step, Whose};
pub use file::FileDrop;
pub use letter::Letter;
pub use notice::{Notice, NoticeId, Says, message_id};
pub use smtp::{Credentials, Smtp, SmtpSettings, Tls};
pub use transport::{Delivered, Transport};
