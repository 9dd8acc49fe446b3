//! What the county's own site and its bridge send: list pages, articles and feeds, in the shapes of the real ones.

use chrono::{NaiveDate, NaiveDateTime};
use url::Url;

use super::publications::Publication;
use super::scenario::Pinned;
use crate::rules::Source;

/// Items on one list page.
pub(super) const PER_PAGE: usize = 15;
/// The template draws a rule after so many items.
const RULE_AFTER: usize = 5;
/// Items in a feed.
const PER_FEED: usize = 20;

/// What a list page shows.
pub(super) struct ListPage<'a> {
    pub(super) source: &'a Source,
    pub(super) unit_name: &'a str,
    /// Everything published so far, oldest first.
    pub(super) published: &'a [Publication],
    pub(super) pinned: Option<&'a Pinned>,
    /// Counted from 1.
    pub(super) page: usize,
    pub(super) charset: &'a str,
    /// The page's own clock, which is no publication date.
    pub(super) now: NaiveDateTime,
    pub(super) with_dates: bool,
    /// What articles' addresses begin with.
    pub(super) article_base: u64,
}

impl ListPage<'_> {
    pub(super) fn html(&self) -> String {
        let mut rows = String::new();
        if let Some(pinned) = self.pinned.filter(|_| self.page == 1) {
            let date = self.shown_date(pinned.published);
            rows += &row("/OpennessContent/show/1.html", &format!("[置顶]{}", pinned.title), &date);
        }
        let newest_first = self.published.iter().enumerate().rev();
        let shown = newest_first.skip((self.page - 1) * PER_PAGE).take(PER_PAGE);
        for (count, (index, item)) in (1..).zip(shown) {
            let address = format!("/OpennessContent/show/{}.html", self.article_base + index as u64);
            rows += &row(&address, &item.title, &self.shown_date(item.at.date()));
            if count % RULE_AFTER == 0 {
                rows += "<dt class=\"line\"></dt>\n";
            }
        }
        let list = if rows.is_empty() {
            "<div class=\"nodata\">暂无相关信息</div>".to_owned()
        } else {
            format!("<dl class=\"content-list\">\n{rows}</dl>\n{}", self.pager())
        };
        self.frame(&list)
    }

    pub(super) fn shown_date(&self, date: NaiveDate) -> String {
        if self.with_dates { date.format("%Y-%m-%d").to_string() } else { String::new() }
    }

    fn pager(&self) -> String {
        let pages = self.published.len().div_ceil(PER_PAGE).max(1);
        let stem = self.source.url.path().rsplit_once("page_").map_or("", |(stem, _)| stem);
        let links: String = (1..=pages.min(8))
            .map(|page| format!("<li><a href=\"{stem}page_{page}.html\">{page}</a></li>"))
            .collect();
        format!("<ul id=\"paging\">{links}<li>共{pages}页</li></ul>")
    }

    fn frame(&self, list: &str) -> String {
        let (unit, charset) = (escape(self.unit_name), self.charset);
        let (leaf, path) = (escape(leaf_of(self.source)), escape(&self.source.name));
        let clock = self.now.format("%Y年%-m月%-d日 %H:%M");
        let menu: String =
            ["政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开"]
                .iter()
                .map(|name| format!("<li><a href=\"/OpennessContent/index.html\">{name}</a></li>"))
                .collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\">\n\
             <title>{leaf}_{unit}_郎溪县人民政府</title>\n<meta name=\"SiteName\" content=\"郎溪县人民政府\">\n\
             <meta name=\"SiteDomain\" content=\"www.langxi.example\">\n<meta name=\"SiteIDCode\" content=\"3418210001\">\n\
             <meta name=\"ColumnName\" content=\"{leaf}\">\n<meta name=\"ColumnDescription\" content=\"{unit}{leaf}\">\n\
             <meta name=\"ColumnKeywords\" content=\"{leaf}\">\n<meta name=\"ColumnType\" content=\"政府信息公开\">\n</head>\n<body>\n\
             <div class=\"top\"><span class=\"clock\">今天是{clock}</span></div>\n<ul class=\"menu\">{menu}</ul>\n\
             <div class=\"position\">您现在所在的位置：网站首页&gt; 政府信息公开首页 &gt; {unit}&gt; {path}</div>\n\
             <div class=\"xxgk-right\">\n{list}\n</div>\n\
             <div class=\"foot\">主办：郎溪县人民政府办公室 网站标识码：3418210001 页面更新于{clock}</div>\n</body>\n</html>\n"
        )
    }
}

fn row(address: &str, title: &str, date: &str) -> String {
    let title = escape(title);
    format!(
        "<dt><div><div><a href=\"{address}\" title=\"{title}\" target=\"_blank\">{}</a></div></div>\
         <span class=\"cont-time\">\n{date}\n</span></dt>\n",
        shortened(&title)
    )
}

/// Lists cut long titles; the whole one is in the link's `title`.
pub(super) fn shortened(title: &str) -> String {
    let cut: String = title.chars().take(24).collect();
    if cut.len() < title.len() { format!("{cut}...") } else { cut }
}

/// The last part of a column's path.
pub(super) fn leaf_of(source: &Source) -> &str {
    source.name.rsplit('—').next().unwrap_or(&source.name)
}

/// One article, with the official meta tags.
pub(super) fn article(source: &Source, unit_name: &str, item: &Publication) -> String {
    let (title, unit) = (escape(&item.title), escape(unit_name));
    let leaf = escape(leaf_of(source));
    let (time, day) = (item.at.format("%Y-%m-%d %H:%M"), item.at.format("%Y-%m-%d"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"SiteName\" content=\"郎溪县人民政府\">\n<meta name=\"SiteDomain\" content=\"www.langxi.example\">\n\
         <meta name=\"SiteIDCode\" content=\"3418210001\">\n<meta name=\"ColumnName\" content=\"{leaf}\">\n\
         <meta name=\"ColumnType\" content=\"政府信息公开\">\n<meta name=\"ArticleTitle\" content=\"{title}\">\n\
         <meta name=\"PubDate\" content=\"{time}\">\n<meta name=\"ContentSource\" content=\"{unit}\">\n</head>\n<body>\n\
         <table class=\"xxgk-head\"><tr><td>发布机构：{unit}</td><td>组配分类：{leaf}</td></tr>\
         <tr><td>成文日期：{day}</td><td>发布日期：{day}</td></tr></table>\n<h1>{title}</h1>\n\
         <p class=\"info\">发布时间：{time} 来源：{unit} 浏览次数：</p>\n<div class=\"content\"><p>{}</p></div>\n</body>\n</html>\n",
        escape(&item.text())
    )
}

/// A page that a script would fill: no list in it.
pub(super) fn empty_shell(source: &Source) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body><div id=\"app\"></div><script src=\"/static/app.js\"></script></body></html>\n",
        escape(&source.name)
    )
}

/// An account's feed. The channel's own date is the moment of fetching, as real bridges have it, and means nothing.
pub(super) fn feed(source: &Source, base: &Url, published: &[Publication], now: NaiveDateTime) -> String {
    let mut items = String::new();
    for (index, item) in published.iter().enumerate().rev().take(PER_FEED) {
        let title = escape(&item.title);
        let link = format!("{base}/{index}");
        items += &format!(
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{}</pubDate></item>\n",
            item.at.format("%a, %d %b %Y %H:%M:%S +0800")
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{}</title>\
         <link>{}</link><description></description><lastBuildDate>{}</lastBuildDate>\n{items}</channel></rss>\n",
        escape(&source.name),
        base,
        now.format("%a, %d %b %Y %H:%M:%S +0800")
    )
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
