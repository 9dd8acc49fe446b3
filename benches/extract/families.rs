//! List pages of each family we know, of the size that such pages have: its list among a head, menus, links and a footer.

use chrono::{DateTime, TimeDelta, Utc};

use crate::pages::Pages;

/// A family's list: what stands around its rows, and a row of number, title and day.
pub(crate) struct Family {
    pub(crate) preset: &'static str,
    /// Which of the shapes of its lists, where we have several.
    pub(crate) shape: &'static str,
    pub(crate) address: &'static str,
    open: &'static str,
    row: fn(i64, &str, &str) -> String,
    close: &'static str,
}

const ROWS: i64 = 20;

pub(crate) const FAMILIES: [Family; 11] = [
    Family {
        preset: "openness",
        shape: "",
        address: "http://www.bench.example/OpennessContent/showList/18/305/page_1.html",
        open: "<dl class=\"content-list\">\n",
        row: |number, title, day| {
            format!(
                "<dt><div><div><a href=\"/OpennessContent/show/{number}.html\" title=\"{title}\">{title}</a></div></div>\
                 <span class=\"cont-time\">\n{day}\n</span></dt>\n"
            )
        },
        close: "</dl>\n",
    },
    Family {
        preset: "lonsun-column",
        shape: "doc_list",
        address: "http://www.bench.example/public/column/71?type=4",
        open: "<ul class=\"doc_list\">\n",
        row: |number, title, day| {
            format!(
                "<li><a class=\"left\" href=\"/zwzx/bmdt/{number}.html\" title=\"{title}\">{title}</a>\
                 <span class=\"right date\">{day}</span></li>\n"
            )
        },
        close: "</ul>\n<script>var url = '/content/column/5601?pageIndex=';</script>\n",
    },
    Family {
        preset: "lonsun-column",
        shape: "navli",
        address: "http://www.bench.example/public/column/71?type=4",
        open: "<div class=\"xxgk_nav_con\"><div class=\"list_box\">\n",
        row: |number, title, day| {
            format!(
                "<div class=\"xxgk_navli\"><ul><li class=\"num\">{number}</li><li class=\"mc\"><div>\
                 <a href=\"/public/71/{number}.html\" title=\"{title}\">{title}</a></div></li><li class=\"rq\">{day}</li></ul></div>\n"
            )
        },
        close: "</div></div>\n<script>var url = '/content/column/5601?pageIndex=';</script>\n",
    },
    Family {
        preset: "trs",
        shape: "",
        address: "http://www.bench.example/zfxxgk/gfxwj/",
        open: "<ul class=\"u-list\">\n",
        row: |number, title, day| {
            format!(
                "<li><a href=\"./202211/t20221101_{number}.html\" title=\"{title}\">{title}</a><span>{day}</span></li>\n"
            )
        },
        close: "</ul>\n<script>createPageHTML(9, 0, \"index\", \"html\");</script>\n",
    },
    Family {
        preset: "n-cms",
        shape: "",
        address: "http://www.bench.example/n100/n210/n321/index.html",
        open: "<!--start component--><ul><span id=\"comp_880\">\n",
        row: |number, title, day| {
            format!(
                "<li><a href=\"../../../n100/n210/n321/c{number}/content.html\">{title}</a><span>[{day}]</span></li>\n"
            )
        },
        close: "</span></ul>\n<script>var maxPageNum880 = 9;</script>\n",
    },
    Family {
        preset: "hebei-cms",
        shape: "p_list",
        address: "http://www.bench.example/xian/xinwen/dt/",
        open: "<div class=\"p_list\"><ul>\n",
        row: |number, title, day| {
            format!(
                "<li><a href=\"/xian/xinwen/dt/{number}.html\" title=\"{title}\">{title}</a><span class=\"date\">{day}</span></li>\n"
            )
        },
        close: "</ul></div>\n<div id=\"page_nav_list\"></div>\n",
    },
    Family {
        preset: "hebei-cms",
        shape: "lis_date",
        address: "http://www.bench.example/xian/gg/",
        open: "<ul class=\"gg\">\n",
        row: |number, title, day| {
            format!(
                "<li><a href=\"/xian/gg/{number}.html\" title=\"{title}\">{title}</a><div class=\"lis_date\">{day}</div></li>\n"
            )
        },
        close: "</ul>\n<div id=\"page_nav_list\"></div>\n",
    },
    Family {
        preset: "vsb",
        shape: "",
        address: "http://www.bench.example/tzgg.htm",
        open: "<ul>\n",
        row: |number, title, day| {
            format!(
                "<li id=\"line_u9_{number}\"><a href=\"info/1300/{number}.htm\">{title}</a><span>{day}</span></li>\n"
            )
        },
        close: "</ul>\n<!--Announced by Visual SiteBuilder 9-->\n",
    },
    Family {
        preset: "xxgk-table",
        shape: "",
        address: "http://www.bench.example/xxgk/zfwj/index.html",
        open: "<table class=\"table_suoyin\"><tr><th>索引号</th><th>名称</th><th>发布日期</th></tr>\n",
        row: |number, title, day| {
            format!(
                "<tr><td>11/{number}</td><td><a href=\"/xxgk/zfwj/{number}.html\">{title}</a></td><td>{day}</td></tr>\n"
            )
        },
        close: "</table>\n",
    },
    Family {
        preset: "jcms-dataproxy",
        shape: "",
        address: "http://www.bench.example/col/col7010/index.html",
        open: "<div class=\"default_pgContainer\"><script type=\"text/xml\"><datastore><recordset>\n",
        row: |number, title, day| {
            format!(
                "<record><![CDATA[<li><a href=\"/art/{number}.html\" title=\"{title}\">{title}</a><b>{day}</b></li>]]></record>\n"
            )
        },
        close: "</recordset></datastore></script></div>\n",
    },
    Family {
        preset: "ucap",
        shape: "",
        address: "http://www.bench.example/xx/c100120/common_list.shtml",
        open: "<meta name=\"channelid\" content=\"0123456789abcdef0123456789abcdef\"><ul class=\"common_list\">\n",
        row: |number, title, day| {
            format!("<li><a href=\"/xx/c100120/202211/{number}.shtml\">{title}</a><span>{day}</span></li>\n")
        },
        close: "</ul>\n",
    },
];

impl Family {
    /// A page whose newest item is of `day`.
    pub(crate) fn page(&self, day: DateTime<Utc>) -> String {
        let frame = Pages::new(1, day);
        let [before, heading, .., after] = frame.parts(0, "");
        let row = |number: i64| {
            let title = format!("关于做好第{number}号重点工作任务落实情况公开公示工作的通知公告");
            (self.row)(number, &title, &(day - TimeDelta::days(number * 3)).format("%Y-%m-%d").to_string())
        };
        let rows: String = (0..ROWS).map(row).collect();
        [before, heading, self.open, &rows, self.close, after].concat()
    }
}
