//! Brings the many ways of typing the same character to one.

use super::super::words::collapsed;

/// Labels under which a site prints the day it published an item. The longer ones come first.
pub(super) const PUBLISHED: [&str; 10] = [
    "发布时间",
    "发布日期",
    "发表时间",
    "发表日期",
    "发布于",
    "发表于",
    "上传时间",
    "上传日期",
    "发布",
    "发表",
];

/// Labels that say no more than that a date follows.
pub(super) const NEUTRAL: [&str; 2] = ["时间", "日期"];

/// Full-width figures and punctuation become ASCII, all dashes become `-`, white space is collapsed.
pub(super) fn plain(text: &str) -> String {
    let narrow: String = text.chars().filter(|c| !is_invisible(*c)).map(narrow).collect();
    collapsed(&narrow)
}

fn narrow(c: char) -> char {
    match c {
        '\u{3000}' | '\u{a0}' => ' ',
        '〔' | '【' | '［' | '「' => '[',
        '〕' | '】' | '］' | '」' => ']',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Zero-width characters and byte order marks, which editors leave in pasted dates.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The text without a leading label and without the brackets and rules around it.
pub(super) fn core(plain: &str) -> &str {
    let bare = trim_marks(plain);
    let unlabelled =
        PUBLISHED.iter().chain(&NEUTRAL).find_map(|label| bare.strip_prefix(label)).unwrap_or(bare);
    trim_marks(unlabelled)
}

/// Cuts white space, brackets, colons and rules off both ends.
pub(super) fn trim_marks(text: &str) -> &str {
    text.trim_matches(is_mark)
}

/// Whether the character only sets a date off from what stands beside it.
pub(super) fn is_mark(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '[' | ']'
                | '('
                | ')'
                | '<'
                | '>'
                | '{'
                | '}'
                | ':'
                | '|'
                | '-'
                | '/'
                | '.'
                | '·'
                | '•'
                | '*'
                | '…'
        )
}
