//! Finds the article's own text and makes it known again under another date.

use scraper::ElementRef;
use xxhash_rust::xxh3::xxh3_64;

use super::super::document;
use super::super::walk::elements;
use super::super::words::{is_hidden, is_silent, text_of};
use super::lines::{Lines, Own, words};

/// Class and id words of the elements that hold an article's text and nothing else, the narrower before those that may
/// lie around them.
const CONTAINERS: [&str; 19] = [
    "trs_editor",
    "trs_editor_view",
    "trs_ueditor",
    "v_news_content",
    "vsb_content",
    "j-fontcontent",
    "newscontnet",
    "ucap-content",
    "js_content",
    "wzcon",
    "zsy_comain",
    "fontzoom",
    "zoomcon",
    "zoom",
    "pages_content",
    "newscontent",
    "article-content",
    "article_content",
    "articlecontent",
];

/// So many of them are looked at: nested ones would cost the square of the page.
const MOST: usize = 64;

/// An article's own text, without white space.
pub(super) struct Body(String);

impl Body {
    pub(super) fn of(lines: &Lines) -> Self {
        match &lines.own {
            Own::Container(element) => Self::from_text(&text_of(*element)),
            Own::Lines(lines) => {
                Self::from_text(&lines.iter().map(|line| line.text.as_str()).collect::<String>())
            }
        }
    }

    pub(super) fn from_text(text: &str) -> Self {
        Self(text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).collect())
    }

    /// From a text in HTML that comes as a value.
    pub(super) fn from_html(html: &str) -> Self {
        match document::parse_text(html) {
            Ok(html) => Self::from_text(&text_of(html.root_element())),
            Err(_) => Self::from_text(""),
        }
    }

    pub(super) fn hash(&self) -> u64 {
        xxh3_64(self.0.as_bytes())
    }

    pub(super) fn length(&self) -> usize {
        self.0.chars().count()
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The element that holds the article's text: one with words in it before an empty one, then the narrowest, then the
/// longest, then the first.
pub(super) fn container(root: ElementRef) -> Option<ElementRef> {
    let named = elements(root, |element| is_silent(element) || is_hidden(element))
        .filter_map(|element| rank(element).map(|rank| (rank, element)))
        .take(MOST);
    let mut best = None;
    for (rank, element) in named {
        let length = text_of(element).len();
        let worth = (length > 0, std::cmp::Reverse(rank), length);
        if best.as_ref().is_none_or(|(known, _)| worth > *known) {
            best = Some((worth, element));
        }
    }
    best.map(|(_, element)| element)
}

/// Whether the element is known by its name to hold an article's text.
pub(super) fn is_container(element: ElementRef) -> bool {
    rank(element).is_some()
}

fn rank(element: ElementRef) -> Option<usize> {
    CONTAINERS.iter().position(|known| words(element).any(|word| word.eq_ignore_ascii_case(known)))
}
