//! List pages as such sites have them: head, menu and tree of columns, the list, links and footer.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};

const ROWS: u64 = 20;

/// The list pages of all columns, without the newest item.
pub(crate) struct Pages {
    columns: Vec<Column>,
    /// What stands on every page before its list, and after it.
    before: String,
    after: String,
}

struct Column {
    heading: String,
    /// All rows but the newest.
    rows: String,
}

impl Pages {
    /// Pages whose items but the newest are older than `day`.
    pub(crate) fn new(columns: usize, day: DateTime<Utc>) -> Self {
        Self {
            columns: (0..columns).map(|number| Column::new(number, day)).collect(),
            before: before_the_list(),
            after: after_the_list(),
        }
    }

    /// A column's page, in pieces.
    pub(crate) fn parts<'a>(&'a self, column: usize, newest: &'a str) -> [&'a str; 7] {
        let Column { heading, rows } = &self.columns[column];
        [&self.before, heading, "<dl class=\"content-list\">\n", newest, rows, "</dl>\n", &self.after]
    }
}

impl Column {
    fn new(number: usize, day: DateTime<Utc>) -> Self {
        let heading = format!(
            "<div class=\"position\">您现在所在的位置：<a href=\"/\">网站首页</a>&gt; 政府信息公开 &gt; 第{number}栏目</div>\n\
             <div class=\"xxgk-right\">\n"
        );
        let rows = (1..ROWS)
            .map(|age| {
                let line = if age % 5 == 0 { "<dt class=\"line\"></dt>\n" } else { "" };
                let day = day - TimeDelta::days(i64::try_from(age * 3).unwrap_or(0));
                row(number, i64::try_from(age).unwrap_or(0), day) + line
            })
            .collect();
        Self { heading, rows }
    }
}

/// One item, with the number `number`.
pub(crate) fn row(column: usize, number: i64, day: DateTime<Utc>) -> String {
    let title =
        format!("关于做好第{column}号栏目{}年度第{number}号重点工作任务落实情况的通知公告", day.format("%Y"));
    format!(
        "<dt><div><div><a href=\"/OpennessContent/show/{column}{number}.html\" title=\"{title}\" target=\"_blank\">{title}</a>\
         </div></div><span class=\"cont-time\">\n{}\n</span></dt>\n",
        day.format("%Y-%m-%d")
    )
}

/// Head, styles, banner, menu and the tree of columns, as such templates have them.
fn before_the_list() -> String {
    let mut page = String::from(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>政府信息公开_县人民政府</title>\n\
         <meta name=\"SiteName\" content=\"县人民政府\">\n<meta name=\"ColumnType\" content=\"政府信息公开\">\n<style>\n",
    );
    for number in 0..60 {
        let _ = writeln!(page, ".menu-{number} > li a:hover {{ color: #c00; padding: {number}px 8px; }}");
    }
    page += "</style>\n<script>var today = new Date(); if (today < 0 && 1 > 0) { location.href = \"/m/\"; }</script>\n\
             </head>\n<body>\n<div class=\"top\"><span class=\"clock\">今天是2022年12月1日 星期四</span></div>\n<ul class=\"menu\">\n";
    links(&mut page, "/zwgk/", "政务公开专栏", 60);
    page += "</ul>\n<div class=\"xxgk-left\"><ul class=\"tree\">\n";
    links(&mut page, "/OpennessContent/showList/10339/", "法定主动公开内容", 140);
    page += "</ul></div>\n";
    page
}

/// Pager, links to other sites and footer.
fn after_the_list() -> String {
    let mut page = String::from("<ul id=\"paging\">");
    links(&mut page, "/OpennessContent/showList/10339/1/page_", "页", 10);
    page += "</ul>\n</div>\n<div class=\"friends\"><ul>\n";
    links(&mut page, "http://www.city.example/", "市直部门网站", 70);
    page += "</ul></div>\n<div class=\"foot\"><p>主办：县人民政府办公室 网站标识码：3418210001</p>\
             <p>页面更新于2022-12-01 08:00</p></div>\n</body>\n</html>\n";
    page
}

fn links(page: &mut String, to: &str, name: &str, count: usize) {
    for number in 1..=count {
        let _ = writeln!(
            page,
            "<li class=\"item\"><a href=\"{to}{number}.html\" title=\"{name}{number}\">{name}{number}</a></li>"
        );
    }
}
