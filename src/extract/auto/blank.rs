//! Recognises a list that says it is empty, where nobody has told us how this site says so.

use scraper::ElementRef;

use super::super::walk::{elements, walk};
use super::super::words::{collapsed, is_hidden, shown_text_of};
use super::bounds::Scope;
use super::rows::Finder;
use super::zones::{is_list, words};

/// What sites of all makes print in an empty list. It must be all that the list says.
pub(super) const MARKERS: [&str; 5] = ["暂无信息", "暂无内容", "暂无数据", "暂无相关信息", "没有找到"];

/// Whether exactly one list on the page is empty, and says so itself. A second list without content may be one that
/// a script has yet to fill, and then the marker means nothing.
pub(super) fn says_empty<'a>(scope: &Scope<'a>, finder: &mut Finder<'a>) -> bool {
    if scope.is_named {
        return scope.roots.iter().all(|root| is_marker(&shown_text_of(*root)));
    }
    let Some(root) = scope.roots.first().copied() else { return false };
    let markers = walk(root, |element| scope.leaves_out(element) || is_hidden(element))
        .filter(|node| node.value().as_text().is_some_and(|text| is_marker(text)));
    if markers.count() != 1 {
        return false;
    }
    let without_articles: Vec<ElementRef> =
        elements(root, |element| scope.leaves_out(element) || is_hidden(element))
            .filter(|element| is_list(*element) || is_called_list(*element))
            .filter(|element| !finder.has_article(*element) && !holds_links(*element))
            .collect();
    let outermost = without_articles.iter().filter(|element| {
        !element.ancestors().any(|outer| without_articles.iter().any(|other| **other == outer))
    });
    let mut texts = outermost.map(|element| shown_text_of(*element));
    matches!((texts.next(), texts.next()), (Some(text), None) if is_marker(&text))
}

fn is_called_list(element: ElementRef) -> bool {
    matches!(element.value().name(), "div" | "section")
        && words(element).any(|word| word.to_ascii_lowercase().contains("list"))
}

fn holds_links(element: ElementRef) -> bool {
    elements(element, |_| false).any(|inner| inner.value().name() == "a")
}

fn is_marker(text: &str) -> bool {
    let text = collapsed(text);
    MARKERS.contains(&text.trim_matches(|c: char| !c.is_alphanumeric()))
}
