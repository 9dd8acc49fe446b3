//! Menus of 公众号, followed by the real line over real sockets, on a stepped clock.

use std::path::PathBuf;

use chrono::{Days, TimeDelta};
use serde_json::json;
use xuncha::assess::menu::{FaultKind, Leads, MenuFault, MenuRecord, Width};
use xuncha::daemon::{Tasks, Wanted};
use xuncha::extract::Refusal;
use xuncha::rules::SourceId;

use crate::media::{every, warned, with_secret};
use crate::simulation::{DEFAULT_PACE, Simulation, day};
use crate::support::county::Unit;
use crate::support::web::{Answer, Web, list_page};

const MENU: &str = "/cgi-bin/get_current_selfmenu_info?access_token=one";
const LIST: &str = "/cgi-bin/freepublish/batchget?access_token=one";

fn account(web: &Web) -> Unit {
    let base = web.url("/");
    let keys = format!(
        "platform = \"wechat\"\n[[feed.via]]\nkind = \"wechat-api\"\nbase = \"{base}\"\nsecret = \"weixin\"\n"
    );
    Unit::new("xuanchuanbu", "县委宣传部").feed("weixin", "郎溪发布", &keys)
}

/// A menu of these links: names and paths of the web server.
fn menu(web: &Web, links: &[(&str, &str)]) -> Answer {
    let entries: Vec<_> = links
        .iter()
        .map(|(name, path)| json!({"type": "view", "name": name, "url": web.url(path)}))
        .collect();
    let button = json!({"name": "政务公开", "sub_button": {"list": entries}});
    Answer::page(json!({"is_menu_open": 1, "selfmenu_info": {"button": [button]}}).to_string())
}

fn tell_posts(web: &Web, today: chrono::NaiveDate) {
    web.tell("/cgi-bin/stable_token", Answer::page("{\"access_token\":\"one\",\"expires_in\":8640000}"));
    let at = today.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
    let article = json!({"title": "秋收", "url": "http://mp.weixin.example/s/1", "is_deleted": false});
    let item = json!({"article_id": "a", "update_time": at, "content": {"news_item": [article]}});
    web.tell(LIST, Answer::page(json!({"total_count": 1, "item_count": 1, "item": [item]}).to_string()));
}

fn page(title: &str, rest: &str) -> Answer {
    Answer::page(format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{title}</title></head><body>{rest}</body></html>"
    ))
}

fn record(tasks: &Tasks, simulation: &Simulation) -> MenuRecord {
    let id = SourceId::new("xuanchuanbu/weixin");
    tasks.line.store.menu_at(&id, simulation.clock.now()).unwrap().expect("the menu was looked at")
}

fn faults(tasks: &Tasks, simulation: &Simulation) -> Vec<MenuFault> {
    record(tasks, simulation).faults(simulation.clock.now(), TimeDelta::days(7))
}

#[tokio::test]
async fn a_menus_dead_and_diverted_links_are_on_record_after_two_days_and_in_the_bulletin() {
    let simulation = Simulation::start("2022-11-20T07:00", DEFAULT_PACE, account).await;
    let web = &simulation.web;
    web.tell("/robots.txt", Answer::page("User-agent: *\nDisallow: /private/\n"));
    let links = [
        ("通知公告", "/tzgg/"),
        ("招聘信息", "/gone.html"),
        ("办事指南", "/guide/list.html"),
        ("内部", "/private/a.html"),
        ("维修", "/broken"),
        ("热线", "/other"),
    ];
    web.tell(MENU, menu(web, &links));
    web.tell(
        "/tzgg/",
        Answer::page(list_page(&[
            ("通知", day("2022-11-10")),
            ("旧闻", day("2022-10-10")),
            ("更旧", day("2022-09-10")),
        ])),
    );
    web.tell("/guide/list.html", Answer::redirect("/index.html"));
    web.tell("/index.html", page("郎溪县人民政府", "<p>首页</p>"));
    web.tell("/broken", Answer::status(500));
    web.tell("/other", page("棋牌", "<p>x</p>"));
    let mut tasks = simulation.tasks_with(with_secret(&simulation, "weixin", "wx1 hush"));
    tell_posts(web, day("2022-11-20"));
    simulation.play(&mut tasks, "2022-11-21T06:00").await;
    assert_eq!(web.asked_for(MENU).len(), 1, "once a day");
    assert_eq!(faults(&tasks, &simulation), [], "one look puts nothing on record");
    for today in every(1, "2022-11-21", day("2022-11-27")) {
        tell_posts(web, today);
        simulation.play(&mut tasks, &format!("{}T06:00", today + Days::new(1))).await;
    }

    let asked = web.asked_for(MENU);
    assert!((7..=8).contains(&asked.len()), "{}", asked.len());
    assert!(asked.windows(2).all(|pair| pair[1].at - pair[0].at >= TimeDelta::days(1)));
    assert!(web.asked_for("/private/a.html").is_empty(), "robots.txt forbids it");
    let seen = record(&tasks, &simulation);
    let leads: Vec<&Leads> = seen.links.iter().map(|link| &link.look.leads).collect();
    assert!(
        matches!(
            leads[..],
            [
                Leads::Page,
                Leads::Nothing { status: 404 },
                Leads::Home { .. },
                Leads::Unknown { .. },
                Leads::Unknown { .. },
                Leads::Page
            ]
        ),
        "{leads:?}"
    );
    assert_eq!(seen.links[0].look.newest, Some(day("2022-11-10")));
    assert!(matches!(seen.links[0].look.width, Width::Unmeasured { .. }), "without a browser nobody knows");
    assert!(seen.links[5].look.is_called_otherwise() && seen.links[5].fault.is_none());
    let found: Vec<(String, FaultKind, String)> =
        faults(&tasks, &simulation).into_iter().map(|fault| (fault.path, fault.kind, fault.seen)).collect();
    let expected = [
        ("政务公开—招聘信息".to_owned(), FaultKind::Dead, "HTTP 404".to_owned()),
        ("政务公开—办事指南".to_owned(), FaultKind::ToHome, web.url("/index.html")),
    ];
    assert_eq!(found, expected);

    assert_eq!(warned(&simulation), [] as [String; 0], "a menu is no reason to warn that a column is late");
    let wanted = Wanted { month: "2022-11".parse().unwrap(), cutoff: None, as_of: None };
    let draft = tasks.line.draft_bulletin(&wanted).unwrap();
    let row = &draft.annex2[0].row;
    assert_eq!(row.verdict.chinese(), "合格");
    assert_eq!(
        row.problems,
        "导航栏目“政务公开—招聘信息”无法打开，导航栏目“政务公开—办事指南”跳转至网站首页"
    );
    assert!(draft.body.contains("县委宣传部所办账号导航栏目存在问题"), "{}", draft.body);
    draft.issue().expect("rows, totals and text agree");
}

#[tokio::test]
async fn a_menu_that_cannot_be_read_is_unknown_and_never_a_finding() {
    let simulation = Simulation::start("2022-11-20T07:00", DEFAULT_PACE, account).await;
    let web = &simulation.web;
    web.tell(MENU, menu(web, &[("招聘信息", "/gone.html")]));
    let mut tasks = simulation.tasks_with(with_secret(&simulation, "weixin", "wx1 hush"));
    for today in every(1, "2022-11-20", day("2022-11-22")) {
        tell_posts(web, today);
        simulation.play(&mut tasks, &format!("{}T07:00", today + Days::new(1))).await;
    }
    assert_eq!(faults(&tasks, &simulation).len(), 1);
    web.tell(MENU, Answer::page("{\"errcode\":48001,\"errmsg\":\"api unauthorized\"}"));
    for today in every(1, "2022-11-23", day("2022-11-24")) {
        tell_posts(web, today);
        simulation.play(&mut tasks, &format!("{}T07:00", today + Days::new(1))).await;
    }
    let refusal = Refusal::NotPermitted("48001 api unauthorized".to_owned());
    assert_eq!(record(&tasks, &simulation).unknown, Some(refusal));
    assert_eq!(faults(&tasks, &simulation), []);
    assert_eq!(simulation.standing(&tasks, "xuanchuanbu/weixin"), "fresh", "the posts are another matter");
}

#[tokio::test]
async fn a_page_that_overflows_a_phone_is_on_record_where_there_is_a_browser() {
    let path =
        std::env::var_os("XUNCHA_CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    if !path.is_file() {
        eprintln!("skipped: there is no browser at {}; name one in $XUNCHA_CHROMIUM", path.display());
        return;
    }
    let simulation = Simulation::start("2022-11-20T07:00", DEFAULT_PACE, account).await;
    let web = &simulation.web;
    web.tell(MENU, menu(web, &[("通知公告", "/wide"), ("办事指南", "/fits")]));
    let phone = "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
    web.tell("/wide", page("通知公告", &format!("{phone}<div style=\"width:800px;height:10px\"></div>")));
    web.tell("/fits", page("办事指南", &format!("{phone}<div style=\"width:100%\">x</div>")));
    let secret = with_secret(&simulation, "weixin", "wx1 hush");
    let mut tasks = simulation.tasks_with(|config| {
        secret(config);
        config.render.browser = Some(path);
    });
    for today in every(1, "2022-11-20", day("2022-11-21")) {
        tell_posts(web, today);
        simulation.play(&mut tasks, &format!("{}T07:10", today + Days::new(1))).await;
    }
    let widths: Vec<Width> =
        record(&tasks, &simulation).links.into_iter().map(|link| link.look.width).collect();
    assert!(matches!(widths[0], Width::Overflows { page: 800.. }), "{widths:?}");
    assert_eq!(widths[1], Width::Fits);
}
