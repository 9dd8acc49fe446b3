//! Who is polled next, and when.
//!
//! [`next_poll_at`] decides how long to wait after a poll; [`Agenda`] orders all sources by their next poll;
//! [`Pacing`] holds one rate limiter and one concurrency cap per politeness key ([`HostKey`]); [`Dispatcher`] joins
//! the two and answers one question: what may start now, and if nothing, when to ask again.
//!
//! Nothing here sleeps, fetches or stores. Next polls are persisted by the store and loaded at start, so a restart
//! neither forgets a source nor asks everybody at once.

mod agenda;
mod dispatch;
mod interval;
mod pacing;
mod turns;

pub use agenda::{Agenda, Slot};
pub use dispatch::{Dispatcher, Next};
pub use interval::{Outlook, PollEnd, next_poll_at};
pub use pacing::{HostKey, Pacing};
pub use turns::Turns;
