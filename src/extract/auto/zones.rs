//! Knows the parts of a page that hold no column's list.

use scraper::ElementRef;

use super::super::furniture::is_beside_lists;
use super::super::walk::around;
use super::super::words::is_silent;

/// How many levels up anything is looked for. Real rows are less than ten deep; the bound keeps a page of a hundred
/// thousand nested blocks from costing their square.
pub(super) const FARTHEST: usize = 32;

/// Whether the element and all in it can be passed over.
pub(super) fn is_outside_lists(element: ElementRef) -> bool {
    is_silent(element) || is_furniture(element)
}

fn is_furniture(element: ElementRef) -> bool {
    match element.value().name() {
        "nav" | "aside" => true,
        "header" | "footer" => {
            !around(element).take(FARTHEST).any(|outer| matches!(outer.value().name(), "li" | "article"))
        }
        "html" | "body" => false,
        _ => words(element).any(is_beside_lists),
    }
}

/// The element's classes and its id.
pub(super) fn words<'a>(element: ElementRef<'a>) -> impl Iterator<Item = &'a str> {
    element.value().classes().chain(element.value().id())
}

/// Elements that hold a list of their own.
pub(super) fn is_list(element: ElementRef) -> bool {
    matches!(element.value().name(), "ul" | "ol" | "dl" | "table")
}

/// Elements that templates repeat, one to an item.
pub(super) fn is_row(element: ElementRef) -> bool {
    is_item(element) || matches!(element.value().name(), "div" | "p")
}

/// Of these, those that mean an item.
pub(super) fn is_item(element: ElementRef) -> bool {
    matches!(element.value().name(), "li" | "dt" | "dd" | "tr" | "article")
}
