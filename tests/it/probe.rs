//! `xuncha probe` as people run it, against a site that does as it is told.

use chrono::{Days, NaiveDate};
use serde_json::Value;

use crate::render::browser;
use crate::support::county::{County, Unit};
use crate::support::daemon::{Said, say, xuncha};
use crate::support::now;
use crate::support::web::{Answer, Web, empty_page, list_page, page_without_dates};

/// The day this many days ago in Shanghai.
fn days_ago(days: u64) -> NaiveDate {
    now().with_timezone(&chrono_tz::Asia::Shanghai).date_naive() - Days::new(days)
}

/// A county that asks `web` fast, and knows `list` as its only preset.
fn county(web: &Web) -> County {
    County::new(web, &[Unit::new("yiju", "县一局").column("tongzhi", "通知公告", web.url("/tongzhi/"))])
}

fn probe(county: &County, of: &str, more: &[&str]) -> Said {
    let rules = county.path("crawl-rules");
    let arguments = ["probe", of, "--contact", "it@example.gov.cn", "--rules", rules.to_str().unwrap()];
    say(&[&arguments, more].concat())
}

fn as_json(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("no JSON: {}{}", said.out, said.err))
}

fn article(day: NaiveDate) -> Answer {
    Answer::page(format!(
        "<html><head><meta charset=\"utf-8\"><meta name=\"ArticleTitle\" content=\"关于供水的公告\">\
         <meta name=\"PubDate\" content=\"{day} 09:30\"></head><body><h1>关于供水的公告</h1>\
         <p>发布时间：{day} 09:30</p><p>因管网检修，部分区域暂停供水，请提前储水。</p></body></html>"
    ))
}

fn column(web: &Web, newest: u64) {
    let items = [
        ("关于供水的公告", days_ago(newest)),
        ("关于供电的公告", days_ago(newest + 40)),
        ("关于道路的公告", days_ago(newest + 80)),
    ];
    web.tell("/tongzhi/", Answer::page(list_page(&items)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_read_as_its_rule_says_and_judged_by_its_cadence() {
    let web = Web::start().await;
    column(&web, 3);
    web.tell("/article/1.html", article(days_ago(3)));
    let said = probe(&county(&web), "通知", &["--articles", "1", "--json"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let told = as_json(&said);
    assert_eq!((&told["outcome"], &told["source"]), (&"updated".into(), &"yiju/tongzhi".into()));
    assert_eq!(told["newest"]["date"], days_ago(3).to_string());
    assert_eq!(told["rows"].as_array().unwrap().len(), 3);
    assert_eq!(told["robots"]["says"], "nothing");
    assert_eq!(told["articles"][0]["agreement"], "same-day");
    assert_eq!(told["standing"]["cadence"], "half-year");
    assert_eq!(told["standing"]["standing"], "fresh");
    let purposes: Vec<&Value> =
        told["requests"].as_array().unwrap().iter().map(|asked| &asked["purpose"]).collect();
    assert_eq!(purposes, ["robots", "page", "article"]);
    assert_eq!(web.asked().len(), 2, "one look, and one article");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_look_convicts_nobody_and_says_what_a_second_would_do() {
    let web = Web::start().await;
    column(&web, 300);
    web.tell("/article/1.html", article(days_ago(300)));
    let county = county(&web);
    let standing = as_json(&probe(&county, "yiju/tongzhi", &["--json"]))["standing"].clone();
    assert_eq!((&standing["standing"], &standing["confirmed"]), (&"unknown".into(), &"overdue".into()));
    let unopened = as_json(&probe(&county, "yiju/tongzhi", &["--json", "--articles", "0"]));
    assert_eq!(unopened["standing"]["confirmed"], Value::Null, "an item that nobody opened convicts nobody");
    let then = as_json(&probe(
        &county,
        "yiju/tongzhi",
        &["--json", "--as-of", &format!("{}T12:00:00+08:00", days_ago(299))],
    ));
    assert_eq!(then["standing"]["standing"], "fresh");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_of_another_day_than_its_row_is_named() {
    let web = Web::start().await;
    column(&web, 300);
    web.tell("/article/1.html", article(days_ago(2)));
    web.tell("/article/2.html", article(days_ago(700)));
    let said = probe(&county(&web), "yiju/tongzhi", &[]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let (later, earlier) = (days_ago(2), days_ago(700));
    assert!(
        said.out.contains(&format!("item's own page {later}: which is it? 关于供水的公告")),
        "{}",
        said.out
    );
    assert!(said.out.contains(&format!("item's own page {earlier}: an old text under a new date?")));
    assert!(!said.out.contains("overdue once"), "{}", said.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_says_it_is_empty_is_empty() {
    let web = Web::start().await;
    web.tell("/tongzhi/", Answer::page(empty_page()));
    let said = probe(&county(&web), "yiju/tongzhi", &["--json"]);
    let told = as_json(&said);
    assert_eq!((said.code, &told["outcome"], &told["newest"]), (1, &"empty".into(), &Value::Null));
    assert_eq!(told["standing"]["confirmed"], "blank");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shield_is_named_and_its_page_is_not_read() {
    let web = Web::start().await;
    let challenge = "<script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script>";
    web.tell("/tongzhi/", Answer::status(521).with("Set-Cookie", "__jsluid_h=1").saying(challenge));
    let said = probe(&county(&web), "yiju/tongzhi", &[]);
    assert_eq!(said.code, 3);
    assert!(
        said.out.contains("outcome   blocked: 加速乐 keeps us out: ask the site's owner"),
        "{}",
        said.out
    );
    assert_eq!(web.asked().len(), 1, "a shield is not asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_read_says_why() {
    let web = Web::start().await;
    let county = county(&web);
    let login =
        "<html><head><title>用户登录</title></head><body><form><input type=password></form></body></html>";
    web.tell("/tongzhi/", Answer::page(login));
    let said = probe(&county, "yiju/tongzhi", &[]);
    assert_eq!(said.code, 3);
    assert!(
        said.out.contains("outcome   unreadable: a login page stands in place of the list"),
        "{}",
        said.out
    );
    web.tell("/tongzhi/", Answer::page(page_without_dates(&["关于供水的公告", "关于供电的公告"])));
    let said = probe(&county, "yiju/tongzhi", &[]);
    assert!(said.code == 3 && said.out.contains("no usable date"), "{}", said.out);
    assert!(!said.out.contains("to write into the unit file"), "{}", said.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_robots_txt_forbids_is_not_asked_for() {
    let web = Web::start().await;
    column(&web, 3);
    web.tell("/robots.txt", Answer::page("User-agent: *\nDisallow: /tongzhi\n"));
    let said = probe(&county(&web), "yiju/tongzhi", &[]);
    assert_eq!(said.code, 3);
    assert!(said.out.contains("robots    forbids it: "), "{}", said.out);
    assert!(
        said.out.contains("Disallow: /tongzhi") && said.out.contains("outcome   blocked"),
        "{}",
        said.out
    );
    assert_eq!(web.asked_for("/tongzhi/").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_drawn_by_script_is_read_as_the_browser_draws_it() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    let day = days_ago(3);
    let row = format!("<li><a href=/article/1.html>关于供水的公告</a><span>{day}</span></li>");
    web.tell("/rows", Answer::page(row));
    web.tell(
        "/tongzhi/",
        Answer::page(
            "<meta charset=utf-8><ul class=list></ul><script>fetch('/rows').then(rows => rows.text())\
             .then(rows => { document.querySelector('ul').innerHTML = rows; });</script>",
        ),
    );
    let county = county(&web);
    let bare = probe(&county, "yiju/tongzhi", &["--articles", "0"]);
    assert_eq!(bare.code, 3, "{}", bare.out);
    county.add(&format!("[render]\nbrowser = {browser:?}\npage-timeout-seconds = 60\n"));
    let arguments = ["probe", "yiju/tongzhi", "--render", "--articles", "0", "--json"];
    let said: Said = xuncha(&arguments).current_dir(county.path("")).output().unwrap().into();
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let told = as_json(&said);
    assert_eq!(told["newest"]["date"], day.to_string());
    let drawn: Vec<(&str, &str)> = told["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asked| (asked["purpose"].as_str().unwrap(), asked["way"].as_str().unwrap()))
        .collect();
    assert_eq!(drawn, [("robots", "GET"), ("page", "drawn")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_alone_is_read_by_its_signs_and_led_on() {
    let web = Web::start().await;
    let next = "/module/web/jpage/dataproxy.jsp?page=1&columnid=7010&unitid=5122&webname=1&permissiontype=0";
    let shell = format!(
        "<html><head><meta charset=\"utf-8\"><meta name=\"ColumnName\" content=\"通知公告\"><title>通知公告</title></head>\
         <body><div id=\"5122\"><script type=\"text/xml\"><datastore><nextgroup><![CDATA[<a href=\"{next}\"></a>]]>\
         </nextgroup><recordset></recordset></datastore></script></div></body></html>"
    );
    let record = |number: u64| {
        let day = days_ago(number);
        format!(
            "<record><![CDATA[<li><a href=\"/art/{number}.html\" title=\"第{number}号通知\">第{number}号</a><b>{day}</b></li>]]></record>"
        )
    };
    let records: String = [4, 2, 9].into_iter().map(record).collect();
    web.tell("/col/col7010/index.html", Answer::page(shell));
    web.tell(
        "/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=75&perpage=25",
        Answer::page(format!(
            "<datastore><totalrecord>3</totalrecord><recordset>{records}</recordset></datastore>"
        )),
    );
    let url = web.url("/col/col7010/index.html");
    let said = say(&["probe", &url, "--contact", "it@example.gov.cn", "--articles", "0", "--json"]);
    let told = as_json(&said);
    assert_eq!((said.code, &told["outcome"]), (0, &"updated".into()), "{}", said.out);
    assert_eq!(told["newest"]["date"], days_ago(2).to_string());
    assert_eq!(told["readings"][0]["preset"], "jcms-dataproxy");
    assert_eq!(told["requests"][2]["way"], "POST");
    assert!(told["readings"][0]["leads_to"].as_str().unwrap().contains("dataproxy.jsp"));
    assert!(!told["readings"][0]["because"].as_array().unwrap().is_empty());
    let rule = told["rule"].as_str().unwrap();
    for line in
        ["[[column]]", "id = \"tongzhigonggao\"", "name = \"通知公告\"", "preset = \"jcms-dataproxy\""]
    {
        assert!(rule.lines().any(|written| written == line), "{line} is not in:\n{rule}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_cannot_move_the_cursor() {
    let web = Web::start().await;
    let items = [("\u{1b}[2J关于\u{202e}供水的公告", days_ago(3)), ("关于供电的公告", days_ago(9))];
    web.tell("/tongzhi/", Answer::page(list_page(&items)));
    let said = probe(&county(&web), "yiju/tongzhi", &["--articles", "0"]);
    assert!(said.out.contains("供水的公告") && !said.out.contains(['\u{1b}', '\u{202e}']), "{:?}", said.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_probed_is_a_matter_of_usage() {
    let web = Web::start().await;
    let county = county(&web);
    for (of, more, wanted) in [
        ("ftp://www.example.gov.cn/", &[][..], "url: `ftp://www.example.gov.cn/` is not an address"),
        ("http://", &[], "is not an address"),
        ("yiju", &[], "`yiju` is a unit (yiju): name one of its sources"),
        ("没有这个栏目", &[], "is no address (http://…), and nothing in"),
        ("通知", &["--preset", "list"], "leave --preset and --cadence out"),
        ("http://www.example.gov.cn/", &["--preset", "x"], "preset: `x` is not a preset, allowed: auto"),
        ("http://www.example.gov.cn/", &["--cadence", "x"], "cadence: `x` is not a cadence, allowed: "),
    ] {
        let said = probe(&county, of, more);
        assert!(said.code == 2 && said.err.contains(wanted), "{of}: {} {}", said.code, said.err);
        assert_eq!(said.out, "");
    }
    assert_eq!(web.asked().len(), 0);
}
