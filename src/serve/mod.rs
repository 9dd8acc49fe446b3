//! The door: HTTP/1.1 and JSON over a Unix socket.
//!
//! [`StatusSocket`] makes the socket (mode 0660, in a directory that strangers cannot write) and serves the routes under
//! `/v1` until told to stop; [`Door`] is what the routes need. Every answer carries `as_of`; every error is one object,
//! `{"error": …, "hint": …}`. Lists and overviews are made from the snapshot of the moment, details from the store; what may have
//! to wait for the store is answered aside, so that it holds up nobody else. Polling never waits for a reader.
//!
//! [`view`] has the types of the answers; the command line reads them through [`Client`].

mod account;
mod aside;
mod badge;
mod bounds;
mod client;
mod connections;
mod csv;
mod deadlines;
mod door;
mod find;
mod findings;
mod guard;
mod happenings;
mod keeper;
mod mail;
mod mail_view;
mod metrics;
mod openapi;
mod page;
mod page_at;
mod patience;
mod peer;
mod places;
mod refusal;
mod routes;
#[cfg(test)]
mod samples;
mod select;
mod snapshot;
mod socket;
mod stances;
pub mod view;
pub(crate) mod words;
mod writes;

pub use bounds::Bounds;
pub use client::{Client, ClientError, Following};
pub use door::Door;
pub(crate) use find::{NotFound, find};
pub use keeper::Keeper;
pub use page_at::PageAt;
pub use peer::{Access, May, Peer};
pub use routes::Routes;
pub use socket::{SocketError, StatusSocket};
