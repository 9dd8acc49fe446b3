//! Writes a county's monthly bulletin (通报).
//!
//! [`draft()`] turns the situation at a cut-off ([`Input`]) into a [`Bulletin`]: rows with verdicts and problems, totals, a
//! text, and beneath each of them the findings they rest on. [`check`] computes all of it again and says where a
//! bulletin contradicts itself; [`Bulletin::issue`] refuses while it does. [`render`] prints it.
//!
//! A verdict remembers. Under [`VerdictScheme::CarryOver`] a unit fails for what last month's issued bulletin reported
//! and the unit has not fixed, never for a first lapse, so earlier bulletins are part of the input and drafts are not.
//! What could not be verified accuses nobody and is listed for the reviewer instead.
//!
//! Everything here is pure: the same input always makes the same bulletin, so any past month can be drafted again.

mod body;
mod carry_over;
mod channel;
mod consistency;
mod document;
mod draft;
mod findings;
mod input;
#[cfg(test)]
mod langxi;
mod month;
#[cfg(test)]
mod properties;
pub mod render;
#[cfg(test)]
mod samples;
mod titles;
mod topics;
mod totals;
mod verdict;
mod wording;

pub use carry_over::{CarryOver, Fact};
pub use channel::{Channel, Platform};
pub use consistency::{Mismatch, check};
pub use document::{AccountRow, Bulletin, IssueError, NumberedRow, State, UnitRow};
pub use draft::draft;
pub use findings::{Doubt, Exempted, Finding, Kind, Unverified};
pub use input::{County, Evidence, Exemption, Input, SourceMonth, UnitMonth};
pub use month::{Month, MonthError};
pub use titles::{annex_titles, chinese_date, cut_off_note, title};
pub use totals::Total;
pub use verdict::{Verdict, VerdictScheme};
