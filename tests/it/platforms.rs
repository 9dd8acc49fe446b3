//! Tokens, exported files and bridges within the daemon, weeks on end: the real line over real sockets, on a stepped clock.

use std::fs::File;

use chrono::{Days, NaiveDate};
use xuncha::alert::OperatorKey;
use xuncha::config::Config;

use crate::media::{every, feed, held, rss, told, warned, with_operator, with_secret, write_bridge};
use crate::simulation::{DEFAULT_PACE, Simulation, at, day};
use crate::support::county::Unit;
use crate::support::web::{Answer, Web, list_page};

const GRANT: &str = "/cgi-bin/stable_token";

fn list(token: &str) -> String {
    format!("/cgi-bin/freepublish/batchget?access_token={token}")
}

fn grant(token: &str) -> Answer {
    Answer::page(format!("{{\"access_token\":\"{token}\",\"expires_in\":8640000}}"))
}

fn refused(code: u32) -> Answer {
    Answer::page(format!("{{\"errcode\":{code},\"errmsg\":\"credential of tok-hush\"}}"))
}

fn published(on: NaiveDate) -> Answer {
    let at = on.and_hms_opt(4, 0, 0).unwrap().and_utc().timestamp();
    let article =
        serde_json::json!({"title": "秋收", "url": "http://mp.weixin.example/s/1", "is_deleted": false});
    let item = serde_json::json!({"article_id": "a", "update_time": at, "content": {"news_item": [article]}});
    Answer::page(serde_json::json!({"total_count": 1, "item_count": 1, "item": [item]}).to_string())
}

fn two_accounts_of_one_secret(web: &Web) -> Unit {
    let base = web.url("/");
    let keys = format!(
        "platform = \"wechat\"\n[[feed.via]]\nkind = \"wechat-api\"\nbase = \"{base}\"\nsecret = \"weixin\"\n"
    );
    Unit::new("xuanchuanbu", "县委宣传部").feed("one", "一号", &keys).feed("two", "二号", &keys)
}

#[tokio::test]
async fn a_token_that_ends_is_renewed_once_for_all_accounts_of_its_secret_and_nobody_hears_of_it() {
    let simulation = Simulation::start("2022-11-01T07:00", DEFAULT_PACE, two_accounts_of_one_secret).await;
    let web = &simulation.web;
    web.tell(GRANT, grant("one"));
    web.tell(&list("one"), published(day("2022-11-01")));
    let mut tasks = simulation.tasks_with(with_secret(&simulation, "weixin", "wx1 hush"));
    simulation.play(&mut tasks, "2022-11-02T07:00").await;
    assert_eq!(web.asked_for(GRANT).len(), 1, "one token for both");
    for (ended, code, next) in [("one", 42001, "two"), ("two", 40001, "three")] {
        web.tell(&list(ended), refused(code));
        web.tell(GRANT, grant(next));
        web.tell(&list(next), published(day("2022-11-02")));
        let before = web.asked_for(GRANT).len();
        let until = simulation.clock.now() + chrono::TimeDelta::days(1);
        let until = until.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%dT%H:%M").to_string();
        simulation.play(&mut tasks, &until).await;
        assert_eq!(web.asked_for(GRANT).len() - before, 1, "{code}: renewed once for both");
        for id in ["xuanchuanbu/one", "xuanchuanbu/two"] {
            assert_eq!(simulation.standing(&tasks, id), "fresh", "{code}");
        }
    }
    assert_eq!((held(&tasks), told(&simulation), warned(&simulation)), (Vec::new(), Vec::new(), Vec::new()));
}

#[tokio::test]
async fn a_token_that_is_never_taken_leaves_its_accounts_unknown_and_only_the_operator_hears_of_it_once() {
    let simulation = Simulation::start("2022-11-01T07:00", DEFAULT_PACE, two_accounts_of_one_secret).await;
    let web = &simulation.web;
    web.tell(GRANT, grant("tok-hush"));
    web.tell(&list("tok-hush"), refused(40001));
    let mut tasks = simulation.tasks_with(with_secret(&simulation, "weixin", "wx1 hush"));
    simulation.play(&mut tasks, "2022-11-07T20:00").await;
    for id in ["xuanchuanbu/one", "xuanchuanbu/two"] {
        assert_eq!(simulation.standing(&tasks, id), "unknown");
    }
    assert_eq!(warned(&simulation), [] as [String; 0]);
    let told = told(&simulation);
    let news: Vec<&String> = told.iter().filter(|said| said.starts_with("新情况")).collect();
    assert_eq!(news.len(), 2, "one for each account: {told:?}");
    let mails = simulation.county.mails();
    assert!(mails.iter().all(|(_, mail)| !mail.contains("hush")), "no mail holds a token");
    // The second token of a visit is the last: no visit asks for more than two.
    assert_eq!(web.asked_for(GRANT).len(), web.asked_for(&list("tok-hush")).len());
}

fn an_exported_account(_: &Web) -> Unit {
    let keys = "platform = \"wechat\"\n[[feed.via]]\nkind = \"wechat-backend\"\nfile = \"weixin.json\"\n";
    Unit::new("xuanchuanbu", "县委宣传部").feed("exported", "导出账号", keys)
}

/// Hands in what the back end showed at an instant: nothing newer than a message of this day.
fn hand_in(simulation: &Simulation, saved: &str, newest: &str) {
    let sent = day(newest).and_hms_opt(4, 0, 0).unwrap().and_utc().timestamp();
    let article = serde_json::json!({"title": "秋收", "content_url": "http://mp.weixin.example/s/1"});
    let info = serde_json::json!({"sent_info": {"time": sent}, "appmsg_info": [article]}).to_string();
    let page = serde_json::json!({"publish_list": [{"publish_info": info}]}).to_string();
    let text = serde_json::json!({"base_resp": {"ret": 0}, "publish_page": page}).to_string();
    simulation.county.write("import/weixin.json", &text);
    let file = File::options().write(true).open(simulation.county.path("import/weixin.json")).unwrap();
    file.set_modified(at(saved).into()).unwrap();
}

#[tokio::test]
async fn an_exported_file_vouches_for_a_week_and_one_alone_convicts_nobody() {
    let simulation = Simulation::start("2022-11-01T07:00", DEFAULT_PACE, an_exported_account).await;
    let directory = simulation.county.path("import");
    let mut tasks = simulation.tasks_with(|config: &mut Config| {
        with_operator(config);
        config.import_dir = directory;
    });
    let mut seen: Vec<(String, &str)> = Vec::new();
    for today in every(1, "2022-11-01", day("2022-11-13")) {
        match today.to_string().as_str() {
            "2022-11-01" => hand_in(&simulation, "2022-11-01T06:00", "2022-10-31"),
            "2022-11-10" => hand_in(&simulation, "2022-11-10T07:00", "2022-10-31"),
            "2022-11-11" => hand_in(&simulation, "2022-11-11T07:00", "2022-10-31"),
            "2022-11-12" => hand_in(&simulation, "2022-11-12T07:00", "2022-10-31"),
            "2022-11-13" => hand_in(&simulation, "2022-11-13T07:00", "2022-11-13"),
            _ => {}
        }
        simulation.play(&mut tasks, &format!("{}T07:00", today + Days::new(1))).await;
        seen.push((today.to_string(), simulation.standing(&tasks, "xuanchuanbu/exported")));
        let is_accused = warned(&simulation).iter().any(|said| said.starts_with("超期"));
        assert!(!is_accused || today >= day("2022-11-12"), "on {today}: {:?}", warned(&simulation));
    }
    let on = |day: &str| seen.iter().find(|(seen_on, _)| seen_on == day).unwrap().1;
    assert_eq!((on("2022-11-01"), on("2022-11-03")), ("fresh", "fresh"));
    assert_eq!(on("2022-11-04"), "unknown", "near the deadline, a list of four days ago warns nobody");
    // Due on the 7th. The file is of the 1st: it says nothing of what came after, and by the 8th it has grown too old.
    assert_eq!((on("2022-11-08"), on("2022-11-09")), ("unknown", "unknown"));
    // After days without a file it is looked for less often, so the one of the 10th is replaced before it is seen.
    assert_eq!(on("2022-11-11"), "unknown", "one look after the deadline");
    assert_eq!(on("2022-11-12"), "overdue", "another export, a day later");
    assert_eq!(on("2022-11-13"), "fresh");
}

fn a_county_that_hangs_on_one_bridge(web: &Web) -> Unit {
    let unit =
        Unit::new("xuanchuanbu", "县委宣传部").paced("dongtai", "工作动态", "weekly", web.url("/dongtai"));
    (0..12).fold(unit, |unit, number| {
        let ways = rss(web, &format!("feed-{number}"), "bridge = \"wewe\"");
        unit.feed(&format!("f{number}"), &format!("账号{number}"), &format!("platform = \"wechat\"\n{ways}"))
    })
}

#[tokio::test]
async fn a_bridge_that_takes_most_of_the_county_with_it_is_no_reason_to_hold_the_mail() {
    let simulation =
        Simulation::start("2022-11-01T07:00", DEFAULT_PACE, a_county_that_hangs_on_one_bridge).await;
    write_bridge(&simulation);
    simulation.web.tell("/dongtai", Answer::page(list_page(&[("旧闻", day("2022-11-04"))])));
    let tell = |until: NaiveDate| {
        simulation.web.tell("/canary", feed(&every(1, "2022-10-20", until)));
        for number in 0..12 {
            simulation.web.tell(&format!("/feed-{number}"), feed(&every(2, "2022-10-20", until)));
        }
    };
    tell(day("2022-11-01"));
    let mut tasks = simulation.tasks_with(with_operator);
    for today in every(1, "2022-11-01", day("2022-11-16")) {
        // The bridge stands still from the 6th to the 12th.
        tell(if (day("2022-11-06")..day("2022-11-13")).contains(&today) { day("2022-11-06") } else { today });
        simulation.play(&mut tasks, &format!("{}T07:00", today + Days::new(1))).await;
        assert!(!held(&tasks).contains(&OperatorKey::Breaker), "on {today}: {:?}", held(&tasks));
        if today == day("2022-11-10") {
            for number in 0..12 {
                assert_eq!(simulation.standing(&tasks, &format!("xuanchuanbu/f{number}")), "unknown");
            }
            assert_eq!(held(&tasks).len(), 1, "the bridge alone: {:?}", held(&tasks));
            assert!(
                warned(&simulation).iter().any(|said| said.starts_with("即将到期】工作动态")),
                "mail goes out"
            );
        }
    }
    assert!(warned(&simulation).iter().all(|said| !said.contains("账号")), "{:?}", warned(&simulation));
    assert_eq!(
        told(&simulation).iter().filter(|said| said.starts_with("新情况")).count(),
        1,
        "{:?}",
        told(&simulation)
    );
}
