//! Knows the names on an article's page: its title, its column, its site.

use scraper::{Html, Selector};

use super::super::words::{collapsed, shown_text_of};
use super::meta::Meta;

/// A headline shorter than this, in characters, is a word that may stand anywhere.
const SHORTEST: usize = 4;

/// What an article's page calls the article, its column and its site.
#[derive(Default)]
pub(super) struct Names {
    pub(super) title: Option<String>,
    pub(super) column: Option<String>,
    pub(super) site: Option<String>,
}

impl Names {
    pub(super) fn of(html: &Html, meta: &Meta) -> Self {
        let named = |name: &str| meta.value(name).map(str::to_owned);
        let site = named("sitename");
        let title = named("articletitle")
            .or_else(|| named("og:title"))
            .or_else(|| sole(html, "#activity-name"))
            .or_else(|| sole(html, "h1"))
            .or_else(|| sole(html, "title").map(|title| without_site(&title, site.as_deref())));
        Self { title, column: named("columnname"), site }
    }

    /// Whether a line of the page is the article's headline. It may be cut, or the title may say more.
    pub(super) fn is_headline(&self, line: &str) -> bool {
        let line = pressed(line);
        let title = self.title.as_deref().map(pressed).unwrap_or_default();
        let shorter = line.chars().count().min(title.chars().count());
        shorter >= SHORTEST && (title.contains(&line) || line.contains(&title))
    }
}

/// The text of the one element of its kind.
fn sole(html: &Html, selector: &str) -> Option<String> {
    let selector = Selector::parse(selector).expect("a constant selector parses");
    let mut texts = html.select(&selector).map(shown_text_of).filter(|text| !text.is_empty());
    let first = texts.next()?;
    texts.next().is_none().then_some(first)
}

/// A document's title without the site's name at its end.
fn without_site(title: &str, site: Option<&str>) -> String {
    let cut = site.and_then(|site| title.strip_suffix(site)).unwrap_or(title);
    collapsed(
        cut.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '|' | '—' | '－' | '–')),
    )
}

/// Without white space, which templates put into headlines as they please.
fn pressed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
