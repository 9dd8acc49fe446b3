//! One polite request.
//!
//! [`Fetcher::fetch`] asks once and returns an [`Outcome`]: a page, "not modified", or a [`Failure`]. A failure to look
//! is a value of its own and says nothing about the source. The fetcher never retries and never sleeps for a back-off:
//! it returns `not_before`, and the schedule moves the source.
//!
//! The request names the monitor and whom to ask about it, echoes validators byte for byte, follows a few redirects
//! within the same host as far as its robots.txt allows ([`Fetcher::fetch_heeding`]), and gives up on bodies that are too long or take too long. It keeps no cookies and solves no
//! challenge: where a shield answers instead of the page, [`blocked`](fn@blocked) names it, and that is the outcome.
//!
//! [`Fetcher::call`] asks a platform's interface, whose answer counts whatever its status; [`AccountLook`] says what to ask it
//! for, and [`Tokens`] keeps the tokens that it takes.
//!
//! Beside it, [`Robots`] says from memory whether an address may be asked for, and [`Renderer`] draws the pages that are
//! nothing without their scripts; its outcomes are of the same types.

mod account;
mod blocked;
mod body;
mod call;
mod client;
mod connections;
mod failing;
mod import;
mod outcome;
mod render;
mod retry_after;
mod robots;
mod token;

pub use account::{AccountLook, Next, answer_of, refusal_of, retry_of};
pub use blocked::{Block, blocked};
pub use call::{Call, text_without_secrets, without_secrets};
pub use client::{Called, Fetcher, Request, Settings};
pub use import::{Import, open_import};
pub use outcome::{Failure, Fetched, Outcome, Retry, Validators};
pub use render::{PhoneWidth, RenderSettings, Renderer};
pub use robots::{Origin, Robots, Verdict};
pub use token::Tokens;
