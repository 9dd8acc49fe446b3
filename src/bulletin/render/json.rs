//! The stable form, for programs.

use super::super::document::Bulletin;

/// The bulletin as indented JSON with a final line feed.
pub fn json(bulletin: &Bulletin) -> String {
    let text =
        serde_json::to_string_pretty(bulletin).expect("a bulletin has neither maps nor failing fields");
    text + "\n"
}
