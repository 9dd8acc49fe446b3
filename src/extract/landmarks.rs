//! Reads what a page says of where it stands in its site, and where it leads.
//!
//! Used for finding columns, never for dating them.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::document::parse;
use super::link::Base;
use super::page::Page;
use super::sighting::ExtractError;
use super::walk::{around, elements};
use super::words::{collapsed, is_silent, text_of, text_without};

/// A page's signposts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Landmarks {
    /// The levels above the page and the page's own, as it prints them (当前位置：首页 > 政务公开 > 通知公告).
    pub trail: Vec<String>,
    /// What it says its column is called (meta `ColumnName`).
    pub column_name: Option<String>,
    /// Whether it says that it is an article (meta `ArticleTitle`).
    pub is_article: bool,
    /// Its links to other documents, in page order.
    pub links: Vec<SignLink>,
}

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignLink {
    /// Where it leads.
    pub url: Url,
    /// What it is called.
    pub name: String,
    /// The headings of the lists that it is nested in, from the outside in.
    pub above: Vec<String>,
}

/// A longer text is no trail.
const LONGEST_TRAIL: usize = 200;
/// A longer text is no name of a column.
const LONGEST_NAME: usize = 40;
/// Column trees nest no deeper; reading every heading above every link of a deep page would take long.
const MOST_HEADINGS: usize = 6;
/// What stands between the levels of a trail.
const BETWEEN_LEVELS: [char; 6] = ['>', '＞', '›', '»', '→', '》'];
/// Levels that say what kind of page it is, not where.
const NO_LEVELS: [&str; 5] = ["正文", "列表", "信息列表", "文章列表", "列表页"];

/// Reads a page's signposts.
///
/// # Errors
///
/// [`ExtractError::TooDeep`] for a page that would stall the parser.
pub fn read_landmarks(page: &Page) -> Result<Landmarks, ExtractError> {
    let html = parse(page)?;
    let base = Base::of(page, &html);
    Ok(Landmarks {
        trail: trail(&html),
        column_name: meta(&html, "ColumnName"),
        is_article: meta(&html, "ArticleTitle").is_some(),
        links: links(&html, &base),
    })
}

fn meta(html: &Html, name: &str) -> Option<String> {
    let selector = Selector::parse("meta[name][content]").expect("a constant selector parses");
    let mut tags = html.select(&selector);
    let tag =
        tags.find(|tag| tag.attr("name").is_some_and(|given| given.trim().eq_ignore_ascii_case(name)))?;
    Some(collapsed(tag.attr("content")?)).filter(|content| !content.is_empty())
}

/// The levels of the smallest element that prints a trail.
fn trail(html: &Html) -> Vec<String> {
    let mut shortest: Option<String> = None;
    for element in elements(html.root_element(), is_silent) {
        // Larger elements are not even read: the text of a whole page, level by level, would take long.
        if element.descendants().take(4 * LONGEST_TRAIL).count() >= 4 * LONGEST_TRAIL {
            continue;
        }
        let text = text_of(element);
        let says_so = says_a_trail(&text) || is_called_a_trail(element);
        let is_shorter = shortest.as_ref().is_none_or(|shortest| text.len() < shortest.len());
        if says_so && is_shorter && text.chars().count() <= LONGEST_TRAIL && text.contains(BETWEEN_LEVELS) {
            shortest = Some(text);
        }
    }
    levels(&shortest.unwrap_or_default())
}

/// 位置 with levels after it.
fn says_a_trail(text: &str) -> bool {
    text.rsplit_once("位置").is_some_and(|(_, levels)| levels.contains(BETWEEN_LEVELS))
}

fn is_called_a_trail(element: ElementRef<'_>) -> bool {
    let names = element.attr("class").into_iter().chain(element.attr("id"));
    names.map(str::to_ascii_lowercase).any(|name| name.contains("crumb") || name.contains("position"))
}

fn levels(text: &str) -> Vec<String> {
    let levels = match text.rsplit_once("位置") {
        Some((_, levels)) => levels.trim_start_matches([':', '：', '是', ' ']),
        None => text,
    };
    let mut levels: Vec<String> =
        levels.split(BETWEEN_LEVELS).map(collapsed).filter(|level| !level.is_empty()).collect();
    while levels.last().is_some_and(|last| NO_LEVELS.contains(&last.as_str())) {
        levels.pop();
    }
    levels
}

fn links(html: &Html, base: &Base) -> Vec<SignLink> {
    let selector = Selector::parse("a[href]").expect("a constant selector parses");
    let mut links = Vec::new();
    for link in html.select(&selector) {
        let Ok(mut url) = Url::parse(&base.resolve(link.attr("href").unwrap_or_default())) else { continue };
        url.set_fragment(None);
        let name = match link.attr("title").map(collapsed) {
            Some(title) if !title.is_empty() => title,
            _ => text_of(link),
        };
        links.push(SignLink { url, name, above: headings_above(link) });
    }
    links
}

/// The headings of the list items around a link: of each, its own text without the lists inside it.
fn headings_above(link: ElementRef<'_>) -> Vec<String> {
    let is_list = |element: ElementRef<'_>| matches!(element.value().name(), "ul" | "ol" | "dl");
    let items = around(link).filter(|element| element.value().name() == "li").skip(1).take(MOST_HEADINGS);
    let headings = items.map(|item| text_without(item, |inner| is_silent(inner) || is_list(inner)));
    let mut headings: Vec<String> =
        headings.filter(|text| !text.is_empty() && text.chars().count() <= LONGEST_NAME).collect();
    headings.reverse();
    headings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landmarks(html: &str) -> Landmarks {
        let url = Url::parse("https://www.example.gov.cn/a/index.html").unwrap();
        read_landmarks(&Page { drawing: None, url, content_type: None, body: html.as_bytes().to_vec() })
            .unwrap()
    }

    #[test]
    fn a_trail_is_read_however_it_is_drawn() {
        for html in [
            "<p>x</p><div>您现在所在的位置：<a href=/>首页</a> &gt; <a href=/a>政务公开</a>&gt; 通知公告</div>",
            "<div class=BreadCrumb><a>首页</a>»<a>政务公开</a>»<span>通知公告</span>»列表</div>",
            "<div><em>当前位置:</em> 首页 ＞ 政务公开 ＞ 通知公告 ＞ 正文</div><p>地理位置</p>",
        ] {
            assert_eq!(landmarks(html).trail, ["首页", "政务公开", "通知公告"], "{html}");
        }
        assert_eq!(landmarks("<p>收入 > 支出</p><p>位置不明</p>").trail, [""; 0]);
    }

    #[test]
    fn links_know_the_headings_of_their_tree() {
        let html = "<ul><li><b>政策文件</b><ul><li><a href='1.html#x'>上级 文件</a></li>\
                    <li><a href=2.html title=本部门文件>本部…</a></li></ul></li><li><a href=/3/>通知公告</a></li></ul>\
                    <a href='javascript:void(0)'>打印</a>";
        let links = landmarks(html).links;
        let read: Vec<_> =
            links.iter().map(|link| (link.url.as_str(), link.name.as_str(), link.above.join("/"))).collect();
        assert_eq!(
            read,
            [
                ("https://www.example.gov.cn/a/1.html", "上级 文件", "政策文件".to_owned()),
                ("https://www.example.gov.cn/a/2.html", "本部门文件", "政策文件".to_owned()),
                ("https://www.example.gov.cn/3/", "通知公告", String::new()),
            ]
        );
    }

    #[test]
    fn a_link_that_is_nested_deep_has_its_nearest_headings() {
        let html = format!("{}<li><a href=/1/>动态</a>", "<ul><li>层".repeat(900));
        assert_eq!(landmarks(&html).links[0].above.len(), MOST_HEADINGS);
    }

    #[test]
    fn columns_and_articles_say_what_they_are() {
        let column = landmarks("<meta name=columnname content=' 通知公告 '>");
        assert_eq!((column.column_name.as_deref(), column.is_article), (Some("通知公告"), false));
        let article = landmarks("<meta name='ArticleTitle'content='关于'><meta name=ColumnName content=''>");
        assert_eq!((article.column_name, article.is_article), (None, true));
    }
}
