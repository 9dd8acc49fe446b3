//! One polite look at one column, told in full to whoever writes its rule.
//!
//! [`Prober`] is the shell: it asks robots.txt, the page, what the page leads to, and the newest items' own pages, each in
//! the host's turn. What it brings home ([`Seen`](seen::Seen)) is judged by [`conclude()`](conclude::conclude), which is pure,
//! into one [`Probed`]: outcome, requests, preset and why, rows, what the page calls itself, what the articles say, the standing
//! that would follow, what is odd, and what to write into the rule.
//!
//! An account with several ways is looked at by each of them ([`AccountProber`]), which shows which access works.
//!
//! A probe writes nothing and convicts nobody: one look never does.

mod account;
mod aim;
mod asked;
mod compare;
mod conclude;
mod draft;
mod judged;
mod oddities;
mod probed;
mod prober;
mod seen;

pub(crate) use account::{AccountProber, ProbedAccount, Shown};
pub(crate) use aim::{Aim, Whence};
#[cfg(test)]
pub(crate) use probed::{Agreement, Asked, ReadAs, RobotsSaid};
pub(crate) use probed::{Compared, Judged, Outcome, Probed};
pub(crate) use prober::{Prober, Tools};
