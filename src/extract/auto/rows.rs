//! Finds rows: elements that hold one date and one article link.

use std::collections::{HashMap, HashSet};

use scraper::node::Element;
use scraper::{ElementRef, Html};

use super::super::title::title_of_link;
use super::super::walk::{around, elements, walk};
use super::super::words::{collapsed, is_silent, text_of};
use super::Row;
use super::dated::Dating;
use super::zones::{FARTHEST, is_item, is_list, is_outside_lists, is_row};

/// Link texts that lead on instead of to an article.
const NOT_ARTICLES: [&str; 16] = [
    "更多",
    "首页",
    "上一页",
    "下一页",
    "上页",
    "下页",
    "尾页",
    "末页",
    "详细",
    "详情",
    "查看",
    "查看详情",
    "查看全文",
    "阅读全文",
    "下载",
    "全文",
];

/// A row has no more nodes than this, its pop-ups included. Larger elements are taken to hold many links.
const MOST_NODES: usize = 2_000;

/// The article links of an element, as far as it matters.
#[derive(Debug, Clone, Copy)]
enum Links<'a> {
    None,
    One(ElementRef<'a>),
    Many,
}

/// Looks for rows; remembers the links it has counted, as the rows of a page share their ancestors.
pub(super) struct Finder<'a> {
    dating: Dating,
    counted: HashMap<*const Element, Links<'a>>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(dating: Dating) -> Self {
        Self { dating, counted: HashMap::new() }
    }

    /// All rows on the page that hold a date, each once, in page order.
    pub(super) fn rows(&mut self, html: &'a Html) -> Vec<Row<'a>> {
        let mut met = HashSet::new();
        let mut rows = Vec::new();
        for node in walk(html.root_element(), is_outside_lists).filter(|node| node.value().is_text()) {
            let Some(parent) = node.parent().and_then(ElementRef::wrap) else { continue };
            if !self.dating.is_date(node) {
                continue;
            }
            if let Some((element, link)) = self.row_around(parent)
                && met.insert(element.id())
            {
                rows.push(Row { element, link, date: self.dating.date_of(element) });
            }
        }
        rows.retain(|row| !around(row.element).any(|outer| met.contains(&outer.id())));
        rows
    }

    /// The row that an element is, if it is one although it has no date.
    pub(super) fn row_without_date(&mut self, element: ElementRef<'a>) -> Option<Row<'a>> {
        match self.links(element) {
            Links::One(link) => Some(Row { element, link, date: self.dating.date_of(element) }),
            Links::None | Links::Many => None,
        }
    }

    pub(super) fn has_article(&mut self, element: ElementRef<'a>) -> bool {
        !matches!(self.links(element), Links::None)
    }

    /// The row around a date: the nearest item (`li`, `tr`) with one article link, else the largest block with one.
    fn row_around(&mut self, date: ElementRef<'a>) -> Option<(ElementRef<'a>, ElementRef<'a>)> {
        let mut found = None;
        for element in std::iter::once(date).chain(around(date)).take(FARTHEST) {
            if is_list(element) {
                break;
            }
            if !is_row(element) {
                continue;
            }
            match self.links(element) {
                Links::None => {}
                Links::Many => break,
                Links::One(link) => {
                    found = Some((element, link));
                    if is_item(element) {
                        break;
                    }
                }
            }
        }
        found
    }

    fn links(&mut self, element: ElementRef<'a>) -> Links<'a> {
        *self.counted.entry(std::ptr::from_ref(element.value())).or_insert_with(|| count(element))
    }
}

/// Counts the article links in an element's own nodes; links to the same address are one.
fn count(element: ElementRef<'_>) -> Links<'_> {
    if walk(element, |_| false).nth(MOST_NODES).is_some() {
        return Links::Many;
    }
    let links: Vec<ElementRef> = elements(element, |inner| is_silent(inner) || is_list(inner))
        .filter(|inner| is_article_link(*inner))
        .collect();
    let Some(first) = links.first() else { return Links::None };
    if links.iter().all(|link| leads_to_same(*link, *first)) {
        return Links::One(headline(*first, &links));
    }
    // `[通知] 关于…`: the category's link carries no title, the article's does.
    let mut titled = links.iter().filter(|link| link.attr("title").is_some());
    match (titled.next(), titled.next()) {
        (Some(link), None) if is_item(element) => Links::One(*link),
        _ => Links::Many,
    }
}

fn is_article_link(element: ElementRef) -> bool {
    if element.value().name() != "a" || (element.attr("href").is_none() && element.attr("onclick").is_none())
    {
        return false;
    }
    let title = title_of_link(element, |_| false);
    let words: String = title.chars().filter(|c| c.is_alphabetic()).collect();
    words.chars().count() >= 2
        && !NOT_ARTICLES.contains(&words.as_str())
        && !words.eq_ignore_ascii_case("more")
}

fn leads_to_same(link: ElementRef, other: ElementRef) -> bool {
    let address = |link: ElementRef| link.attr("href").map(collapsed).filter(|href| !leads_nowhere(href));
    match (address(link), address(other)) {
        (Some(one), Some(two)) => one == two,
        _ => link == other,
    }
}

fn leads_nowhere(href: &str) -> bool {
    href.is_empty() || href.starts_with('#') || href.to_ascii_lowercase().starts_with("javascript:")
}

/// Of links to the same address, the one that names the article: with a `title`, else the first with text of its own
/// (pictures come with a description only, summaries after the headline).
fn headline<'a>(first: ElementRef<'a>, links: &[ElementRef<'a>]) -> ElementRef<'a> {
    let titled = links.iter().find(|link| link.attr("title").is_some());
    titled.or_else(|| links.iter().find(|link| !text_of(**link).is_empty())).copied().unwrap_or(first)
}
