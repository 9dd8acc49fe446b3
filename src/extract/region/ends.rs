//! Finds where an element ends whose tags nest as they are written.

use super::super::tokens::{Tag, Token, Tokens};

/// Whether no other tag closes such an element, so that its own end tag ends it.
pub(super) fn can_be_cut(name: &str) -> bool {
    matches!(name.as_bytes(), b"div" | b"ul" | b"ol" | b"dl" | b"section" | b"article" | b"main" | b"table")
}

/// Whether such an element has no end tag.
#[rustfmt::skip]
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"area" | b"base" | b"br" | b"col" | b"embed" | b"hr" | b"img" | b"input" | b"keygen" | b"link" | b"meta"
            | b"param" | b"source" | b"wbr"
    )
}

/// Whether a page may be parsed after such an element in ways that are not followed here.
#[rustfmt::skip]
pub(super) fn is_not_followed(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"base" | b"template" | b"svg" | b"math" | b"frameset" | b"plaintext" | b"noembed" | b"xmp"
    )
}

/// Elements that the end of what is around them also ends.
const END_IS_OPTIONAL: [&str; 15] = [
    "li", "dt", "dd", "p", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup",
    "rt", "rp",
];
/// Elements that mean something else inside a list than alone.
const NOT_IN_A_LIST: [&str; 5] = ["form", "html", "head", "body", "image"];
const ROWS: [&str; 3] = ["li", "dt", "dd"];
pub(super) const LISTS: [&str; 3] = ["ul", "ol", "dl"];
const CELLS: [&str; 9] = ["tr", "td", "th", "tbody", "thead", "tfoot", "caption", "col", "colgroup"];

/// Deeper pages are left whole: real ones have some tens of levels, and looking through many more at each tag would take
/// minutes.
pub(super) const DEEPEST: usize = 500;

/// Where the element of `first` ends; `None` if its tags do not nest. `is_in_table`: whether a table may be open around it.
pub(super) fn end_of(first: &Tag, page: &str, is_in_table: bool) -> Option<usize> {
    let mut open: Vec<&str> = vec![first.name];
    let mut tags = Tokens::after(page, first.to);
    loop {
        match tags.next()?.ok()? {
            Token::Doctype { .. } => return None,
            Token::Start(tag) if is_not_followed(tag.name) || NOT_IN_A_LIST.contains(&tag.name) => {
                return None;
            }
            Token::Start(tag) if closes_others(tag.name, &open) => return None,
            // Where a list has strayed between the cells of a table, another table ends both.
            Token::Start(tag) if tag.name == "table" && is_in_table => return None,
            Token::Start(tag) if is_void(tag.name) => {}
            Token::Start(_) if open.len() >= DEEPEST => return None,
            Token::Start(tag) => open.push(tag.name),
            Token::End(tag) => {
                while open.last() != Some(&tag.name) {
                    END_IS_OPTIONAL.contains(&open.pop()?).then_some(())?;
                }
                open.pop();
                if open.is_empty() {
                    return Some(tag.to);
                }
            }
        }
    }
}

/// Whether a parser closes more than the tag says when such an element begins in these: a block in between, whose own end tag
/// then ends another around it, or what is open around the list.
fn closes_others(name: &str, open: &[&str]) -> bool {
    let innermost = open.last().copied().unwrap_or_default();
    if is_table_part(innermost) && !CELLS.contains(&name) && !matches!(name, "script" | "style") {
        return true;
    }
    if open.contains(&"select") && !matches!(name, "option" | "optgroup") {
        return true;
    }
    match name {
        // The nearest of what a row is looked for in must be a list.
        _ if ROWS.contains(&name) => {
            let nearest =
                open.iter().rev().find(|around| is_list(around) || matches!(**around, "div" | "address"));
            !nearest.is_some_and(|around| is_list(around))
        }
        _ if CELLS.contains(&name) => !open.contains(&"table"),
        "a" | "button" => open.contains(&name),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => is_heading(innermost),
        _ => false,
    }
}

fn is_list(name: &str) -> bool {
    LISTS.contains(&name)
}

fn is_table_part(name: &str) -> bool {
    matches!(name, "table" | "tbody" | "thead" | "tfoot" | "tr")
}

fn is_heading(name: &str) -> bool {
    matches!(name.as_bytes(), [b'h', b'1'..=b'6'])
}
