//! One polite request.
//!
//! [`Fetcher::fetch`] asks once and returns an [`Outcome`]: a page, "not modified", or a [`Failure`]. A failure to look
//! is a value of its own and says nothing about the source. The fetcher never retries and never sleeps for a back-off:
//! it returns `not_before`, and the schedule moves the source.
//!
//! The request names the monitor and whom to ask about it, echoes validators byte for byte, follows a few redirects
//! within the same host, and gives up on bodies that are too long or take too long.

mod client;
mod outcome;

pub use client::{Fetcher, Request, Settings};
pub use outcome::{Failure, Fetched, Outcome, Validators};
