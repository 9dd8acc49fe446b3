//! Takes an item's title from its link.

use scraper::ElementRef;

use super::walk::elements;
use super::words::{collapsed, text_without};

/// The `title` attribute before the text, as the text is often cut short; without the date where that stands inside
/// the link; the picture's description where there is neither.
pub(super) fn title_of_link(link: ElementRef, is_date: impl Fn(ElementRef) -> bool) -> String {
    attribute(link, "title")
        .or_else(|| Some(text_without(link, &is_date)).filter(|text| !text.is_empty()))
        .or_else(|| elements(link, |_| false).find_map(|element| attribute(element, "alt")))
        .unwrap_or_default()
}

fn attribute(element: ElementRef, name: &str) -> Option<String> {
    element.attr(name).map(collapsed).filter(|text| !text.is_empty())
}
