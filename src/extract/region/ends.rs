//! Finds where an element ends whose tags nest as they are written.

use super::super::tokens::{Tag, Token, Tokens};

/// Elements that no other tag closes, so that their own end tag ends them.
pub(super) const CAN_BE_CUT: [&str; 8] = ["div", "ul", "ol", "dl", "section", "article", "main", "table"];
pub(super) const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta", "param", "source",
    "wbr",
];
/// Elements that the end of what is around them also ends.
const END_IS_OPTIONAL: [&str; 15] = [
    "li", "dt", "dd", "p", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup",
    "rt", "rp",
];
/// Elements after which a page may be parsed in ways that are not followed here.
pub(super) const NOT_FOLLOWED: [&str; 8] =
    ["base", "template", "svg", "math", "frameset", "plaintext", "noembed", "xmp"];
/// Elements that mean something else inside a list than alone.
const NOT_IN_A_LIST: [&str; 5] = ["form", "html", "head", "body", "image"];
const ROWS: [&str; 3] = ["li", "dt", "dd"];
pub(super) const LISTS: [&str; 3] = ["ul", "ol", "dl"];
const CELLS: [&str; 9] = ["tr", "td", "th", "tbody", "thead", "tfoot", "caption", "col", "colgroup"];

/// Where the element of `first` ends; `None` if its tags do not nest. `is_in_table`: whether a table may be open around it.
pub(super) fn end_of(first: &Tag, page: &str, is_in_table: bool) -> Option<usize> {
    let mut open: Vec<&str> = vec![first.name];
    let mut tags = Tokens::after(page, first.to);
    loop {
        match tags.next()?.ok()? {
            Token::Doctype { .. } => return None,
            Token::Start(tag) if NOT_FOLLOWED.contains(&tag.name) || NOT_IN_A_LIST.contains(&tag.name) => {
                return None;
            }
            // These close what is open around the list, unless a list or table of their own keeps them from that.
            Token::Start(tag) if ROWS.contains(&tag.name) && !any_of(&LISTS, &open) => return None,
            Token::Start(tag) if CELLS.contains(&tag.name) && !open.contains(&"table") => return None,
            // Where a list has strayed between the cells of a table, another table ends both.
            Token::Start(tag) if tag.name == "table" && is_in_table => return None,
            Token::Start(tag) if VOID.contains(&tag.name) => {}
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

fn any_of(names: &[&str], open: &[&str]) -> bool {
    open.iter().any(|name| names.contains(name))
}
