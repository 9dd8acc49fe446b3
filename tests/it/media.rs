//! Accounts that are read by several ways, some of which lie: the real line over real sockets, on a stepped clock.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use xuncha::alert::{Addressee, OperatorKey};
use xuncha::config::Config;
use xuncha::daemon::Tasks;

use crate::simulation::{DEFAULT_PACE, Simulation, day};
use crate::support::county::Unit;
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, Web};

fn with_operator(config: &mut Config) {
    config.operators = vec![Addressee { name: "管理员".into(), email: "ops@langxi.example".into() }];
}

/// One `[[feed.via]]` of a feed at this path.
fn rss(web: &Web, name: &str, more: &str) -> String {
    let url = web.url(&format!("/{name}"));
    format!("[[feed.via]]\nname = \"{name}\"\nkind = \"rss\"\nurl = \"{url}\"\n{more}\n")
}

/// A feed of posts on these days, each called after its day.
fn feed(days: &[NaiveDate]) -> Answer {
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
fn every(apart: usize, from: &str, until: NaiveDate) -> Vec<NaiveDate> {
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

/// Secrets are kept in files that only the daemon may read.
fn with_secrets(simulation: &Simulation) -> impl FnOnce(&mut Config) {
    use std::os::unix::fs::PermissionsExt as _;
    simulation.county.write("secrets/weibo", "hush-hush");
    let directory = simulation.county.path("secrets");
    std::fs::set_permissions(directory.join("weibo"), std::fs::Permissions::from_mode(0o600)).unwrap();
    move |config| {
        with_operator(config);
        config.secrets = Some(directory);
    }
}

fn write_bridge(simulation: &Simulation) {
    let url = simulation.web.url("/canary");
    let text =
        format!("{BRIDGE}[[bridge.canary]]\nplatform = \"wechat\"\naccount = \"日报\"\nurl = \"{url}\"\n");
    simulation.county.write("crawl-rules/langxi/bridges.toml", &text);
}

/// What the operator was told, without the numbers of the lines.
fn told(simulation: &Simulation) -> Vec<String> {
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
fn warned(simulation: &Simulation) -> Vec<String> {
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

fn held(tasks: &Tasks) -> Vec<OperatorKey> {
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
    let mut tasks = simulation.tasks_with(with_secrets(&simulation));
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
