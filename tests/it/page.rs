//! The page, asked for as a browser does.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::support::county::{County, Digests, Post, Unit};
use crate::support::daemon::Daemon;
use crate::support::web::{Answer, Web, list_page};

/// A title that would do harm wherever it were believed: in a page, a terminal, a table, a calendar, a label.
const WICKED: &str = "=<script>alert(1)</script>\u{1b}[2J\u{202e}\"'&amp;\u{a0};,\\ {{ 7*7 }} BEGIN:VEVENT";

struct Shown {
    _web: Web,
    county: County,
    daemon: Daemon,
    page: SocketAddr,
}

impl Shown {
    async fn start() -> Self {
        let web = Web::start().await;
        let units = [
            Unit::new("shenjiju", "县审计局")
                .paced("dongtai", "审计<动态>", "weekly", web.url("/dongtai"))
                .column("gone", "通知公告", web.url("/gone")),
            Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/old")),
        ];
        let county = County::new(&web, &units);
        for (path, days) in [("/dongtai", 6), ("/old", 300)] {
            let title = WICKED.replace('&', "&amp;").replace('<', "&lt;");
            web.tell(path, Answer::page(list_page(&[(&title, county.days_ago(days))])));
        }
        let page = free_address();
        county.add(&format!("[page]\nlisten = \"{page}\"\n"));
        let daemon = Daemon::start(&county).await;
        daemon.has_polled_all().await;
        daemon.stands("fagaiwei/jihua", "overdue").await;
        Self { _web: web, county, daemon, page }
    }

    /// The whole answer to a request over the page's address.
    async fn browse(&self, method: &str, path: &str, host: &str) -> String {
        let mut stream = TcpStream::connect(self.page).await.unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn get(&self, path: &str) -> String {
        self.browse("GET", path, "localhost").await
    }
}

/// An address that nobody listens on at this moment.
fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

const PAGES: [&str; 10] = [
    "/",
    "/units/shenjiju",
    "/sources",
    "/sources?q=&unit=&standing=overdue&kind=&cadence=",
    "/sources/fagaiwei/jihua",
    "/sources/shenjiju/dongtai",
    "/sources/shenjiju/gone",
    "/alerts",
    "/findings",
    "/bulletins",
];

#[tokio::test]
async fn every_page_is_whole_has_one_heading_and_no_script() {
    let shown = Shown::start().await;
    for path in PAGES {
        let answer = shown.get(path).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{path}: {answer}");
        let (head, page) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-security-policy: default-src 'none'; style-src 'self'"), "{head}");
        assert_eq!(page.matches("<h1>").count(), 1, "{path}");
        for landmark in ["<header", "<nav aria-label", "<main id=\"main\"", "<footer", "lang=\"zh-CN\""] {
            assert!(page.contains(landmark), "{path}: {landmark}");
        }
        for tag in ["<script", " style=\"", " onclick", "javascript:"] {
            assert!(!page.contains(tag), "{path}: {tag}");
        }
        for cell in page.split("<th").skip(1).filter(|cell| !cell.starts_with("ead")) {
            assert!(cell.starts_with(" scope=\""), "{path}: <th{}", &cell[..cell.len().min(40)]);
        }
    }
}

#[tokio::test]
async fn a_wicked_title_is_shown_as_text_on_the_page() {
    let shown = Shown::start().await;
    let page = shown.get("/sources/fagaiwei/jihua").await;
    assert!(page.contains("=&lt;script&gt;alert(1)&lt;&#x2f;script&gt;"), "{page}");
    assert!(page.contains("{{ 7*7 }}"), "what looks like a template is none");
    assert!(shown.get("/units/shenjiju").await.contains("审计&lt;动态&gt;"));
    let wicked = "/sources?q=%3Cscript%3E%22onfocus%3D";
    assert!(
        shown.get(wicked).await.contains("value=\"&lt;script&gt;&quot;onfocus&#x3d;\"")
            || shown.get(wicked).await.contains("value=\"&lt;script&gt;&quot;onfocus=\"")
    );
}

#[tokio::test]
async fn a_wicked_title_does_no_harm_in_tables_calendars_and_metrics() {
    let shown = Shown::start().await;
    let table = shown.get("/v1/sources.csv").await;
    assert!(table.contains("\"'=<script>alert(1)</script>"), "{table}");
    assert_eq!(table.split_once("\r\n\r\n").unwrap().1.trim_end().split("\r\n").count(), 4, "a row a source");
    assert!(!table.contains('\u{1b}'));
    let calendar = shown.get("/v1/deadlines.ics").await;
    assert_eq!(calendar.matches("\r\nBEGIN:VEVENT\r\n").count(), 2, "{calendar}");
    let metrics = shown.get("/v1/metrics").await;
    let standing = "xuncha_sources{unit=\"fagaiwei\",cadence=\"half-year\",standing=\"overdue\"} 1\n";
    assert!(metrics.contains(standing), "{metrics}");
    assert!(!metrics.contains("script"), "titles are no labels");
    let badge = shown.get("/v1/units/fagaiwei/badge.svg").await;
    assert!(badge.contains("县发改委：超期 1"), "{badge}");
    let said = shown.daemon.say(&["status", "fagaiwei/jihua"]);
    assert!(!said.out.contains(['\u{1b}', '\u{202e}']), "{}", said.out);
}

#[tokio::test]
async fn the_page_changes_nothing_and_is_for_this_machine() {
    let shown = Shown::start().await;
    let refused = shown.browse("POST", "/v1/sources/fagaiwei/jihua/recheck", "localhost").await;
    assert!(refused.starts_with("HTTP/1.1 403 ") && refused.contains("the page is read-only"), "{refused}");
    let rebound = shown.browse("GET", "/", "evil.example").await;
    assert!(rebound.starts_with("HTTP/1.1 403 ") && !rebound.contains("县审计局"), "{rebound}");
    assert!(shown.browse("GET", "/v1/health", "127.0.0.1").await.starts_with("HTTP/1.1 200 "));
    for named in ["/v1/mail", "/v1/status", "/v1/units/fagaiwei", "/v1/events", "/v1/bulletins"] {
        let refused = shown.browse("GET", named, "localhost").await;
        assert!(
            refused.starts_with("HTTP/1.1 403 ") && refused.contains("not for browsers"),
            "{named}: {refused}"
        );
    }
}

#[tokio::test]
async fn nothing_for_browsers_names_anybody() {
    let shown = Shown::start().await;
    let until = shown.county.days_ago(0).to_string();
    let said_by = ["--by", "王五", "--reason", "网站迁移", "--until", &until];
    let exempt = ["exempt", "fagaiwei/jihua", "--evidence", "郎政办〔2022〕1号", "--approver", "李主任"];
    for words in [&exempt[..], &["silence", "shenjiju/dongtai"]] {
        let said = shown.daemon.say(&[words, &said_by].concat());
        assert_eq!(said.code, 0, "{}", said.err);
    }
    shown.daemon.stands("fagaiwei/jihua", "exempt").await;
    let source = shown.get("/sources/fagaiwei/jihua").await;
    assert!(source.contains("网站迁移；依据：郎政办〔2022〕1号"), "what was said is shown: {source}");
    assert!(shown.get("/alerts").await.contains("依据：郎政办〔2022〕1号：网站迁移"));
    let is_listed = async || shown.get("/v1/sources.csv").await.contains("暂停提醒至").then_some(());
    crate::support::eventually("the silence is shown in the table", is_listed).await;
    let files =
        ["sources.csv", "due.csv", "alerts.csv", "findings.csv", "deadlines.ics", "health", "metrics"];
    let files = files.map(|file| format!("/v1/{file}"));
    for path in PAGES.into_iter().chain(files.iter().map(String::as_str)) {
        let answer = shown.get(path).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{path}: {answer}");
        for name in ["王五", "李主任", "%E7%8E%8B%E4%BA%94", "uid ", "POST /v1/"] {
            assert!(!answer.contains(name), "{path} tells `{name}`: {answer}");
        }
    }
    let said = shown.daemon.say(&["alerts"]);
    assert!(said.out.contains("王五") && said.out.contains("POST /v1/exemptions?"), "{}", said.out);
}

#[tokio::test]
async fn that_mail_waits_is_for_everybody_and_what_the_mail_server_said_is_not() {
    let web = Web::start().await;
    let units = [Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/old"))];
    let county = County::new(&web, &units);
    web.tell("/old", Answer::page(list_page(&[("通知", county.days_ago(300))])));
    let (page, post) = (free_address(), free_address());
    county.configure(Digests::Now, Post::Smtp(post));
    county.add(&format!("[page]\nlisten = \"{page}\"\n"));
    let daemon = Daemon::start(&county).await;
    let error = crate::support::eventually("the mail waits", async || {
        let health: Value = daemon.client.get("/v1/health").await.unwrap();
        health["outbox_error"].as_str().map(ToOwned::to_owned)
    })
    .await;
    let shown = Shown { _web: web, county, daemon, page };
    let health = shown.get("/v1/health").await;
    assert!(health.contains("\"outbox\":1") && health.contains("\"outbox_error\":null"), "{health}");
    let overview = shown.get("/").await;
    assert!(overview.contains("邮件暂未发出"), "{overview}");
    assert!(!overview.contains(&error) && !overview.contains(&post.to_string()), "{overview}");
}

#[tokio::test]
async fn what_does_not_exist_is_said_in_words() {
    let shown = Shown::start().await;
    for path in [
        "/units/nobody",
        "/sources/fagaiwei/nothing",
        "/bulletins/2022-12",
        "/bulletins/x",
        "/bulletins/2022-12/a",
    ] {
        let answer = shown.get(path).await;
        assert!(answer.starts_with("HTTP/1.1 404 ") && answer.contains("没有这个页面"), "{path}: {answer}");
    }
    let answer = shown.get("/sources?standing=late").await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("allowed: overdue"), "{answer}");
}

#[tokio::test]
async fn an_issued_bulletin_is_shown_and_taken_home_and_its_findings_are_listed() {
    let shown = Shown::start().await;
    let month = shown.county.days_ago(40).format("%Y-%m").to_string();
    let issue = format!("/v1/bulletins/{month}/issue?accept_unverified=true");
    let _issued: Value = shown.daemon.client.post(&issue).await.unwrap();
    assert!(shown.get("/bulletins").await.contains(&format!("/bulletins/{month}/bulletin.json")));
    assert!(shown.get(&format!("/bulletins/{month}")).await.contains("style-src 'unsafe-inline'"));
    let file = shown.get(&format!("/bulletins/{month}/bulletin.md")).await;
    assert!(file.contains("content-disposition: attachment; filename=\""), "{file}");
    let findings: Value = shown.daemon.client.get("/v1/findings").await.unwrap();
    assert!(findings["findings"].is_array());
    assert!(shown.get("/v1/findings.csv").await.contains("现状"));
}

#[tokio::test]
async fn events_are_told_as_they_happen_and_from_where_one_left_off() {
    let shown = Shown::start().await;
    let list: Value = shown.daemon.client.get("/v1/events").await.unwrap();
    let oldest = list["events"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    let mut stream = UnixStream::connect(shown.county.socket()).await.unwrap();
    let request = format!(
        "GET /v1/events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\nlast-event-id: {oldest}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    shown.daemon.recheck("fagaiwei/jihua").await;
    let mut heard = String::new();
    while !heard.contains("POST /v1/sources/fagaiwei/jihua/recheck") {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.unwrap();
        assert!(count > 0, "{heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..count]));
    }
    for event in &list["events"].as_array().unwrap()[..1] {
        assert!(heard.contains(&format!("id: {}", event["id"].as_str().unwrap())), "{heard}");
    }
    let history: Value = shown.daemon.client.get("/v1/sources/fagaiwei/jihua/history").await.unwrap();
    assert_eq!((history["total"].as_u64(), history["next_offset"].is_null()), (Some(1), true));
}
