//! The door: HTTP/1.1 and JSON over a Unix socket.
//!
//! [`StatusSocket`] makes the socket (mode 0660, in a directory that strangers cannot write) and serves the routes under
//! `/v1` until told to stop; [`Door`] is what the routes need. Every answer carries `as_of`; every error is one object,
//! `{"error": …, "hint": …}`. Answers are made from the store at the moment of asking; polling never waits for a
//! reader.
//!
//! [`view`] has the types of the answers; the command line reads them through [`Client`].

mod client;
mod door;
mod find;
mod mail;
mod mail_view;
mod routes;
mod socket;
mod stances;
pub mod view;

pub use client::{Client, ClientError};
pub use door::Door;
pub(crate) use find::{NotFound, find};
pub use socket::{SocketError, StatusSocket};
