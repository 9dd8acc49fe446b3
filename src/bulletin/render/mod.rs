//! Prints a bulletin in the formats people read and programs load.
//!
//! Every format is made from the same rows, and ends with who is out of the count by an exemption, and why. Until a bulletin is public its official formats bear a mark and end with
//! what a reviewer needs: the sources that could not be verified and the evidence for each finding. JSON always has
//! everything.

mod html;
mod json;
mod layout;
mod markdown;
mod review;

pub use html::html;
pub use json::json;
pub use layout::{MediaLine, MediaUnit, Paragraph, media_lines, paragraphs};
pub use markdown::markdown;

use super::document::State;

/// The mark on a bulletin that is not public.
pub fn mark(state: State) -> Option<&'static str> {
    match state {
        State::Draft => Some("草稿"),
        State::Reviewed => Some("审核稿"),
        State::Issued | State::Corrected => None,
    }
}
