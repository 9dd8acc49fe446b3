//! Accounts that are read by several ways, some of which lie: the real line over real sockets, on a stepped clock.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use xuncha::alert::{Addressee, OperatorKey};
use xuncha::config::Config;
use xuncha::daemon::{Tasks, Wanted};

use crate::simulation::{DEFAULT_PACE, Simulation, day};
use crate::support::county::{County, Unit};
use crate::support::daemon::Daemon;
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, Web};

pub(crate) fn with_operator(config: &mut Config) {
    config.operators = vec![Addressee { name: "管理员".into(), email: "ops@langxi.example".into() }];
}

/// One `[[feed.via]]` of a feed at this path.
pub(crate) fn rss(web: &Web, name: &str, more: &str) -> String {
    let url = web.url(&format!("/{name}"));
    format!("[[feed.via]]\nname = \"{name}\"\nkind = \"rss\"\nurl = \"{url}\"\n{more}\n")
}

/// A feed of posts on these days, each called after its day.
pub(crate) fn feed(days: &[NaiveDate]) -> Answer {
    feed_with(days, "")
}

fn feed_with(days: &[NaiveDate], first: &str) -> Answer {
    let mut items = first.to_owned();
    for day in days.iter().rev() {
        items += &item(&format!("{day} 的工作动态"), *day);
    }
    // What a feed says of itself is when its bridge last ran, which is always now.
    Answer::page(format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>账号</title>\
         <lastBuildDate>Wed, 30 Nov 2022 08:00:00 +0800</lastBuildDate>{items}</channel></rss>"
    ))
}

fn item(title: &str, day: NaiveDate) -> String {
    let mut text = String::new();
    write!(
        text,
        "<item><title>{title}</title><link>http://mp.example/{day}</link><pubDate>{}</pubDate></item>",
        day.and_hms_opt(8, 0, 0).unwrap().format("%a, %d %b %Y %H:%M:%S +0800")
    )
    .unwrap();
    text
}

/// The days from one on, so many apart, up to another.
pub(crate) fn every(apart: usize, from: &str, until: NaiveDate) -> Vec<NaiveDate> {
    day(from).iter_days().step_by(apart).take_while(|day| *day <= until).collect()
}

const BRIDGE: &str = "[[bridge]]\nid = \"wewe\"\nname = \"公众号抓取\"\nrequests-per-second = 10\n";

/// How the account of number 100 is read with its owner's token.
const TIMELINE: &str = "/2/statuses/user_timeline.json?uid=100&count=100";

fn openapi(web: &Web) -> String {
    let base = web.url("/");
    format!("[[feed.via]]\nkind = \"weibo-openapi\"\nbase = \"{base}\"\nuid = \"100\"\nsecret = \"weibo\"\n")
}

fn timeline(days: &[NaiveDate]) -> Answer {
    let posts = days.iter().rev().map(|day| {
        let at = day.and_hms_opt(8, 0, 0).unwrap().format("%a %b %d %H:%M:%S +0800 %Y").to_string();
        let (id, text) = (day.to_string(), format!("{day} 的微博"));
        serde_json::json!({"idstr": id, "created_at": at, "text": text, "user": {"idstr": "100"}})
    });
    Answer::page(serde_json::json!({"statuses": posts.collect::<Vec<_>>()}).to_string())
}

fn expired_token() -> Answer {
    let body = serde_json::json!({"error": "expired_token", "error_code": 21327, "request": TIMELINE});
    Answer::page(body.to_string()).under(403)
}

/// A secret, kept in a file that only the daemon may read.
pub(crate) fn with_secret(
    simulation: &Simulation,
    name: &str,
    words: &str,
) -> impl FnOnce(&mut Config) + use<> {
    use std::os::unix::fs::PermissionsExt as _;
    simulation.county.write(&format!("secrets/{name}"), words);
    let directory = simulation.county.path("secrets");
    std::fs::set_permissions(directory.join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    move |config| {
        with_operator(config);
        config.secrets = Some(directory);
    }
}

pub(crate) fn write_bridge(simulation: &Simulation) {
    let url = simulation.web.url("/canary");
    let text =
        format!("{BRIDGE}[[bridge.canary]]\nplatform = \"wechat\"\naccount = \"日报\"\nurl = \"{url}\"\n");
    simulation.county.write("crawl-rules/langxi/bridges.toml", &text);
}

/// What the operator was told, without the numbers of the lines.
pub(crate) fn told(simulation: &Simulation) -> Vec<String> {
    let mails = simulation.county.mails();
    let to_operator = mails.iter().filter(|(name, _)| name.starts_with("operator."));
    let mut said: Vec<String> = to_operator
        .flat_map(|(_, mail)| {
            let text = plain_text_of(mail);
            let lines = text.lines().filter_map(|line| line.split_once(".【"));
            lines.map(|(_, said)| said.to_owned()).collect::<Vec<_>>()
        })
        .collect();
    said.sort();
    said
}

/// The items of all mails to units.
pub(crate) fn warned(simulation: &Simulation) -> Vec<String> {
    let mails = simulation.county.mails();
    let to_units = mails.iter().filter(|(name, _)| !name.starts_with("operator."));
    to_units
        .flat_map(|(_, mail)| {
            let text = plain_text_of(mail);
            let lines = text.lines().filter_map(|line| line.split_once(".【"));
            lines.map(|(_, said)| said.to_owned()).collect::<Vec<_>>()
        })
        .collect()
}

pub(crate) fn held(tasks: &Tasks) -> Vec<OperatorKey> {
    tasks.line.store.operator_matters().unwrap().into_iter().map(|matter| matter.key).collect()
}

fn five_accounts(web: &Web) -> Unit {
    let wechat = |ways: &[String]| format!("platform = \"wechat\"\n{}", ways.concat());
    let bridged = |name| rss(web, name, "bridge = \"wewe\"");
    let record = || "[[feed.via]]\nkind = \"record\"\n".to_owned();
    Unit::new("xuanchuanbu", "县委宣传部")
        .feed("frozen", "经桥账号", &wechat(&[bridged("frozen")]))
        .feed("expired", "令牌账号", &format!("platform = \"weibo\"\n{}", openapi(web)))
        .feed("omitted", "漏发账号", &wechat(&[rss(web, "full", ""), rss(web, "lacking", "")]))
        .feed("pinned", "置顶账号", &wechat(&[rss(web, "pinned", ""), record()]))
        .feed("silent", "停更账号", &wechat(&[rss(web, "silent", ""), rss(web, "silent-too", "")]))
}

/// What all feeds show on a day. The bridge stands still from the 10th to the 19th, a token is not taken from the 5th to the
/// 9th, one feed lacks what was posted from the 8th to the 15th, and one account is silent until the 24th.
fn tell_the_web(web: &Web, today: NaiveDate) {
    let until = |text: &str| today.min(day(text));
    let through_bridge = if today < day("2022-11-20") { until("2022-11-10") } else { today };
    web.tell("/canary", feed(&every(1, "2022-10-20", through_bridge)));
    web.tell("/frozen", feed(&every(2, "2022-10-20", through_bridge)));
    let is_refused = (day("2022-11-05")..day("2022-11-10")).contains(&today);
    let posted = every(2, "2022-10-20", today);
    web.tell(TIMELINE, if is_refused { expired_token() } else { timeline(&posted) });
    web.tell("/full", feed(&posted));
    let lacks = (day("2022-11-08")..day("2022-11-16")).contains(&today);
    web.tell("/lacking", feed(&every(2, "2022-10-20", if lacks { day("2022-11-07") } else { today })));
    let old = item("[置顶] 关于本号", day("2021-03-01"));
    web.tell("/pinned", feed_with(&every(2, "2022-10-20", today), &old));
    let mut silent = every(2, "2022-10-20", until("2022-10-28"));
    silent.extend(every(2, "2022-11-25", today));
    web.tell("/silent", feed(&silent));
    web.tell("/silent-too", feed(&silent));
}

#[tokio::test]
async fn in_a_month_of_lying_ways_only_the_silent_account_is_accused() {
    let simulation = Simulation::start("2022-11-01T07:00", DEFAULT_PACE, five_accounts).await;
    write_bridge(&simulation);
    tell_the_web(&simulation.web, day("2022-11-01"));
    let mut tasks = simulation.tasks_with(with_secret(&simulation, "weibo", "hush-hush"));
    let mut seen = Vec::new();
    for today in every(1, "2022-11-01", day("2022-11-30")) {
        tell_the_web(&simulation.web, today);
        simulation.play(&mut tasks, &format!("{}T07:00", today + Days::new(1))).await;
        for id in ["frozen", "expired", "omitted", "pinned", "silent"] {
            seen.push((id, today, simulation.standing(&tasks, &format!("xuanchuanbu/{id}"))));
        }
    }

    let days = |wanted_id: &str, standing: &str| -> Vec<u32> {
        use chrono::Datelike;
        let fitting = seen.iter().filter(|(id, _, word)| *id == wanted_id && *word == standing);
        fitting.map(|(_, day, _)| day.day()).collect()
    };
    for id in ["frozen", "expired", "omitted", "pinned"] {
        assert_eq!(days(id, "overdue"), [] as [u32; 0], "{id}");
    }
    assert_eq!(days("frozen", "unknown"), (12..=19).collect::<Vec<_>>(), "from the canary's silence on");
    // What is refused is tried ever more slowly, every three days at most.
    let refused = days("expired", "unknown");
    assert!(refused.starts_with(&[5, 6, 7, 8, 9]) && refused.iter().all(|day| *day <= 12), "{refused:?}");
    assert_eq!(days("omitted", "fresh"), (1..=30).collect::<Vec<_>>());
    assert_eq!(days("pinned", "fresh"), (1..=30).collect::<Vec<_>>());
    assert_eq!(
        days("silent", "overdue"),
        (4..=24).collect::<Vec<_>>(),
        "due on the 4th, looked at the morning after"
    );

    assert!(warned(&simulation).iter().all(|said| said.contains("停更账号")), "{:?}", warned(&simulation));
    let raised = ["超期】停更账号", "已恢复】停更账号"];
    for words in raised {
        assert_eq!(warned(&simulation).iter().filter(|said| said.contains(words)).count(), 1, "{words}");
    }
    let expected = [
        "新情况】账号各读取方式不一致：xuanchuanbu/omitted",
        "新情况】账号读取方式失效：xuanchuanbu/expired（weibo-openapi）",
        "新情况】转换服务异常：wewe",
    ];
    let news: Vec<String> = told(&simulation).into_iter().filter(|said| said.starts_with("新情况")).collect();
    assert_eq!(news, expected);
    let over = told(&simulation).into_iter().filter(|said| said.starts_with("已恢复")).count();
    assert_eq!((over, held(&tasks)), (3, Vec::new()), "{:?}", told(&simulation));
}

fn two_accounts_and_one_that_is_closed(web: &Web) -> Unit {
    let wechat = |name: &str, keys: &str| format!("platform = \"wechat\"\n{keys}\n{}", rss(web, name, ""));
    let closed = "deregistered-since = \"2022-11-15\"\nderegistered-reason = \"已按程序注销\"";
    Unit::new("xuanchuanbu", "县委宣传部")
        .feed("rare", "少发账号", &wechat("rare", "min-posts-30d = 8"))
        .feed("busy", "多发账号", &wechat("busy", "min-posts-30d = 8"))
        .feed("closed", "注销账号", &wechat("closed", closed))
}

#[tokio::test]
async fn an_account_that_posts_too_little_is_remarked_on_and_one_that_is_closed_is_not_counted() {
    let simulation =
        Simulation::start("2022-11-01T07:00", DEFAULT_PACE, two_accounts_and_one_that_is_closed).await;
    let mut tasks = simulation.tasks();
    for today in every(1, "2022-11-01", day("2022-11-28")) {
        simulation.web.tell("/rare", feed(&every(6, "2022-10-10", today)));
        simulation.web.tell("/busy", feed(&every(2, "2022-10-10", today)));
        simulation.web.tell("/closed", feed(&every(1, "2022-10-10", today.min(day("2022-11-14")))));
        simulation.play(&mut tasks, &format!("{}T07:00", today + Days::new(1))).await;
    }
    assert_eq!(simulation.standing(&tasks, "xuanchuanbu/closed"), "exempt");
    assert!(!warned(&simulation).iter().any(|said| said.contains("注销账号")), "{:?}", warned(&simulation));
    let wanted = Wanted { month: "2022-11".parse().unwrap(), cutoff: None, as_of: None };
    let draft = tasks.line.draft_bulletin(&wanted).unwrap();
    let rows: Vec<(&str, &str, &str)> = draft
        .annex2
        .iter()
        .map(|row| (row.row.account.as_str(), row.row.verdict.chinese(), row.row.problems.as_str()))
        .collect();
    let remark = "更新数量偏少（近30天发布5条，要求不少于8条）";
    assert_eq!(rows, [("少发账号", "合格", remark), ("多发账号", "合格", "")]);
    assert!(draft.body.contains("县委宣传部所办账号更新数量偏少"), "{}", draft.body);
    draft.issue().expect("rows, totals and text agree");
}

#[tokio::test]
async fn what_a_person_saw_is_put_on_record_and_counts() {
    let web = Web::start().await;
    let record = "[[feed.via]]\nkind = \"record\"\n";
    let unit = Unit::new("xuanchuanbu", "县委宣传部")
        .feed("patrolled", "人工账号", &format!("platform = \"douyin\"\n{record}"))
        .feed("read", "订阅账号", &format!("platform = \"wechat\"\n{}", rss(&web, "read", "")))
        .column("tongzhi", "通知公告", web.url("/tongzhi"));
    let county = County::new(&web, &[unit]);
    let daemon = Daemon::start(&county).await;
    daemon.stands("xuanchuanbu/patrolled", "unknown").await;
    let yesterday = county.days_ago(1).to_string();
    let say = |of: &str, date: &str| {
        let url = "https://evidence.example/1.png";
        daemon.say(&[
            "record",
            of,
            "--date",
            date,
            "--title",
            "招聘公告",
            "--url",
            url,
            "--by",
            "王敏",
            "--note",
            "已截图",
        ])
    };
    let said = say("人工账号", &yesterday);
    assert_eq!(said.code, 0, "{}", said.err);
    let detail = daemon.stands("xuanchuanbu/patrolled", "fresh").await;
    assert_eq!(detail.source.last.map(|day| day.to_string()), Some(yesterday.clone()));
    let account = detail.account.unwrap();
    assert_eq!((account.shown_by.as_deref(), account.records.len()), (Some("record"), 1));
    let shown = daemon.say(&["status", "人工账号"]).out;
    for words in
        ["王敏", "招聘公告", "https://evidence.example/1.png", "已截图", "人工核查记录", "近 30 天 1 条"]
    {
        assert!(shown.contains(words), "{words} not in\n{shown}");
    }

    let tomorrow = (county.days_ago(0) + Days::new(1)).to_string();
    for (of, date, why) in [
        ("订阅账号", yesterday.as_str(), "no [[feed.via]] of kind \"record\""),
        ("通知公告", yesterday.as_str(), "no [[feed.via]] of kind \"record\""),
        ("人工账号", tomorrow.as_str(), "is no day of a post"),
    ] {
        let said = say(of, date);
        assert!(said.code == 1 && said.err.contains(why), "{of}: {} {}", said.code, said.err);
    }
}
