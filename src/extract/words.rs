//! Gathers the words of a node as a reader would see them.

use scraper::{ElementRef, Node};

use super::walk::walk;

/// The longest text that is kept as evidence, in characters.
const MOST_EVIDENCE: usize = 120;

/// Elements whose text nobody sees.
const SILENT: [&str; 6] = ["script", "style", "template", "noscript", "textarea", "select"];

/// White space collapsed to single blanks, none at the ends.
pub(super) fn collapsed(text: &str) -> String {
    if text.bytes().all(is_never_blank) {
        return text.to_owned();
    }
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// Whether a byte begins no white space, nor stands in any: true of most Chinese letters.
fn is_never_blank(byte: u8) -> bool {
    !matches!(byte, b'\t'..=b'\r' | b' ' | 0xc2 | 0xe1..=0xe3)
}

/// Cut to the length that is kept as evidence.
pub(super) fn clipped(text: String) -> String {
    match text.char_indices().nth(MOST_EVIDENCE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The text of an element, collapsed.
pub(super) fn text_of(element: ElementRef) -> String {
    text_without(element, |_| false)
}

/// The text of an element without the parts that `left_out` names, collapsed.
///
/// Figures and Latin letters of different nodes are kept apart (`<b>15</b><i>2025-03</i>` is not `152025-03`);
/// other text is joined as browsers join it.
pub(super) fn text_without(element: ElementRef, left_out: impl Fn(ElementRef) -> bool) -> String {
    let mut joined = String::new();
    for node in walk(element, |inner| is_silent(inner) || left_out(inner)) {
        let Node::Text(text) = node.value() else { continue };
        append(&mut joined, text);
    }
    collapsed(&joined)
}

/// Puts the text of another node after what is there.
pub(super) fn append(joined: &mut String, text: &str) {
    let touches = joined.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if touches {
        joined.push(' ');
    }
    joined.push_str(text);
}

/// Whether nobody sees the element's text.
pub(super) fn is_silent(element: ElementRef) -> bool {
    SILENT.contains(&element.value().name())
}

/// Whether the element itself says that it is not shown. Style sheets are not looked at.
pub(super) fn is_hidden(element: ElementRef) -> bool {
    element.attr("hidden").is_some()
        || element.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.to_ascii_lowercase().contains("display:none")
        })
}

/// The text that shows, so without what is hidden.
pub(super) fn shown_text_of(element: ElementRef) -> String {
    if is_hidden(element) { String::new() } else { text_without(element, is_hidden) }
}
