//! Parses a page into a document tree, once.

use std::collections::HashMap;

use scraper::Html;

use super::charset::decode;
use super::page::Page;
use super::sighting::ExtractError;

/// The parser's work grows with the square of the nesting: 30,000 levels, which fit in 150 KB, take it most of a
/// minute. Real pages have some tens of levels.
const DEEPEST: usize = 4_000;

/// Tags that do not nest by being left open: void ones, and those whose end the next one implies.
const FLAT: [&str; 30] = [
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "nobr", "optgroup", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead",
    "tr", "track", "wbr",
];

/// The document tree of a page.
///
/// # Errors
///
/// [`ExtractError::TooDeep`] for a page that would stall the parser.
pub(super) fn parse(page: &Page) -> Result<Html, ExtractError> {
    parse_text(&decode(&page.body, page.content_type.as_deref()))
}

/// The document tree of a page that is decoded already, or of a part of it.
///
/// # Errors
///
/// As [`parse`].
pub(super) fn parse_text(text: &str) -> Result<Html, ExtractError> {
    check_depth(text)?;
    Ok(Html::parse_document(text))
}

/// Refuses markup that would stall the parser.
pub(super) fn check_depth(text: &str) -> Result<(), ExtractError> {
    if is_too_deep(text) { Err(ExtractError::TooDeep) } else { Ok(()) }
}

/// Counts tags left open, without regard to comments and scripts: what it miscounts there is far from the bound. An end
/// tag only closes a start tag of its own name, as the parser passes over others.
fn is_too_deep(text: &str) -> bool {
    // Nearly all pages have fewer tags than that; counting depth would cost a good part of what parsing does.
    if text.bytes().filter(|byte| *byte == b'<').count() <= DEEPEST {
        return false;
    }
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0_usize;
    for tag in text.split('<').skip(1) {
        let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |name| (true, name));
        let name = tag_name(tag);
        if name.is_empty() || FLAT.contains(&name.as_str()) {
            continue;
        }
        let of_this_name = open.entry(name).or_default();
        if !is_end {
            *of_this_name += 1;
            depth += 1;
        } else if *of_this_name > 0 {
            *of_this_name -= 1;
            depth -= 1;
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

fn tag_name(tag: &str) -> String {
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(tag.len());
    let name = &tag[..end];
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.to_ascii_lowercase()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: String) -> Result<usize, ExtractError> {
        let url = "https://www.example.gov.cn/".parse().unwrap();
        let page = Page { drawing: None, url, content_type: None, body: body.into_bytes() };
        parse(&page).map(|html| html.tree.nodes().count())
    }

    #[test]
    fn a_page_that_would_stall_the_parser_is_refused() {
        assert_eq!(parsed("<div>9".repeat(30_000)), Err(ExtractError::TooDeep));
        assert_eq!(parsed("<div></x>".repeat(30_000)), Err(ExtractError::TooDeep));
    }

    #[test]
    fn a_long_page_is_not_a_deep_one() {
        assert!(parsed("<li><a href=1>公告</a><br><img src=1><p>2026-09-01".repeat(5_000)).is_ok());
    }
}
