//! Reads the dates that a page keeps in its scripts: articles of official accounts, and the Guangdong openness
//! platform, whose pages draw everything from `_CONFIG.DETAIL`.

use scraper::{Html, Selector};

use super::super::page::Page;
use super::super::sighting::{DateKind, Found};
use super::super::words::collapsed;
use super::body::Body;
use super::claim::Gathered;
use super::heading::Names;
use super::object::{assigned, fields_of};

/// What an official account's article calls the moment at which it was sent, the best first: the others may also stand in
/// the data of other articles.
const SENT: [&str; 3] = ["ct", "create_time", "createTime"];

/// What the openness platform calls the moment of publication, the best first: those of one line must agree, and the
/// next line is only asked where they are empty. The last is when it was stored.
const PUBLISHED: [&[&str]; 4] =
    [&["create_time", "display_publish_time"], &["first_publish_time"], &["publish_time"], &["created_at"]];

/// Claims the dates in the page's scripts and takes the names that stand beside them; returns the article's text if a
/// script holds it.
pub(super) fn read(page: &Page, html: &Html, names: &mut Names, gathered: &mut Gathered) -> Option<Body> {
    let selector = Selector::parse("script").expect("a constant selector parses");
    let scripts = html.select(&selector).flat_map(|script| script.text().chain(["\n"])).collect::<String>();
    if is_account(page, html) {
        read_account(&scripts, names, gathered);
    }
    if scripts.contains("_CONFIG") { read_detail(&scripts, names, gathered) } else { None }
}

fn is_account(page: &Page, html: &Html) -> bool {
    let text = Selector::parse("#js_content, #js_article").expect("a constant selector parses");
    page.url.host_str() == Some("mp.weixin.qq.com") || html.select(&text).next().is_some()
}

fn read_account(script: &str, names: &mut Names, gathered: &mut Gathered) {
    let moments = |name: &&'static str| {
        assigned(script, name)
            .filter(|value| value.starts_with(|c: char| c.is_ascii_digit()))
            .collect::<Vec<_>>()
    };
    for moment in SENT.iter().map(moments).find(|moments| !moments.is_empty()).unwrap_or_default() {
        gathered.claim(moment, Found::Json, DateKind::Published);
    }
    let first = |name: &str| assigned(script, name).next().map(collapsed).filter(|text| !text.is_empty());
    names.site = names.site.take().or_else(|| first("nickname"));
    names.title = names.title.take().or_else(|| first("msg_title"));
}

fn read_detail(script: &str, names: &mut Names, gathered: &mut Gathered) -> Option<Body> {
    let detail = fields_of(script, "DETAIL")?;
    let value = |name: &str| detail.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let filled = |name: &str| value(name).filter(|text| !matches!(*text, "" | "0"));
    let moments = |names: &[&str]| names.iter().filter_map(|name| filled(name)).collect::<Vec<_>>();
    let published = PUBLISHED.iter().map(|names| moments(names)).find(|moments| !moments.is_empty());
    for moment in published.unwrap_or_default() {
        gathered.claim(moment, Found::Json, DateKind::Published);
    }
    if let Some(signed) = filled("date") {
        gathered.claim(signed, Found::Json, DateKind::Signed);
    }
    names.title = filled("title").map(collapsed).or_else(|| names.title.take());
    names.column = names.column.take().or_else(|| filled("classify_main_name").map(collapsed));
    filled("content").map(Body::from_html)
}
