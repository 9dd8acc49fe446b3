//! Tells what a page says it is, so that a caller can see whether it is still the column that the rule means.
//!
//! Read from the text of the page, without a document tree.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::charset::decode;
use super::head::Head;
use super::link::Base;
use super::page::Page;
use super::tags::{Tag, tags};

/// What a page says of itself. Absent is what it does not say, or leaves blank.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `meta SiteName`: the site.
    pub site_name: Option<String>,
    /// `meta ColumnName`: the column, on some sites its parent.
    pub column_name: Option<String>,
    /// `meta ColumnType`: the kind of column, on some sites its own name.
    pub column_type: Option<String>,
    /// The text of `title`.
    pub title: Option<String>,
    /// The absolute address of the canonical link.
    pub canonical: Option<String>,
    /// Stands for the frame of the page: its blocks and lists with their ids and classes, whatever they hold and however
    /// often they come. New items do not change it; a new template does.
    pub markup: u64,
}

/// What a page says of itself.
pub fn identity(page: &Page) -> Identity {
    let text = decode(&page.body, page.content_type.as_deref());
    // Some sites never end their head, so the whole page is the bound then.
    let head = Head::of(text.split_once("</head>").map_or(&*text, |(head, _)| head));
    let said = |name: &str| head.content(name).map(str::to_owned);
    let base = Base::address_of(page);
    Identity {
        site_name: said("SiteName"),
        column_name: said("ColumnName"),
        column_type: said("ColumnType"),
        canonical: head.canonical.as_deref().map(|href| base.resolve(href)).filter(|url| !url.is_empty()),
        markup: markup(&text),
        title: Some(head.title).filter(|title| !title.is_empty()),
    }
}

/// The elements that make up a page's frame.
const FRAME: [&str; 9] = ["body", "div", "ul", "ol", "dl", "table", "section", "main", "form"];

fn markup(text: &str) -> u64 {
    // Most tags of a frame come many times, letter for letter, and only their outline costs anything.
    let mut met = HashSet::new();
    let frame: BTreeSet<String> = tags(text)
        .filter(|tag| FRAME.iter().any(|name| tag.is(name)))
        .filter(|tag| met.insert((tag.name(), tag.attributes())))
        .map(outline)
        .collect();
    let outlines: Vec<String> = frame.into_iter().collect();
    xxh3_64(outlines.join("\n").as_bytes())
}

/// Tag, id and classes, without figures: numbers of channels and pages change with the content.
fn outline(tag: Tag) -> String {
    let id = tag.attribute("id").unwrap_or_default();
    let mut classes: Vec<&str> = tag.attribute("class").unwrap_or_default().split_whitespace().collect();
    classes.sort_unstable();
    let written = format!("{}#{id}.{}", tag.name().to_ascii_lowercase(), classes.join("."));
    written.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Identity {
        let url = "https://www.example.gov.cn/tzgg/".parse().unwrap();
        identity(&Page { drawing: None, url, content_type: None, body: html.as_bytes().to_vec() })
    }

    fn list(rows: usize) -> String {
        let rows = "<li><a href=1>公告</a><span>2026-09-01</span></li>".repeat(rows);
        format!("<div class='box main' id=page_67901><ul class=news>{rows}</ul></div>")
    }

    #[test]
    fn a_page_says_what_it_is_in_the_official_elements() {
        let found = of("<META Name='SiteName'Content='某县人民政府'><meta name=ColumnName content=''>\
             <meta name=columnname content=通知公告><title>通知公告 - 某县</title><link rel=canonical href='/tzgg/'>");
        assert_eq!(found.site_name.as_deref(), Some("某县人民政府"));
        assert_eq!(found.column_name.as_deref(), Some("通知公告"));
        assert_eq!((found.column_type, found.title.as_deref()), (None, Some("通知公告 - 某县")));
        assert_eq!(found.canonical.as_deref(), Some("https://www.example.gov.cn/tzgg/"));
    }

    #[test]
    fn new_items_leave_the_markup_as_it_was_and_a_new_template_does_not() {
        let before = of(&list(3)).markup;
        assert_eq!(of(&list(5).replace("67901", "67902")).markup, before);
        assert_eq!(of(&list(3).replace("box main", "main box")).markup, before);
        assert_ne!(of(&list(3).replace("news", "cards")).markup, before);
    }
}
