//! The departments' site, in the shapes of Hanweb JCMS: columns whose rows lie in a datastore, either in a script of the
//! page or in the answer of `dataproxy.jsp`, and articles that say in `Maketime` when they were last generated.

use chrono::NaiveDate;
use url::Url;

use super::pages::{ListPage, escape, leaf_of, shortened};
use super::publications::Publication;
use crate::rules::Source;

/// Where the scripts of columns ask for rows.
pub(super) const PROXY: &str = "/module/web/jpage/dataproxy.jsp";
/// Records in one datastore.
const PER_STORE: usize = 25;
/// The place on the page that the rows belong in. All columns have one template.
const UNIT_ID: &str = "38140";
const WEB_ID: &str = "7";
/// A datastore that says nothing: the answer to whoever asks wrongly.
pub(super) const REFUSAL: &str = "<datastore><recordset></recordset></datastore>";

/// The number of a column, by its address.
pub(super) fn column_number(path: &str) -> Option<&str> {
    path.strip_prefix("/col/col")?.strip_suffix("/index.html")
}

/// Whether a source is a column of this site.
pub(super) fn is_column(source: &Source) -> bool {
    column_number(source.url.path()).is_some()
}

/// The path of the column that a script asks for, if it asks as its page told it.
pub(super) fn column_asked_for(form: &[u8]) -> Option<String> {
    let given = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(form);
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let asks_rightly =
        given("unitid").as_deref() == Some(UNIT_ID) && given("webid").as_deref() == Some(WEB_ID);
    let column = given("columnid").filter(|_| asks_rightly)?;
    Some(format!("/col/col{column}/index.html"))
}

/// A column's page that holds its rows.
pub(super) fn page_with_rows(list: &ListPage<'_>) -> String {
    let column = column_number(list.source.url.path()).unwrap_or_default();
    let next = format!(
        "{PROXY}?page=1&appid=1&webid={WEB_ID}&path=/&columnid={column}&unitid={UNIT_ID}&permissiontype=0"
    );
    let store = format!(
        "<datastore><nextgroup><![CDATA[<a href=\"{next}\"></a>]]></nextgroup>{}</datastore>",
        record_set(list)
    );
    framed(list, &format!("<div id=\"{UNIT_ID}\"><script type=\"text/xml\">{store}</script></div>"))
}

/// A column's page that only names what its script asks for rows with.
pub(super) fn page_without_rows(list: &ListPage<'_>) -> String {
    let column = column_number(list.source.url.path()).unwrap_or_default();
    let script = format!(
        "$('#{UNIT_ID}').jpage({{proxyUrl:'{PROXY}',perPage:{PER_STORE},ajaxParam:{{col:1,webid:'{WEB_ID}',path:'/',\
         columnid:{column},sourceContentType:'1',unitid:'{UNIT_ID}',permissiontype:0}}}});"
    );
    framed(list, &format!("<div id=\"{UNIT_ID}\"></div>\n<script>{script}</script>"))
}

/// The answer to that script.
pub(super) fn answer(list: &ListPage<'_>) -> String {
    let total = list.published.len() + usize::from(list.pinned.is_some());
    let pages = total.div_ceil(PER_STORE);
    format!(
        "<datastore><totalrecord>{total}</totalrecord><totalpage>{pages}</totalpage>{}</datastore>",
        record_set(list)
    )
}

fn record_set(list: &ListPage<'_>) -> String {
    let column = &list.source.url;
    let mut records = String::new();
    if let Some(pinned) = list.pinned {
        let address = article_path(column, pinned.published, 1);
        records += &record(&address, &format!("[置顶]{}", pinned.title), &list.shown_date(pinned.published));
    }
    for (index, item) in list.published.iter().enumerate().rev().take(PER_STORE) {
        let address = article_path(column, item.at.date(), list.article_base + index as u64);
        records += &record(&address, &item.title, &list.shown_date(item.at.date()));
    }
    format!("<recordset>{records}</recordset>")
}

fn record(address: &str, title: &str, date: &str) -> String {
    let title = escape(title);
    let shown = shortened(&title);
    format!(
        "<record><![CDATA[<li><a href=\"{address}\" target=\"_blank\" title=\"{title}\">{shown}</a>\
         <span class=\"bt-right\">{date}</span></li>]]></record>"
    )
}

/// Where an article stands: months and days without zeros, the column's number, the article's own.
pub(super) fn article_path(column: &Url, published: NaiveDate, number: u64) -> String {
    let column = column_number(column.path()).unwrap_or_default();
    format!("/art/{}/art_{column}_{number}.html", published.format("%Y/%-m/%-d"))
}

/// An article's number, by its address.
pub(super) fn article_number(path: &str) -> Option<u64> {
    path.strip_prefix("/art/")?.strip_suffix(".html")?.rsplit_once('_')?.1.parse().ok()
}

/// One article. All pages are generated anew each night: `Maketime` tells when, and is no date of publication.
pub(super) fn article(source: &Source, unit_name: &str, item: &Publication, made_on: NaiveDate) -> String {
    let (title, unit, leaf) = (escape(&item.title), escape(unit_name), escape(leaf_of(source)));
    let time = item.at.format("%Y-%m-%d %H:%M");
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"Maketime\" content=\"{made_on} 02:30:00\">\n{}<meta name=\"ColumnName\" content=\"{leaf}\">\n\
         <meta name=\"ColumnType\" content=\"\">\n<meta name=\"ArticleTitle\" content=\"{title}\">\n\
         <meta name=\"PubDate\" content=\"{time}\">\n<meta name=\"author\" content=\"\">\n\
         <meta name=\"contentSource\" content=\"{unit}\">\n</head>\n<body>\n<h1 class=\"title\">{title}</h1>\n\
         <p class=\"info\">发布日期：{time} 信息来源：<!--<$[信息来源]>begin-->{unit}<!--<$[信息来源]>end--></p>\n\
         <div id=\"zoom\"><p>{}</p></div>\n</body>\n</html>\n",
        site_meta(&source.url),
        escape(&item.text())
    )
}

/// The site's home page: each unit's columns below its name.
pub(super) fn home(units: &[(&str, Vec<&Source>)]) -> String {
    let mut tree = String::new();
    for (unit, columns) in units {
        let links = columns.iter().map(|column| {
            format!("<li><a href=\"{}\">{}</a></li>\n", column.url.path(), escape(&column.name))
        });
        tree += &format!("<li><span>{}</span><ul>\n{}</ul></li>\n", escape(unit), links.collect::<String>());
    }
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>郎溪县政府部门网站</title>\n</head>\n<body>\n\
         <ul class=\"tree\">\n{tree}</ul>\n</body>\n</html>\n"
    )
}

fn framed(list: &ListPage<'_>, inner: &str) -> String {
    let (unit, leaf, path) =
        (escape(list.unit_name), escape(leaf_of(list.source)), escape(&list.source.name));
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{leaf}_{unit}</title>\n{}\
         <meta name=\"ColumnName\" content=\"{leaf}\">\n<meta name=\"ColumnDescription\" content=\"{unit}{leaf}\">\n\
         <meta name=\"ColumnKeywords\" content=\"{leaf}\">\n<meta name=\"ColumnType\" content=\"\">\n\
         <script src=\"/module/jslib/jquery/jquery.js\"></script>\n</head>\n<body>\n\
         <div class=\"position\">当前位置：首页 &gt; {unit} &gt; {path}</div>\n<div class=\"default_pgContainer\">\n{inner}\n</div>\n\
         <div class=\"foot\">主办：郎溪县人民政府办公室</div>\n</body>\n</html>\n",
        site_meta(&list.source.url)
    )
}

fn site_meta(url: &Url) -> String {
    let domain = url.host_str().unwrap_or_default();
    format!(
        "<meta name=\"SiteName\" content=\"郎溪县政府部门网站\">\n<meta name=\"SiteDomain\" content=\"{domain}\">\n\
         <meta name=\"SiteIDCode\" content=\"3418210002\">\n"
    )
}

#[cfg(test)]
mod tests;
