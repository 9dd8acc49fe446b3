//! Finds rows: elements that hold one date and one article link.

use std::collections::{HashMap, HashSet};

use scraper::ElementRef;
use scraper::node::Element;

use super::super::title::title_of_link;
use super::super::walk::{around, elements, walk};
use super::super::words::{collapsed, is_silent, text_of};
use super::Row;
use super::bounds::Scope;
use super::dated::Dating;
use super::pairs::pairs_in;
use super::zones::{FARTHEST, is_item, is_list, is_row};

/// Link texts that lead on instead of to an article.
const NOT_ARTICLES: [&str; 20] = [
    "更多",
    "查看更多",
    "阅读更多",
    "查看原文",
    "附件下载",
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

/// What lies around a date.
enum Around<'a> {
    Nothing,
    /// A row, with its article link.
    Row(ElementRef<'a>, ElementRef<'a>),
    /// A row of two elements.
    Pair {
        title: ElementRef<'a>,
        link: ElementRef<'a>,
        date: ElementRef<'a>,
    },
    /// An element that holds many article links, and no row of its own around the date.
    Many(ElementRef<'a>),
}

/// Looks for rows; remembers the links it has counted, as the rows of a page share their ancestors.
pub(super) struct Finder<'a> {
    dating: Dating,
    counted: HashMap<*const Element, Links<'a>>,
    /// Elements whose links and dates have been paired.
    paired: HashSet<*const Element>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(dating: Dating) -> Self {
        Self { dating, counted: HashMap::new(), paired: HashSet::new() }
    }

    /// All rows that hold a date, each once, in page order.
    pub(super) fn rows(&mut self, scope: &Scope<'a>) -> Vec<Row<'a>> {
        let mut met = HashSet::new();
        let mut rows = Vec::new();
        for root in &scope.roots {
            for node in walk(*root, |element| scope.leaves_out(element)).filter(|node| node.value().is_text())
            {
                let Some(parent) = node.parent().and_then(ElementRef::wrap) else { continue };
                if self.dating.is_date(node) {
                    rows.extend(self.rows_at(parent).into_iter().filter(|row| met.insert(row.element.id())));
                }
            }
        }
        rows.retain(|row| !around(row.element).any(|outer| met.contains(&outer.id())));
        rows
    }

    /// The one row that `frame` holds. Where it has several links (a category beside the title), the longest names it: the
    /// date is the row's all the same, and [`Dating::date_of`] takes none on which its texts disagree.
    pub(super) fn record(&mut self, frame: ElementRef<'a>) -> Option<Row<'a>> {
        let items: Vec<ElementRef> = elements(frame, is_silent).filter(|inner| is_item(*inner)).collect();
        let mut rows: Vec<Row> = items.into_iter().filter_map(|item| self.row_without_date(item)).collect();
        if rows.len() == 1 {
            return rows.pop();
        }
        let links = elements(frame, is_silent).filter(|inner| is_article_link(*inner));
        let link = links.max_by_key(|link| title_of_link(*link, |_| false).chars().count())?;
        Some(Row { element: frame, link, date: self.dating.date_of(frame) })
    }

    /// The row around a date; or, where many rows share one element, all of that element's.
    fn rows_at(&mut self, date: ElementRef<'a>) -> Vec<Row<'a>> {
        match self.row_around(date) {
            Around::Row(element, link) => vec![Row { element, link, date: self.dating.date_of(element) }],
            Around::Pair { title, link, date } => {
                vec![Row { element: title, link, date: self.dating.date_of(date) }]
            }
            Around::Many(shared) if self.paired.insert(std::ptr::from_ref(shared.value())) => {
                pairs_in(shared, self.dating, self)
            }
            Around::Many(_) | Around::Nothing => Vec::new(),
        }
    }

    /// The row that an element is, if it is one although it has no date.
    pub(super) fn row_without_date(&mut self, element: ElementRef<'a>) -> Option<Row<'a>> {
        let link = self.the_article(element)?;
        let date = self.half_with_date(element).unwrap_or(element);
        Some(Row { element, link, date: self.dating.date_of(date) })
    }

    /// The one article link of an element.
    pub(super) fn the_article(&mut self, element: ElementRef<'a>) -> Option<ElementRef<'a>> {
        match self.links(element) {
            Links::One(link) => Some(link),
            Links::None | Links::Many => None,
        }
    }

    pub(super) fn has_article(&mut self, element: ElementRef<'a>) -> bool {
        !matches!(self.links(element), Links::None)
    }

    /// What lies around a date: the nearest item (`li`, `tr`) with one article link, else the largest block with one, else
    /// the smallest element with many.
    fn row_around(&mut self, date: ElementRef<'a>) -> Around<'a> {
        let (mut row, mut shared) = (None, None);
        for element in std::iter::once(date).chain(around(date)).take(FARTHEST) {
            if is_list(element) {
                break;
            }
            let may_be_row = is_row(element) || element.value().name() == "a";
            match self.links(element) {
                Links::None if is_item(element) => return self.pair_of(element),
                Links::None => {}
                Links::Many => {
                    shared.get_or_insert(element);
                    if may_be_row {
                        break;
                    }
                }
                Links::One(link) if may_be_row => {
                    row = Some(Around::Row(element, link));
                    if is_item(element) {
                        break;
                    }
                }
                Links::One(_) => {}
            }
        }
        row.or(shared.map(Around::Many)).unwrap_or(Around::Nothing)
    }

    /// A `dt` and a `dd` of which one names the article and the other holds the date.
    fn pair_of(&mut self, date: ElementRef<'a>) -> Around<'a> {
        let title = other_half(date);
        let link = title.and_then(|title| self.the_article(title));
        title.zip(link).map_or(Around::Nothing, |(title, link)| Around::Pair { title, link, date })
    }

    /// The half of a pair that would hold the date of the other.
    fn half_with_date(&mut self, title: ElementRef<'a>) -> Option<ElementRef<'a>> {
        let half = other_half(title)?;
        matches!(self.links(half), Links::None).then_some(half)
    }

    fn links(&mut self, element: ElementRef<'a>) -> Links<'a> {
        *self.counted.entry(std::ptr::from_ref(element.value())).or_insert_with(|| count(element))
    }
}

/// The other of a `dt` and the `dd` that follows it.
fn other_half(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let (half, wanted) = match element.value().name() {
        "dd" => (element.prev_siblings().find_map(ElementRef::wrap), "dt"),
        "dt" => (element.next_siblings().find_map(ElementRef::wrap), "dd"),
        _ => (None, ""),
    };
    half.filter(|half| half.value().name() == wanted)
}

/// Counts the article links in an element's own nodes, or the one that it is; links to the same address are one.
fn count(element: ElementRef<'_>) -> Links<'_> {
    if is_article_link(element) {
        return Links::One(element);
    }
    if walk(element, |_| false).nth(MOST_NODES).is_some() {
        return Links::Many;
    }
    let links: Vec<ElementRef> = elements(element, |inner| is_silent(inner) || is_list(inner))
        .filter(|inner| is_article_link(*inner))
        .collect();
    let first = match links.as_slice() {
        [] => return Links::None,
        [only] => return Links::One(*only),
        [first, ..] => first,
    };
    if links.iter().all(|link| leads_to_same(*link, *first)) {
        return Links::One(headline(*first, &links));
    }
    // `[通知] 关于…`: the category's link carries no title, the article's does.
    let mut titled = links.iter().filter(|link| link.attr("title").is_some());
    match (titled.next(), titled.next()) {
        (Some(link), None) if is_item(element) => Links::One(*link),
        (None, None) if is_item(element) => title_beside_category(&links).map_or(Links::Many, Links::One),
        _ => Links::Many,
    }
}

/// Of two links, the one that is a title beside a word or two.
fn title_beside_category<'a>(links: &[ElementRef<'a>]) -> Option<ElementRef<'a>> {
    let [one, other] = links else { return None };
    let length = |link: ElementRef| text_of(link).chars().count();
    let (short, long) = if length(*one) < length(*other) { (one, other) } else { (other, one) };
    (length(*short) <= 6 && length(*long) >= 12).then_some(*long)
}

fn is_article_link(element: ElementRef) -> bool {
    if element.value().name() != "a" || (element.attr("href").is_none() && element.attr("onclick").is_none())
    {
        return false;
    }
    let title = title_of_link(element, |_| false);
    // A letter more than the longest of those says enough.
    let words: String = title.chars().filter(|c| c.is_alphabetic()).take(5).collect();
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
