//! One polite request.
//!
//! [`Fetcher::fetch`] asks once and returns an [`Outcome`]: a page, "not modified", or a [`Failure`]. A failure to look
//! is a value of its own and says nothing about the source. The fetcher never retries and never sleeps for a back-off:
//! it returns `not_before`, and the schedule moves the source.
//!
//! The request names the monitor and whom to ask about it, echoes validators byte for byte, follows a few redirects
//! within the same host, and gives up on bodies that are too long or take too long. It keeps no cookies and solves no
//! challenge: where a shield answers instead of the page, [`blocked`](fn@blocked) names it, and that is the outcome.
//!
//! Beside it, [`Robots`] says from memory whether an address may be asked for, and [`Renderer`] draws the pages that are
//! nothing without their scripts; its outcomes are of the same types.

mod blocked;
mod body;
mod client;
mod connections;
mod failing;
mod outcome;
mod render;
mod retry_after;
mod robots;

pub use blocked::{Block, blocked};
pub use client::{Fetcher, Request, Settings};
pub use outcome::{Failure, Fetched, Outcome, Retry, Validators};
pub use render::{RenderSettings, Renderer};
pub use robots::{Origin, Robots, Verdict};
